//! Ctrl-C: once to finish what is running, twice to stop at once.

use std::{process, thread};

use signal_hook::{
    consts::{SIGINT, SIGTERM},
    iterator::Signals,
};

use super::{error::CliError, exit_code::ExitStatus, output};
use crate::pipeline::Drain;

/// From now on the first interrupt drains the run, and the second one ends the process.
pub(super) fn drain_on_interrupt(drain: Drain, quiet: bool) -> Result<(), CliError> {
    let asks = drain.clone();
    on_interrupt(move || drain.is_requested(), move || asks.request(), quiet)
}

/// From now on the first interrupt asks for an end, and one that comes when that `is_requested` ends the process.
pub(super) fn on_interrupt(
    is_requested: impl Fn() -> bool + Send + 'static,
    request: impl Fn() + Send + 'static,
    quiet: bool,
) -> Result<(), CliError> {
    let failed = |error| CliError::input_output("watch for interrupts", &error);
    let mut signals = Signals::new([SIGINT, SIGTERM]).map_err(failed)?;
    let watch = move || {
        for _ in signals.forever() {
            if is_requested() {
                stop_at_once();
            }
            if !quiet {
                output::report(&"interrupted: finishing what is running; interrupt again to stop at once\n");
            }
            request();
        }
    };
    thread::Builder::new().name("aslx-interrupt".to_owned()).spawn(watch).map_err(failed)?;
    Ok(())
}

#[expect(clippy::exit, reason = "the user asked twice, and what runs may never end")]
fn stop_at_once() {
    process::exit(ExitStatus::Interrupted as i32);
}
