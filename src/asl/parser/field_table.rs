//! Which field belongs to which state type in which query language (AWS docs, "State machine structure").

use crate::asl::model::QueryLanguage;

/// The value of `Type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StateType {
    Task,
    Wait,
    Pass,
    Succeed,
    Fail,
    Choice,
    Parallel,
    Map,
}

impl StateType {
    /// All types, in the order of AWS's message.
    pub(super) const ALL: [(&'static str, Self); 8] = [
        ("Task", Self::Task),
        ("Wait", Self::Wait),
        ("Pass", Self::Pass),
        ("Succeed", Self::Succeed),
        ("Fail", Self::Fail),
        ("Choice", Self::Choice),
        ("Parallel", Self::Parallel),
        ("Map", Self::Map),
    ];

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

const TASK: u8 = StateType::Task.bit();
const WAIT: u8 = StateType::Wait.bit();
const PASS: u8 = StateType::Pass.bit();
const FAIL: u8 = StateType::Fail.bit();
const CHOICE: u8 = StateType::Choice.bit();
const PARALLEL: u8 = StateType::Parallel.bit();
const MAP: u8 = StateType::Map.bit();
const ALL: u8 = 0xff;
const WORK: u8 = TASK | PARALLEL | MAP;
const FLOW: u8 = WORK | PASS | WAIT;

/// Name; types that have it in `JSONPath` states; types that have it in `JSONata` states.
const FIELDS: [(&str, u8, u8); 48] = [
    ("Type", ALL, ALL),
    ("Comment", ALL, ALL),
    ("QueryLanguage", ALL, ALL),
    ("InputPath", ALL & !FAIL, 0),
    ("OutputPath", ALL & !FAIL, 0),
    ("Parameters", WORK | PASS, 0),
    ("ResultSelector", WORK, 0),
    ("ResultPath", WORK | PASS, 0),
    ("Arguments", 0, TASK | PARALLEL),
    ("Output", 0, ALL & !FAIL),
    ("Assign", FLOW | CHOICE, FLOW | CHOICE),
    ("Next", FLOW, FLOW),
    ("End", FLOW, FLOW),
    ("Retry", WORK, WORK),
    ("Catch", WORK, WORK),
    ("Result", PASS, 0),
    ("Resource", TASK, TASK),
    ("Credentials", TASK, TASK),
    ("TimeoutSeconds", TASK, TASK),
    ("HeartbeatSeconds", TASK, TASK),
    ("TimeoutSecondsPath", TASK, 0),
    ("HeartbeatSecondsPath", TASK, 0),
    ("Choices", CHOICE, CHOICE),
    ("Default", CHOICE, CHOICE),
    ("Seconds", WAIT, WAIT),
    ("Timestamp", WAIT, WAIT),
    ("SecondsPath", WAIT, 0),
    ("TimestampPath", WAIT, 0),
    ("Error", FAIL, FAIL),
    ("Cause", FAIL, FAIL),
    ("ErrorPath", FAIL, 0),
    ("CausePath", FAIL, 0),
    ("Branches", PARALLEL, PARALLEL),
    ("ItemProcessor", MAP, MAP),
    ("Iterator", MAP, MAP),
    ("ItemsPath", MAP, 0),
    ("Items", 0, MAP),
    ("ItemSelector", MAP, MAP),
    ("ItemReader", MAP, MAP),
    ("ItemBatcher", MAP, MAP),
    ("ResultWriter", MAP, MAP),
    ("MaxConcurrency", MAP, MAP),
    ("MaxConcurrencyPath", MAP, 0),
    ("ToleratedFailureCount", MAP, MAP),
    ("ToleratedFailureCountPath", MAP, 0),
    ("ToleratedFailurePercentage", MAP, MAP),
    ("ToleratedFailurePercentagePath", MAP, 0),
    ("Label", MAP, MAP),
];

/// Whether a state may have a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Support {
    /// It may.
    Yes,
    /// Only states in the other language.
    OtherLanguage,
    /// No state of its type.
    No,
}

/// Looks a field up.
pub(super) fn support(name: &str, state_type: StateType, language: QueryLanguage) -> Support {
    let Some(&(_, path, jsonata)) = FIELDS.iter().find(|(field, ..)| *field == name) else {
        return Support::No;
    };
    let (own, other) = match language {
        QueryLanguage::JsonPath => (path, jsonata),
        QueryLanguage::Jsonata => (jsonata, path),
    };
    if own & state_type.bit() != 0 {
        Support::Yes
    } else if other & state_type.bit() != 0 {
        Support::OtherLanguage
    } else {
        Support::No
    }
}

/// The fields of a type in a language, for suggestions.
pub(super) fn fields_of(state_type: StateType, language: QueryLanguage) -> Vec<&'static str> {
    let mut names: Vec<&'static str> = FIELDS.iter().map(|(name, ..)| *name).collect();
    names.retain(|name| support(name, state_type, language) == Support::Yes);
    names
}
