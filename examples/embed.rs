//! Compile once, call per event: a definition inside another program, with a Rust closure as its task.
//!
//! ```sh
//! cargo run --example embed
//! ```

#![expect(clippy::print_stdout, reason = "an example shows its results")]

use std::error::Error;

use aslx::{
    compiler::{CompileOptions, compile},
    executor::{OutcomeStatus, Runner},
    task::{TaskError, TaskRegistry, TaskRequest},
};

const DEFINITION: &str = r#"{
    "StartAt": "Price",
    "States": {
        "Price": {
            "Type": "Task",
            "Resource": "arn:aws:lambda:eu-central-1:123456789012:function:Price",
            "ResultPath": "$.price",
            "Catch": [{ "ErrorEquals": ["Price.Unknown"], "ResultPath": null, "Next": "Unpriced" }],
            "End": true
        },
        "Unpriced": { "Type": "Fail", "Error": "Unpriced", "CausePath": "States.Format('no price for {}', $.sku)" }
    }
}"#;

fn main() -> Result<(), Box<dyn Error>> {
    let program = compile(DEFINITION, &CompileOptions::default())
        .map_err(|problems| aslx::diagnostic::render_text(&problems, "DEFINITION", DEFINITION, false))?;

    let mut tasks = TaskRegistry::new();
    tasks.handle("arn:aws:lambda:*:function:Price", |request: &TaskRequest<'_>| {
        if request.payload == br#"{"sku":"lamp"}"# {
            return Ok(r#"{"amount":39.90,"currency":"EUR"}"#);
        }
        Err(TaskError::new("Price.Unknown", "not in the catalogue"))
    });

    let mut runner = Runner::builder(program).tasks(tasks).build()?;
    let mut output = Vec::new();
    for event in [r#"{"sku":"lamp"}"#, r#"{"sku":"unicorn"}"#] {
        output.clear();
        let outcome = runner.run(event.as_bytes(), &mut output)?;
        match outcome.status {
            OutcomeStatus::Succeeded => println!("{}", String::from_utf8_lossy(&output)),
            _ => println!("{event} failed: {}", outcome.cause.unwrap_or_default()),
        }
    }
    Ok(())
}
