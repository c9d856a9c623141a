//! `--metrics`: an HTTP listener that Prometheus scrapes, for as long as the process lives.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    str::FromStr,
    sync::Arc,
    thread,
};

use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusRecorder};
use tokio::runtime;

use super::{error::CliError, output};
use crate::telemetry::DURATION_BUCKETS_SECONDS;

/// `[ADDR:]PORT`; the loopback address unless one is given: metrics name states and are for nobody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct MetricsAddress(SocketAddr);

impl FromStr for MetricsAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let loopback = IpAddr::from(Ipv4Addr::LOCALHOST);
        let address = match text.parse() {
            Ok(port) => Ok(SocketAddr::new(loopback, port)),
            Err(_) => match text.strip_prefix("localhost:").map(str::parse) {
                Some(port) => port.map(|port| SocketAddr::new(loopback, port)).map_err(|_| ()),
                None => text.parse().map_err(|_| ()),
            },
        };
        match address {
            Ok(address) if address.port() == 0 => Err("port 0 is none that could be scraped".to_owned()),
            Ok(address) => Ok(Self(address)),
            Err(()) => {
                Err("expected a port, as in 9100 or [::1]:9100; 0.0.0.0:9100 is reachable from other \
                            machines"
                    .to_owned())
            }
        }
    }
}

impl fmt::Display for MetricsAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "http://{}/metrics", self.0)
    }
}

/// Listens from now on, and answers with what is registered with the recorder that it returns.
pub(super) fn serve(address: MetricsAddress) -> Result<Arc<PrometheusRecorder>, CliError> {
    let failed = |reason: &dyn fmt::Display| {
        CliError::unusable(format_args!("cannot serve metrics at {}: {reason}", address.0))
    };
    let runtime = runtime::Builder::new_current_thread().enable_all().max_blocking_threads(1).build();
    let runtime = runtime.map_err(|error| failed(&error))?;
    let (recorder, exporter) = {
        let _inside = runtime.enter(); // where the exporter finds the reactor for its listener
        let builder = PrometheusBuilder::new().with_http_listener(address.0);
        let builder = builder.set_buckets(&DURATION_BUCKETS_SECONDS).map_err(|error| failed(&error))?;
        builder.build().map_err(|error| match error {
            BuildError::FailedToCreateHTTPListener(reason) => {
                failed(&reason).help("name another address or port with --metrics")
            }
            other => failed(&other),
        })?
    };
    let listen = move || {
        if runtime.block_on(exporter).is_err() {
            output::report(&format_args!("warning: {address} is served no longer\n"));
        }
    };
    thread::Builder::new().name("aslx-metrics".to_owned()).spawn(listen).map_err(|error| failed(&error))?;
    Ok(Arc::new(recorder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let check = |text: &str, expected: Option<&str>| {
            let url = text.parse::<MetricsAddress>().ok().map(|address| address.to_string());
            assert_eq!(url.as_deref(), expected, "{text}");
        };
        check("9100", Some("http://127.0.0.1:9100/metrics"));
        check("localhost:9100", Some("http://127.0.0.1:9100/metrics"));
        check("0.0.0.0:80", Some("http://0.0.0.0:80/metrics"));
        check("[::1]:9100", Some("http://[::1]:9100/metrics"));
        for text in [
            "",
            "0",
            ":9100",
            "65536",
            "127.0.0.1",
            "127.0.0.1:0",
            "::1:9100",
            "host:9100",
            "-1",
            "localhost:",
        ] {
            check(text, None);
        }
    }
}
