//! Events of the load test: `events KIND COUNT [SEED]` writes as many lines, the same for the same seed.

mod generator;
mod kinds;

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use generator::Generator;

const SEED: u64 = 7;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match write(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::from(2)
        }
    }
}

fn write(arguments: &[String]) -> Result<(), String> {
    let names = || kinds::KINDS.map(|(name, _)| name).join("|");
    let (kind, count, seed) = match arguments {
        [kind, count] => (kind, count, None),
        [kind, count, seed] => (kind, count, Some(seed)),
        _ => return Err(format!("usage: events {} COUNT [SEED]", names())),
    };
    let number = |text: &String| text.parse::<u64>().map_err(|error| format!("{text}: {error}"));
    let found = kinds::KINDS.iter().find(|(name, _)| name == kind);
    let event = found.ok_or_else(|| format!("{kind} is none of {}", names()))?.1;
    let mut generator = Generator::new(kind, seed.map_or(Ok(SEED), number)?);
    let mut output = BufWriter::with_capacity(1 << 18, io::stdout().lock());
    for index in 0..number(count)? {
        writeln!(output, "{}", event(&mut generator, index)).map_err(|error| error.to_string())?;
    }
    output.flush().map_err(|error| error.to_string())
}
