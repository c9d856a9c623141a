//! Where requests may go: hosts and networks, refused or allowed.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::task::pattern::Pattern;

/// Which hosts and addresses may be connected to.
///
/// What is denied stays denied, whatever is allowed. With no allowed hosts all others may be connected to; except
/// link-local addresses and those of the clouds' metadata services, which hand out credentials to whoever asks:
/// they must be allowed by address.
///
/// ```
/// use aslx::task::http::EgressPolicy;
///
/// let mut egress = EgressPolicy::new();
/// egress.allow("*.example.com").allow("10.0.0.0/8").deny("10.0.0.1");
/// assert!(egress.check("api.example.com", "192.0.2.7".parse()?).is_ok());
/// assert!(egress.check("db.internal", "10.1.2.3".parse()?).is_ok());
/// assert!(egress.check("router.internal", "10.0.0.1".parse()?).is_err());
/// assert!(egress.check("api.example.com", "169.254.169.254".parse()?).is_err());
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct EgressPolicy {
    allow: Vec<Rule>,
    deny: Vec<Rule>,
}

/// A connection that the policy does not admit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("egress to {host} is not allowed: {reason}")]
pub struct EgressError {
    host: String,
    reason: String,
}

#[derive(Debug, Clone)]
enum Rule {
    /// A host name; `*` stands for any run of characters.
    Host(Pattern),
    Network(Network),
}

/// A network of either family: IPv4 is the part of IPv6 that is mapped to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    address: u128,
    prefix_bits: u32,
}

/// Link-local networks, and where AWS, Alibaba and Oracle have their metadata services.
const GUARDED: [Network; 5] = [
    Network::v4(Ipv4Addr::new(169, 254, 0, 0), 16),
    Network::v4(Ipv4Addr::new(100, 100, 100, 200), 32),
    Network::v4(Ipv4Addr::new(192, 0, 0, 192), 32),
    Network::v6(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10),
    Network::v6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254), 128),
];

impl EgressPolicy {
    /// A policy that refuses only link-local and metadata addresses.
    pub fn new() -> Self {
        Self::default()
    }

    /// Allows a host name (`*` stands for any run of characters), an address or a network (`10.0.0.0/8`); what no
    /// such rule allows is then refused.
    pub fn allow(&mut self, rule: &str) -> &mut Self {
        self.allow.push(Rule::new(rule));
        self
    }

    /// Refuses a host name, an address or a network.
    pub fn deny(&mut self, rule: &str) -> &mut Self {
        self.deny.push(Rule::new(rule));
        self
    }

    /// Whether a host may be connected to at an address of its.
    pub fn check(&self, host: &str, address: IpAddr) -> Result<(), EgressError> {
        self.check_name(host)?;
        let name = normal(host);
        let refuse = |reason: String| Err(EgressError { host: name.clone(), reason });
        let bits = bits(address);
        let covers = |rule: &Rule| rule.covers(bits);
        if self.deny.iter().any(covers) {
            return refuse(format!("{address} is denied"));
        }
        let is_allowed_address = self.allow.iter().any(covers);
        if GUARDED.iter().any(|network| network.contains(bits)) && !is_allowed_address {
            return refuse(format!(
                "{address} is link-local or a metadata service's; only a rule that names the address allows it"
            ));
        }
        if self.allow.is_empty() || is_allowed_address || self.allow.iter().any(|rule| rule.names(&name)) {
            return Ok(());
        }
        refuse("no rule allows it".to_owned())
    }

    /// What can be said before the name is looked up: a refused name is not even asked for.
    pub(super) fn check_name(&self, host: &str) -> Result<(), EgressError> {
        let host = normal(host);
        if self.deny.iter().any(|rule| rule.names(&host)) {
            return Err(EgressError { host, reason: "it is denied".to_owned() });
        }
        let is_possible = self.allow.is_empty()
            || self.allow.iter().any(|rule| matches!(rule, Rule::Network(_)) || rule.names(&host));
        if is_possible { Ok(()) } else { Err(EgressError { host, reason: "no rule allows it".to_owned() }) }
    }
}

impl Rule {
    fn new(text: &str) -> Self {
        match Network::parse(text) {
            Some(network) => Self::Network(network),
            None => Self::Host(Pattern::new(normal(text))),
        }
    }

    fn names(&self, host: &str) -> bool {
        matches!(self, Self::Host(pattern) if pattern.matches(host))
    }

    fn covers(&self, address: u128) -> bool {
        matches!(self, Self::Network(network) if network.contains(address))
    }
}

impl Network {
    const fn v4(address: Ipv4Addr, prefix_bits: u32) -> Self {
        Self { address: address.to_ipv6_mapped().to_bits(), prefix_bits: 96 + prefix_bits }
    }

    const fn v6(address: Ipv6Addr, prefix_bits: u32) -> Self {
        Self { address: address.to_bits(), prefix_bits }
    }

    /// An address, or one with the length of its prefix.
    fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse::<u32>().ok()?)),
            None => (text, None),
        };
        let address = address.trim_start_matches('[').trim_end_matches(']');
        match address.parse().ok()? {
            IpAddr::V4(address) => {
                let prefix = prefix.unwrap_or(32);
                (prefix <= 32).then(|| Self::v4(address, prefix))
            }
            IpAddr::V6(address) => {
                let prefix = prefix.unwrap_or(128);
                (prefix <= 128).then(|| Self::v6(address, prefix))
            }
        }
    }

    fn contains(self, address: u128) -> bool {
        let mask = u128::MAX.checked_shl(128 - self.prefix_bits).unwrap_or(0);
        (address ^ self.address) & mask == 0
    }
}

/// An address as 128 bits; the forms of IPv6 that stand for an IPv4 address are that address.
fn bits(address: IpAddr) -> u128 {
    const NAT64: Network = Network::v6(Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);
    const SIX_TO_FOUR: Network = Network::v6(Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16);
    const COMPATIBLE: Network = Network::v6(Ipv6Addr::UNSPECIFIED, 96);
    let mapped = |v4: u128| Ipv4Addr::from_bits(v4 as u32).to_ipv6_mapped().to_bits();
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => {
            let bits = address.to_bits();
            if NAT64.contains(bits) || (COMPATIBLE.contains(bits) && bits > 1) {
                mapped(bits)
            } else if SIX_TO_FOUR.contains(bits) {
                mapped(bits >> 80)
            } else {
                bits
            }
        }
    }
}

/// A host name as rules compare it: lower case, without the dot of the root, an address without brackets.
fn normal(host: &str) -> String {
    host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(policy: &EgressPolicy, host: &str, address: &str) -> bool {
        policy.check(host, address.parse().expect("an address")).is_ok()
    }

    #[test]
    fn metadata_services_are_refused_in_every_notation_unless_their_address_is_allowed() {
        let mut policy = EgressPolicy::new();
        let guarded = [
            "169.254.169.254",
            "::ffff:169.254.169.254",
            "::169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "2002:a9fe:a9fe::1",
            "169.254.0.1",
            "fe80::1",
            "febf::1",
            "fd00:ec2::254",
            "100.100.100.200",
        ];
        for address in guarded {
            assert!(!check(&policy, "metadata", address), "{address}");
        }
        for address in
            ["127.0.0.1", "::1", "10.0.0.1", "169.253.255.255", "fec0::1", "8.8.8.8", "fd00:ec2::255"]
        {
            assert!(check(&policy, "host", address), "{address}");
        }
        policy.allow("*");
        assert!(
            !check(&policy, "metadata", "169.254.169.254"),
            "a name that resolves to it may be anybody's"
        );
        policy.allow("169.254.169.254");
        assert!(check(&policy, "metadata", "169.254.169.254"));
        assert!(!check(&policy, "metadata", "169.254.169.253"));
        policy.deny("169.254.0.0/16");
        assert!(!check(&policy, "metadata", "169.254.169.254"), "deny wins");
    }

    #[test]
    fn names_are_compared_without_case_and_root_and_deny_wins() {
        let mut policy = EgressPolicy::new();
        policy.allow("*.Example.com").allow("localhost").deny("secret.example.com");
        assert!(check(&policy, "API.example.COM.", "192.0.2.1"));
        assert!(!check(&policy, "secret.example.com.", "192.0.2.1"));
        assert!(!check(&policy, "example.com.evil.test", "192.0.2.1"));
        assert!(!check(&policy, "127.0.0.1", "127.0.0.1"), "the address is not the name");
        assert!(policy.check_name("evil.test").is_err(), "known before the name is looked up");
        let error = policy.check("evil.test", IpAddr::V4(Ipv4Addr::LOCALHOST)).unwrap_err();
        assert_eq!(error.to_string(), "egress to evil.test is not allowed: no rule allows it");
    }

    #[test]
    fn a_denied_network_is_refused_under_any_name_and_networks_allow_by_address() {
        let mut policy = EgressPolicy::new();
        policy.deny("10.0.0.0/8").deny("::1");
        assert!(!check(&policy, "rebound.example.com", "10.20.30.40"));
        assert!(!check(&policy, "localhost", "::1"));
        assert!(check(&policy, "localhost", "127.0.0.1"));
        let mut policy = EgressPolicy::new();
        policy.allow("192.0.2.0/24").allow("2001:db8::/32");
        assert!(policy.check_name("anything").is_ok(), "only its address can tell");
        assert!(check(&policy, "anything", "192.0.2.255"));
        assert!(check(&policy, "anything", "2001:db8:1::1"));
        assert!(!check(&policy, "anything", "192.0.3.0"));
        assert_eq!(Network::parse("10.0.0.0/33"), None);
        assert!(
            Network::parse("0.0.0.0/0").is_some_and(|all| all.contains(bits("8.8.8.8".parse().unwrap())))
        );
    }
}
