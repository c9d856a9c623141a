//! JSONata in Rust, all in programs of the same shape: the expression is compiled once, then evaluated over every
//! line, from bytes to bytes, on one thread.

use std::process::ExitCode;

use lines::Error;

/// `jsonata-rs` frees nothing before its arena goes: it gets a new one, and compiles again, after so many lines.
#[cfg(feature = "jsonata-rs")]
const ARENA_LINES: usize = 1_000;

fn main() -> ExitCode {
    lines::main("peer-jsonata PEER EXPRESSION EVENTS", |[peer, expression, events]| {
        let expression = std::fs::read_to_string(expression)?;
        match peer.as_str() {
            "aslx" => aslx(&expression, &events),
            #[cfg(feature = "jsonata-core")]
            "jsonata-core" => jsonata_core(&expression, &events),
            #[cfg(feature = "jsonata-rs")]
            "jsonata-rs" => jsonata_rs(&expression, &events),
            #[cfg(feature = "seuil")]
            "seuil" => seuil(&expression, &events),
            _ => Err(format!("no peer of this build is called {peer}").into()),
        }
    })
}

fn aslx(expression: &str, events: &str) -> Result<(), Error> {
    let expression = aslx::jsonata::Expression::new(expression)?;
    let mut evaluator = aslx::jsonata::Evaluator::new(&aslx::Limits::default());
    lines::each(events, |line, output| evaluator.evaluate(&expression, line, output).map(drop))
}

#[cfg(feature = "jsonata-core")]
fn jsonata_core(expression: &str, events: &str) -> Result<(), Error> {
    let expression = jsonata_core::Expression::compile(expression)?;
    lines::each(events, |line, output| {
        let input = jsonata_core::value::JValue::from_json_str(std::str::from_utf8(line)?)?;
        let result = expression.evaluate(&input)?;
        if !result.is_undefined() {
            serde_json::to_writer(output, &result)?;
        }
        Ok::<_, Error>(())
    })
}

#[cfg(feature = "jsonata-rs")]
fn jsonata_rs(expression: &str, events: &str) -> Result<(), Error> {
    let mut lines = lines::Lines::open(events)?;
    loop {
        let arena = bumpalo::Bump::new();
        let expression = jsonata_rs::JsonAta::new(expression, &arena)?;
        for _ in 0..ARENA_LINES {
            let is_answered = lines.answer_next(|line, output| {
                let result = expression.evaluate(Some(std::str::from_utf8(line)?), None)?;
                if !result.is_undefined() {
                    output.extend_from_slice(result.serialize(false).as_bytes());
                }
                Ok::<_, Error>(())
            })?;
            if !is_answered {
                return Ok(());
            }
        }
    }
}

#[cfg(feature = "seuil")]
fn seuil(expression: &str, events: &str) -> Result<(), Error> {
    let expression = seuil::Seuil::compile(expression)?;
    lines::each(events, |line, output| {
        let result = expression.evaluate_str(std::str::from_utf8(line)?)?;
        Ok::<_, Error>(serde_json::to_writer(output, &result)?)
    })
}
