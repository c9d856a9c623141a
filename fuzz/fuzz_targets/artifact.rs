//! Artifacts with bytes changed and the checksum fixed up: each is refused, or its program disassembles and runs
//! within its bounds.
//!
//! The input is a list of changes to the body of a sound artifact, each `AT LENGTH COUNT BYTES`: two bytes for the
//! place, one for how many bytes to take out, one for how many to put in. The first byte of the input chooses the
//! execution's input; an input that begins with 0xff is a body as it stands.
#![no_main]

use std::sync::{Arc, LazyLock};

use aslx::asl::model::MachineType;
use aslx::bytecode::{Program, disassemble};
use aslx::{CompileOptions, compile};
use bounded::{body, run_bounded, with_body};
use libfuzzer_sys::fuzz_target;

#[path = "../../tests/support/bounded.rs"]
mod bounded;

const DEFINITION: &str = include_str!("../../tests/inputs/everything.asl.json");
const INPUTS: [&str; 3] = [
    r#"{"s":"log-1.t\\xt","n":4,"b":[1,2.50],"list":[3,{"b":"x"},null],"t":"2026-01-02T03:04:05Z"}"#,
    "[]",
    r#" { "list" : [ [ ] , [ 1 ] ] , "n" : -1.5e3 , "s" : "\u00e9" } "#,
];

static ARTIFACT: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut options = CompileOptions::default();
    options.machine_type = MachineType::Standard;
    compile(DEFINITION, &options).expect("a sound definition").to_artifact()
});

fuzz_target!(|data: &[u8]| {
    let Some((choice, rest)) = data.split_first() else { return };
    let changed = if *choice == 0xff { rest.to_vec() } else { edited(rest) };
    let Ok(program) = Program::from_artifact(&with_body(&ARTIFACT, &changed)) else { return };
    assert!(!disassemble(&program).is_empty());
    let again = Program::from_artifact(&program.to_artifact()).expect("what was accepted once is sound");
    let (program, again) = (Arc::new(program), Arc::new(again));
    let input = INPUTS[usize::from(*choice) % INPUTS.len()];
    assert_eq!(run_bounded(&program, input), run_bounded(&again, input));
});

fn edited(mut edits: &[u8]) -> Vec<u8> {
    let mut bytes = body(&ARTIFACT).to_vec();
    while let &[high, low, length, count, ref rest @ ..] = edits {
        let at = usize::from(u16::from_be_bytes([high, low])) % (bytes.len() + 1);
        let end = (at + usize::from(length)).min(bytes.len());
        let (text, after) = rest.split_at(usize::from(count).min(rest.len()));
        bytes.splice(at..end, text.iter().copied());
        edits = after;
    }
    bytes
}
