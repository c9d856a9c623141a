use crate::task::{CallCounts, FileError, MockConfig, MockResponse, TestCase};

fn config(responses: &str) -> Result<TestCase, FileError> {
    let text = format!(
        r#"{{"StateMachines": {{"Shop": {{"TestCases": {{"happy": {{"Pay": "paid"}}}}}}}},
 "MockedResponses": {{"paid": {responses}}}}}"#
    );
    MockConfig::parse("mocks.json", &text)?.test_case("Shop", "happy")
}

fn answer(case: &TestCase, counts: &mut CallCounts) -> String {
    match case.respond(0, counts) {
        Ok(MockResponse::Return(document)) => String::from_utf8(document.doc().bytes().to_vec()).unwrap(),
        Ok(MockResponse::Throw { error, cause }) => {
            let texts = [error, cause].map(|text| text.as_deref().unwrap_or("-").to_owned());
            format!("throw {}", texts.join(": "))
        }
        Err(error) => format!("{error}"),
    }
}

#[test]
fn invocations_are_counted_per_state_and_execution() {
    let case = config(
        r#"{"0": {"Throw": {"Error": "Busy", "Cause": "try later"}}, "1-2": {"Return": { "paid": 1.50 }},
            "3": {"Throw": {"Cause": "gone"}}}"#,
    )
    .expect("a valid file");
    let mut counts = CallCounts::default();
    let got: Vec<_> = (0..5).map(|_| answer(&case, &mut counts)).collect();
    assert_eq!(
        got,
        [
            "throw Busy: try later",
            r#"{"paid":1.50}"#,
            r#"{"paid":1.50}"#,
            "throw -: gone",
            "States.Runtime: no mocked response for invocation 4 (counted from 0) of state 'Pay'",
        ]
    );
    counts.reset();
    assert_eq!(answer(&case, &mut counts), "throw Busy: try later");
}

#[test]
fn unusable_files_say_where_and_why() {
    let check = |responses, expected: &str| {
        let error = config(responses).expect_err(responses).to_string();
        assert!(error.starts_with("mocks.json:2: ") && error.contains(expected), "{responses}: {error}");
    };
    check(r#"{"1": {"Return": 1}}"#, "invocation 1 has no response before it");
    check(r#"{"0": {"Return": 1}, "2": {"Return": 1}}"#, "invocation 2 has no response before it");
    check(r#"{"0-2": {"Return": 1}, "1": {"Return": 1}}"#, "invocation 1 is mocked twice");
    check(r#"{"first": {"Return": 1}}"#, "does not number invocations");
    check(r#"{"2-1": {"Return": 1}}"#, "does not number invocations");
    check(r#"{"0": {"Result": 1}}"#, "expected {\"Return\"");
    check(r#"{"0": {"Throw": {"Error": 5}}}"#, "\"Error\" must be a string");
    check("[]", "paid must be an object");
    check("{", "not JSON: ");
}

#[test]
fn unknown_names_are_answered_with_those_there_are() {
    let text = r#"{"StateMachines": {"Shop": {"TestCases": {"happy": {"Pay": "piad"}, "sad": {}}}},
"MockedResponses": {"paid": {"0": {"Return": null}}}}"#;
    let config = MockConfig::parse("m.json", text).expect("valid");
    let error = |machine, case| config.test_case(machine, case).expect_err("unknown").to_string();
    assert_eq!(error("shop", "happy"), "m.json:1: no state machine \"shop\"\n  help: did you mean \"Shop\"?");
    assert_eq!(
        error("Shop", "unhappiest"),
        "m.json:1: no test case \"unhappiest\"\n  help: the file has: happy, sad"
    );
    assert!(error("Shop", "happy").starts_with("m.json:2: no mocked response \"piad\""));
    assert_eq!(config.test_case("Shop", "sad").expect("known").states().count(), 0);
    assert_eq!(
        MockConfig::parse("m.json", "{}").expect_err("no sections").to_string(),
        "m.json:1: \"StateMachines\" is missing"
    );
}

#[test]
fn a_missing_mock_file_is_named() {
    let error = MockConfig::from_file("no/such/mocks.json".as_ref()).expect_err("it does not exist");
    assert!(error.to_string().starts_with("no/such/mocks.json: failed to read the mock file: "), "{error}");
}
