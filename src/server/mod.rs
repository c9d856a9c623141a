//! What listens on a socket: the endpoint that callbacks come to.
//!
//! It speaks AWS's JSON 1.0 protocol, so that AWS's own clients talk to it. Everything a client can make it hold has a
//! bound: connections, how long they may be silent, the size of a request. What a client sends is never logged.

mod aws_json;
mod callback_endpoint;
mod guard;
mod listener;

pub use callback_endpoint::{CallbackEndpoint, CallbackEndpointOptions};
