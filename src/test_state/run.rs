//! The entry: checks, compilation, one execution on a clock that jumps.

use std::sync::Arc;

use super::answer::{ErrorDetails, Inspection, TestAnswer, TestStatus, is_number};
use super::context;
use super::item_data::{self, ItemData};
use super::mock::{self, MockedAnswer};
use super::refusal::Refusal;
use super::request::{InspectionLevel, StateConfiguration, TestRequest};
use super::subject::Subject;
use crate::asl::model::{MachineType, QueryLanguage, StateKind};
use crate::bytecode::{Aspect, Program};
use crate::compiler::{CompileOptions, Given, compile_state};
use crate::json::{Document, NodeId, Num, Number, Tag, minify, write_json_string};
use crate::limits::Limits;
use crate::value::timestamp::Timestamp;
use crate::vm::{Active, Answered, Effect, Fiber, Inspected, Names, Start, Step, TaskReply, Vm};

/// What a test depends on besides its request.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TestOptions {
    /// The time at which the state is entered.
    pub now: Timestamp,
    /// Where its randomness comes from.
    pub seed: u64,
    /// Bounds.
    pub limits: Limits,
}

impl TestOptions {
    /// Options with default limits.
    pub fn new(now: Timestamp, seed: u64) -> Self {
        Self { now, seed, limits: Limits::default() }
    }
}

/// Runs one state. Nothing is called, and waiting takes no time.
///
/// # Errors
/// What is wrong with the request; a state that fails is an answer.
///
/// ```
/// use aslx::test_state::{TestOptions, TestRequest, TestStatus, run};
/// use aslx::value::timestamp::Timestamp;
///
/// let mut request = TestRequest::new(r#"{"Type":"Pass","ResultPath":"$.b","Result":2,"Next":"B"}"#);
/// request.input = Some(r#"{"a":1}"#.to_owned());
/// let answer = run(&request, &TestOptions::new(Timestamp::from_millis(0), 0))?;
/// assert_eq!(answer.status, TestStatus::Succeeded);
/// assert_eq!(answer.output.as_deref(), Some(r#"{"a":1,"b":2}"#));
/// assert_eq!(answer.next_state.as_deref(), Some("B"));
/// # Ok::<(), aslx::test_state::Refusal>(())
/// ```
pub fn run(request: &TestRequest, options: &TestOptions) -> Result<TestAnswer, Refusal> {
    let limits = &options.limits;
    let subject = Subject::read(request, limits)?;
    let mocked = mock::check(&subject, request, limits)?;
    let depth_max = limits.nesting_depth_max;
    let input = Document::parse(request.input.as_deref().unwrap_or("{}").as_bytes(), depth_max);
    let input = input.map_err(Refusal::input)?;
    let context = context::text(&subject, request, input.doc(), options)?;
    let variables = variables(request.variables.as_deref(), depth_max)?;
    let items = item_data::items(&subject, request, limits)?;
    let given = Given {
        context: &context,
        variables: &variables,
        items: items.as_ref().map(|items| items.json.as_str()),
    };
    let compile_options = CompileOptions {
        machine_type: MachineType::Standard,
        limits: limits.clone(),
        ..CompileOptions::default()
    };
    let program = compile_state(&subject.machine, &subject.name, &given, &compile_options)?;
    let test = Test { subject: &subject, request, mocked, items, program: Arc::new(program) };
    test.execute(&input, options)
}

/// The members of the request's `variables`, values minified.
fn variables(text: Option<&str>, depth_max: u32) -> Result<Vec<(String, String)>, Refusal> {
    let Some(text) = text else { return Ok(Vec::new()) };
    let refuse = |what: &str| Refusal::validation(format!("Invalid Variables provided: {what}"));
    let document =
        Document::parse(text.as_bytes(), depth_max).map_err(|error| refuse(&format!("not JSON: {error}")))?;
    let doc = document.doc();
    if doc.tag(NodeId::ROOT) != Tag::Object {
        return Err(refuse("they must be a JSON object"));
    }
    let member = |(key, value)| {
        let mut json = Vec::new();
        minify(doc, value, &mut json);
        (doc.string(key).to_text().into_owned(), String::from_utf8_lossy(&json).into_owned())
    };
    Ok(doc.members(NodeId::ROOT).map(member).collect())
}

/// A request that has been checked.
struct Test<'t> {
    subject: &'t Subject,
    request: &'t TestRequest,
    mocked: Option<MockedAnswer>,
    items: Option<ItemData>,
    program: Arc<Program>,
}

impl Test<'_> {
    fn execute(&self, input: &Document, options: &TestOptions) -> Result<TestAnswer, Refusal> {
        // An Express execution ends after five minutes, as AWS's TestState does.
        let names = Arc::new(Names::new("aslx", MachineType::Express));
        let (mut vm, mut fiber) = (Vm::new(&options.limits), Fiber::new());
        let start = Start { now: options.now, seed: options.seed, names: &names, trace: true };
        let bytes = input.doc().bytes();
        let mut active = vm.start(&mut fiber, &self.program, bytes, &start).map_err(Refusal::input)?;
        let StateConfiguration { retrier_retry_count, .. } = self.request.state_configuration;
        active.inspect(retrier_retry_count.unwrap_or(0));
        let status = self.drive(&mut active, options.now)?;
        let mut input_json = Vec::new();
        minify(input.doc(), NodeId::ROOT, &mut input_json);
        Ok(self.answer(&mut active, status, String::from_utf8_lossy(&input_json).into_owned()))
    }

    /// Runs until the state is left, has failed, or would be retried.
    fn drive(&self, active: &mut Active<'_>, start: Timestamp) -> Result<TestStatus, Refusal> {
        let mut now = start;
        let mut sleeper = None;
        loop {
            match active.run(now) {
                Step::Done => {
                    let answered = active.inspected().answered.unwrap_or_default();
                    let is_caught = answered.catcher.is_some();
                    return Ok(if is_caught { TestStatus::CaughtError } else { TestStatus::Succeeded });
                }
                Step::Failed => return Ok(TestStatus::Failed),
                Step::Yield => {}
                Step::Suspend(Effect::StopTask { strand } | Effect::StartMapRun { strand }) => {
                    // A Map by itself asks for its result as for a task's: it has no Map Run.
                    active.task_stopped(strand, now);
                }
                Step::Suspend(Effect::InvokeTask { strand, .. }) => {
                    let reply = self.reply(&active.inspected())?;
                    match &reply {
                        Reply::Result(document) => {
                            active.answer(strand, TaskReply::Json(document.doc().bytes()), now);
                        }
                        Reply::Error(error, cause) => {
                            let reply = TaskReply::Failed { error: *error, cause: *cause };
                            active.answer(strand, reply, now);
                        }
                    }
                }
                Step::Suspend(Effect::Sleep { strand, until }) => {
                    if active.inspected().answered.is_some_and(|answered| answered.delay_ms.is_some()) {
                        return Ok(TestStatus::Retriable);
                    }
                    let deadline = active.deadline().unwrap_or(until);
                    now = now.max(until.min(deadline));
                    sleeper = Some(strand);
                }
                Step::Parked => match sleeper.take() {
                    Some(strand) => active.wake(strand),
                    None => active.abort(),
                },
            }
        }
    }

    /// What the mock answers; a Map's iterations may have failed too often for its result to count.
    fn reply(&self, seen: &Inspected) -> Result<Reply<'_>, Refusal> {
        let is_exceeded = self.check_failure_count(seen)?;
        Ok(match &self.mocked {
            Some(MockedAnswer::Result(_)) if is_exceeded => Reply::Error(
                Some("States.ExceedToleratedFailureThreshold"),
                Some("The specified tolerated failure threshold was exceeded"),
            ),
            Some(MockedAnswer::Result(document)) => Reply::Result(document),
            Some(MockedAnswer::Error(error, cause)) => Reply::Error(error.as_deref(), cause.as_deref()),
            // `mock::check` lets no such state pass.
            None => Reply::Error(Some("States.Runtime"), Some("There is no mock.")),
        })
    }

    /// Whether more iterations have failed than the Map tolerates; without a threshold it tolerates all.
    fn check_failure_count(&self, seen: &Inspected) -> Result<bool, Refusal> {
        let Some(failed) = self.request.state_configuration.map_iteration_failure_count else {
            return Ok(false);
        };
        if !matches!(self.subject.state().kind, StateKind::Map(_)) {
            return Ok(false);
        }
        let items = value(seen, Aspect::AfterItemsPath).map_or(0, count_elements);
        let is_complete = self.items.as_ref().is_none_or(|items| items.is_complete);
        if is_complete && failed as usize > items {
            let message =
                "Map iteration failure count must be less than or equal to the number of Map iterations";
            return Err(Refusal::validation(message));
        }
        let failed = f64::from(failed);
        let count = value(seen, Aspect::ToleratedFailureCount).and_then(number);
        let percentage = value(seen, Aspect::ToleratedFailurePercentage).and_then(number);
        let is_over_count = count.is_some_and(|count| failed > count.as_f64());
        let is_over_percentage =
            percentage.is_some_and(|percentage| failed * 100.0 > percentage.as_f64() * items as f64);
        Ok(is_over_count || is_over_percentage)
    }

    fn answer(&self, active: &mut Active<'_>, status: TestStatus, input: String) -> TestAnswer {
        let seen = active.inspected();
        let answered = seen.answered.clone().unwrap_or_default();
        let is_left = matches!(status, TestStatus::Succeeded | TestStatus::CaughtError);
        let (error, cause) = match (status, active.failure()) {
            (TestStatus::Succeeded, _) => (None, None),
            (TestStatus::Failed, Some(failure)) => (failure.error, failure.cause),
            _ => (answered.error.clone(), answered.cause.clone()),
        };
        let output = is_left.then(|| {
            let mut output = Vec::new();
            active.write_output(&mut output);
            String::from_utf8_lossy(&output).into_owned()
        });
        // The state under test is the first; the iterations of a Map's ItemSelector have no name.
        let last = seen.last_entered.filter(|state| is_left && state.index() > 0);
        let next = last.and_then(|state| self.program.states().get(state.index()));
        let next = next.filter(|state| !state.name.is_empty()).map(|state| state.name.clone());
        let inspects = self.request.inspection_level != InspectionLevel::Info;
        TestAnswer {
            status,
            output,
            error,
            cause,
            next_state: next,
            inspection: inspects.then(|| self.inspection(seen, &answered, input)),
        }
    }

    fn inspection(&self, seen: Inspected, answered: &Answered, input: String) -> Inspection {
        let variables = self.variables(&seen);
        let mut steps: Vec<_> =
            seen.values.into_iter().filter(|(aspect, _)| aspect.as_str().is_some()).collect();
        if let StateKind::Map(map) = &self.subject.state().kind {
            let is_started = steps.iter().any(|(aspect, _)| *aspect == Aspect::AfterItemsPath);
            if is_started && !steps.iter().any(|(aspect, _)| *aspect == Aspect::MaxConcurrency) {
                steps.push((Aspect::MaxConcurrency, "0".to_owned()));
            }
            let is_query = self.subject.state().query_language == QueryLanguage::Jsonata;
            let is_shown = map.item_reader.is_none() && !is_query;
            steps.retain(|(aspect, _)| *aspect != Aspect::AfterItemsPath || is_shown);
        }
        for (aspect, value) in &mut steps {
            if is_number(*aspect) {
                *value = number_text(*aspect, value);
            }
        }
        let details = ErrorDetails {
            catch_index: answered.catcher,
            retry_index: answered.retrier,
            retry_backoff_interval_seconds: answered.delay_ms.map(|millis| millis / 1000),
        };
        let error_details = (details != ErrorDetails::default()).then_some(details);
        Inspection { input, steps, variables, error_details }
    }

    /// The variables that have values, as an object.
    fn variables(&self, seen: &Inspected) -> Option<String> {
        let names = self.program.variables();
        let mut out = Vec::new();
        for (aspect, value) in &seen.values {
            let Aspect::Variable(index) = aspect else { continue };
            let Some(name) = names.get(usize::from(*index)) else { continue };
            out.push(if out.is_empty() { b'{' } else { b',' });
            write_json_string(name, &mut out);
            out.push(b':');
            out.extend_from_slice(value.as_bytes());
        }
        out.push(b'}');
        (out.len() > 1).then(|| String::from_utf8_lossy(&out).into_owned())
    }
}

/// What a task is answered.
enum Reply<'r> {
    Result(&'r Document),
    Error(Option<&'r str>, Option<&'r str>),
}

fn value(seen: &Inspected, aspect: Aspect) -> Option<&str> {
    seen.values.iter().find(|(known, _)| *known == aspect).map(|(_, value)| value.as_str())
}

fn count_elements(json: &str) -> usize {
    let document = Document::parse(json.as_bytes(), u32::MAX);
    document.map_or(0, |document| document.doc().count(NodeId::ROOT))
}

/// A number, or one in a string: AWS takes both behind a path.
fn number(json: &str) -> Option<Num> {
    let text = json.trim_matches('"');
    let is_number =
        Document::parse(text.as_bytes(), 1).is_ok_and(|d| d.doc().tag(NodeId::ROOT) == Tag::Number);
    is_number.then(|| Number::new(text.as_bytes()).read())
}

/// As the API has it: counts are integers, the percentage has a fraction.
fn number_text(aspect: Aspect, json: &str) -> String {
    match number(json) {
        Some(Num::Int(int)) if aspect == Aspect::ToleratedFailurePercentage => format!("{int}.0"),
        Some(Num::Int(int)) => int.to_string(),
        Some(Num::Float(_)) => json.trim_matches('"').to_owned(),
        None => "0".to_owned(),
    }
}
