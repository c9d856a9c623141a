//! Who requests to AWS are from: the environment, or a profile.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::task::Secret;

/// An access key.
#[derive(Debug, Clone)]
pub struct AwsCredentials {
    pub(super) access_key_id: String,
    pub(super) secret_access_key: Secret,
    pub(super) session_token: Option<Secret>,
}

/// Why there are no credentials.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there are no credentials for AWS: {reason}")]
pub struct CredentialsError {
    reason: String,
}

impl AwsCredentials {
    /// An access key; temporary ones have a session token.
    pub fn new(
        access_key_id: impl Into<String>,
        secret_access_key: Secret,
        session_token: Option<Secret>,
    ) -> Self {
        Self { access_key_id: access_key_id.into(), secret_access_key, session_token }
    }

    /// Those of the environment (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`), else of the
    /// profile `AWS_PROFILE` in the credentials file. No service is asked for any.
    pub fn load() -> Result<Self, CredentialsError> {
        Self::find(|name| std::env::var(name).ok(), |path| std::fs::read_to_string(path).ok())
    }

    fn find(
        variable: impl Fn(&str) -> Option<String>,
        read: impl Fn(&Path) -> Option<String>,
    ) -> Result<Self, CredentialsError> {
        let variable =
            |name: &str| variable(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        if let (Some(id), Some(key)) = (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY")) {
            return Self::checked(id, key, variable("AWS_SESSION_TOKEN"));
        }
        let profile = variable("AWS_PROFILE").unwrap_or_else(|| "default".to_owned());
        let named = variable("AWS_SHARED_CREDENTIALS_FILE").map(PathBuf::from);
        let path = named.or_else(|| Some(Path::new(&variable("HOME")?).join(".aws/credentials")));
        let text = path.as_deref().and_then(&read).unwrap_or_default();
        let value = |key| profile_value(&text, &profile, key);
        match (value("aws_access_key_id"), value("aws_secret_access_key")) {
            (Some(id), Some(key)) => Self::checked(id, key, value("aws_session_token")),
            _ => Err(CredentialsError {
                reason: format!(
                    "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write the profile '{profile}' into {}",
                    path.map_or("~/.aws/credentials".to_owned(), |path| path.display().to_string())
                ),
            }),
        }
    }

    /// They go into headers, which not every text may.
    fn checked(id: String, key: String, token: Option<String>) -> Result<Self, CredentialsError> {
        let is_fit = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
        if is_fit(&id) && token.as_deref().is_none_or(is_fit) {
            Ok(Self::new(id, Secret::new(key), token.map(Secret::new)))
        } else {
            Err(CredentialsError { reason: "they have characters that no key has".to_owned() })
        }
    }
}

/// The region of the environment, or of the profile in the configuration file.
pub(super) fn default_region() -> Option<String> {
    let variable = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
    let of_profile = || {
        let named = variable("AWS_CONFIG_FILE").map(PathBuf::from);
        let path = named.or_else(|| Some(Path::new(&variable("HOME")?).join(".aws/config")))?;
        let text = std::fs::read_to_string(path).ok()?;
        let section = match variable("AWS_PROFILE") {
            Some(profile) => format!("profile {profile}"),
            None => "default".to_owned(),
        };
        profile_value(&text, &section, "region")
    };
    variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION")).or_else(of_profile)
}

/// A value in a section of a file such as `~/.aws/credentials`.
fn profile_value(text: &str, section: &str, key: &str) -> Option<String> {
    let mut is_in_section = false;
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            is_in_section = name.trim() == section;
        } else if is_in_section
            && !line.starts_with(['#', ';'])
            && let Some((name, value)) = line.split_once('=')
            && name.trim() == key
        {
            return Some(value.trim().to_owned());
        }
    }
    None
}

impl fmt::Display for AwsCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the access key {}", self.access_key_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "[default]\naws_access_key_id = A\naws_secret_access_key = B\n\n[work]\n# old\n\
                        aws_access_key_id=C\naws_secret_access_key=D\naws_session_token = E\n";

    fn find(variables: &[(&str, &str)]) -> Result<AwsCredentials, CredentialsError> {
        let variable =
            |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        AwsCredentials::find(variable, |path| {
            (path == Path::new("/h/.aws/credentials")).then(|| FILE.to_owned())
        })
    }

    #[test]
    fn the_environment_comes_before_profiles() {
        let keys = [("AWS_ACCESS_KEY_ID", "X"), ("AWS_SECRET_ACCESS_KEY", "Y"), ("HOME", "/h")];
        assert_eq!(find(&keys).unwrap().access_key_id, "X");
        assert_eq!(find(&[("HOME", "/h")]).unwrap().access_key_id, "A");
        let work = find(&[("HOME", "/h"), ("AWS_PROFILE", "work")]).unwrap();
        assert_eq!((work.access_key_id.as_str(), work.session_token), ("C", Some(Secret::new("E"))));
        let error = find(&[("HOME", "/h"), ("AWS_PROFILE", "none")]).unwrap_err().to_string();
        assert!(error.ends_with("write the profile 'none' into /h/.aws/credentials"), "{error}");
        assert!(find(&[("AWS_ACCESS_KEY_ID", "X\nY"), ("AWS_SECRET_ACCESS_KEY", "Y")]).is_err());
    }
}
