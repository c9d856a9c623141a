//! A small HTTP server that does as it is told by the path: answers, delays, drops, floods, lies.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};

/// A request as the server got it.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

#[derive(Default)]
struct State {
    received: Mutex<Vec<Received>>,
    open: Mutex<usize>,
    closed: Condvar,
    tokens: AtomicUsize,
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    state: Arc<State>,
}

impl Server {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(State::default());
        let of_thread = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&of_thread);
                *state.open.lock().expect("no test panicked") += 1;
                std::thread::spawn(move || {
                    serve(stream, &state);
                    *state.open.lock().expect("no test panicked") -= 1;
                    state.closed.notify_all();
                });
            }
        });
        Self { address, state }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The requests so far.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.state.received.lock().expect("no test panicked").clone()
    }

    pub(crate) fn last(&self) -> Received {
        self.received().pop().expect("a request")
    }

    /// Waits until no connection is open.
    pub(crate) fn wait_until_closed(&self) {
        let open = self.state.open.lock().expect("no test panicked");
        let bound = std::time::Duration::from_secs(20);
        let (open, _) =
            self.state.closed.wait_timeout_while(open, bound, |open| *open > 0).expect("no test panicked");
        assert_eq!(*open, 0, "connections are left open");
    }
}

fn serve(stream: TcpStream, state: &State) {
    let mut reader = BufReader::new(stream.try_clone().expect("a second handle"));
    let mut stream = stream;
    while let Some(request) = read_request(&mut reader) {
        state.received.lock().expect("no test panicked").push(request.clone());
        if answer(&request, &mut stream, state).is_none() {
            return;
        }
    }
}

fn read_request(reader: &mut BufReader<TcpStream>) -> Option<Received> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, target) = (words.next()?, words.next()?);
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut request = Received { method, target, headers, body: String::new() };
    let length = request.header("content-length").map_or(0, |length| length.parse().expect("a length"));
    if !request.target.starts_with("/reset") {
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        request.body = String::from_utf8(body).expect("text");
    }
    Some(request)
}

/// Answers; `None` ends the connection.
fn answer(request: &Received, stream: &mut TcpStream, state: &State) -> Option<()> {
    let path = request.target.split('?').next().unwrap_or_default();
    let json = "Content-Type: application/json\r\n";
    match path.split('/').nth(1).unwrap_or_default() {
        "status" => {
            let status = path.split('/').nth(2).unwrap_or("500");
            respond(stream, &format!("{status} Told So"), "Retry-After: 1\r\n", "as you wish")
        }
        "echo" => respond(stream, "200 OK", json, &request.body),
        "text" => {
            respond(stream, "200 OK", "Content-Type: text/plain\r\nX-Two: a\r\nX-Two: b\r\n", "hello \"you\"")
        }
        "image" => respond(stream, "200 OK", "Content-Type: image/png\r\n", "PNG"),
        "nonsense" => respond(stream, "200 OK", json, "{\"half\":"),
        "redirect" => respond(stream, "302 Found", "Location: /text\r\n", ""),
        "empty" => respond(stream, "204 No Content", "", ""),
        "token" => {
            let number = state.tokens.fetch_add(1, Ordering::SeqCst) + 1;
            respond(
                stream,
                "200 OK",
                json,
                &format!("{{\"access_token\":\"token-{number}\",\"expires_in\":3600}}"),
            )
        }
        "needs-token-2" if request.header("authorization") == Some("Bearer token-1") => {
            respond(stream, "401 Unauthorized", "", "stale")
        }
        "function" | "needs-token-2" => respond(stream, "200 OK", json, "{\"price\":5}"),
        "2015-03-31" => function(request, stream),
        "silent" => {
            // Until the client goes away.
            let _ = stream.read(&mut [0]);
            None
        }
        "half" => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
            None
        }
        "garbage" => {
            let _ = stream.write_all(b"\x16\x03\x01 this is no HTTP\r\n\r\n");
            None
        }
        "flood" => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
            for _ in 0..1_600 {
                stream.write_all(chunk.as_bytes()).ok()?;
            }
            None
        }
        "announced" => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
            let _ = stream.read(&mut [0]);
            None
        }
        _ => None, // "drop", "reset"
    }
}

/// The Invoke API of Lambda: the function's name says what it does.
fn function(request: &Received, stream: &mut TcpStream) -> Option<()> {
    let name = request.target.split('/').nth(3).unwrap_or_default();
    let failed = "X-Amz-Function-Error: Unhandled\r\n";
    match name {
        "Fails" => {
            respond(stream, "200 OK", failed, "{\"errorMessage\": \"no\", \"errorType\": \"OutOfStock\"}")
        }
        "Throttled" => respond(
            stream,
            "429 Too Many Requests",
            "x-amzn-errortype: TooManyRequestsException\r\nx-amzn-requestid: r1\r\n",
            "{\"Type\":\"User\",\"message\":\"Rate Exceeded.\"}",
        ),
        "Missing" => respond(
            stream,
            "404 Not Found",
            "x-amzn-errortype: ResourceNotFoundException:http://x\r\nx-amzn-requestid: r2\r\n",
            "{\"Type\":\"User\",\"Message\":\"Function not found: Missing\"}",
        ),
        "Dies" => None,
        _ => respond(stream, "200 OK", "X-Amz-Executed-Version: $LATEST\r\n", &request.body),
    }
}

fn respond(stream: &mut TcpStream, status: &str, headers: &str, body: &str) -> Option<()> {
    let length = body.len();
    let response = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\n\r\n{body}");
    stream.write_all(response.as_bytes()).ok()
}
