//! Laws for expressions that nobody wrote: they compile to sound code, end within their bounds, and mean one thing.

#[path = "expressions.rs"]
mod expressions;

use aslx::Limits;
use aslx::jsonata::{Evaluator, Expression};
use expressions::{Expressions, INPUTS, is_out_of_bounds, is_out_of_memory};
use proptest::prelude::*;

fn limits() -> Limits {
    let mut limits = Limits::default();
    (limits.fuel_total_max, limits.arena_bytes_max) = (20_000, 16 << 20);
    limits
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn expressions_end_and_mean_one_thing(bytes in proptest::collection::vec(any::<u8>(), 0..160)) {
        let text = Expressions::from_bytes(&bytes);
        // A `%` may look back too far, a predicate may follow a group: refused, and that is all.
        let Ok(expression) = Expression::new(&text) else { return Ok(()) };
        let mut used = Evaluator::new(&limits());
        for input in INPUTS {
            let mut results = Vec::new();
            for evaluator in [&mut used, &mut Evaluator::new(&limits())] {
                let mut output = Vec::new();
                let outcome = evaluator.evaluate(&expression, input.as_bytes(), &mut output);
                if let Ok(true) = outcome {
                    prop_assert!(serde_json::from_slice::<serde_json::Value>(&output).is_ok(), "{}", text);
                }
                results.push((outcome, output));
            }
            if !results.iter().any(|(outcome, _)| is_out_of_memory(outcome)) {
                prop_assert_eq!(&results[0], &results[1], "{}", text);
            }
        }
    }

    #[test]
    fn fused_instructions_mean_what_basic_ones_do(bytes in proptest::collection::vec(any::<u8>(), 0..160)) {
        let text = Expressions::from_bytes(&bytes);
        let Ok(fused) = Expression::new(&text) else { return Ok(()) };
        let basic = Expression::of_basic_instructions(&text).expect("what is refused does not depend on it");
        for input in INPUTS {
            let results = [&fused, &basic].map(|expression| {
                let mut output = Vec::new();
                (Evaluator::new(&limits()).evaluate(expression, input.as_bytes(), &mut output), output)
            });
            // How much fuel and memory it takes does depend on it.
            if !results.iter().any(|(outcome, _)| is_out_of_bounds(outcome)) {
                prop_assert_eq!(&results[0], &results[1], "{} of {}", text, input);
            }
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[a-c$%@#.*(){}\\[\\]|^~>:=;,?&'\"`/<0-9 -]{0,40}|\\PC{0,20}") {
        if let Err(error) = Expression::new(&text) {
            let length = text.encode_utf16().count() as u32;
            prop_assert!(error.position().is_none_or(|at| at <= length), "{} {:?}", text, error);
        }
    }
}
