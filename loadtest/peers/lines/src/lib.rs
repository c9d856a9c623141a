//! What the peers have in common: lines of a file in, lines on stdout out, one allocator.
//!
//! A line without a result is empty; one that failed is `!` and the reason.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const BUFFER_BYTES: usize = 256 << 10;

/// Why a program cannot run; printed, and the exit code is 2.
pub type Error = Box<dyn std::error::Error>;

/// Runs a program with its arguments, of which there must be as many as `usage` has words.
pub fn main<const N: usize>(usage: &str, program: impl FnOnce([String; N]) -> Result<(), Error>) -> ExitCode {
    let arguments: Result<[String; N], _> = std::env::args().skip(1).collect::<Vec<_>>().try_into();
    let done = arguments.map_err(|_| format!("usage: {usage}").into()).and_then(program);
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

/// Calls `answer` for every line of a file; it appends its result to what it is given.
pub fn each<E: ToString>(
    path: &str,
    mut answer: impl FnMut(&[u8], &mut Vec<u8>) -> Result<(), E>,
) -> Result<(), Error> {
    let mut lines = Lines::open(path)?;
    while lines.answer_next(&mut answer)? {}
    Ok(())
}

/// The same, line by line.
pub struct Lines {
    input: BufReader<File>,
    line: Vec<u8>,
    output: Vec<u8>,
}

impl Lines {
    pub fn open(path: &str) -> Result<Self, Error> {
        let input = BufReader::with_capacity(BUFFER_BYTES, File::open(path)?);
        Ok(Self { input, line: Vec::new(), output: Vec::with_capacity(2 * BUFFER_BYTES) })
    }

    /// Answers the next line; when there is none, says so and has written everything.
    pub fn answer_next<E: ToString>(
        &mut self,
        mut answer: impl FnMut(&[u8], &mut Vec<u8>) -> Result<(), E>,
    ) -> Result<bool, Error> {
        self.line.clear();
        let is_at_end = self.input.read_until(b'\n', &mut self.line)? == 0;
        if is_at_end || self.output.len() >= BUFFER_BYTES {
            io::stdout().write_all(&self.output)?;
            io::stdout().flush()?;
            self.output.clear();
        }
        if is_at_end {
            return Ok(false);
        }
        let end = self.output.len();
        if let Err(error) = answer(self.line.trim_ascii_end(), &mut self.output) {
            self.output.truncate(end);
            self.output.push(b'!');
            self.output.extend_from_slice(error.to_string().replace('\n', " ").as_bytes());
        }
        self.output.push(b'\n');
        Ok(true)
    }
}
