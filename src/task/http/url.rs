//! URLs with query parameters.

use hyper::Uri;

/// An absolute `http` or `https` URL whose query can still be added to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::task) struct Url {
    text: String,
    has_query: bool,
}

impl Url {
    /// Reads a URL; what a URL may not have as it stands is percent-encoded.
    pub(in crate::task) fn parse(text: &str) -> Result<Self, &'static str> {
        let mut url = String::with_capacity(text.len());
        let text = text.split('#').next().unwrap_or_default();
        for &byte in text.as_bytes() {
            if byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte) {
                url.push(char::from(byte));
            } else {
                push_percent(byte, &mut url);
            }
        }
        let uri: Uri = url.parse().map_err(|_| "it is not a URL")?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) {
            return Err("it begins neither with http:// nor with https://");
        }
        let authority = uri.authority().ok_or("it has no host")?.as_str();
        if authority.contains('@') {
            return Err("a URL with a user in it is not sent: name a connection");
        }
        if uri.host().is_none_or(str::is_empty) {
            return Err("it has no host");
        }
        if uri.host().is_some_and(|host| host.len() < authority.len()) && uri.port_u16().is_none() {
            return Err("its port is no number up to 65535");
        }
        Ok(Self { has_query: url.contains('?'), text: url })
    }

    /// The same URL with more of a path.
    pub(in crate::task) fn join(&self, path: &str) -> String {
        format!("{}{path}", self.text.trim_end_matches('/'))
    }

    pub(in crate::task) fn as_str(&self) -> &str {
        &self.text
    }

    /// Adds a parameter to the query.
    pub(super) fn push_query(&mut self, key: &str, value: &str) {
        self.text.push(if self.has_query { '&' } else { '?' });
        self.has_query = true;
        push_encoded(key, &mut self.text);
        self.text.push('=');
        push_encoded(value, &mut self.text);
    }
}

/// Percent-encodes all but what RFC 3986 calls unreserved.
pub(in crate::task) fn push_encoded(text: &str, out: &mut String) {
    for &byte in text.as_bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            push_percent(byte, out);
        }
    }
}

pub(super) fn push_percent(byte: u8, out: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.push('%');
    out.push(char::from(DIGITS[usize::from(byte >> 4)]));
    out.push(char::from(DIGITS[usize::from(byte & 15)]));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_absolute_have_no_user_and_are_encoded_where_they_must_be() {
        let parse = |text| Url::parse(text).map(|url| url.text);
        assert_eq!(parse("http://h/a b?q=ü#f").as_deref(), Ok("http://h/a%20b?q=%C3%BC"));
        assert_eq!(parse("https://h:8443/%20").as_deref(), Ok("https://h:8443/%20"));
        for text in [
            "",
            "h/a",
            "/a",
            "ftp://h/",
            "http://",
            "http:///a",
            "http://u:p@h/",
            "http://h:x/",
            "http://h:65536/",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn query_parameters_are_added_to_what_there_is() {
        let mut url = Url::parse("http://h/a").unwrap();
        url.push_query("k y", "a&b=c+d");
        url.push_query("e", "");
        assert_eq!(url.as_str(), "http://h/a?k%20y=a%26b%3Dc%2Bd&e=");
        let mut url = Url::parse("http://h?x=1").unwrap();
        url.push_query("y", "2");
        assert_eq!(url.as_str(), "http://h?x=1&y=2");
    }
}
