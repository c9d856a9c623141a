//! The `aslx` program.
fn main() {}
