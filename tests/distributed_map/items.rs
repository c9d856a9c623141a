//! Items from S3.

use std::sync::Arc;

use aslx::executor::{Executor, Runner, Unanswered};
use serde_json::{Value, json};

use super::harness::{block_on, both, ended, executor, machine, pass, program, reader};
use super::store::Store;

#[test]
fn items_come_from_objects() {
    let store = Store::with(&[
        ("b/rows.csv", "id;name\n1;a\n2;b\n3;c\n"),
        ("b/list.json", r#"{"data": {"rows": [10, 20]}, "one": 1}"#),
        ("b/d/1.jsonl", "1\n\n2\n"),
        ("b/d/2.jsonl", "3\n"),
        ("b/m.csv", "s3://b/d/2.jsonl\n\"s3://b/d/1.jsonl\"\n"),
        (
            "b/inv/manifest.json",
            r#"{"fileFormat": "CSV", "fileSchema": "Bucket, Key", "destinationBucket": "arn:aws:s3:::b", "files": [{"key": "inv/data.csv"}]}"#,
        ),
        ("b/inv/data.csv", "\"b\",\"k1\"\n\"b\",\"k2\"\n"),
    ]);
    let get = |key: &str, config: Value| {
        machine(reader(config, json!({"Bucket": "b", "Key": key}), "getObject"), pass())
    };
    let list = |config: Value| {
        machine(reader(config, json!({"Bucket": "b", "Prefix": "d/"}), "listObjectsV2"), pass())
    };
    let csv = json!({"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW", "CSVDelimiter": "SEMICOLON", "MaxItems": 2});
    let cases = [
        (get("rows.csv", csv), r#"[{"name":"a","id":"1"},{"name":"b","id":"2"}]"#),
        (get("list.json", json!({"InputType": "JSON", "ItemsPointer": "/data/rows"})), "[10,20]"),
        (
            get("list.json", json!({"InputType": "JSON", "MaxItems": 1})),
            r#"[{"Key":"data","Value":{"rows":[10,20]}}]"#,
        ),
        (get("d/1.jsonl", json!({"InputType": "JSONL"})), "[1,2]"),
        (list(json!({"InputType": "JSONL", "Transformation": "LOAD_AND_FLATTEN"})), "[1,2,3]"),
        (
            list(json!({"MaxItems": 1})),
            r#"[{"Etag":"\"0123\"","LastModified":"2026-09-21T14:13:20.000Z","Key":"d/1.jsonl","Size":5,"StorageClass":"STANDARD"}]"#,
        ),
        (get("m.csv", json!({"ManifestType": "ATHENA_DATA", "InputType": "JSONL"})), "[3,1,2]"),
        (
            get("inv/manifest.json", json!({"ManifestType": "S3_INVENTORY"})),
            r#"[{"Bucket":"b","Key":"k1"},{"Bucket":"b","Key":"k2"}]"#,
        ),
    ];
    for (definition, expected) in cases {
        assert_eq!(both(&definition, &json!({}), &store).as_deref(), Ok(expected), "{definition}");
    }
    let mut source = list(json!({"InputType": "JSONL", "Transformation": "LOAD_AND_FLATTEN"}));
    source["States"]["M"]["ItemSelector"] = json!({"s.$": "$$.Map.Item.Source", "v.$": "$$.Map.Item.Value"});
    assert_eq!(
        both(&source, &json!({}), &store).unwrap(),
        r#"[{"s":"S3://b/d/1.jsonl","v":1},{"s":"S3://b/d/1.jsonl","v":2},{"s":"S3://b/d/2.jsonl","v":3}]"#
    );
    let mut listed = list(json!({"MaxItems": 1}));
    listed["States"]["M"]["ItemSelector"] =
        json!({"s.$": "$$.Map.Item.Source", "k.$": "$$.Map.Item.Value.Key"});
    assert_eq!(both(&listed, &json!({}), &store).unwrap(), r#"[{"s":"S3://b","k":"d/1.jsonl"}]"#);
}

#[test]
fn what_cannot_be_read_fails_the_map() {
    let store = Store::with(&[("b/one.json", "1"), ("b/bad.jsonl", "1\n{\n")]);
    let get = |key: &str, config: Value| {
        machine(reader(config, json!({"Bucket": "b", "Key": key}), "getObject"), pass())
    };
    for (definition, cause) in [
        (get("one.json", json!({"InputType": "JSON"})), "Attempting to map over non-iterable node."),
        (get("gone", json!({"InputType": "JSON"})), "failed to read s3://b/gone: there is no such object"),
        (get("x", json!({"InputType": "JSON", "MaxItemsPath": "$.n"})), "field MaxItems must be positive"),
        (
            get("bad.jsonl", json!({"InputType": "JSONL"})),
            "line 2 of S3://b/bad.jsonl: not JSON: unexpected end at byte 1",
        ),
        (
            get(
                "one.json",
                json!({"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["a", "a"]}),
            ),
            "CSV headers cannot contain duplicates.",
        ),
    ] {
        let ended = both(&definition, &json!({"n": -1}), &store).expect_err("fails");
        assert_eq!(ended.0, "States.ItemReaderFailed");
        if !cause.starts_with("line 2") {
            assert_eq!(ended.1, cause);
        }
    }
}

#[test]
fn a_table_of_any_length_goes_through_a_window() {
    let config = json!({"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["n", "x"]});
    let mut fields = reader(config, json!({"Bucket": "b", "Key": "generated.csv"}), "getObject");
    fields["ResultPath"] = json!("$.done");
    fields["ResultWriter"] = json!({"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "b"},
        "WriterConfig": {"Transformation": "COMPACT", "OutputType": "JSONL"}});
    fields["MaxConcurrency"] = json!(100);
    let store = Store::default();
    let definition = machine(fields, json!({"P": {"Type": "Pass", "OutputPath": "$.n", "End": true}}));
    let before = resident_kb();
    let executor = executor(&definition, &store);
    ended(block_on(executor.execute("{}")).unwrap()).unwrap();
    let grown = resident_kb().saturating_sub(before);
    let numbers = store.text("SUCCEEDED_0.jsonl");
    assert_eq!(numbers.lines().count(), 50_000);
    assert!(numbers.lines().enumerate().all(|(at, line)| line == format!("\"{}\"", at + 1)));
    // 50 MB were read.
    assert!(grown < 40_000, "{grown} KB more");
}

/// 0 where nobody says.
fn resident_kb() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

#[test]
fn without_a_store_what_needs_s3_is_refused() {
    let program = program(&machine(
        reader(json!({"InputType": "JSON"}), json!({"Bucket": "b", "Key": "k"}), "getObject"),
        pass(),
    ));
    let refused = Runner::builder(Arc::clone(&program)).build().expect_err("needs S3").to_string();
    // With the feature `s3`, there is more to name.
    let expected = "state 'M' needs S3, and nothing stands in for it\n  help: name a folder of buckets with --s3-root DIR";
    assert!(refused.starts_with(expected), "{refused}");
    assert!(refused.ends_with(" (in the crate: `object_store`)"), "{refused}");
    assert!(Executor::builder(Arc::clone(&program)).build().is_err());
    let mut builder = Runner::builder(program);
    builder.unanswered(Unanswered::FailWhenReached);
    let outcome = builder.build().unwrap().run(b"{}", &mut Vec::new()).unwrap();
    assert_eq!(outcome.error.as_deref(), Some("States.Runtime"));
}
