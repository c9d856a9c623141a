//! All printing: results to stdout, everything else to stderr.

use std::{
    env, fmt,
    io::{self, IsTerminal, Write},
};

use super::error::CliError;

/// Writes a result.
pub(super) fn print(bytes: &[u8]) -> Result<(), CliError> {
    let mut stdout = io::stdout().lock();
    let written = stdout.write_all(bytes).and_then(|()| stdout.flush());
    written.map_err(|error| CliError::input_output("write to standard output", &error))
}

/// Tells the user something. Where nobody can be told, the exit code has to do.
pub(super) fn report(message: &impl fmt::Display) {
    let _ = write!(io::stderr().lock(), "{message}");
}

/// Whether results go to a person's screen.
pub(super) fn stdout_is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Whether messages go to a person's screen.
pub(super) fn stderr_is_terminal() -> bool {
    io::stderr().is_terminal()
}

/// Whether results may be coloured.
pub(super) fn stdout_has_colors() -> bool {
    wants_colors(stdout_is_terminal())
}

/// Whether messages may be coloured.
pub(super) fn stderr_has_colors() -> bool {
    wants_colors(stderr_is_terminal())
}

/// See <https://no-color.org>.
fn wants_colors(is_terminal: bool) -> bool {
    is_terminal && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
