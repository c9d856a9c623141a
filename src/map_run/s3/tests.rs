use std::io::{Read, Seek, SeekFrom, Write};
use std::net::TcpListener;
use std::time::Duration;

use super::test_server::{SECRET, TestServer};
use super::{S3, S3Options};
use crate::map_run::{ObjectInfo, ObjectStore, StoreError};

fn options(url: &str) -> S3Options {
    let variable = |name: &str| match name {
        "AWS_ACCESS_KEY_ID" => Some("AKIAEXAMPLE".to_owned()),
        "AWS_SECRET_ACCESS_KEY" | "AWS_SESSION_TOKEN" => Some(SECRET.to_owned()),
        _ => None,
    };
    S3Options::from_variables(variable).and_then(|options| options.endpoint(url)).expect("sound")
}

fn s3(server: &TestServer) -> S3 {
    S3::new(options(&server.url())).expect("starts")
}

/// An endpoint that gives up at once where nobody answers.
fn impatient(url: &str) -> S3 {
    S3::new(options(url).request_timeout(Duration::from_millis(50))).expect("starts")
}

fn bytes(count: usize) -> Vec<u8> {
    (0..count).map(|at| (at * 31 % 251) as u8).collect()
}

#[test]
fn an_object_is_read_in_ranges_that_grow() {
    let content = bytes((4 << 20) + 7);
    let server = TestServer::with(&[("bucket/a/b.bin", &content), ("bucket/empty", b"")]);
    let store = s3(&server);
    let mut read = Vec::new();
    store.read("bucket", "a/b.bin").expect("opens").read_to_end(&mut read).expect("reads");
    assert!(read == content);
    let ranges = ["0-1048575", "1048576-3145727", "3145728-7340031"];
    assert_eq!(server.requests(), ranges.map(|range| format!("GET bucket/a/b.bin bytes={range}")));
    let mut read = Vec::new();
    store.read("bucket", "empty").expect("opens").read_to_end(&mut read).expect("reads");
    assert_eq!(read, b"");
}

#[test]
fn an_object_is_read_at_any_place() {
    let content = bytes(3 << 20);
    let server = TestServer::with(&[("bucket/k", &content)]);
    let mut object = s3(&server).open("bucket", "k").expect("opens");
    assert_eq!(object.seek(SeekFrom::End(0)).expect("in it"), 3 << 20);
    let mut four = [0; 4];
    for at in [(3 << 20) - 4, 5, 1 << 20] {
        object.seek(SeekFrom::Start(at)).expect("in it");
        object.read_exact(&mut four).expect("there");
        assert_eq!(four, content[at as usize..][..4]);
    }
    object.seek(SeekFrom::Start(1 << 40)).expect("no matter");
    assert_eq!(object.read(&mut four).expect("the end"), 0);
    assert!(object.seek(SeekFrom::Current(-(1 << 41))).is_err());
}

#[test]
fn a_listing_goes_on_page_by_page() {
    let paths = ["bucket/a/1", "bucket/a/2", "bucket/a/x y+%.json", "bucket/a/é", "bucket/a/z", "bucket/b"];
    let server = TestServer::with(&paths.map(|path| (path, &b"{}"[..])));
    let store = s3(&server);
    let listed = |prefix: &str| -> Vec<ObjectInfo> {
        store.list("bucket", prefix).expect("lists").map(|info| info.expect("reads")).collect()
    };
    let keys: Vec<_> = listed("a/").into_iter().map(|info| info.key).collect();
    assert_eq!(keys, ["a/1", "a/2", "a/x y+%.json", "a/z", "a/é"]);
    let pages = ["GET bucket", "GET bucket bucket/a/x y+%.json", "GET bucket bucket/a/é"];
    assert_eq!(server.requests(), pages);
    // A prefix is text, not a folder; what is listed can be read.
    assert_eq!(listed("a/x").len(), 1);
    assert_eq!(listed("").len(), 6);
    assert_eq!(listed("none").len(), 0);
    for key in keys {
        store.read("bucket", &key).expect(&key);
    }
    let info = listed("b").remove(0);
    let mut modified = Vec::new();
    info.modified_at.write_rfc3339_millis(&mut modified);
    assert_eq!((info.size, modified.as_slice()), (2, &b"2026-01-02T03:04:05.000Z"[..]));
    assert_eq!(info.etag, format!("{:08x}", crc32fast::hash(b"{}")));
}

#[test]
fn marks_of_folders_keep_their_slash() {
    let objects =
        [("bucket/in/", &b""[..]), ("bucket/in/a", b"1"), ("bucket/in/sub/", b""), ("bucket/in/sub/b", b"2")];
    let server = TestServer::with(&objects);
    let listed = s3(&server).list("bucket", "in/").expect("lists");
    let keys: Vec<_> = listed.map(|info| info.expect("reads").key).collect();
    assert_eq!(keys, ["in/", "in/a", "in/sub/", "in/sub/b"]);
}

#[test]
fn small_objects_are_written_at_once_and_large_ones_in_parts() {
    let server = TestServer::with(&[]);
    let store = s3(&server);
    let mut small = store.write("bucket", "out/small").expect("begins");
    small.write_all(b"12").expect("room");
    assert_eq!(server.object("bucket/out/small"), None);
    small.finish().expect("written");
    assert_eq!(server.object("bucket/out/small").as_deref(), Some(&b"12"[..]));
    assert_eq!(server.requests(), ["PUT bucket/out/small"]);

    let content = bytes((8 << 20) + 5);
    let mut large = store.write("bucket", "out/large").expect("begins");
    large.write_all(&content).expect("uploads");
    large.finish().expect("completes");
    assert!(server.object("bucket/out/large") == Some(content));
    let path = "bucket/out/large";
    let expected =
        [format!("POST {path}"), format!("PUT {path} 1"), format!("PUT {path} 2"), format!("POST {path}")];
    assert_eq!(server.requests(), expected);
}

#[test]
fn parts_of_what_is_given_up_are_removed() {
    let server = TestServer::with(&[]);
    let mut object = s3(&server).write("bucket", "k").expect("begins");
    object.write_all(&bytes((8 << 20) + 5)).expect("uploads");
    assert_eq!(server.parts(), 1);
    drop(object);
    assert_eq!((server.parts(), server.object("bucket/k")), (0, None));
}

#[track_caller]
fn check<T>(result: Result<T, StoreError>, expected: &str) {
    let text = result.err().expect("fails").to_string();
    assert_eq!(text, expected);
    assert!(!text.contains(SECRET));
}

#[test]
fn refusals_are_told_without_secrets() {
    let server = TestServer::with(&[("bucket/k", b"1")]);
    let store = s3(&server);
    check(store.read("bucket", "none"), "failed to read s3://bucket/none: there is no such object");
    check(store.read("absent", "k"), "failed to read s3://absent/k: there is no such bucket");
    check(store.list("absent", "p/"), "failed to list s3://absent/p/: there is no such bucket");
    let denied = "access denied (SignatureDoesNotMatch: Because.)";
    check(store.read("denied", "k"), &format!("failed to read s3://denied/k: {denied}"));
    check(store.list("denied", ""), &format!("failed to list s3://denied/: {denied}"));
    let mut object = store.write("denied", "k").expect("begins");
    object.write_all(b"1").expect("kept");
    check(object.finish(), &format!("failed to write s3://denied/k: {denied}"));
    let elsewhere = "the endpoint answers 400 Bad Request (AuthorizationHeaderMalformed: Because.)";
    check(store.read("elsewhere", "k"), &format!("failed to read s3://elsewhere/k: {elsewhere}"));
    server.requests();
    for (bucket, key) in
        [("b/../c", "k"), ("a?x=y", "k"), ("..", "k"), ("", "k"), ("bucket", ""), ("bucket", "a//b")]
    {
        assert!(store.read(bucket, key).is_err(), "{bucket} {key}");
        assert!(store.write(bucket, key).is_err(), "{bucket} {key}");
    }
    assert!(server.requests().is_empty());
}

#[test]
fn what_is_busy_is_asked_again() {
    let server = TestServer::with(&[("bucket/flaky", b"1")]);
    let mut text = String::new();
    s3(&server).read("bucket", "flaky").expect("answers").read_to_string(&mut text).expect("reads");
    assert_eq!(text, "1");
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn nobody_waits_for_ever() {
    let server = TestServer::with(&[]);
    let store = impatient(&server.url());
    check(store.read("bucket", "stalled"), "failed to read s3://bucket/stalled: no answer in time");
    let closed = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
    let refused =
        impatient(&format!("http://{closed}")).read("bucket", "k").err().expect("fails").to_string();
    assert!(refused.starts_with("failed to read s3://bucket/k: cannot connect: "), "{refused}");
    assert!(refused.contains("refused"), "{refused}");
}

#[test]
fn an_object_that_changes_is_not_mixed() {
    let server = TestServer::with(&[("bucket/k", &bytes(2 << 20))]);
    let mut object = s3(&server).read("bucket", "k").expect("opens");
    server.set("bucket/k", &bytes(3 << 20));
    let error = object.read_to_end(&mut Vec::new()).expect_err("changed").to_string();
    assert_eq!(error, "it was changed while it was read");
}

#[test]
fn calls_may_come_from_inside_a_runtime() {
    let server = TestServer::with(&[("bucket/k", b"1")]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("starts");
    let text = runtime.block_on(async {
        let store = s3(&server);
        let mut text = String::new();
        store.read("bucket", "k").expect("opens").read_to_string(&mut text).expect("reads");
        text
    });
    assert_eq!(text, "1");
}
