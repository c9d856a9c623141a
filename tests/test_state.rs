//! `TestState` as its API has it: statuses, inspection levels, refusals.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]
#![expect(clippy::needless_pass_by_value, reason = "requests are written where they are used")]

use aslx::test_state::{DataForm, Refusal, TestAnswer, TestOptions, TestRequest, run};
use aslx::value::timestamp::Timestamp;
use serde_json::{Value, json};

const SEND: &str = "arn:aws:states:::sqs:sendMessage";

fn answer(request: &Value) -> Result<TestAnswer, Refusal> {
    let request = TestRequest::from_json(request.to_string().as_bytes())?;
    run(&request, &TestOptions::new(Timestamp::from_millis(1_700_000_000_000), 7))
}

fn tested(request: &Value) -> Value {
    let answer = answer(request).unwrap_or_else(|refusal| panic!("{request}: {refusal}"));
    serde_json::from_str(&answer.to_json(DataForm::Value)).unwrap()
}

#[track_caller]
fn check(request: Value, expected: Value) {
    assert_eq!(tested(&request), expected, "{request}");
}

/// The inspection data alone, in their order.
#[track_caller]
fn inspects(mut request: Value, expected: Value) {
    for level in ["DEBUG", "TRACE"] {
        request["inspectionLevel"] = json!(level);
        let answer = tested(&request);
        assert_eq!(answer["inspectionData"], expected, "{request}: {answer}");
    }
    request["inspectionLevel"] = json!("INFO");
    assert_eq!(tested(&request).get("inspectionData"), None, "{request}");
}

#[track_caller]
fn refuses(request: Value, kind: &str, message: &str) {
    let refusal = answer(&request).expect_err(&request.to_string());
    assert_eq!((refusal.kind.as_str(), refusal.message.as_str()), (kind, message), "{request}");
}

fn task(more: &Value) -> Value {
    let mut task = json!({"Type": "Task", "Resource": SEND, "End": true});
    task.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    task
}

fn map(more: &Value) -> Value {
    let processor = json!({"StartAt": "I", "States": {"I": {"Type": "Pass", "End": true}}});
    let mut map = json!({"Type": "Map", "ItemProcessor": processor, "End": true});
    map.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    map
}

#[test]
fn each_type_of_state() {
    let pass = json!({"Type": "Pass", "Parameters": {"b.$": "$.a"}, "ResultPath": "$.r", "Next": "Then"});
    check(
        json!({"definition": pass, "input": {"a": 1}}),
        json!({"status": "SUCCEEDED", "output": {"a": 1, "r": {"b": 1}}, "nextState": "Then"}),
    );
    check(json!({"definition": {"Type": "Succeed"}}), json!({"status": "SUCCEEDED", "output": {}}));
    let choice = json!({"Type": "Choice", "Choices": [{"Variable": "$", "NumericEquals": 1, "Next": "StateName"}],
        "Default": "Other"});
    check(
        json!({"definition": choice, "input": "1"}),
        json!({"status": "SUCCEEDED", "output": 1, "nextState": "StateName"}),
    );
    check(
        json!({"definition": choice, "input": "2"}),
        json!({"status": "SUCCEEDED", "output": 2, "nextState": "Other"}),
    );
    let fail = json!({"Type": "Fail", "Error": "E", "CausePath": "$.why"});
    check(
        json!({"definition": fail, "input": {"why": "so"}}),
        json!({"status": "FAILED", "error": "E", "cause": "so"}),
    );
    check(json!({"definition": {"Type": "Fail"}}), json!({"status": "FAILED"}));
    check(
        json!({"definition": {"Type": "Wait", "Seconds": 60, "Next": "N"}, "input": [1]}),
        json!({"status": "SUCCEEDED", "output": [1], "nextState": "N"}),
    );
    // Longer than a test may take.
    check(
        json!({"definition": {"Type": "Wait", "Seconds": 301, "Next": "N"}}),
        json!({"status": "FAILED", "error": "States.Timeout"}),
    );
    let branch = json!({"StartAt": "B", "States": {"B": {"Type": "Pass", "End": true}}});
    check(
        json!({"definition": {"Type": "Parallel", "Branches": [branch], "Next": "N"}, "mock": {"result": [7]}}),
        json!({"status": "SUCCEEDED", "output": [7], "nextState": "N"}),
    );
    check(
        json!({"definition": map(&json!({})), "input": [1, 2], "mock": {"result": ["a"]}}),
        json!({"status": "SUCCEEDED", "output": ["a"]}),
    );
}

#[test]
fn states_of_machines_are_found_by_name() {
    let processor = json!({"StartAt": "I", "States": {"J": {"Type": "Succeed"}, "I": {"Type": "Pass", "Next": "J",
        "Parameters": {"at.$": "$$.Map.Item.Index", "of.$": "$$.Map.Item.Value"}}}});
    let definition = json!({"StartAt": "L", "States": {"L": {"Type": "Pass", "Next": "M"},
        "M": map(&json!({"ItemProcessor": processor}))}});
    check(
        json!({"definition": definition, "stateName": "L", "input": 1}),
        json!({"status": "SUCCEEDED", "output": 1, "nextState": "M"}),
    );
    check(
        json!({"definition": definition, "stateName": "I", "input": 1}),
        json!({"status": "SUCCEEDED", "output": {"at": 0, "of": 1}, "nextState": "J"}),
    );
    let unknown = json!({"definition": definition, "stateName": "X"});
    refuses(unknown, "ValidationException", "State not found in definition");
}

#[test]
fn errors_are_retried_caught_or_neither() {
    let definition = task(&json!({
        "ResultSelector": {"never.$": "$.there"},
        "OutputPath": "$.never",
        "Retry": [{"ErrorEquals": ["Other"]},
            {"ErrorEquals": ["Busy"], "IntervalSeconds": 3, "BackoffRate": 1.5, "MaxAttempts": 2, "MaxDelaySeconds": 4}],
        "Catch": [{"ErrorEquals": ["Lost"], "Next": "L"}, {"ErrorEquals": ["Broken"], "ResultPath": "$.e", "Next": "B"}]
    }));
    let request = |error: &str, retries: u32| {
        json!({"definition": definition, "input": {"a": 1}, "inspectionLevel": "DEBUG",
            "mock": {"errorOutput": {"error": error, "cause": "why"}},
            "stateConfiguration": {"retrierRetryCount": retries}})
    };
    let answer = |mut request: Value| {
        let details = tested(&request)["inspectionData"].get("errorDetails").cloned();
        request["inspectionLevel"] = json!("INFO");
        (tested(&request), details)
    };
    let retriable = json!({"status": "RETRIABLE", "error": "Busy", "cause": "why"});
    let details = |seconds: u64| Some(json!({"retryIndex": 1, "retryBackoffIntervalSeconds": seconds}));
    assert_eq!(answer(request("Busy", 0)), (retriable.clone(), details(3)));
    // 4.5 seconds, of which 4 are allowed.
    assert_eq!(answer(request("Busy", 1)), (retriable, details(4)));
    let failed = json!({"status": "FAILED", "error": "Busy", "cause": "why"});
    assert_eq!(answer(request("Busy", 2)), (failed, Some(json!({"retryIndex": 1}))));
    let failed = json!({"status": "FAILED", "error": "Unknown", "cause": "why"});
    assert_eq!(answer(request("Unknown", 0)), (failed, None));
    let caught = json!({"status": "CAUGHT_ERROR", "error": "Broken", "cause": "why", "nextState": "B",
        "output": {"a": 1, "e": {"Error": "Broken", "Cause": "why"}}});
    assert_eq!(answer(request("Broken", 0)), (caught, Some(json!({"catchIndex": 1}))));
    // Full jitter or none: the delay before it.
    let jitter = json!({"Retry": [{"ErrorEquals": ["States.ALL"], "JitterStrategy": "FULL"}]});
    let mut jittered = request("Busy", 3);
    jittered["definition"] = task(&jitter);
    jittered["stateConfiguration"]["retrierRetryCount"] = json!(2);
    let details = Some(json!({"retryIndex": 0, "retryBackoffIntervalSeconds": 4}));
    assert_eq!(answer(jittered).1, details);
}

#[test]
fn runtime_errors_have_causes_without_a_place() {
    check(
        json!({"definition": {"Type": "Pass", "InputPath": "$.x", "End": true}}),
        json!({"status": "FAILED", "error": "States.Runtime", "cause": "Invalid path '$.x' : No results for path: $['x']"}),
    );
    inspects(
        json!({"definition": {"Type": "Pass", "Parameters": {"a.$": "$.x"}, "End": true}}),
        json!({"input": {}, "afterInputPath": {}}),
    );
    let request =
        json!({"definition": map(&json!({"ItemsPath": "$.x"})), "input": {"x": 1}, "mock": {"result": []}});
    check(
        request.clone(),
        json!({"status": "FAILED", "error": "States.Runtime", "cause": "Reference path \"$.x\" must point to array."}),
    );
    // Recorded of AWS: TestState has no iterations over objects.
    check(
        json!({"definition": map(&json!({"ItemsPath": "$.x"})), "input": {"x": {"k": 1}}, "mock": {"result": [1]}}),
        json!({"status": "FAILED", "error": "States.Runtime", "cause": "Reference path \"$.x\" must point to array."}),
    );
    inspects(request, json!({"input": {"x": 1}, "afterInputPath": {"x": 1}}));
}

/// A template can name its input so often that nothing could hold the result.
#[test]
fn values_over_the_payload_limit_are_not_shown() {
    let input = "x".repeat(200_000);
    let parameters: serde_json::Map<_, _> = (0..2_000).map(|n| (format!("{n}.$"), json!("$"))).collect();
    let request = json!({"definition": {"Type": "Pass", "Parameters": parameters, "End": true},
        "input": [input], "inspectionLevel": "DEBUG"});
    let answer = tested(&request);
    assert_eq!(answer["error"], "States.DataLimitExceeded");
    let steps: Vec<_> = answer["inspectionData"].as_object().unwrap().keys().collect();
    assert_eq!(steps, ["afterInputPath", "input"]);
}

#[test]
fn inspection_shows_every_step() {
    let input = json!({"in": {"a": 1}});
    let pass = json!({"Type": "Pass", "InputPath": "$.in", "Parameters": {"b.$": "$.a"}, "ResultPath": "$.r",
        "OutputPath": "$.r", "End": true});
    let result_path = json!({"in": {"a": 1}, "r": {"b": 1}});
    inspects(
        json!({"definition": pass, "input": input}),
        json!({"input": input, "afterInputPath": {"a": 1}, "afterParameters": {"b": 1},
            "afterResultSelector": {"b": 1}, "afterResultPath": result_path}),
    );
    let constant =
        json!({"Type": "Pass", "InputPath": "$.none", "Result": 7, "ResultPath": "$.r", "End": true});
    let result_path = json!({"in": {"a": 1}, "r": 7});
    inspects(
        json!({"definition": constant, "input": input}),
        json!({"input": input, "result": 7, "afterResultSelector": 7, "afterResultPath": result_path}),
    );
    let send =
        task(&json!({"Parameters": {"QueueUrl.$": "$.in.a"}, "ResultSelector": {"id.$": "$.MessageId"},
        "ResultPath": null}));
    inspects(
        json!({"definition": send, "input": input, "mock": {"result": {"MessageId": "m"}}}),
        json!({"input": input, "afterInputPath": input, "afterParameters": {"QueueUrl": 1},
            "result": {"MessageId": "m"}, "afterResultSelector": {"id": "m"}, "afterResultPath": input}),
    );
    for definition in [
        json!({"Type": "Succeed", "InputPath": "$.in"}),
        json!({"Type": "Choice", "InputPath": "$.in", "Choices": [{"Variable": "$.a", "IsPresent": true, "Next": "N"}]}),
        json!({"Type": "Wait", "InputPath": "$.in", "Seconds": 1, "End": true}),
    ] {
        inspects(
            json!({"definition": definition, "input": input}),
            json!({"input": input, "afterInputPath": {"a": 1}}),
        );
    }
    inspects(json!({"definition": {"Type": "Fail"}}), json!({"input": {}, "afterInputPath": {}}));
    let branch = json!({"StartAt": "B", "States": {"B": {"Type": "Pass", "End": true}}});
    let parallel = json!({"Type": "Parallel", "Branches": [branch], "InputPath": "$.in", "ResultPath": "$.r", "End": true});
    let result_path = json!({"in": {"a": 1}, "r": [2]});
    inspects(
        json!({"definition": parallel, "input": input, "mock": {"result": [2]}}),
        json!({"input": input, "afterResultSelector": [2], "afterResultPath": result_path}),
    );
}

#[test]
fn maps_show_their_items_and_bounds() {
    let definition = map(
        &json!({"ItemsPath": "$.list", "MaxConcurrencyPath": "$.max", "ToleratedFailurePercentage": 50,
        "ToleratedFailureCount": 1,
        "ItemSelector": {"v.$": "$$.Map.Item.Value", "at.$": "$$.Map.Item.Index", "max.$": "$.max", "who.$": "$$.State.Name"}}),
    );
    let input = json!({"list": ["a", "b"], "max": "3"});
    let mock = json!({"result": ["A", "B"]});
    let selected = json!([{"v": "a", "at": 0, "max": "3", "who": "StateName"},
        {"v": "b", "at": 1, "max": "3", "who": "StateName"}]);
    let expected = json!({"input": input, "afterInputPath": input, "afterItemsPath": ["a", "b"],
        "afterItemSelector": selected, "maxConcurrency": 3, "toleratedFailureCount": 1, "toleratedFailurePercentage": 50.0,
        "afterResultSelector": ["A", "B"], "afterResultPath": ["A", "B"]});
    inspects(json!({"definition": definition, "input": input, "mock": mock}), expected);
    inspects(
        json!({"definition": map(&json!({})), "input": [], "mock": {"errorOutput": {"error": "E"}}}),
        json!({"input": [], "afterInputPath": [], "afterItemsPath": [], "maxConcurrency": 0}),
    );
    let distributed = json!({"ItemReader": {"Resource": "arn:aws:states:::s3:getObject",
            "ReaderConfig": {"InputType": "JSON"}, "Parameters": {"Bucket": "b", "Key": "k"}},
        "ItemSelector": {"n.$": "$$.Map.Item.Value"},
        "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}, "StartAt": "I",
            "States": {"I": {"Type": "Pass", "End": true}}}});
    inspects(
        json!({"definition": map(&distributed), "mock": {"result": [1]},
            "stateConfiguration": {"mapItemReaderData": "[1, 2]"}}),
        json!({"input": {}, "afterInputPath": {}, "afterItemSelector": [{"n": 1}, {"n": 2}], "maxConcurrency": 0,
            "afterResultSelector": [1], "afterResultPath": [1]}),
    );
}

#[test]
fn failed_iterations_count_against_a_threshold() {
    let status = |bounds: Value, failed: u32, mock: &Value| {
        let answer = tested(&json!({"definition": map(&bounds), "input": [1, 2, 3, 4], "mock": mock,
            "stateConfiguration": {"mapIterationFailureCount": failed}}));
        (
            answer["status"].as_str().unwrap().to_owned(),
            answer["error"].as_str().unwrap_or_default().to_owned(),
        )
    };
    let result = json!({"result": [1]});
    let succeeded = ("SUCCEEDED".to_owned(), String::new());
    let exceeded = ("FAILED".to_owned(), "States.ExceedToleratedFailureThreshold".to_owned());
    assert_eq!(status(json!({}), 4, &result), succeeded);
    assert_eq!(status(json!({"ToleratedFailureCount": 2}), 2, &result), succeeded);
    assert_eq!(status(json!({"ToleratedFailureCount": 2}), 3, &result), exceeded);
    assert_eq!(status(json!({"ToleratedFailurePercentage": 50}), 2, &result), succeeded);
    assert_eq!(status(json!({"ToleratedFailurePercentage": 49}), 2, &result), exceeded);
    let error = json!({"errorOutput": {"error": "E"}});
    assert_eq!(status(json!({"ToleratedFailureCount": 2}), 0, &error), ("FAILED".to_owned(), "E".to_owned()));
    let catch = json!({"ToleratedFailureCount": 0, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "C"}]});
    assert_eq!(status(catch, 1, &result).0, "CAUGHT_ERROR");
    refuses(
        json!({"definition": map(&json!({})), "input": [1], "mock": {"result": []},
            "stateConfiguration": {"mapIterationFailureCount": 2}}),
        "ValidationException",
        "Map iteration failure count must be less than or equal to the number of Map iterations",
    );
}

#[test]
fn variables_come_in_and_are_shown() {
    let pass = json!({"Type": "Pass", "Parameters": {"v.$": "$v.x", "w.$": "$w"}, "Assign": {"w.$": "$.v", "new": null},
        "OutputPath": "$w", "End": true});
    let request = json!({"definition": pass, "variables": {"v": {"x": 1}, "w": 2}});
    check(request.clone(), json!({"status": "SUCCEEDED", "output": 2}));
    let mut request = request;
    request["inspectionLevel"] = json!("DEBUG");
    let variables = json!({"v": {"x": 1}, "w": 1, "new": null});
    assert_eq!(tested(&request)["inspectionData"]["variables"], variables);
    // What fails shows them as they were.
    let fail = json!({"Type": "Fail", "ErrorPath": "$v"});
    let failed = json!({"definition": fail, "variables": "{\"v\":\"E\"}", "inspectionLevel": "DEBUG"});
    assert_eq!(tested(&failed)["inspectionData"]["variables"], json!({"v": "E"}));
    assert_eq!(tested(&failed)["error"], "E");
    let none = json!({"definition": {"Type": "Succeed"}, "variables": {}, "inspectionLevel": "DEBUG"});
    assert_eq!(tested(&none)["inspectionData"].get("variables"), None);
    let unset = json!({"definition": {"Type": "Pass", "Parameters": {"a.$": "$gone.x"}, "End": true}});
    assert_eq!(tested(&unset)["error"], "States.Runtime");
    let refused = json!({"definition": {"Type": "Succeed"}, "variables": []});
    refuses(refused, "ValidationException", "Invalid Variables provided: they must be a JSON object");
}

#[test]
fn contexts_are_made_up_or_taken_as_they_are() {
    let whole = json!({"Type": "Pass", "InputPath": "$$", "End": true});
    let answer = tested(&json!({"definition": whole, "input": [1], "roleArn": "arn:aws:iam::1:role/r"}));
    let context = &answer["output"];
    assert_eq!(context["Execution"]["Input"], json!([1]));
    assert_eq!(context["Execution"]["RoleArn"], "arn:aws:iam::1:role/r");
    assert_eq!(context["Execution"].get("RedriveCount"), None);
    assert_eq!(context["State"], json!({"Name": "StateName", "EnteredTime": "2023-11-14T22:13:20.000Z"}));
    let id = context["Execution"]["Id"].as_str().unwrap();
    let name = context["Execution"]["Name"].as_str().unwrap();
    let machine = context["StateMachine"]["Name"].as_str().unwrap();
    assert_eq!(id, format!("arn:aws:states:us-east-1:123456789012:express:{machine}:{name}"));
    let read = task(&json!({"ResultSelector": {"c.$": "$$", "retries.$": "$$.State.RetryCount"}}));
    let request =
        json!({"definition": read, "mock": {"result": {}}, "stateConfiguration": {"retrierRetryCount": 2}});
    assert_eq!(tested(&request)["output"]["retries"], 2);
    let given = json!({"State": {"RetryCount": 5}});
    let mut with_context = request;
    with_context["context"] = given.clone();
    assert_eq!(tested(&with_context)["output"], json!({"c": given, "retries": 5}));
    with_context["context"] = json!({});
    let missing = tested(&with_context);
    assert_eq!(missing["error"], "States.Runtime", "{missing}");
    let token = json!({"Type": "Task", "Resource": format!("{SEND}.waitForTaskToken"), "End": true,
        "Parameters": {"MessageBody.$": "$$.Task.Token"}});
    let request = json!({"definition": token, "mock": {"result": {}}, "inspectionLevel": "DEBUG"});
    assert!(tested(&request)["inspectionData"]["afterParameters"]["MessageBody"].is_string());
}

#[test]
fn requests_that_do_not_hold_together_are_refused() {
    let refuses = |request: Value, message: &str| refuses(request, "ValidationException", message);
    let (result, error) = (json!({"result": {}}), json!({"errorOutput": {"error": "E"}}));
    for (definition, kind) in [
        (json!({"Type": "Pass", "End": true}), "Pass"),
        (json!({"Type": "Fail"}), "Fail"),
        (json!({"Type": "Succeed"}), "Succeed"),
    ] {
        let message = format!("State type '{kind}' is not supported when a mock is specified");
        refuses(json!({"definition": definition, "mock": result}), &message);
        refuses(json!({"definition": definition, "mock": error}), &message);
    }
    let with = |mock: Value| json!({"definition": task(&json!({})), "mock": mock});
    let one = "A test mock should have only one of the following fields: [result, errorOutput].";
    refuses(with(json!({"result": {}, "errorOutput": {"error": "E"}})), one);
    refuses(with(json!({"result": "{"})), "Mocked result must be valid JSON");
    refuses(
        with(json!({"result": {"MessageId": 1}})),
        "Mock result schema validation error: Field 'MessageId' must be a string",
    );
    let mut secret = with(result.clone());
    secret["revealSecrets"] = json!(true);
    refuses(secret, "TestState does not support RevealSecrets when a mock is specified.");
    let mut context = with(result);
    context["context"] = json!({"Execution": {"Id": 1}});
    refuses(context, "Invalid Context object provided: Execution.Id must be a string");
    refuses(
        json!({"definition": {"Type": "Succeed"}, "stateConfiguration": {"mapIterationFailureCount": 1}}),
        "TestState does not support MapIterationFailureCount when a mock is not specified.",
    );
    refuses(json!({"definition": task(&json!({}))}), "RoleArn must be specified when testing a Task state");
    refuses(
        json!({"definition": task(&json!({})), "roleArn": "arn:aws:iam::1:role/r"}),
        "arn:aws:states:::sqs:sendMessage is not called here: add a mock with a result or an errorOutput to the request",
    );
    refuses(
        json!({"definition": map(&json!({})), "mock": {"result": {}}}),
        "Mocked result must be an array.",
    );
    let writer = json!({"ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "b"}},
        "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}, "StartAt": "I",
            "States": {"I": {"Type": "Pass", "End": true}}}});
    refuses(
        json!({"definition": map(&writer), "mock": {"result": []}}),
        "Mocked result must be a JSON object.",
    );
    let branch = json!({"StartAt": "B", "States": {"B": {"Type": "Pass", "End": true}}});
    let parallel = json!({"Type": "Parallel", "Branches": [branch], "End": true});
    refuses(
        json!({"definition": parallel, "mock": {"result": []}}),
        "Mocked result must contain the same number of items as number of Parallel branches.",
    );
}

#[test]
fn unusable_definitions_and_inputs_are_refused() {
    let refuses_definition = |request: Value, message: &str| refuses(request, "InvalidDefinition", message);
    refuses_definition(
        json!({"definition": map(&json!({}))}),
        "TestState API does not support Map or Parallel states. Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]",
    );
    refuses_definition(
        json!({"definition": {"Type": "Coffee"}}),
        "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map] at /States/StateName/Type'",
    );
    refuses_definition(
        json!({"definition": "[]"}),
        "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: Definition must be a valid JSON object'",
    );
    refuses_definition(
        json!({"definition": {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $match('a', /(?=b)/) %}", "End": true}}),
        "Invalid State Machine Definition: 'INVALID_JSONATA_EXPRESSION: The regular expression /(?=b)/ cannot be used: look-ahead is not supported at /States/StateName/Output'",
    );
    let input = json!({"definition": {"Type": "Succeed"}, "input": "{"});
    assert_eq!(answer(&input).unwrap_err().kind.as_str(), "InvalidExecutionInput");
}

#[test]
fn the_api_has_data_as_text() {
    let request = json!({"definition": {"Type": "Succeed"}, "input": {"a": 1}, "inspectionLevel": "DEBUG"});
    let text = answer(&request).unwrap().to_json(DataForm::Text);
    let expected = r#"{"output":"{\"a\":1}","inspectionData":{"input":"{\"a\":1}","afterInputPath":"{\"a\":1}"},"status":"SUCCEEDED"}"#;
    assert_eq!(text, expected);
    let refusal =
        answer(&json!({"definition": {"Type": "Task", "Resource": SEND, "End": true}})).unwrap_err();
    let expected =
        r#"{"__type":"ValidationException","message":"RoleArn must be specified when testing a Task state"}"#;
    assert_eq!(refusal.to_json(), expected);
}
