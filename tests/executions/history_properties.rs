//! What holds of every history, whatever the definition does.

use std::hash::{DefaultHasher, Hash, Hasher};

use aslx::Limits;
use aslx::vm::{DetailMember, EventDetails, ExecutionHistory, HistoryEvent, LogLevel, RecordOptions};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{Answer, Ended, execute_recorded, program};

const RESOURCES: [&str; 4] = [
    "arn:aws:lambda:us-east-1:123456789012:function:Pay",
    "arn:aws:states:::dynamodb:putItem",
    "arn:aws:states:::states:startExecution.sync:2",
    "arn:aws:states:us-east-1:123456789012:activity:Sign",
];

/// The states of a machine without their names and transitions.
#[derive(Debug, Clone)]
enum Step {
    Pass,
    Wait(u8),
    Task { resource: usize, handlers: u8 },
    Broken,
    Fail,
    Parallel { branches: Vec<Vec<Step>>, handlers: u8 },
    Map { processor: Vec<Step>, concurrency: u8, tolerated: u8, handlers: u8 },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let leaf = prop_oneof![
        3 => Just(Step::Pass),
        2 => (0..4_u8).prop_map(Step::Wait),
        6 => (0..RESOURCES.len(), 0..4_u8).prop_map(|(resource, handlers)| Step::Task { resource, handlers }),
        1 => Just(Step::Broken),
        1 => Just(Step::Fail),
    ];
    let step = leaf.prop_recursive(2, 24, 3, |inner| {
        let steps = prop::collection::vec(inner, 1..3);
        let branches = prop::collection::vec(steps.clone(), 1..3);
        prop_oneof![
            (branches, 0..4_u8).prop_map(|(branches, handlers)| Step::Parallel { branches, handlers }),
            (steps, 0..4_u8, 0..3_u8, 0..4_u8).prop_map(|(processor, concurrency, tolerated, handlers)| {
                Step::Map { processor, concurrency, tolerated, handlers }
            }),
        ]
    });
    prop::collection::vec(step, 1..4)
}

/// A machine of these steps, one after the other; states have names of their own.
fn machine(steps: &[Step], names: &mut u32) -> Value {
    let first = *names;
    *names += steps.len() as u32 + 1;
    let (mut states, last) = (json!({}), format!("S{}", first as usize + steps.len()));
    for (index, step) in steps.iter().enumerate() {
        let next = format!("S{}", first as usize + index + 1);
        let mut state = match step {
            Step::Pass => json!({"Type": "Pass", "Assign": {format!("v{}", first as usize + index): index}}),
            Step::Wait(seconds) => json!({"Type": "Wait", "Seconds": seconds}),
            Step::Task { resource, .. } => {
                json!({"Type": "Task", "Resource": RESOURCES[*resource], "TimeoutSeconds": 5, "ResultPath": null})
            }
            Step::Broken => json!({"Type": "Pass", "InputPath": "$.not.there"}),
            Step::Fail => {
                let fail = format!("F{}", first as usize + index);
                states[&fail] = json!({"Type": "Fail", "Error": "Busy"});
                json!({"Type": "Choice", "Choices": [{"Variable": "$.items", "IsPresent": true, "Next": fail}],
                    "Default": next})
            }
            Step::Parallel { branches, .. } => {
                let branches: Vec<_> = branches.iter().map(|branch| machine(branch, names)).collect();
                json!({"Type": "Parallel", "Branches": branches, "ResultPath": null})
            }
            Step::Map { processor, concurrency, tolerated, .. } => {
                let mut map = json!({"Type": "Map", "ItemsPath": "$.items", "ResultPath": null,
                    "ItemSelector": {"items.$": "$.items"}, "MaxConcurrency": concurrency,
                    "ItemProcessor": machine(processor, names)});
                if *tolerated > 0 {
                    map["ToleratedFailureCount"] = json!(tolerated);
                }
                map
            }
        };
        if let Step::Task { handlers, .. } | Step::Parallel { handlers, .. } | Step::Map { handlers, .. } =
            step
        {
            if handlers & 1 > 0 {
                state["Retry"] = json!([{"ErrorEquals": ["States.ALL"], "MaxAttempts": 1}]);
            }
            if handlers & 2 > 0 {
                state["Catch"] = json!([{"ErrorEquals": ["States.ALL"], "Next": last, "ResultPath": null}]);
            }
        }
        if !matches!(step, Step::Fail) {
            state["Next"] = json!(next);
        }
        states[format!("S{}", first as usize + index)] = state;
    }
    states[&last] = json!({"Type": "Succeed"});
    json!({"StartAt": format!("S{first}"), "States": states})
}

fn run(definition: &Value, salt: u64, park: bool, record: Option<RecordOptions>) -> Ended {
    let limits = Limits::default();
    let input = r#"{"items":[1,2,3]}"#;
    execute_recorded(
        &program(&definition.to_string()),
        input,
        &limits,
        park,
        record,
        &mut |state, _, call| {
            let mut hasher = DefaultHasher::new();
            (state, call, salt).hash(&mut hasher);
            match hasher.finish() % 8 {
                0 | 1 => Answer::Error("Busy", "try again"),
                2 => Answer::Hang,
                _ => Answer::Json("{}".to_owned()),
            }
        },
    )
}

fn check_numbers(history: &ExecutionHistory) {
    for (index, event) in history.events().iter().enumerate() {
        assert_eq!(event.id as usize, index + 1, "{event:?}");
        assert!(event.previous_event_id < event.id, "{event:?}");
        assert_eq!(event.event_type.is_end(), index + 1 == history.events().len(), "{event:?}");
    }
    let times: Vec<_> = history.events().iter().map(|event| event.timestamp).collect();
    assert!(times.is_sorted());
}

/// What a log at this level without data has of an event.
fn without_data(event: &HistoryEvent) -> (u32, u32, Vec<String>) {
    let mut members = Vec::new();
    event.details.for_each_member(|name, member| match member {
        DetailMember::Data(_) | DetailMember::Variables(_) => {}
        member => members.push(format!("{name} {member:?}")),
    });
    (event.id, event.previous_event_id, members)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn histories_are_whole_and_change_nothing(steps in steps(), salt in any::<u64>()) {
        let definition = machine(&steps, &mut 0);
        let plain = run(&definition, salt, false, None);
        prop_assert!(plain.history.is_none());
        let recorded = run(&definition, salt, false, Some(RecordOptions::default()));
        let parked = run(&definition, salt, true, Some(RecordOptions::default()));
        let errors = RecordOptions { level: LogLevel::Error, includes_data: false };
        let failures = run(&definition, salt, false, Some(errors));
        for other in [&recorded, &parked, &failures] {
            prop_assert_eq!(&plain.result, &other.result);
            prop_assert_eq!(&plain.visits, &other.visits);
            prop_assert_eq!(plain.elapsed_ms, other.elapsed_ms);
        }
        let history = recorded.history.expect("recorded");
        check_numbers(&history);
        prop_assert_eq!(&Some(history.clone()), &parked.history);
        let expected: Vec<_> = history.events().iter()
            .filter(|event| event.event_type.log_level() <= LogLevel::Error).map(without_data).collect();
        let failures = failures.history.expect("recorded");
        prop_assert_eq!(expected, failures.events().iter().map(without_data).collect::<Vec<_>>());
        let entered: Vec<_> = history.events().iter().filter_map(|event| match &event.details {
            EventDetails::StateEntered { name, input } => Some((name.clone(), input.clone())),
            _ => None,
        }).collect();
        let visited: Vec<_> = plain.visits.iter().map(|visit| (visit.name.clone(), Some(visit.input.clone()))).collect();
        prop_assert_eq!(entered, visited);
        if let Err(failure) = &plain.result
            && let Some(cause) = &failure.cause
            && let Some((_, rest)) = cause.split_once("(entered at the event id #")
        {
            let id: u32 = rest.split_once(')').expect("closed").0.parse().expect("a number");
            let event = history.events().iter().find(|event| event.id == id).expect("it exists");
            prop_assert!(event.event_type.as_str().ends_with("StateEntered"), "{:?}", event);
        }
    }
}
