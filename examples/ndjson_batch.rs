//! A batch: every line of an input one execution, outputs in the order of the lines, failures beside them.
//!
//! ```sh
//! cargo run --example ndjson_batch
//! ```

#![expect(clippy::print_stdout, reason = "an example shows its results")]

use std::error::Error;

use aslx::executor::Executor;
use aslx::sink::Sink;
use aslx::source::Input;
use aslx::{CompileOptions, compile};

const DEFINITION: &str = r#"{
    "StartAt": "Route",
    "States": {
        "Route": {
            "Type": "Choice",
            "Choices": [{ "Variable": "$.amount", "NumericLessThan": 0, "Next": "Refuse" }],
            "Default": "Shape"
        },
        "Shape": { "Type": "Pass", "Parameters": { "id.$": "$.id", "label.$": "States.Format('order {}', $.id)" }, "End": true },
        "Refuse": { "Type": "Fail", "Error": "Order.Negative", "Cause": "the amount is below zero" }
    }
}"#;

const LINES: &str = r#"{"id":1,"amount":10}
{"id":2,"amount":-1}
{"id":3,"amount":0.5}
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let program = compile(DEFINITION, &CompileOptions::default())
        .map_err(|problems| aslx::diagnostic::render_text(&problems, "DEFINITION", DEFINITION, false))?;
    let executor = Executor::builder(program).build()?;
    let input = Input::memory("orders", LINES.as_bytes());
    let summary = executor.run(input, Sink::stdout(), Some(Sink::stdout()))?;
    println!("{} lines: {} succeeded, {} failed", summary.lines, summary.succeeded, summary.failed);
    Ok(())
}
