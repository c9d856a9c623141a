//! `--callback-addr`: where task tokens come back to, for as long as the command runs.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    str::FromStr,
};

use clap::Args;

use super::{error::CliError, file, output};
use crate::{
    server::{CallbackEndpoint, CallbackEndpointOptions},
    task::Callbacks,
};

/// Who can answer tasks from outside.
#[derive(Debug, Args)]
pub(super) struct CallbackArguments {
    /// Have `.waitForTaskToken` tasks and activities wait for `SendTaskSuccess` and its siblings at this address
    ///
    /// AWS's own clients can be pointed at it (`endpoint_url="http://127.0.0.1:8083"`). It is on the loopback interface
    /// unless ADDR is given; port 0 is any that is free. State machines that wait are Standard ones: --type standard.
    #[arg(long = "callback-addr", id = "callback_addr", value_name = "[ADDR:]PORT")]
    address: Option<CallbackAddress>,

    /// A file with the bearer token that callbacks must show; needed where other machines can reach the address
    #[arg(
        long = "callback-token-file",
        id = "callback_token_file",
        value_name = "FILE",
        requires = "callback_addr"
    )]
    token_file: Option<PathBuf>,
}

/// `[ADDR:]PORT`; the loopback address unless one is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CallbackAddress(SocketAddr);

impl FromStr for CallbackAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let loopback = IpAddr::from(Ipv4Addr::LOCALHOST);
        let port = text.strip_prefix("localhost:").unwrap_or(text);
        let address = match port.parse() {
            Ok(port) => Ok(SocketAddr::new(loopback, port)),
            Err(_) => {
                text.parse().map_err(|_| "expected a port, as in 8083, or an address, as in [::1]:8083")
            }
        };
        address.map(Self).map_err(str::to_owned)
    }
}

impl CallbackArguments {
    /// What tasks wait with, if any are to wait.
    pub(super) fn callbacks(&self) -> Option<Callbacks> {
        self.address.map(|_| Callbacks::new())
    }

    /// Listens for as long as the value lives.
    pub(super) fn serve(
        &self,
        callbacks: Option<&Callbacks>,
        quiet: bool,
    ) -> Result<Option<CallbackEndpoint>, CliError> {
        let (Some(CallbackAddress(address)), Some(callbacks)) = (self.address, callbacks) else {
            return Ok(None);
        };
        let mut options = CallbackEndpointOptions::new(address);
        if let Some(path) = &self.token_file {
            let token = file::read_text(path)?.trim().to_owned();
            if token.is_empty() {
                return Err(CliError::unusable(format_args!("{} has no token", path.display())));
            }
            options.bearer_token = Some(token);
        }
        if !address.ip().is_loopback() && options.bearer_token.is_none() {
            let message = format!("--callback-addr {address} can be reached by other machines");
            return Err(
                CliError::unusable(message).help("add --callback-token-file FILE, or name a port alone")
            );
        }
        let failed = |reason: &dyn fmt::Display| {
            CliError::unusable(format_args!("cannot take callbacks at {address}: {reason}"))
                .help("name another address or port with --callback-addr")
        };
        let endpoint =
            CallbackEndpoint::start(callbacks.clone(), &options).map_err(|error| failed(&error))?;
        if !quiet {
            output::report(&format_args!("callbacks: http://{}\n", endpoint.address()));
        }
        Ok(Some(endpoint))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let check = |text: &str, expected: Option<&str>| {
            let address = text.parse::<CallbackAddress>().ok().map(|address| address.0.to_string());
            assert_eq!(address.as_deref(), expected, "{text}");
        };
        check("8083", Some("127.0.0.1:8083"));
        check("0", Some("127.0.0.1:0"));
        check("localhost:8083", Some("127.0.0.1:8083"));
        check("0.0.0.0:80", Some("0.0.0.0:80"));
        check("[::1]:8083", Some("[::1]:8083"));
        for text in ["", ":1", "65536", "127.0.0.1", "host:1", "-1"] {
            check(text, None);
        }
    }
}
