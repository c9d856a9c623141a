//! Just enough of S3 to be asked: objects by range, listings of two keys a page, uploads at once and in parts, refusals.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What an answer to a bad signature repeats, and no text of ours may.
pub(super) const SECRET: &str = "hush-hush";

#[derive(Default)]
struct State {
    objects: BTreeMap<String, Vec<u8>>,
    parts: BTreeMap<String, Vec<u8>>,
    requests: Vec<String>,
    is_over: bool,
    held: Vec<TcpStream>,
}

/// A server on a port of its own, until it is dropped.
pub(super) struct TestServer {
    state: Arc<Mutex<State>>,
    address: String,
}

struct Request {
    method: String,
    /// Decoded, without the first `/`.
    path: String,
    query: BTreeMap<String, String>,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

struct Answer {
    status: &'static str,
    headers: String,
    body: Vec<u8>,
}

impl TestServer {
    /// Objects by bucket and key.
    pub(super) fn with(objects: &[(&str, &[u8])]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("bound").to_string();
        let objects = objects.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec()));
        let state = Arc::new(Mutex::new(State { objects: objects.collect(), ..State::default() }));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if shared.lock().expect("not poisoned").is_over {
                    break;
                }
                let state = Arc::clone(&shared);
                thread::spawn(move || drop(serve(stream, &state)));
            }
        });
        Self { state, address }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(super) fn set(&self, path: &str, bytes: &[u8]) {
        self.state.lock().expect("not poisoned").objects.insert(path.to_owned(), bytes.to_vec());
    }

    pub(super) fn object(&self, path: &str) -> Option<Vec<u8>> {
        self.state.lock().expect("not poisoned").objects.get(path).cloned()
    }

    /// `METHOD path detail` of each request since the last call.
    pub(super) fn requests(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().expect("not poisoned").requests)
    }

    /// How many parts belong to no object.
    pub(super) fn parts(&self) -> usize {
        self.state.lock().expect("not poisoned").parts.len()
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        let mut state = self.state.lock().expect("not poisoned");
        state.is_over = true;
        state.held.clear();
        drop(state);
        drop(TcpStream::connect(&self.address));
    }
}

fn serve(mut stream: TcpStream, state: &Mutex<State>) -> io::Result<()> {
    let request = read_request(&stream)?;
    let mut state = state.lock().expect("not poisoned");
    let detail = request.headers.get("range").or_else(|| request.query.get("continuation-token"));
    let detail = detail.or_else(|| request.query.get("partNumber")).cloned().unwrap_or_default();
    state.requests.push(format!("{} {} {detail}", request.method, request.path).trim_end().to_owned());
    if request.path.ends_with("/stalled") {
        state.held.push(stream);
        return Ok(());
    }
    let Answer { status, headers, body } = state.answer(&request);
    drop(state);
    let length = body.len();
    write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n")?;
    stream.write_all(&body)
}

fn read_request(stream: &TcpStream) -> io::Result<Request> {
    let mut lines = BufReader::new(stream);
    let mut line = String::new();
    lines.read_line(&mut line)?;
    let mut words = line.split(' ').map(str::to_owned);
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        lines.read_line(&mut line)?;
        let Some((name, value)) = line.trim().split_once(": ") else { break };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    lines.read_exact(&mut body)?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(name), decode(&value.replace('+', " ")))
    };
    let query = query.split('&').filter(|text| !text.is_empty()).map(pair).collect();
    Ok(Request { method, path: decode(path.trim_matches('/')), query, headers, body })
}

fn decode(text: &str) -> String {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (code, rest) = part.split_at(2);
        bytes.push(u8::from_str_radix(code, 16).expect("two digits"));
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).expect("UTF-8")
}

fn refusal(status: &'static str, code: &str) -> Answer {
    let body = format!(
        "<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>Because.</Message>\
         <CanonicalRequest>x-amz-security-token:{SECRET}</CanonicalRequest></Error>"
    );
    Answer { status, headers: String::new(), body: body.into_bytes() }
}

fn done(headers: String, body: impl Into<Vec<u8>>) -> Answer {
    Answer { status: "200 OK", headers, body: body.into() }
}

/// A text that changes with the content.
fn etag(bytes: &[u8]) -> String {
    format!("\"{:08x}\"", crc32fast::hash(bytes))
}

impl State {
    fn answer(&mut self, request: &Request) -> Answer {
        let Request { method, path, query, headers, body } = request;
        let bucket = path.split('/').next().unwrap_or_default();
        let is_signed =
            headers.get("authorization").is_some_and(|text| text.starts_with("AWS4-HMAC-SHA256 "));
        match bucket {
            "denied" => return refusal("403 Forbidden", "SignatureDoesNotMatch"),
            "absent" => return refusal("404 Not Found", "NoSuchBucket"),
            "elsewhere" => return refusal("400 Bad Request", "AuthorizationHeaderMalformed"),
            _ if !is_signed => return refusal("403 Forbidden", "AccessDenied"),
            _ => {}
        }
        match (method.as_str(), query.get("uploadId")) {
            ("GET", _) if query.contains_key("list-type") => self.list(bucket, query),
            ("GET", _) => self.get(path, headers),
            ("PUT", Some(_)) => {
                self.parts.insert(format!("{:0>5}", query["partNumber"]), body.clone());
                done(format!("ETag: {}\r\n", etag(body)), "")
            }
            ("PUT", None) => {
                self.objects.insert(path.clone(), body.clone());
                done(format!("ETag: {}\r\n", etag(body)), "")
            }
            ("POST", Some(_)) => {
                let whole = std::mem::take(&mut self.parts).into_values().flatten().collect();
                self.objects.insert(path.clone(), whole);
                done(
                    String::new(),
                    "<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>",
                )
            }
            ("POST", None) => {
                let upload =
                    "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>";
                done(String::new(), upload)
            }
            ("DELETE", Some(_)) => {
                self.parts.clear();
                Answer { status: "204 No Content", headers: String::new(), body: Vec::new() }
            }
            _ => refusal("405 Method Not Allowed", "MethodNotAllowed"),
        }
    }

    fn get(&mut self, path: &str, headers: &BTreeMap<String, String>) -> Answer {
        // The first request for it fails.
        if path.ends_with("/flaky") && self.requests.len() == 1 {
            return refusal("503 Service Unavailable", "SlowDown");
        }
        let Some(object) = self.objects.get(path) else { return refusal("404 Not Found", "NoSuchKey") };
        if headers.get("if-match").is_some_and(|wanted| *wanted != etag(object)) {
            return refusal("412 Precondition Failed", "PreconditionFailed");
        }
        let range = headers["range"].strip_prefix("bytes=").and_then(|range| range.split_once('-'));
        let (from, to) = range.expect("a range");
        let (from, to): (usize, usize) = (from.parse().expect("a number"), to.parse().expect("a number"));
        if from >= object.len() {
            return refusal("416 Requested Range Not Satisfiable", "InvalidRange");
        }
        let to = to.min(object.len() - 1);
        let headers = format!(
            "Content-Range: bytes {from}-{to}/{}\r\nETag: {}\r\nLast-Modified: Fri, 02 Jan 2026 03:04:05 GMT\r\n",
            object.len(),
            etag(object)
        );
        Answer { status: "206 Partial Content", headers, body: object[from..=to].to_vec() }
    }

    fn list(&self, bucket: &str, query: &BTreeMap<String, String>) -> Answer {
        let within = format!("{bucket}/{}", query.get("prefix").map_or("", String::as_str));
        let from = query.get("continuation-token").map_or("", String::as_str);
        let found: Vec<_> = self
            .objects
            .iter()
            .filter(|(path, _)| path.starts_with(&within) && path.as_str() >= from)
            .collect();
        let mut body = b"<ListBucketResult>".to_vec();
        for (path, object) in found.iter().take(2) {
            write!(
                body,
                "<Contents><Key>{}</Key><LastModified>2026-01-02T03:04:05.000Z</LastModified>\
                 <ETag>{}</ETag><Size>{}</Size></Contents>",
                &path[bucket.len() + 1..],
                etag(object).replace('"', "&quot;"),
                object.len()
            )
            .expect("room");
        }
        if let Some((next, _)) = found.get(2) {
            write!(body, "<NextContinuationToken>{next}</NextContinuationToken>").expect("room");
        }
        body.extend_from_slice(b"</ListBucketResult>");
        done(String::new(), body)
    }
}
