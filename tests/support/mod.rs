//! Runs definitions in tests: tasks are closures, the clock is virtual.

use std::sync::Arc;

use aslx::asl::model::MachineType;
use aslx::bytecode::Program;
use aslx::value::timestamp::Timestamp;
use aslx::vm::{
    Active, Effect, ExecutionError, ExecutionHistory, Fiber, Names, RecordOptions, Start, Step, StrandId,
    TaskReply, Visit, Vm,
};
use aslx::{CompileOptions, Limits, compile};

/// What a test's task answers.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// A result, as JSON text.
    Json(String),
    /// An error.
    Error(&'static str, &'static str),
    /// Nothing until `TimeoutSeconds` is over.
    Hang,
}

/// One invocation: the state's name, the payload, and which invocation of any task it is.
pub(crate) type Tasks<'t> = &'t mut dyn FnMut(&str, &str, usize) -> Answer;

/// How an execution ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub result: Result<String, ExecutionError>,
    pub visits: Vec<Visit>,
    /// The events, if they were recorded.
    pub history: Option<Box<ExecutionHistory>>,
    /// Milliseconds of virtual time.
    pub elapsed_ms: i64,
}

/// When every test's execution starts: 2026-01-02T03:04:05Z.
pub(crate) const STARTED_MS: i64 = 1_767_323_045_000;

/// Compiles a definition that must be good.
pub(crate) fn program(definition: &str) -> Arc<Program> {
    let mut options = CompileOptions::default();
    options.machine_type = MachineType::Standard;
    match compile(definition, &options) {
        Ok(program) => Arc::new(program),
        Err(diagnostics) => panic!("{diagnostics:#?}"),
    }
}

/// Runs one execution to its end; parks and resumes it on another thread at every wait if `park` is set.
pub(crate) fn execute(
    program: &Arc<Program>,
    input: &str,
    limits: &Limits,
    park: bool,
    tasks: Tasks<'_>,
) -> Ended {
    execute_recorded(program, input, limits, park, None, tasks)
}

/// The same, with its history.
pub(crate) fn execute_recorded(
    program: &Arc<Program>,
    input: &str,
    limits: &Limits,
    park: bool,
    record: Option<RecordOptions>,
    tasks: Tasks<'_>,
) -> Ended {
    let names = Arc::new(Names::new("machine", MachineType::Standard));
    let started = Timestamp::from_millis(STARTED_MS);
    let start = Start { now: started, seed: 7, names: &names, trace: true };
    let mut vm = Vm::new(limits);
    let mut fiber = Fiber::new();
    let mut timers: Vec<(Timestamp, StrandId, bool)> = Vec::new();
    let mut now = started;
    let mut calls = 0;
    let mut active = vm.start(&mut fiber, program, input.as_bytes(), &start).expect("test inputs are JSON");
    if let Some(options) = record {
        active.record_history(options, now);
    }
    let result = loop {
        match active.run(now) {
            Step::Done => {
                let mut output = Vec::new();
                active.write_output(&mut output);
                break Ok(String::from_utf8(output).expect("JSON is UTF-8"));
            }
            Step::Failed => break Err(active.failure().expect("failed")),
            Step::Yield => {}
            Step::Suspend(Effect::StopTask { strand }) => active.task_stopped(strand, now),
            Step::Suspend(Effect::StartMapRun { .. }) => unreachable!("no test here has a Distributed Map"),
            Step::Suspend(Effect::Sleep { strand, until }) => timers.push((until, strand, false)),
            Step::Suspend(Effect::InvokeTask { strand, task, deadline, .. }) => {
                let state = program.task(task).state.clone();
                let payload = active.with_payload(strand, |json| String::from_utf8_lossy(json).into_owned());
                let answer = tasks(&state, &payload, calls);
                calls += 1;
                reply(&mut active, strand, &answer, now, &mut timers, deadline);
            }
            Step::Parked => {
                if park {
                    active.park();
                    fiber = std::thread::spawn(move || fiber).join().expect("moving a fiber");
                    active = vm.attach(&mut fiber).expect("parked");
                }
                timers.sort_by_key(|(at, ..)| *at);
                let deadline = active.deadline();
                if timers.is_empty() || deadline.is_some_and(|deadline| deadline < timers[0].0) {
                    now = deadline.expect("a parked execution has a timer or a deadline");
                    active.time_out();
                    continue;
                }
                let (at, strand, is_timeout) = timers.remove(0);
                now = now.max(at);
                if is_timeout {
                    active.answer(strand, TaskReply::TimedOut, now);
                } else {
                    active.wake(strand);
                }
            }
        }
    };
    let (visits, elapsed_ms) = (active.visits(), now.to_millis() - STARTED_MS);
    Ended { result, visits, history: fiber.take_history(), elapsed_ms }
}

fn reply(
    active: &mut Active<'_>,
    strand: StrandId,
    answer: &Answer,
    now: Timestamp,
    timers: &mut Vec<(Timestamp, StrandId, bool)>,
    deadline: Option<Timestamp>,
) {
    match answer {
        Answer::Json(json) => active.answer(strand, TaskReply::Json(json.as_bytes()), now),
        Answer::Error(error, cause) => {
            active.answer(strand, TaskReply::Failed { error: Some(error), cause: Some(cause) }, now);
        }
        Answer::Hang => {
            timers.push((deadline.expect("a task that hangs needs TimeoutSeconds"), strand, true));
        }
    }
}
