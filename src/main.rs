//! The `aslx` program.

use std::process::ExitCode;

/// Every worker allocates and frees on its own: the system's allocator would serialise them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    aslx::cli::main()
}
