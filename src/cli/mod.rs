//! The command line: what was typed, what it comes to, one file per subcommand.
//!
//! Invariants: stdout carries results only; all printing goes through `output`; a command returns how it ended
//! and only `dispatch` turns that into the exit code.

mod args;
mod bench;
mod byte_limit;
mod callback;
mod command;
mod config;
mod definition;
mod definition_text;
mod dispatch;
mod error;
mod event_table;
mod exit_code;
mod file;
mod interrupt;
mod kernel;
mod log;
mod metrics;
mod output;
mod process_log;
mod progress;
mod s3;
mod state_machines;
mod story;

pub use dispatch::main;
