//! The `aslx` program.

use std::process::ExitCode;

use densa_alloc::CountingAllocator;
use mimalloc::MiMalloc;

/// Every worker allocates and frees on its own: the system's allocator would serialise them. `aslx bench` reads what a
/// thread has asked for; counting that is an addition to memory of the thread's own.
#[global_allocator]
static ALLOCATOR: CountingAllocator<MiMalloc> = CountingAllocator::new(MiMalloc);

fn main() -> ExitCode {
    aslx::cli::main()
}
