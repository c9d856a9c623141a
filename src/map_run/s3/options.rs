//! Which S3, and who asks.

use std::fmt;
use std::time::Duration;

/// Where requests go when nothing says so.
const REGION_DEFAULT: &str = "us-east-1";

/// How S3 is reached.
#[derive(Clone)]
pub struct S3Options {
    pub(super) endpoint: Option<String>,
    pub(super) region: String,
    pub(super) access_key_id: String,
    pub(super) secret_access_key: String,
    pub(super) session_token: Option<String>,
    pub(super) request_timeout: Duration,
}

/// Why S3 cannot be reached as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum S3OptionsError {
    /// There is nobody to sign requests for.
    #[error("S3 needs credentials, and {variable} is not in the environment")]
    NoCredentials {
        /// What is missing.
        variable: &'static str,
    },
    /// The endpoint is no plain address.
    #[error("'{endpoint}' is no endpoint: it should be like https://HOST or http://HOST:PORT")]
    Endpoint {
        /// What was given, without what may be a password.
        endpoint: String,
    },
    /// The region's name cannot be one.
    #[error("'{region}' is no region: it should be like us-east-1")]
    Region {
        /// What was given.
        region: String,
    },
    /// The client could not be made.
    #[error("the client for S3 cannot start: {reason}")]
    Client {
        /// Why.
        reason: String,
    },
}

impl S3Options {
    /// S3 at AWS, with credentials and region from the environment: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
    /// `AWS_SESSION_TOKEN`; `AWS_REGION` or `AWS_DEFAULT_REGION`, else `us-east-1`.
    ///
    /// # Errors
    /// If there are no credentials.
    pub fn from_env() -> Result<Self, S3OptionsError> {
        Self::from_variables(|name| std::env::var(name).ok())
    }

    pub(super) fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Self, S3OptionsError> {
        let variable = |name| variable(name).filter(|value| !value.is_empty());
        let needed = |name| variable(name).ok_or(S3OptionsError::NoCredentials { variable: name });
        let options = Self {
            endpoint: None,
            region: REGION_DEFAULT.to_owned(),
            access_key_id: needed("AWS_ACCESS_KEY_ID")?,
            secret_access_key: needed("AWS_SECRET_ACCESS_KEY")?,
            session_token: variable("AWS_SESSION_TOKEN"),
            request_timeout: Duration::from_secs(30),
        };
        match variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION")) {
            Some(region) => options.region(&region),
            None => Ok(options),
        }
    }

    /// An endpoint other than AWS's, such as `http://localhost:9000`. Buckets are the first part of its paths.
    ///
    /// # Errors
    /// If it is not `http://` or `https://` with a host, and a path at most.
    pub fn endpoint(mut self, url: &str) -> Result<Self, S3OptionsError> {
        let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or_default();
        let is_plain =
            |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic() && !b"@?#\\".contains(&byte));
        if host.is_empty() || host.starts_with(['/', ':']) || !is_plain(host) {
            let endpoint = match url.rsplit_once('@') {
                Some((_, rest)) => format!("...@{rest}"),
                None => url.to_owned(),
            };
            return Err(S3OptionsError::Endpoint { endpoint });
        }
        self.endpoint = Some(url.trim_end_matches('/').to_owned());
        Ok(self)
    }

    /// The region that requests are signed for.
    ///
    /// # Errors
    /// If no region can have that name.
    pub fn region(mut self, region: &str) -> Result<Self, S3OptionsError> {
        if region.is_empty() || !region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Err(S3OptionsError::Region { region: region.to_owned() });
        }
        region.clone_into(&mut self.region);
        Ok(self)
    }

    /// How long a request may take, its answer included; 30 s unless this says otherwise.
    #[must_use]
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.request_timeout = timeout;
        self
    }
}

/// Without secrets.
impl fmt::Debug for S3Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("S3Options");
        shown.field("endpoint", &self.endpoint).field("region", &self.region).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(variables: &[(&str, &str)]) -> Result<S3Options, S3OptionsError> {
        let find = |name: &str| variables.iter().find(|(known, _)| *known == name);
        S3Options::from_variables(|name| find(name).map(|(_, value)| (*value).to_owned()))
    }

    const KEYS: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "id"), ("AWS_SECRET_ACCESS_KEY", "hush")];

    #[test]
    fn the_environment_says_who_asks_and_where() {
        let missing = |variable| Some(S3OptionsError::NoCredentials { variable });
        assert_eq!(options(&[]).err(), missing("AWS_ACCESS_KEY_ID"));
        assert_eq!(
            options(&[KEYS[0], ("AWS_SECRET_ACCESS_KEY", "")]).err(),
            missing("AWS_SECRET_ACCESS_KEY")
        );
        assert_eq!(options(&KEYS).expect("complete").region, "us-east-1");
        let there = options(&[KEYS[0], KEYS[1], ("AWS_DEFAULT_REGION", "eu-west-1")]).expect("complete");
        assert_eq!(there.region, "eu-west-1");
        let both = [KEYS[0], KEYS[1], ("AWS_DEFAULT_REGION", "eu-west-1"), ("AWS_REGION", "eu-north-1")];
        assert_eq!(options(&both).expect("complete").region, "eu-north-1");
        assert!(!format!("{there:?}").contains("hush"));
    }

    #[test]
    fn endpoints_are_plain_addresses() {
        let check = |url: &str, expected: Option<&str>| {
            let endpoint = options(&KEYS).and_then(|options| options.endpoint(url));
            assert_eq!(endpoint.ok().and_then(|options| options.endpoint).as_deref(), expected, "{url}");
        };
        check("http://localhost:9000", Some("http://localhost:9000"));
        check("https://s3.example/", Some("https://s3.example"));
        for url in [
            "",
            "localhost:9000",
            "ftp://x",
            "http://",
            "http://:9000",
            "http:///x",
            "http://h?q",
            "http://h h",
        ] {
            check(url, None);
        }
        let error =
            options(&KEYS).and_then(|options| options.endpoint("http://me:hush@h")).expect_err("refused");
        assert!(!error.to_string().contains("hush"), "{error}");
    }
}
