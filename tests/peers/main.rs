//! Handlers against the programs that they are for; `tests/peers/install.sh` brings those.

#![cfg(feature = "peers")]

#[cfg(feature = "aws")]
mod aws;
mod callbacks;
mod lambda_python;
#[cfg(feature = "aws")]
mod process;
