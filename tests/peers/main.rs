//! Against real parts: what `tests/peers/install.sh` brings, on the loopback interface.

#![cfg(feature = "peers")]

mod callbacks;
