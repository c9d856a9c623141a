//! Signatures (AWS docs, "Signature Version 4").

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign as sign_request,
};
use aws_sigv4::sign::v4::SigningParams;
use bytes::Bytes;
use hyper::Request;

use super::AwsCredentials;
use crate::task::TaskError;

/// Whose signature, for what.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'s> {
    pub(super) credentials: &'s AwsCredentials,
    pub(super) region: &'s str,
    /// The service's name in signatures.
    pub(super) service: &'s str,
    /// S3 signs a path as it stands, and wants the hash of the body in a header.
    pub(super) is_s3: bool,
}

/// The time of day, which signatures are valid for some minutes from.
#[expect(
    clippy::disallowed_methods,
    reason = "services compare it with their own clock, virtual clocks or not"
)]
pub(super) fn now() -> SystemTime {
    SystemTime::now()
}

/// Signs a request: its method, path, query, body and the headers that it has.
pub(super) fn sign(request: &mut Request<Bytes>, scope: Scope<'_>, now: SystemTime) -> Result<(), TaskError> {
    let failed =
        |reason: String| TaskError::new("States.Runtime", format!("the request cannot be signed: {reason}"));
    let mut settings = SigningSettings::default();
    if scope.is_s3 {
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    }
    let AwsCredentials { access_key_id, secret_access_key, session_token } = scope.credentials;
    let token = session_token.as_ref().map(|token| token.expose().to_owned());
    let credentials =
        Credentials::new(access_key_id.as_str(), secret_access_key.expose(), token, None, "aslx");
    let identity = credentials.into();
    let params = SigningParams::builder()
        .identity(&identity)
        .region(scope.region)
        .name(scope.service)
        .time(now)
        .settings(settings)
        .build()
        .map_err(|error| failed(error.to_string()))?;
    let headers = request.headers().iter();
    let headers = headers.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    let body = SignableBody::Bytes(request.body());
    let signable = SignableRequest::new(request.method().as_str(), request.uri().to_string(), headers, body);
    let signable = signable.map_err(|error| failed(error.to_string()))?;
    let signed = sign_request(signable, &params.into()).map_err(|error| failed(error.to_string()))?;
    signed.into_parts().0.apply_to_request_http1x(request);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::task::Secret;

    /// AWS's published test suite: its key, its date (2015-08-30T12:36:00Z), region and service.
    fn signature(mut request: Request<Bytes>, token: Option<&str>) -> String {
        let secret = Secret::new("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
        let credentials = AwsCredentials::new("AKIDEXAMPLE", secret, token.map(Secret::new));
        let scope =
            Scope { credentials: &credentials, region: "us-east-1", service: "service", is_s3: false };
        let now = SystemTime::UNIX_EPOCH + Duration::from_millis(1_440_938_160_001);
        sign(&mut request, scope, now).expect("it can be signed");
        assert_eq!(request.headers()["x-amz-date"], "20150830T123600Z");
        let header = request.headers()["authorization"].to_str().expect("text").to_owned();
        assert!(header.starts_with(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        ));
        header.rsplit_once("Signature=").expect("a signature").1.to_owned()
    }

    fn request(method: &str, path: &str) -> hyper::http::request::Builder {
        let uri = format!("https://example.amazonaws.com{path}");
        Request::builder().method(method).uri(uri).header("host", "example.amazonaws.com")
    }

    #[test]
    fn signatures_are_those_of_the_published_test_suite() {
        let empty = |builder: hyper::http::request::Builder| builder.body(Bytes::new()).expect("a request");
        let check = |request, expected: &str| assert_eq!(signature(request, None), expected);
        check(empty(request("GET", "/")), "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
        check(
            empty(request("GET", "/?Param2=value2&Param1=value1")),
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        );
        check(
            empty(request("POST", "/")),
            "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
        );
        let form = request("POST", "/").header("content-type", "application/x-www-form-urlencoded");
        let form = form.body(Bytes::from_static(b"Param1=value1")).expect("a request");
        check(form, "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a");
        let sorted = request("POST", "/").header("my-header1", "value1");
        check(empty(sorted), "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c");
    }

    /// AWS's published examples for S3 (S3 API reference, "Signature calculations").
    #[test]
    fn signatures_for_s3_are_those_of_its_examples() {
        let secret = Secret::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
        let credentials = AwsCredentials::new("AKIAIOSFODNN7EXAMPLE", secret, None);
        let scope = Scope { credentials: &credentials, region: "us-east-1", service: "s3", is_s3: true };
        let now = SystemTime::UNIX_EPOCH + Duration::from_millis(1_369_353_600_001);
        let check =
            |method: &str, path: &str, headers: &[(&str, &str)], body: &'static str, expected: &str| {
                let host = "examplebucket.s3.amazonaws.com";
                let mut request = Request::builder().method(method).uri(format!("https://{host}{path}"));
                for (name, value) in headers {
                    request = request.header(*name, *value);
                }
                let mut request = request
                    .header("host", host)
                    .body(Bytes::from_static(body.as_bytes()))
                    .expect("a request");
                sign(&mut request, scope, now).expect("it can be signed");
                let header = request.headers()["authorization"].to_str().expect("text");
                assert!(header.ends_with(&format!("Signature={expected}")), "{path}: {header}");
            };
        let range = [("range", "bytes=0-9")];
        check(
            "GET",
            "/test.txt",
            &range,
            "",
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        );
        let put = [("date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")];
        let expected = "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd";
        check("PUT", "/test%24file.text", &put, "Welcome to Amazon S3.", expected);
        check(
            "GET",
            "/?lifecycle",
            &[],
            "",
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        );
        let list = "/?max-keys=2&prefix=J";
        check("GET", list, &[], "", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
    }

    #[test]
    fn a_session_token_is_sent_and_signed() {
        let token = "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267";
        let request = request("GET", "/").body(Bytes::new()).expect("a request");
        let expected = "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8";
        assert_eq!(signature(request, Some(token)), expected);
    }
}
