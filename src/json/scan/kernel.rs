//! The choice of the kernel.

use super::{Index, scalar};

/// A stage 1: fills the index from a text of at most [`Index::TEXT_BYTES_MAX`] bytes.
pub(in crate::json) type Kernel = fn(&[u8], &mut Index);

/// The fastest kernel that this machine can run.
pub(in crate::json) fn best_kernel() -> Kernel {
    #[cfg(target_arch = "x86_64")]
    return super::sse2::scan;
    #[cfg(not(target_arch = "x86_64"))]
    portable_kernel()
}

/// The kernel that every machine can run, and that the others are tested against.
pub(in crate::json) fn portable_kernel() -> Kernel {
    scalar::scan
}
