//! The endpoint that callbacks come to, over sockets: what AWS's clients send, and what nobody should.

#![cfg(feature = "callbacks")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use aslx::server::{CallbackEndpoint, CallbackEndpointOptions};
use aslx::task::Callbacks;

fn endpoint(bearer_token: Option<&str>) -> CallbackEndpoint {
    let mut options = CallbackEndpointOptions::new(([127, 0, 0, 1], 0).into());
    options.bearer_token = bearer_token.map(str::to_owned);
    CallbackEndpoint::start(Callbacks::new(), &options).expect("a free port")
}

/// Sends a request as it stands, and returns the answer's first line and body.
fn send(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a duration");
    // The endpoint may refuse a request before it has read all of it.
    let _ = stream.write_all(request.as_bytes());
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    format!("{} {body}", head.lines().next().unwrap_or_default())
}

fn post(address: SocketAddr, headers: &str, target: &str, body: &str) -> String {
    let length = body.len();
    send(
        address,
        &format!(
            "POST / HTTP/1.1\r\n{headers}X-Amz-Target: {target}\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        ),
    )
}

#[test]
fn refusals_are_those_of_the_service() {
    let endpoint = endpoint(None);
    let call = |operation: &str, body: &str| {
        post(endpoint.address(), "Host: localhost\r\n", &format!("AWSStepFunctions.{operation}"), body)
    };
    let long = "x".repeat(262_145);
    let cases = [
        call("SendTaskSuccess", r#"{"taskToken":"AAAA","output":"1"}"#),
        call("SendTaskHeartbeat", r#"{"taskToken":"AAAA"}"#),
        call("SendTaskFailure", r#"{"taskToken":"AAAA","error":"E","cause":"C"}"#),
        call("SendTaskSuccess", r#"{"output":"1"}"#),
        call("SendTaskSuccess", r#"{"taskToken":"AAAA"}"#),
        call("SendTaskSuccess", r#"{"taskToken":7,"output":"1"}"#),
        call("SendTaskSuccess", &format!(r#"{{"taskToken":"AAAA","output":"{long}"}}"#)),
        call("GetActivityTask", r#"{"activityArn":"Pack"}"#),
        call("GetActivityTask", r#"{"activityArn":"arn:aws:states:us-east-1:123456789012:activity:Pack"}"#),
        call("SendTaskSuccess", "{"),
        call("SendTaskSuccess", "[]"),
        call("StartExecution", "{}"),
        post(endpoint.address(), "Host: localhost\r\n", "DynamoDB_20120810.GetItem", "{}"),
        send(endpoint.address(), "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
    ];
    insta::assert_snapshot!(cases.join("\n"));
}

#[test]
fn strangers_are_kept_out() {
    let open = endpoint(None);
    let beat = |endpoint: &CallbackEndpoint, headers: &str| {
        post(endpoint.address(), headers, "AWSStepFunctions.SendTaskHeartbeat", r#"{"taskToken":"AAAA"}"#)
    };
    let is_refused = |answer: String| answer.starts_with("HTTP/1.1 403 ");
    assert!(is_refused(beat(&open, "Host: evil.example\r\n")), "a name that was resolved to this machine");
    assert!(beat(&open, "Host: 127.0.0.1:80\r\n").contains("InvalidToken"));
    let closed = endpoint(Some("secret"));
    assert!(is_refused(beat(&closed, "Host: localhost\r\n")));
    assert!(is_refused(beat(&closed, "Host: localhost\r\nAuthorization: Bearer guess\r\n")));
    assert!(beat(&closed, "Host: localhost\r\nAuthorization: Bearer secret\r\n").contains("InvalidToken"));
    assert!(!format!("{:?}", CallbackEndpointOptions::new(([127, 0, 0, 1], 0).into())).contains("secret"));
    let everywhere = CallbackEndpointOptions::new(([0, 0, 0, 0], 0).into());
    let error = CallbackEndpoint::start(Callbacks::new(), &everywhere).expect_err("no token is asked for");
    assert_eq!(error.to_string(), "other machines can reach this address: a bearer token is needed");
}

#[test]
fn a_request_that_is_too_large_is_not_read() {
    let endpoint = endpoint(None);
    let head = "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AWSStepFunctions.SendTaskSuccess\r\nConnection: close\r\n";
    let answer = send(endpoint.address(), &format!("{head}Content-Length: 100000000\r\n\r\n"));
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(send(endpoint.address(), "nonsense\r\n\r\n").starts_with("HTTP/1.1 400 "));
}

#[test]
fn an_endpoint_that_ends_lets_workers_go() {
    let callbacks = Callbacks::new();
    let mut tasks = aslx::task::TaskRegistry::new();
    tasks.callbacks(&callbacks);
    let arn = "arn:aws:states:us-east-1:123456789012:activity:Pack";
    let definition =
        format!(r#"{{"StartAt":"T","States":{{"T":{{"Type":"Task","Resource":"{arn}","End":true}}}}}}"#);
    let mut options = aslx::CompileOptions::default();
    options.machine_type = aslx::asl::model::MachineType::Standard;
    let program = aslx::compile(&definition, &options).expect("a valid definition");
    let _executor = aslx::executor::Executor::builder(program).tasks(tasks).build().expect("sound");
    let options = CallbackEndpointOptions::new(([127, 0, 0, 1], 0).into());
    let endpoint = CallbackEndpoint::start(callbacks, &options).expect("a free port");
    let address = endpoint.address();
    let body = format!(r#"{{"activityArn":"{arn}"}}"#);
    let worker = std::thread::spawn(move || {
        let mut stream = TcpStream::connect(address).expect("it listens");
        let length = body.len();
        let head = "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AWSStepFunctions.GetActivityTask\r\n";
        write!(stream, "{head}Content-Length: {length}\r\n\r\n{body}").expect("sent");
        stream
    });
    let mut stream = worker.join().expect("no panic");
    drop(endpoint);
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a duration");
    let mut answer = Vec::new();
    // It has no task, or was not even heard; in either case it does not wait for a minute.
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.is_empty() || answer.ends_with(r#"{"taskToken":null}"#), "{answer}");
}
