//! A VRL program over every line, as the language's own library runs it.

use std::collections::BTreeMap;
use std::process::ExitCode;

use lines::Error;
use vrl::compiler::runtime::Runtime;
use vrl::compiler::{TargetValue, TimeZone, compile};
use vrl::value::{Secrets, Value};

fn main() -> ExitCode {
    lines::main("peer-vrl PROGRAM EVENTS", |[program, events]| {
        let program = std::fs::read_to_string(program)?;
        let compiled = compile(&program, &vrl::stdlib::all())
            .map_err(|problems| vrl::diagnostic::Formatter::new(&program, problems).to_string())?;
        let (mut runtime, timezone) = (Runtime::default(), TimeZone::default());
        lines::each(&events, |line, output| {
            let value: Value = serde_json::from_slice(line)?;
            let mut target =
                TargetValue { value, metadata: Value::Object(BTreeMap::new()), secrets: Secrets::default() };
            runtime.clear();
            runtime.resolve(&mut target, &compiled.program, &timezone)?;
            Ok::<_, Error>(serde_json::to_writer(output, &target.value)?)
        })
    })
}
