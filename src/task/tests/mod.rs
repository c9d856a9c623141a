#[cfg(feature = "cli")]
mod file;
mod mock;
