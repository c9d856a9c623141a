use std::fmt::Write as _;
use std::path::Path;

use crate::task::registry::{Entry, Handler};
use crate::task::{FixedReply, TaskRegistry};

fn constant(registry: &TaskRegistry, resource: &str) -> String {
    let handler = Entry::find(registry.entries(), resource).expect("some handler answers");
    let Handler::Sync(handler) = handler else { return "(async)".to_owned() };
    match handler.fixed_reply() {
        Some(FixedReply::Document(document)) => String::from_utf8(document.doc().bytes().to_vec()).unwrap(),
        Some(FixedReply::Payload) => "(payload)".to_owned(),
        None => "(call)".to_owned(),
    }
}

#[test]
fn constants_keep_the_order_of_the_file_and_the_first_match_answers() {
    let registry = TaskRegistry::from_toml(
        "tasks.toml",
        r#"
[[task]]
resource = "arn:aws:lambda:*:function:Stock"
handler  = { constant = { warehouse = "FRA-1", available = true, shelf = [1, 2.5, 0x10], at = 2025-01-02T03:04:05Z } }

[[task]]
resource = "*"
handler  = "echo"
"#,
    )
    .expect("a valid task file");
    assert_eq!(
        constant(&registry, "arn:aws:lambda:eu-west-1:1:function:Stock"),
        r#"{"warehouse":"FRA-1","available":true,"shelf":[1,2.5,16],"at":"2025-01-02T03:04:05Z"}"#
    );
    assert_eq!(constant(&registry, "anything else"), "(payload)");
}

#[test]
fn unusable_task_files_say_where_and_why() {
    let files = [
        "[[task]]\nresource = ",
        "[[tasks]]\nresource = \"a\"",
        "task = 5",
        "[task]\nresource = \"a\"\nhandler = \"echo\"",
        "[[task]]\nhandler = \"echo\"",
        "\n\n[[task]]\nresource = \"a\"",
        "[[task]]\nresource = 5\nhandler = \"echo\"",
        "[[task]]\nresource = \"a\"\nhandler = \"ehco\"",
        "[[task]]\nresource = \"a\"\nhandler = \"constant\"",
        "[[task]]\nresource = \"a\"\nhandler = { echo = true }",
        "[[task]]\nresource = \"a\"\nhandler = { http = \"http://localhost\" }",
        "[[task]]\nresource = \"a\"\nhandler = { http = { ulr = \"http://localhost\" } }",
        "[[task]]\nresource = \"a\"\nhandler = { http = { url = \"localhost\" } }",
        "[[task]]\nresource = \"a\"\nhandler = { http = { url = \"http://h\", timeout_ms = 0 } }",
        "[[task]]\nresource = \"a\"\nhandler = { http = { url = \"http://h\", connection = \"c\" } }",
        "[[task]]\nresource = \"a\"\nhandler = \"lambda\"",
        "[[task]]\nresource = \"a\"\nhandler = { lambda = { } }",
        "[[task]]\nresource = \"a\"\nhandler = { wasm = { } }",
        "[egress]\nallow = \"*\"",
        "[[connection]]\nname = \"c\"\nbasic = { username = \"u\", password = \"open\" }",
        "[[connection]]\nname = \"c\"\nbasic = { username = \"u\", password = { env = \"ASLX_NOT_SET\" } }",
        "[[connection]]\nname = \"c\"\nbasic = { }\napi_key = { }",
        "[[connection]]\nname = \"c\"\n[connection.oauth]\nendpoint = \"/token\"\nclient_id = \"i\"\nclient_secret = { file = \"/dev/null\" }",
        "[[task]]\nresource = \"a\"\nhandler = \"mock\"",
        "[[task]]\nresource = \"a\"\nhandler = \"teleport\"",
        "[[task]]\nresource = \"a\"\nhandler = { constant = 1, echo = 2 }",
        "[[task]]\nresource = \"a\"\nhandler = { constant = { n = nan } }",
        "[[task]]\nresource = \"a\"\nhandlr = \"echo\"",
        "[[task]]\nresource = \"a\"\ntimeout = 5",
        "[state_machine]\ndefinition = \"a\"",
        "[[state_machine]]\nname = \"a\"",
        "[[state_machine]]\ndefinition = \"a\"\ntype = \"quick\"",
        "[[state_machine]]\ndefinition = \"a\"\nnam = \"b\"",
        "[[state_machine]]\ndefinition = 5",
    ];
    let mut report = String::new();
    for text in files {
        let error = TaskRegistry::from_toml("tasks.toml", text).expect_err(text);
        writeln!(report, "{text}\n=> {error}\n").expect("writing to a string");
    }
    // The build may know more kinds.
    insta::assert_snapshot!(
        report.replace(", lambda, aws", ", lambda").replace("aws, connection", "connection")
    );
}

#[test]
fn a_missing_task_file_is_named() {
    let error = TaskRegistry::from_file(Path::new("no/such/tasks.toml")).expect_err("it does not exist");
    assert!(error.to_string().starts_with("no/such/tasks.toml: failed to read the task file: "), "{error}");
}
