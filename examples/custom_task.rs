//! Tasks of three kinds beside each other: a function, one that answers later, and one that answers many
//! requests at once; executed from asynchronous code, with the program swapped in between.
//!
//! ```sh
//! cargo run --example custom_task
//! ```

#![expect(clippy::print_stdout, reason = "an example shows its results")]

use std::error::Error;
use std::time::Duration;

use aslx::executor::Executor;
use aslx::task::{BatchOptions, TaskCall, TaskError, TaskRegistry, TaskRequest};
use aslx::{CompileOptions, compile};

const DEFINITION: &str = r#"{
    "StartAt": "Check",
    "States": {
        "Check": { "Type": "Task", "Resource": "arn:aws:lambda:eu-central-1:123456789012:function:Check", "Next": "Stock" },
        "Stock": {
            "Type": "Task",
            "Resource": "arn:aws:lambda:eu-central-1:123456789012:function:Stock",
            "TimeoutSeconds": 5,
            "ResultPath": "$.stock",
            "Next": "Price"
        },
        "Price": {
            "Type": "Task",
            "Resource": "arn:aws:lambda:eu-central-1:123456789012:function:Price",
            "ResultPath": "$.price",
            "End": true
        }
    }
}"#;

fn tasks() -> TaskRegistry {
    let mut tasks = TaskRegistry::new();
    // On the worker's thread: for what takes no time.
    tasks.handle("Check", |request: &TaskRequest<'_>| {
        if request.payload.len() > 1_000 {
            Err(TaskError::new("Check.TooLong", "over 1,000 bytes"))
        } else {
            Ok(request.payload.to_vec())
        }
    });
    // On a tokio runtime: for what waits for others. At its deadline the future is dropped.
    tasks.handle_async("Stock", |call: TaskCall| async move {
        tokio::time::sleep(Duration::from_millis(5)).await; // asks somebody
        Ok(format!(r#"{{"asked":{:?},"available":true}}"#, call.state()))
    });
    // For what is cheaper in bulk: up to 100 requests, or those of 2 ms.
    let options = BatchOptions::new(100, Duration::from_millis(2));
    tasks.handle_batch("Price", options, |requests: &[TaskRequest<'_>]| {
        requests.iter().map(|_| Ok(r#"{"amount":39.90,"currency":"EUR"}"#)).collect()
    });
    tasks
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let program = compile(DEFINITION, &CompileOptions::default())
        .map_err(|problems| aslx::diagnostic::render_text(&problems, "DEFINITION", DEFINITION, false))?;
    let executor = Executor::builder(program).tasks(tasks()).workers(2).build()?;

    let (lamp, chair) =
        tokio::join!(executor.execute(*br#"{"sku":"lamp"}"#), executor.execute(*br#"{"sku":"chair"}"#));
    for completed in [lamp?, chair?] {
        println!("{} {}", completed.outcome.status.as_str(), String::from_utf8_lossy(&completed.output));
    }

    let shorter = r#"{"StartAt":"Done","States":{"Done":{"Type":"Pass","Result":"from now on","End":true}}}"#;
    let shorter = compile(shorter, &CompileOptions::default()).map_err(|_| "a sound definition")?;
    executor.swap(shorter)?;
    let completed = executor.execute(*b"{}").await?;
    println!("{} {}", completed.outcome.status.as_str(), String::from_utf8_lossy(&completed.output));
    executor.shut_down();
    Ok(())
}
