//! Child executions: what they see, when they fail, how they are stopped.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aslx::bytecode::{Program, disassemble};
use aslx::executor::{Executor, ManualClock, OutcomeStatus, Runner, Time};
use aslx::pipeline::Pipeline;
use aslx::sink::Sink;
use aslx::source::Input;
use aslx::task::{TaskCall, TaskError, TaskRegistry};
use aslx::value::timestamp::Timestamp;
use serde_json::{Value, json};

use super::harness::{
    START_MS, WORK, block_on, both, check, check_failure, ended, machine, names, pass, program,
};
use super::store::Store;

#[test]
fn children_run_over_arrays_and_objects() {
    check(&machine(json!({}), pass()), &json!([1, {"a": [2.0]}, "x"]), r#"[1,{"a":[2.0]},"x"]"#);
    check(&machine(json!({}), pass()), &json!([]), "[]");
    check(
        &machine(json!({"ItemsPath": "$.o"}), pass()),
        &json!({"o": {"k": 1, "l": [2]}}),
        r#"[{"Key":"k","Value":1},{"Key":"l","Value":[2]}]"#,
    );
    let many: Vec<u32> = (0..1000).collect();
    check(
        &machine(json!({"MaxConcurrency": 7}), pass()),
        &json!(many),
        &serde_json::to_string(&many).unwrap(),
    );
    check_failure(
        &machine(json!({"ItemsPath": "$.o"}), pass()),
        &json!({"o": 1}),
        &Store::default(),
        "States.Runtime",
        "An error occurred while executing the state 'M' (entered at the event id #2). Reference path \"$.o\" must point to array.",
    );
}

#[test]
fn an_item_selector_sees_item_input_context_and_variables() {
    let mut definition = machine(
        json!({"ItemsPath": "$.list", "ItemSelector": {"v.$": "$$.Map.Item.Value", "i.$": "$$.Map.Item.Index",
            "s.$": "$$.Map.Item.Source", "in.$": "$.k", "x.$": "$x", "at.$": "$$.State.Name",
            "f.$": "States.Format('{}-{}', $$.Map.Item.Value, $x)"}}),
        pass(),
    );
    definition["StartAt"] = json!("A");
    definition["States"]["A"] = json!({"Type": "Pass", "Assign": {"x": 7}, "Next": "M"});
    check(
        &definition,
        &json!({"list": ["a"], "k": {"n": 1}}),
        r#"[{"at":"M","s":"STATE_DATA","in":{"n":1},"f":"a-7","v":"a","x":7,"i":0}]"#,
    );
    let whole =
        machine(json!({"ItemSelector": {"c.$": "$$.Map", "n.$": "$$['StateMachine']['Name']"}}), pass());
    check(
        &whole,
        &json!({"k": 1}),
        r#"[{"c":{"Item":{"Index":0,"Key":"k","Value":1,"Source":"STATE_DATA"}},"n":"SM"}]"#,
    );
    check_failure(
        &machine(json!({"ItemSelector": {"a.$": "$.gone"}}), pass()),
        &json!([1]),
        &Store::default(),
        "States.Runtime",
        "An error occurred while executing the state 'M' (entered at the event id #2). The JSONPath '$.gone' specified for the field 'a.$' could not be found in the input '[1]'",
    );
    check(&machine(json!({"ItemSelector": {"a.$": "$.gone"}}), pass()), &json!([]), "[]");
}

#[test]
fn children_are_executions_of_their_own() {
    let context = json!({"P": {"Type": "Pass", "Parameters": {"sm.$": "$$.StateMachine.Name",
        "in.$": "$$.Execution.Input", "start.$": "$$.Execution.StartTime"}, "End": true}});
    check(
        &machine(json!({"Label": "Lbl"}), context),
        &json!([5]),
        r#"[{"in":5,"start":"2026-09-21T14:13:20.000Z","sm":"SM/Lbl"}]"#,
    );
    // They see neither the item nor the variables of their parent.
    let item = json!({"P": {"Type": "Pass", "Parameters": {"i.$": "$$.Map.Item.Value"}, "End": true}});
    let (error, _) = both(&machine(json!({}), item), &json!([1]), &Store::default()).expect_err("no item");
    assert_eq!(error, "States.ExceedToleratedFailureThreshold");
    let inner = machine(json!({"ItemSelector": {"v.$": "$$.Map.Item.Value"}}), pass());
    let nested = machine(json!({}), json!({"N": inner["States"]["M"]}));
    check(&nested, &json!([[1, 2], []]), r#"[[{"v":1},{"v":2}],[]]"#);
}

#[test]
fn failures_are_tolerated_up_to_a_threshold() {
    let states = json!({"T": {"Type": "Task", "Resource": WORK, "End": true}});
    let input = json!([1, -1, 2, -2]);
    let tolerance = "The specified tolerated failure threshold was exceeded";
    let exceeded = |fields: Value| {
        check_failure(
            &machine(fields, states.clone()),
            &input,
            &Store::default(),
            "States.ExceedToleratedFailureThreshold",
            tolerance,
        );
    };
    exceeded(json!({}));
    exceeded(json!({"ToleratedFailureCount": 1}));
    exceeded(json!({"ToleratedFailurePercentage": 49.9}));
    exceeded(json!({"ToleratedFailurePercentage": 100, "ToleratedFailureCount": 1}));
    for fields in [json!({"ToleratedFailureCount": 2}), json!({"ToleratedFailurePercentage": 50})] {
        check(&machine(fields, states.clone()), &input, "[1,2]");
    }
    // A batch that fails counts all its items; and the error can be caught.
    let batch = json!({"T": {"Type": "Task", "Resource": WORK, "InputPath": "$.Items[0]", "End": true}});
    let fields = |count: u32| {
        json!({"ItemBatcher": {"MaxItemsPerBatch": 2}, "ToleratedFailureCount": count,
        "Catch": [{"ErrorEquals": ["States.ExceedToleratedFailureThreshold"], "Next": "Z"}]})
    };
    let caught = |count| {
        let mut definition = machine(fields(count), batch.clone());
        definition["States"]["Z"] = json!({"Type": "Pass", "OutputPath": "$.Error", "End": true});
        definition
    };
    let input = json!([-1, 5, 7, 8]);
    check(&caught(1), &input, r#""States.ExceedToleratedFailureThreshold""#);
    check(&caught(2), &input, "[7]");
}

#[test]
fn numbers_may_be_strings_behind_a_path() {
    let fields = json!({"ItemsPath": "$.list", "MaxConcurrencyPath": "$.n", "ToleratedFailureCountPath": "$.n",
        "ToleratedFailurePercentagePath": "$.p", "ItemBatcher": {"MaxItemsPerBatchPath": "$.n", "BatchInput": {"k.$": "$.n"}}});
    check(
        &machine(fields.clone(), pass()),
        &json!({"list": [1, 2, 3], "n": "2", "p": "50.5"}),
        r#"[{"BatchInput":{"k":"2"},"Items":[1,2]},{"BatchInput":{"k":"2"},"Items":[3]}]"#,
    );
    let (_, cause) =
        both(&machine(fields, pass()), &json!({"list": [], "n": 1.5, "p": 1}), &Store::default())
            .expect_err("no integer");
    assert!(
        cause.ends_with(
            "The MaxConcurrencyPath field refers to value \"1.5\" which is not a valid integer: $.n"
        ),
        "{cause}"
    );
}

#[test]
fn time_passes_as_max_concurrency_allows() {
    let waits = json!({"W": {"Type": "Wait", "Seconds": 10, "End": true}});
    for (concurrency, seconds) in [(1, "50"), (2, "30"), (0, "10")] {
        let mut definition =
            machine(json!({"MaxConcurrency": concurrency, "End": null, "Next": "Z"}), waits.clone());
        definition["States"]["M"].as_object_mut().unwrap().remove("End");
        definition["States"]["Z"] =
            json!({"Type": "Pass", "Parameters": {"at.$": "$$.State.EnteredTime"}, "End": true});
        let minute = if seconds == "50" {
            "14:14:10"
        } else if seconds == "30" {
            "14:13:50"
        } else {
            "14:13:30"
        };
        check(&definition, &json!([1, 2, 3, 4, 5]), &format!(r#"{{"at":"2026-09-21T{minute}.000Z"}}"#));
    }
}

/// Nothing of a child outlives its parent: the handlers are dropped before the parent's error goes on.
#[test]
fn children_stop_before_their_parent_ends() {
    static OPEN: AtomicUsize = AtomicUsize::new(0);
    struct Held;
    impl Drop for Held {
        fn drop(&mut self) {
            OPEN.fetch_sub(1, Ordering::SeqCst);
        }
    }
    let mut registry = TaskRegistry::new();
    registry.handle_async("*:function:Work", |call: TaskCall| async move {
        if call.payload() == b"0" {
            while OPEN.load(Ordering::SeqCst) < 3 {
                tokio::task::yield_now().await;
            }
            return Err(TaskError::new("First", "of all"));
        }
        OPEN.fetch_add(1, Ordering::SeqCst);
        let _held = Held;
        std::future::pending::<()>().await;
        Ok(Vec::<u8>::new())
    });
    let task = json!({"T": {"Type": "Task", "Resource": WORK, "End": true}});
    let mut builder = Executor::builder(program(&machine(json!({}), task)));
    let executor = builder.tasks(registry).workers(2).build().unwrap();
    let completed = block_on(executor.execute("[0,1,2,3]")).unwrap();
    assert_eq!(ended(completed).expect_err("fails").0, "States.ExceedToleratedFailureThreshold");
    assert_eq!(OPEN.load(Ordering::SeqCst), 0);
    // An execution that is given up takes its children with it.
    block_on(async {
        let given_up = executor.execute("[1,2]");
        tokio::select! {
            _ = given_up => panic!("hangs"),
            () = async { while OPEN.load(Ordering::SeqCst) < 2 { tokio::task::yield_now().await } } => {}
        }
        while OPEN.load(Ordering::SeqCst) > 0 {
            tokio::task::yield_now().await;
        }
    });
    executor.shut_down();
}

#[test]
fn a_machine_out_of_time_stops_its_map_run() {
    let mut definition = machine(json!({}), json!({"W": {"Type": "Wait", "Seconds": 1000, "End": true}}));
    definition["TimeoutSeconds"] = json!(5);
    let clock = Arc::new(ManualClock::new(Timestamp::from_millis(START_MS)));
    let mut builder = Runner::builder(program(&definition));
    builder.time(Time::Real(clock));
    let outcome = builder.build().unwrap().run(b"[1,2]", &mut Vec::new()).unwrap();
    assert_eq!(outcome.status, OutcomeStatus::TimedOut);
}

#[test]
fn pipelines_run_children_beside_their_lines() {
    let folder = tempfile::tempdir().unwrap();
    let (input, output) = (folder.path().join("in"), folder.path().join("out"));
    let lines: Vec<_> = (0..200).map(|line| format!("[{line},{}]\n", line + 1)).collect();
    let lines = lines.concat();
    std::fs::write(&input, &lines).unwrap();
    let mut builder = Pipeline::builder(program(&machine(json!({}), pass())));
    builder.input(Input::file(&input)).output(Sink::file(&output).unwrap()).workers(2).names(names());
    let summary = builder.build().unwrap().run().unwrap();
    assert_eq!((summary.succeeded, summary.failed), (200, 0));
    assert_eq!(std::fs::read_to_string(&output).unwrap(), lines);
}

#[test]
fn a_program_is_whole_in_its_artifact() {
    let program =
        program(&machine(json!({"ItemSelector": {"a.$": "$$.Map.Item.Value"}, "Label": "L"}), pass()));
    let decoded = Program::from_artifact(&program.to_artifact()).unwrap();
    assert_eq!(decoded.map_runs(), program.map_runs());
    assert_eq!(disassemble(&decoded), disassemble(&program));
    assert!(disassemble(&program).contains("maprun"), "{}", disassemble(&program));
    assert!(decoded.may_suspend() && decoded.needs_clock());
}
