//! Handlers against the programs that they are for; `tests/peers/install.sh` brings those.

mod lambda_python;
