//! Definitions to disassembly, as snapshots: what the compiler makes of each construct is part of review.

use aslx::bytecode::disassemble;
use aslx::{CompileOptions, compile};

#[test]
fn disassembly() {
    insta::glob!("inputs/bytecode/*.asl.json", |path| {
        let definition = std::fs::read_to_string(path).expect("readable");
        let program = compile(&definition, &CompileOptions::default()).expect("compiles");
        insta::assert_snapshot!(disassemble(&program));
    });
}
