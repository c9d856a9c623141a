//! What every ratio refers to: `floor` finds the lines and copies them, `serde-json` parses each into a
//! `serde_json::Value` and writes it again. Neither does any work.

use std::convert::Infallible;
use std::process::ExitCode;

fn main() -> ExitCode {
    lines::main("reference floor|serde-json EVENTS", |[mode, events]| match mode.as_str() {
        "floor" => lines::each(&events, |line, output| {
            output.extend_from_slice(line);
            Ok::<_, Infallible>(())
        }),
        "serde-json" => lines::each(&events, |line, output| {
            let value: serde_json::Value = serde_json::from_slice(line)?;
            serde_json::to_writer(output, &value)
        }),
        _ => Err(format!("{mode} is neither floor nor serde-json").into()),
    })
}
