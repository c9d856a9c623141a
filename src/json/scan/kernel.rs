//! The choice of the kernel.

use std::{fmt, str::FromStr, sync::OnceLock};

use super::{Index, scalar};

/// How bytes are searched for what begins and ends in them: with the instructions that this machine has.
///
/// All kernels give the same results; a value of this type is one that this machine can run.
///
/// ```
/// use aslx::json::{Kernel, Parser};
///
/// assert_eq!("portable".parse::<Kernel>()?.name(), "portable");
/// for kernel in Kernel::supported() {
///     let parser = Parser::with_kernel(1024, kernel);
/// }
/// # Ok::<(), aslx::json::KernelError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Kernel {
    name: &'static str,
    scan: fn(&[u8], &mut Index),
}

/// Why there is no kernel of a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KernelError {
    /// No kernel has this name.
    #[error("there is no kernel `{0}`: it is one of portable, sse2, avx2, avx512")]
    Unknown(String),
    /// The machine lacks instructions that the kernel uses.
    #[error("this machine cannot run the kernel `{0}`")]
    Unsupported(String),
}

/// What the process uses from its first parser on.
static IN_USE: OnceLock<Kernel> = OnceLock::new();

const PORTABLE: Kernel = Kernel { name: "portable", scan: scalar::scan };

impl Kernel {
    pub(super) const NAMES: [&str; 4] = ["portable", "sse2", "avx2", "avx512"];

    /// The kernels that this machine can run, the fastest last.
    pub fn supported() -> impl Iterator<Item = Self> {
        #[cfg(target_arch = "x86_64")]
        let special = [
            Some(Self { name: "sse2", scan: super::sse2::scan }),
            super::avx2::kernel().map(|scan| Self { name: "avx2", scan }),
            super::avx512::kernel().map(|scan| Self { name: "avx512", scan }),
        ];
        #[cfg(not(target_arch = "x86_64"))]
        let special: [Option<Self>; 0] = [];
        [PORTABLE].into_iter().chain(special.into_iter().flatten())
    }

    /// The kernel that new parsers use: the fastest, unless [`Self::use_in_process`] chose another.
    pub fn in_use() -> Self {
        *IN_USE.get_or_init(|| Self::supported().last().unwrap_or(PORTABLE))
    }

    /// Lets all parsers of the process use this kernel.
    ///
    /// # Errors
    /// The kernel in use, if there was a parser before.
    pub fn use_in_process(self) -> Result<(), Self> {
        IN_USE.set(self)
    }

    /// `portable`, `sse2`, `avx2` or `avx512`.
    pub fn name(self) -> &'static str {
        self.name
    }

    /// Fills the index from a text of at most [`Index::TEXT_BYTES_MAX`] bytes.
    #[inline]
    pub(in crate::json) fn scan(self, bytes: &[u8], index: &mut Index) {
        (self.scan)(bytes, index);
    }
}

impl FromStr for Kernel {
    type Err = KernelError;

    fn from_str(name: &str) -> Result<Self, KernelError> {
        Self::supported().find(|kernel| kernel.name == name).ok_or_else(|| {
            let is_known = Self::NAMES.contains(&name);
            let error = if is_known { KernelError::Unsupported } else { KernelError::Unknown };
            error(name.to_owned())
        })
    }
}

impl fmt::Debug for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Kernel").field(&self.name).finish()
    }
}
