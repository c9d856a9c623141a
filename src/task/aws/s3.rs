//! S3's REST: an operation is a method, a path, parameters and headers (S3 API reference).

use bytes::Bytes;
use hyper::header::{HeaderName, HeaderValue};
use hyper::{Method, Request};

use super::query::write_typed;
use super::service::Service;
use super::xml::Xml;
use crate::json::{Doc, NodeId, Tag, minify, write_json_string};
use crate::task::TaskError;
use crate::task::http::{HttpResponse, Url, push_encoded, scalar};

/// What an operation is on the wire.
#[derive(Debug)]
struct Operation {
    name: &'static str,
    method: Method,
    /// Parameters that it has always.
    query: &'static str,
    has_key: bool,
}

const OPERATIONS: [Operation; 10] = [
    Operation { name: "PutObject", method: Method::PUT, query: "", has_key: true },
    Operation { name: "GetObject", method: Method::GET, query: "", has_key: true },
    Operation { name: "HeadObject", method: Method::HEAD, query: "", has_key: true },
    Operation { name: "DeleteObject", method: Method::DELETE, query: "", has_key: true },
    Operation { name: "CopyObject", method: Method::PUT, query: "", has_key: true },
    Operation { name: "ListObjectsV2", method: Method::GET, query: "list-type=2", has_key: false },
    Operation { name: "ListObjects", method: Method::GET, query: "", has_key: false },
    Operation { name: "CreateBucket", method: Method::PUT, query: "", has_key: false },
    Operation { name: "DeleteBucket", method: Method::DELETE, query: "", has_key: false },
    Operation { name: "ListBuckets", method: Method::GET, query: "", has_key: false },
];

/// Parameters in the query.
const QUERY: [(&str, &str); 9] = [
    ("ContinuationToken", "continuation-token"),
    ("Delimiter", "delimiter"),
    ("EncodingType", "encoding-type"),
    ("Marker", "marker"),
    ("MaxKeys", "max-keys"),
    ("PartNumber", "partNumber"),
    ("Prefix", "prefix"),
    ("StartAfter", "start-after"),
    ("VersionId", "versionId"),
];

/// Parameters of requests in headers.
const REQUEST_HEADERS: [(&str, &str); 15] = [
    ("ACL", "x-amz-acl"),
    ("CacheControl", "cache-control"),
    ("ContentDisposition", "content-disposition"),
    ("ContentEncoding", "content-encoding"),
    ("ContentLanguage", "content-language"),
    ("ContentType", "content-type"),
    ("CopySource", "x-amz-copy-source"),
    ("ExpectedBucketOwner", "x-amz-expected-bucket-owner"),
    ("IfMatch", "if-match"),
    ("IfNoneMatch", "if-none-match"),
    ("MetadataDirective", "x-amz-metadata-directive"),
    ("Range", "range"),
    ("ServerSideEncryption", "x-amz-server-side-encryption"),
    ("StorageClass", "x-amz-storage-class"),
    ("Tagging", "x-amz-tagging"),
];

/// Members of results out of headers.
const RESPONSE_HEADERS: [(&str, &str); 21] = [
    ("AcceptRanges", "accept-ranges"),
    ("CacheControl", "cache-control"),
    ("ChecksumCRC32", "x-amz-checksum-crc32"),
    ("ChecksumCRC32C", "x-amz-checksum-crc32c"),
    ("ChecksumCRC64NVME", "x-amz-checksum-crc64nvme"),
    ("ChecksumSHA1", "x-amz-checksum-sha1"),
    ("ChecksumSHA256", "x-amz-checksum-sha256"),
    ("ChecksumType", "x-amz-checksum-type"),
    ("ContentDisposition", "content-disposition"),
    ("ContentEncoding", "content-encoding"),
    ("ContentLanguage", "content-language"),
    ("ContentLength", "content-length"),
    ("ContentRange", "content-range"),
    ("ContentType", "content-type"),
    ("DeleteMarker", "x-amz-delete-marker"),
    ("ETag", "etag"),
    ("LastModified", "last-modified"),
    ("Location", "location"),
    ("ServerSideEncryption", "x-amz-server-side-encryption"),
    ("StorageClass", "x-amz-storage-class"),
    ("VersionId", "x-amz-version-id"),
];
/// Headers that tell of an object, and of nothing where there is none.
const OF_OBJECTS: [&str; 4] = ["accept-ranges", "content-length", "content-type", "last-modified"];
const METADATA_PREFIX: &str = "x-amz-meta-";

/// The request of an operation.
pub(super) fn request(endpoint: &Url, operation: &str, doc: Doc<'_>) -> Result<Request<Bytes>, TaskError> {
    let refused = |reason: &str| TaskError::new("States.Runtime", format!("S3 {operation}: {reason}"));
    let operation = OPERATIONS.iter().find(|known| known.name == operation);
    let operation = operation.ok_or_else(|| refused("it is not among the operations that are known here"))?;
    let mut path = "/".to_owned();
    if operation.name != "ListBuckets" {
        let bucket = text(doc, "Bucket").filter(|bucket| !bucket.is_empty());
        push_encoded(&bucket.ok_or_else(|| refused("'Bucket' is missing"))?, &mut path);
    }
    if operation.has_key {
        let key =
            text(doc, "Key").filter(|key| !key.is_empty()).ok_or_else(|| refused("'Key' is missing"))?;
        for part in key.split('/') {
            path.push('/');
            push_encoded(part, &mut path);
        }
    }
    let mut separator = '?';
    if !operation.query.is_empty() {
        path.push(separator);
        path.push_str(operation.query);
        separator = '&';
    }
    for (member, name) in QUERY {
        if let Some(value) = text(doc, member) {
            path.push(separator);
            path.push_str(name);
            path.push('=');
            push_encoded(&value, &mut path);
            separator = '&';
        }
    }
    let mut request = Request::builder().method(operation.method.clone()).uri(endpoint.join(&path));
    for (member, name) in REQUEST_HEADERS {
        if let Some(value) = text(doc, member) {
            request = request.header(name, value);
        }
    }
    if let Some(metadata) = doc.member(NodeId::ROOT, "Metadata").filter(|&node| doc.tag(node) == Tag::Object)
    {
        for (key, value) in doc.members(metadata) {
            let name = format!("{METADATA_PREFIX}{}", doc.string(key).to_text());
            let name =
                HeaderName::from_bytes(name.as_bytes()).map_err(|_| refused("a name in 'Metadata'"))?;
            let value =
                HeaderValue::from_str(&scalar(doc, value)).map_err(|_| refused("a value in 'Metadata'"))?;
            request = request.header(name, value);
        }
    }
    let body = if operation.name == "PutObject" { body(doc) } else { Bytes::new() };
    request.body(body).map_err(|_| refused("a parameter may not be in a request"))
}

fn text(doc: Doc<'_>, member: &str) -> Option<String> {
    let node = doc.member(NodeId::ROOT, member).filter(|&node| doc.tag(node) != Tag::Null)?;
    Some(scalar(doc, node).into_owned())
}

/// A text as it is, anything else as JSON.
fn body(doc: Doc<'_>) -> Bytes {
    let Some(node) = doc.member(NodeId::ROOT, "Body") else { return Bytes::new() };
    if matches!(doc.tag(node), Tag::String | Tag::EscapedString) {
        return Bytes::from(doc.string(node).to_text().into_owned());
    }
    let mut json = Vec::new();
    minify(doc, node, &mut json);
    Bytes::from(json)
}

/// The result out of a response: XML as members, or an object with what its headers tell of it.
pub(super) fn result(
    service: &Service,
    operation: &str,
    response: &HttpResponse,
) -> Result<Vec<u8>, TaskError> {
    let failed = |reason: &str| {
        let cause = format!("Unable to unmarshall response: {reason}");
        TaskError::new(format!("{}.SdkClientException", service.prefix), cause)
    };
    let mut out = Vec::new();
    if operation.starts_with("List") {
        let text = String::from_utf8_lossy(&response.body);
        let xml = Xml::parse(&text).ok_or_else(|| failed("the answer of s3 is not XML"))?;
        xml.write_json(Xml::ROOT, &mut out);
        return if out.first() == Some(&b'{') { Ok(out) } else { Ok(b"{}".to_vec()) };
    }
    let is_object = matches!(operation, "GetObject" | "HeadObject");
    out.push(b'{');
    if operation == "GetObject" {
        let text = std::str::from_utf8(&response.body).map_err(|_| failed("the object is not text"))?;
        out.extend_from_slice(b"\"Body\":");
        write_json_string(text, &mut out);
    }
    if operation == "CopyObject" {
        let text = String::from_utf8_lossy(&response.body);
        let xml = Xml::parse(&text).ok_or_else(|| failed("the answer of s3 is not XML"))?;
        out.extend_from_slice(b"\"CopyObjectResult\":");
        xml.write_json(Xml::ROOT, &mut out);
    }
    for (member, name) in RESPONSE_HEADERS {
        let value = response.headers.get(name).and_then(|value| value.to_str().ok());
        if let Some(value) = value.filter(|_| is_object || !OF_OBJECTS.contains(&name)) {
            push_name(member, &mut out);
            write_typed(member, value, &mut out);
        }
    }
    if is_object {
        push_metadata(response, &mut out);
    }
    out.push(b'}');
    Ok(out)
}

fn push_metadata(response: &HttpResponse, out: &mut Vec<u8>) {
    push_name("Metadata", out);
    out.push(b'{');
    for (name, value) in &response.headers {
        if let (Some(key), Ok(value)) = (name.as_str().strip_prefix(METADATA_PREFIX), value.to_str()) {
            push_name(key, out);
            write_json_string(value, out);
        }
    }
    out.push(b'}');
}

fn push_name(name: &str, out: &mut Vec<u8>) {
    if out.last() != Some(&b'{') {
        out.push(b',');
    }
    write_json_string(name, out);
    out.push(b':');
}
