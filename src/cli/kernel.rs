//! `ASLX_SIMD`: the instructions that JSON is read with.

use std::env;

use super::error::CliError;
use crate::json::Kernel;

/// Lets the process use the kernel that the environment names: to compare kernels, or for a machine whose emulation
/// of one is slow.
pub(super) fn choose() -> Result<(), CliError> {
    let Some(name) = env::var_os("ASLX_SIMD").filter(|name| !name.is_empty()) else { return Ok(()) };
    let kernel: Kernel = name.to_string_lossy().parse().map_err(|error| {
        let names: Vec<_> = Kernel::supported().map(Kernel::name).collect();
        CliError::unusable(format_args!("ASLX_SIMD: {error}")).help(format!(
            "this machine runs {}; without the variable the last of them is used",
            names.join(", ")
        ))
    })?;
    // The first thing that a process does, so no parser has been made with another.
    kernel.use_in_process().map_err(|other| {
        CliError::unusable(format_args!("ASLX_SIMD: the kernel `{}` is in use already", other.name()))
    })
}
