//! Runs programs of any origin within bounds, and makes artifacts of any bodies.

use std::sync::Arc;

use aslx::Limits;
use aslx::asl::model::MachineType;
use aslx::bytecode::Program;
use aslx::value::timestamp::Timestamp;
use aslx::vm::{Effect, Fiber, Names, Start, Step, TaskReply, Vm};

/// Where an artifact's checksum stands, and where its body begins.
const CHECKSUM: std::ops::Range<usize> = 16..20;

/// Most times an execution may ask for something; then its time is up.
const STEPS_MAX: usize = 300;

/// Makes the checksum fit the body.
pub(crate) fn reseal(artifact: &mut [u8]) {
    if artifact.len() >= CHECKSUM.end {
        let checksum = crc32fast::hash(&artifact[CHECKSUM.end..]);
        artifact[CHECKSUM].copy_from_slice(&checksum.to_le_bytes());
    }
}

/// Puts `body` into an artifact of the same format as this one.
pub(crate) fn with_body(artifact: &[u8], body: &[u8]) -> Vec<u8> {
    let mut artifact = artifact[..CHECKSUM.end].to_vec();
    artifact[CHECKSUM.start - 4..CHECKSUM.start].copy_from_slice(&(body.len() as u32).to_le_bytes());
    artifact.extend_from_slice(body);
    reseal(&mut artifact);
    artifact
}

/// The body of an artifact.
pub(crate) fn body(artifact: &[u8]) -> &[u8] {
    &artifact[CHECKSUM.end..]
}

/// Runs one execution within tight limits. Every task answers with its input, every third with an error. The
/// result is the output, or the error's name and cause.
pub(crate) fn run_bounded(program: &Arc<Program>, input: &str) -> Result<String, String> {
    let mut limits = Limits::default();
    limits.fuel_total_max = 20_000;
    limits.arena_bytes_max = 8 << 20;
    limits.payload_bytes_max = 64 << 10;
    let names = Arc::new(Names::new("machine", MachineType::Express));
    let mut now = Timestamp::from_millis(1_767_323_045_000);
    let start = Start { now, seed: 7, names: &names, trace: true };
    let (mut vm, mut fiber) = (Vm::new(&limits), Fiber::new());
    let mut active = vm.start(&mut fiber, program, input.as_bytes(), &start).expect("the input is JSON");
    let mut sleeping = Vec::new();
    let mut steps = 0;
    loop {
        if steps == STEPS_MAX {
            active.time_out();
        }
        steps += 1;
        match active.run(now) {
            Step::Suspend(Effect::StopTask { strand }) => active.task_stopped(strand, now),
            Step::Suspend(Effect::StartMapRun { strand }) => {
                let request = active.take_map_run(strand).expect("asked for");
                let items = request.items.as_deref();
                active.answer_map_run(strand, items.ok_or(("States.ItemReaderFailed", None)), now);
            }
            Step::Done => {
                let mut output = Vec::new();
                active.write_output(&mut output);
                return Ok(String::from_utf8(output).expect("JSON is UTF-8"));
            }
            Step::Failed => {
                let failure = active.failure().expect("failed");
                return Err(format!("{:?}: {:?}", failure.error, failure.cause));
            }
            Step::Yield => {}
            Step::Suspend(Effect::Sleep { strand, until }) => sleeping.push((until, strand)),
            Step::Suspend(Effect::InvokeTask { strand, task, .. }) => {
                assert!(program.tasks().get(task.index()).is_some());
                let fails = TaskReply::Failed { error: Some("Refused"), cause: Some("{}") };
                active.answer(strand, if steps % 3 == 0 { fails } else { TaskReply::Input }, now);
            }
            Step::Parked => {
                active.park();
                active = vm.attach(&mut fiber).expect("parked");
                sleeping.sort_by_key(|(until, _)| std::cmp::Reverse(*until));
                let (until, strand) = sleeping.pop().expect("what is parked waits for something");
                now = now.max(until);
                active.wake(strand);
            }
        }
    }
}
