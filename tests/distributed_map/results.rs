//! Results: the array, and the files of a `ResultWriter`.

use serde_json::{Value, json};

use super::harness::{WORK, both, check, check_failure, machine, pass};
use super::store::Store;

#[test]
fn results_are_written_with_a_manifest() {
    let store = Store::default();
    let writer = |config: Value| {
        let mut fields = json!({"Label": "L", "ToleratedFailureCount": 1, "ResultWriter": {
            "Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket.$": "$.b", "Prefix": "out"}},
            "ItemsPath": "$.items"});
        if !config.is_null() {
            fields["ResultWriter"]["WriterConfig"] = config;
        }
        machine(fields, json!({"T": {"Type": "Task", "Resource": WORK, "End": true}}))
    };
    let input = json!({"b": "results", "items": [[1, 2], -1, 3]});
    let result: Value = serde_json::from_str(&both(&writer(Value::Null), &input, &store).unwrap()).unwrap();
    let arn = result["MapRunArn"].as_str().unwrap();
    let id = arn.rsplit(':').next().unwrap();
    assert!(arn.starts_with("arn:aws:states:us-east-1:123456789012:mapRun:SM/L:"), "{arn}");
    assert_eq!(
        result["ResultWriterDetails"],
        json!({"Bucket": "results", "Key": format!("out/{id}/manifest.json")})
    );
    let manifest: Value = serde_json::from_str(&store.text(&format!("{id}/manifest.json"))).unwrap();
    let succeeded = store.text("SUCCEEDED_0.json");
    assert_eq!(manifest["DestinationBucket"], "results");
    assert_eq!(
        manifest["ResultFiles"]["SUCCEEDED"],
        json!([{"Key": format!("out/{id}/SUCCEEDED_0.json"), "Size": succeeded.len()}])
    );
    assert_eq!(manifest["ResultFiles"]["PENDING"], json!([]));
    let succeeded: Value = serde_json::from_str(&succeeded).unwrap();
    assert_eq!(succeeded.as_array().unwrap().len(), 2);
    let first = &succeeded[0];
    assert_eq!(
        (&first["Input"], &first["Output"], &first["Status"]),
        (&json!("[1,2]"), &json!("[1,2]"), &json!("SUCCEEDED"))
    );
    let name = first["Name"].as_str().unwrap();
    assert_eq!(first["ExecutionArn"], format!("arn:aws:states:us-east-1:123456789012:execution:SM/L:{name}"));
    assert_eq!(first["StateMachineArn"], "arn:aws:states:us-east-1:123456789012:stateMachine:SM/L");
    let failed: Value = serde_json::from_str(&store.text("FAILED_0.json")).unwrap();
    assert_eq!(
        (&failed[0]["Error"], &failed[0]["Cause"], &failed[0]["Input"]),
        (&json!("Negative"), &json!("below 0"), &json!("-1"))
    );

    for (transformation, expected) in [("COMPACT", "[1,2]\n3\n"), ("FLATTEN", "1\n2\n3\n")] {
        let store = Store::default();
        both(&writer(json!({"OutputType": "JSONL", "Transformation": transformation})), &input, &store)
            .unwrap();
        assert_eq!(store.text("SUCCEEDED_0.jsonl"), expected);
    }
    let (error, _) =
        both(&writer(Value::Null), &json!({"b": "read-only", "items": [1]}), &store).expect_err("fails");
    assert_eq!(error, "States.ResultWriterFailed");
    let formed = machine(
        json!({"ResultWriter": {"WriterConfig": {"Transformation": "FLATTEN", "OutputType": "JSON"}}}),
        pass(),
    );
    check(&formed, &json!([[1], 2, [[3]]]), "[1,2,[3]]");
}

#[test]
fn a_result_that_is_too_large_needs_a_writer() {
    let items: Vec<String> = (0..300).map(|_| "x".repeat(1000)).collect();
    let definition = machine(
        json!({}),
        json!({"P": {"Type": "Pass", "Parameters": {"x.$": "States.Format('{}{}', $, $)"}, "End": true}}),
    );
    check_failure(
        &definition,
        &json!(items[..200]),
        &Store::default(),
        "States.DataLimitExceeded",
        "The state/task 'M' returned a result with a size exceeding the maximum number of bytes service limit.",
    );
}
