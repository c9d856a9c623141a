//! Handlers and callbacks against the programs that they are for; `tests/peers/install.sh` brings those.

#[cfg(feature = "aws")]
mod aws;
mod callbacks;
#[cfg(feature = "aws")]
mod process;
