//! JSONata: any text is read or refused, and expressions made from the fuzzer's bytes end within their bounds and mean
//! the same twice. The compiled code is verified where it is made, as fuzzing runs with debug assertions.
//!
//! The first byte of an input picks the form and the JSON, the rest is the text or what an expression is made from.

#![no_main]

#[path = "../../tests/jsonata/expressions.rs"]
mod expressions;

use aslx::Limits;
use aslx::jsonata::{Evaluator, Expression};
use expressions::{Expressions, INPUTS, is_out_of_bounds, is_out_of_memory};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&form, data)) = data.split_first() else { return };
    let text = if form & 1 == 0 {
        Expressions::from_bytes(data)
    } else {
        String::from_utf8_lossy(data).into_owned()
    };
    let expression = match Expression::new(&text) {
        Ok(expression) => expression,
        Err(error) => {
            let length = text.encode_utf16().count() as u32;
            assert!(error.position().is_none_or(|at| at <= length), "{text} {error:?}");
            return;
        }
    };
    assert!(Expression::of_state(&text).is_ok() || form & 1 == 1, "{text}");
    let mut limits = Limits::default();
    (limits.fuel_total_max, limits.arena_bytes_max) = (50_000, 32 << 20);
    let input = INPUTS[usize::from(form >> 1) % INPUTS.len()].as_bytes();
    let mut evaluator = Evaluator::new(&limits);
    let mut evaluate = || {
        let mut output = Vec::new();
        (evaluator.evaluate(&expression, input, &mut output), output)
    };
    let (first, second) = (evaluate(), evaluate());
    if !is_out_of_memory(&first.0) && !is_out_of_memory(&second.0) {
        assert_eq!(first, second, "{text}");
    }
    if let Ok(basic) = Expression::of_basic_instructions(&text) {
        let mut output = Vec::new();
        let outcome = evaluator.evaluate(&basic, input, &mut output);
        if !is_out_of_bounds(&first.0) && !is_out_of_bounds(&outcome) {
            assert_eq!(first, (outcome, output), "{text}");
        }
    }
    if let (Ok(true), output) = &first {
        serde_json::from_slice::<serde_json::Value>(output).expect("a result is JSON");
    }
});
