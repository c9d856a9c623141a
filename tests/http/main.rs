//! HTTP Tasks, handlers behind HTTP and Lambda's Invoke, against a server that behaves and misbehaves.

#![cfg(feature = "cli")]

mod server;

use aslx::executor::{Completed, Executor, OutcomeStatus};
use aslx::task::TaskRegistry;
use aslx::{CompileOptions, compile};
use server::Server;

/// Runs one Task with these members under a task file.
async fn run(task_file: &str, members: &str, input: &str) -> Completed {
    let definition = format!(r#"{{"StartAt":"T","States":{{"T":{{"Type":"Task",{members},"End":true}}}}}}"#);
    let program = compile(&definition, &CompileOptions::default()).expect("a valid definition");
    let tasks = TaskRegistry::from_toml("tasks.toml", task_file).expect("a valid task file");
    let executor = Executor::builder(program).tasks(tasks).workers(1).build().expect("all answered");
    executor.execute(input).await.expect("an execution")
}

const HTTP_TASKS: &str = "[[task]]\nresource = \"arn:aws:states:::http:invoke\"\nhandler = \"http\"\n";

async fn http_task(task_file: &str, parameters: &str) -> Completed {
    let members = format!(r#""Resource":"arn:aws:states:::http:invoke","Parameters":{parameters}"#);
    run(task_file, &members, "{}").await
}

fn output(completed: &Completed) -> &str {
    assert_eq!(completed.outcome.status, OutcomeStatus::Succeeded, "{:?}", completed.outcome);
    std::str::from_utf8(&completed.output).expect("JSON is text")
}

fn failure(completed: &Completed) -> (&str, &str) {
    let outcome = &completed.outcome;
    assert_eq!(outcome.status, OutcomeStatus::Failed, "{:?}", completed.output);
    (outcome.error.as_deref().unwrap_or_default(), outcome.cause.as_deref().unwrap_or_default())
}

#[tokio::test]
async fn an_http_task_sends_what_its_parameters_say_and_gets_the_response() {
    let server = Server::start();
    let parameters = format!(
        r#"{{"ApiEndpoint":"{}","Method":"PUT","Headers":{{"X-Key":"k","Accept":["a/b","c/d"]}},
            "QueryParameters":{{"q":"a b","n":5,"l":["x","y"]}},"RequestBody":{{"id":[1,2]}}}}"#,
        server.url("/echo?v=1")
    );
    let completed = http_task(HTTP_TASKS, &parameters).await;
    let expected = r#"{"Headers":{"content-length":["12"],"content-type":["application/json"]},"ResponseBody":{"id":[1,2]},"StatusCode":200,"StatusText":"OK"}"#;
    assert_eq!(output(&completed), expected);
    let request = server.last();
    assert_eq!((request.method.as_str(), request.target.as_str()), ("PUT", "/echo?v=1&q=a%20b&n=5&l=x&l=y"));
    assert_eq!(request.body, r#"{"id":[1,2]}"#);
    assert_eq!(request.header("x-key"), Some("k"));
    assert_eq!(request.headers.iter().filter(|(name, _)| name == "accept").count(), 2);
    assert_eq!(request.header("content-type"), Some("application/json; charset=UTF-8"));
    assert_eq!(request.header("range"), Some("bytes=0-262144"));
}

#[tokio::test]
async fn bodies_are_url_encoded_where_transform_says_so() {
    let server = Server::start();
    let parameters = format!(
        r#"{{"ApiEndpoint":"{}","Method":"POST","RequestBody":{{"a":["x","y z"]}},
            "Transform":{{"RequestBodyEncoding":"URL_ENCODED","RequestEncodingOptions":{{"ArrayFormat":"BRACKETS"}}}}}}"#,
        server.url("/text")
    );
    let completed = http_task(HTTP_TASKS, &parameters).await;
    let expected = r#"{"Headers":{"content-length":["11"],"content-type":["text/plain"],"x-two":["a","b"]},"ResponseBody":"hello \"you\"","StatusCode":200,"StatusText":"OK"}"#;
    assert_eq!(output(&completed), expected);
    let request = server.last();
    assert_eq!(request.body, "a[]=x&a[]=y+z");
    assert_eq!(request.header("content-type"), Some("application/x-www-form-urlencoded"));
}

#[tokio::test]
async fn connections_add_their_parameters_and_say_who_asks() {
    let server = Server::start();
    let folder = tempfile::tempdir().expect("a folder");
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "s3cr3t\n").expect("a file");
    let secret = secret.display();
    let task_file = format!(
        r#"
[[connection]]
name = "Basic"
basic = {{ username = "me", password = {{ file = "{secret}" }} }}
headers = {{ X-Key = "of the connection" }}
query = {{ q = {{ file = "{secret}" }} }}
body = {{ b = "of the connection" }}

[[connection]]
name = "Key"
api_key = {{ name = "X-Api-Key", value = {{ file = "{secret}" }} }}
{HTTP_TASKS}"#
    );
    let parameters = |connection: &str| {
        format!(
            r#"{{"ApiEndpoint":"{}","Method":"POST","Headers":{{"X-Key":"mine"}},"QueryParameters":{{"q":"mine","r":"1"}},
                "RequestBody":{{"a":1,"b":"mine"}},
                "InvocationConfig":{{"ConnectionArn":"arn:aws:events:eu-west-1:1:connection/{connection}/5b9c"}}}}"#,
            server.url("/echo")
        )
    };
    output(&http_task(&task_file, &parameters("Basic")).await);
    let request = server.last();
    assert_eq!(request.target, "/echo?r=1&q=s3cr3t");
    assert_eq!(request.header("authorization"), Some("Basic bWU6czNjcjN0"));
    assert_eq!(request.header("x-key"), Some("of the connection"));
    assert_eq!(request.body, r#"{"a":1,"b":"of the connection"}"#);
    output(&http_task(&task_file, &parameters("Key")).await);
    assert_eq!(server.last().header("x-api-key"), Some("s3cr3t"));
    let completed = http_task(&task_file, &parameters("Unknown")).await;
    assert_eq!(failure(&completed).0, "Events.ConnectionResource.ResourceNotFound");
}

#[tokio::test]
async fn a_token_is_asked_for_once_and_again_when_it_is_refused() {
    let server = Server::start();
    let folder = tempfile::tempdir().expect("a folder");
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "s3cr3t").expect("a file");
    let task_file = format!(
        "[[connection]]\nname = \"C\"\n[connection.oauth]\nendpoint = \"{}\"\nclient_id = \"me\"\n\
         client_secret = {{ file = \"{}\" }}\nbody = {{ scope = \"all of it\" }}\n{HTTP_TASKS}",
        server.url("/token"),
        secret.display()
    );
    let tasks = TaskRegistry::from_toml("tasks.toml", &task_file).expect("a valid task file");
    let state = |path: &str, next: &str| {
        format!(
            r#"{{"Type":"Task","Resource":"arn:aws:states:::http:invoke","Parameters":{{"ApiEndpoint":"{}","Method":"GET","Authentication":{{"ConnectionArn":"C"}}}},
                "Retry":[{{"ErrorEquals":["States.Http.StatusCode.401"],"IntervalSeconds":1,"MaxAttempts":1}}],"ResultPath":null,{next}}}"#,
            server.url(path)
        )
    };
    let definition = format!(
        r#"{{"StartAt":"A","States":{{"A":{},"B":{},"C":{}}}}}"#,
        state("/text", r#""Next":"B""#),
        state("/text", r#""Next":"C""#),
        state("/needs-token-2", r#""End":true"#)
    );
    let program = compile(&definition, &CompileOptions::default()).expect("a valid definition");
    let executor = Executor::builder(program)
        .tasks(tasks)
        .workers(1)
        .time(aslx::executor::Time::Virtual { start: aslx::value::timestamp::Timestamp::from_millis(0) })
        .build()
        .expect("all answered");
    output(&executor.execute("{}").await.expect("an execution"));
    let received = server.received();
    let targets: Vec<_> = received.iter().map(|request| request.target.as_str()).collect();
    assert_eq!(targets, ["/token", "/text", "/text", "/needs-token-2", "/token", "/needs-token-2"]);
    assert_eq!(received[0].body, "grant_type=client_credentials&scope=all+of+it");
    assert_eq!(received[0].header("authorization"), Some("Basic bWU6czNjcjN0"));
    assert_eq!(received[2].header("authorization"), Some("Bearer token-1"));
}

#[tokio::test]
async fn whatever_a_server_does_ends_in_an_error_with_a_name_and_nothing_stays_open() {
    let server = Server::start();
    let task_file =
        "[[task]]\nresource = \"arn:aws:states:::http:invoke\"\nhandler = { http = { timeout_ms = 300 } }\n";
    let slow = "[[task]]\nresource = \"arn:aws:states:::http:invoke\"\nhandler = { http = { timeout_ms = 20000 } }\n";
    let cases = [
        ("/status/404", slow, "States.Http.StatusCode.404", "as you wish"),
        ("/status/503", slow, "States.Http.StatusCode.503", "as you wish"),
        ("/redirect", slow, "States.Http.StatusCode.302", ""),
        ("/image", slow, "States.Runtime", "content type image/png"),
        ("/silent", task_file, "States.Http.Socket", "no response within 300 ms"),
        ("/drop", slow, "States.Http.Socket", "connection closed before message completed"),
        ("/half", slow, "States.Http.Socket", "end of file before message length reached"),
        ("/garbage", slow, "States.Http.Socket", "invalid HTTP version parsed"),
        ("/flood", slow, "States.DataLimitExceeded", "The state/task 'http' returned a result with a size"),
        (
            "/announced",
            slow,
            "States.DataLimitExceeded",
            "The state/task 'http' returned a result with a size",
        ),
    ];
    for (path, task_file, error, cause) in cases {
        let parameters = format!(r#"{{"ApiEndpoint":"{}","Method":"POST"}}"#, server.url(path));
        let completed = http_task(task_file, &parameters).await;
        let (got_error, got_cause) = failure(&completed);
        assert_eq!(got_error, error, "{path}: {got_cause}");
        assert!(got_cause.contains(cause), "{path}: {got_cause}");
    }
    let large = "x".repeat(200_000);
    let parameters =
        format!(r#"{{"ApiEndpoint":"{}","Method":"POST","RequestBody":"{large}"}}"#, server.url("/reset"));
    let completed = http_task(slow, &parameters).await;
    assert_eq!(failure(&completed).0, "States.Http.Socket");
    let tls = server.url("/text").replace("http:", "https:");
    let completed = http_task(slow, &format!(r#"{{"ApiEndpoint":"{tls}","Method":"GET"}}"#)).await;
    assert_eq!(failure(&completed).0, "States.Http.Socket");
    let nobody = "http://127.0.0.1:1/";
    let completed = http_task(slow, &format!(r#"{{"ApiEndpoint":"{nobody}","Method":"GET"}}"#)).await;
    let (error, cause) = failure(&completed);
    assert!(error == "States.Http.Socket" && cause.contains("refused"), "{error}: {cause}");
    let completed =
        http_task(slow, &format!(r#"{{"ApiEndpoint":"{}","Method":"GET"}}"#, server.url("/nonsense"))).await;
    assert!(output(&completed).contains(r#""ResponseBody":"{\"half\":""#), "kept as text");
    server.wait_until_closed();
}

#[tokio::test]
async fn a_state_that_times_out_ends_its_request() {
    let server = Server::start();
    let members = format!(
        r#""Resource":"arn:aws:states:::http:invoke","TimeoutSeconds":1,"Parameters":{{"ApiEndpoint":"{}","Method":"GET"}}"#,
        server.url("/silent")
    );
    let completed = run(HTTP_TASKS, &members, "{}").await;
    assert_eq!(completed.outcome.error.as_deref(), Some("States.Timeout"));
    server.wait_until_closed();
}

#[tokio::test]
async fn parameters_that_make_no_request_are_refused_before_anything_is_sent() {
    let server = Server::start();
    let url = server.url("/text");
    let cases = [
        (r#"{"Method":"GET"}"#.to_owned(), "'ApiEndpoint' is required"),
        (format!(r#"{{"ApiEndpoint":"{url}"}}"#), "'Method' is required"),
        (format!(r#"{{"ApiEndpoint":"{url}","Method":"FETCH"}}"#), "'Method' has an invalid format"),
        (r#"{"ApiEndpoint":"/text","Method":"GET"}"#.to_owned(), "'ApiEndpoint' has an invalid format"),
        (
            format!(r#"{{"ApiEndpoint":"{url}","Method":"GET","Headers":{{"Host":"x"}}}}"#),
            "the header 'Host'",
        ),
        (
            format!(r#"{{"ApiEndpoint":"{url}","Method":"GET","Headers":{{"X-Amz-Date":"x"}}}}"#),
            "'X-Amz-Date'",
        ),
        (format!(r#"{{"ApiEndpoint":"{url}","Method":"GET","Headers":{{"X":"a\nb"}}}}"#), "'Headers'"),
        (
            format!(
                r#"{{"ApiEndpoint":"{url}","Method":"GET","Transform":{{"RequestBodyEncoding":"XML"}},"RequestBody":{{}}}}"#
            ),
            "'RequestBodyEncoding'",
        ),
    ];
    for (parameters, reason) in cases {
        let completed = http_task(HTTP_TASKS, &parameters).await;
        let (error, cause) = failure(&completed);
        assert_eq!(error, "States.Runtime", "{parameters}");
        assert!(cause.contains(reason), "{parameters}: {cause}");
    }
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn egress_is_refused_by_name_and_by_the_address_behind_it() {
    let server = Server::start();
    let task = |url: &str| format!(r#"{{"ApiEndpoint":"{url}","Method":"GET"}}"#);
    let port = server.address.port();
    let cases = [
        ("[egress]\nallow = [\"api.example.com\"]\n", server.url("/text"), "no rule allows it"),
        ("[egress]\ndeny = [\"localhost\"]\n", format!("http://LOCALHOST:{port}/text"), "it is denied"),
        (
            "[egress]\ndeny = [\"127.0.0.0/8\", \"::1\"]\n",
            format!("http://localhost:{port}/text"),
            "is denied",
        ),
        ("[egress]\nallow = [\"*\"]\n", "http://169.254.169.254/latest".to_owned(), "link-local"),
        ("", "http://[fe80::1]/".to_owned(), "link-local"),
        ("", "http://0xa9fea9fe/".to_owned(), "link-local"),
    ];
    for (egress, url, reason) in cases {
        let completed = http_task(&format!("{egress}{HTTP_TASKS}"), &task(&url)).await;
        let (error, cause) = failure(&completed);
        assert_eq!(error, "States.Permissions", "{url}: {cause}");
        assert!(cause.contains(reason), "{url}: {cause}");
    }
    assert!(server.received().is_empty());
    let allowed = "[egress]\nallow = [\"127.0.0.1\"]\n";
    output(
        &http_task(&format!("{allowed}{HTTP_TASKS}"), &task(&format!("http://localhost:{port}/text"))).await,
    );
}

#[tokio::test]
async fn any_resource_may_be_answered_by_a_server() {
    let server = Server::start();
    let file = |path: &str| {
        format!(
            "[[task]]\nresource = \"Price\"\nhandler = {{ http = {{ url = \"{}\", headers = {{ X-From = \"aslx\" }} }} }}\n",
            server.url(path)
        )
    };
    let members = r#""Resource":"arn:aws:lambda:eu-west-1:1:function:Price""#;
    let completed = run(&file("/function"), members, r#"{"item":7}"#).await;
    assert_eq!(output(&completed), r#"{"price":5}"#);
    let request = server.last();
    assert_eq!((request.method.as_str(), request.body.as_str()), ("POST", r#"{"item":7}"#));
    assert_eq!(request.header("x-from"), Some("aslx"));
    let completed = run(&file("/nonsense"), members, "{}").await;
    assert_eq!(failure(&completed).0, "States.Runtime");
    let completed = run(&file("/status/500"), members, "{}").await;
    assert_eq!(failure(&completed), ("States.Http.StatusCode.500", "as you wish"));
    assert_eq!(output(&run(&file("/empty"), members, "{}").await), "null");
}

#[tokio::test]
async fn functions_are_invoked_at_an_endpoint_and_their_errors_keep_their_names() {
    let server = Server::start();
    let task_file = format!(
        "[[task]]\nresource = \"*\"\nhandler = {{ lambda = {{ endpoint = \"{}\" }} }}\n",
        server.url("")
    );
    let direct = |name: &str| format!(r#""Resource":"arn:aws:lambda:eu-west-1:1:function:{name}""#);
    let completed = run(&task_file, &direct("Echo:live"), r#"{"x":1}"#).await;
    assert_eq!(output(&completed), r#"{"x":1}"#);
    assert_eq!(server.last().target, "/2015-03-31/functions/Echo/invocations?Qualifier=live");
    let invoke =
        r#""Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"Echo","Payload.$":"$"}"#;
    let completed = run(&task_file, invoke, r#"{"x":1}"#).await;
    assert_eq!(output(&completed), r#"{"ExecutedVersion":"$LATEST","Payload":{"x":1},"StatusCode":200}"#);
    let completed = run(&task_file, &direct("Fails"), "{}").await;
    assert_eq!(failure(&completed), ("OutOfStock", r#"{"errorMessage": "no", "errorType": "OutOfStock"}"#));
    let completed = run(&task_file, &direct("Throttled"), "{}").await;
    let cause = "Rate Exceeded. (Service: AWSLambda; Status Code: 429; Error Code: TooManyRequestsException; Request ID: r1; Proxy: null)";
    assert_eq!(failure(&completed), ("Lambda.TooManyRequestsException", cause));
    let completed = run(&task_file, &direct("Missing"), "{}").await;
    assert_eq!(failure(&completed).0, "Lambda.ResourceNotFoundException");
    let completed = run(&task_file, &direct("Dies"), "{}").await;
    assert_eq!(failure(&completed).0, "Lambda.SdkClientException");
}
