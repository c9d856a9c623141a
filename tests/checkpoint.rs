//! Runs that are cut off and go on: no output is lost, none is there twice.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

#[path = "checkpoint/crash.rs"]
mod crash;
#[cfg(unix)]
#[path = "checkpoint/kill.rs"]
mod kill;
