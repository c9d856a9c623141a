//! What the executions on a VM have done, counted by state: one addition an event, whoever asks for it or not.

use crate::bytecode::{Program, StateId};

/// Counts of one state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct StateCounts {
    /// How often it was entered.
    pub entries: u64,
    /// How often a retrier had it start again; no entry of its own.
    pub retries: u64,
    /// How often a catcher took its error.
    pub catches: u64,
}

/// Counts by state of one program.
///
/// A VM may run several programs, whose states have the same numbers: who changes the program drains the
/// counters first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counters {
    states: Vec<StateCounts>,
}

impl Counters {
    /// The counts of a state since they were last drained.
    pub fn state(&self, state: StateId) -> StateCounts {
        self.states.get(state.index()).copied().unwrap_or_default()
    }

    /// Calls `each` with the counts of every state that has any, and sets them to zero.
    pub fn drain(&mut self, mut each: impl FnMut(StateId, StateCounts)) {
        for (index, counts) in self.states.iter_mut().enumerate() {
            if *counts != StateCounts::default() {
                each(StateId(index as u32), std::mem::take(counts));
            }
        }
    }

    /// Makes room for the states of a program that is about to run.
    #[inline]
    pub(super) fn make_room(&mut self, program: &Program) {
        if self.states.len() < program.states.len() {
            self.states.resize(program.states.len(), StateCounts::default());
        }
    }

    /// The counts of a state of a program that there is room for.
    #[inline]
    pub(super) fn at(&mut self, state: StateId) -> &mut StateCounts {
        &mut self.states[state.index()]
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::asl::model::MachineType;
    use crate::compiler::{CompileOptions, compile};
    use crate::limits::Limits;
    use crate::value::timestamp::Timestamp;
    use crate::vm::{Effect, Fiber, Names, Start, Step, TaskReply, Vm};

    const DEFINITION: &str = r#"{"StartAt":"M","States":{"M":{"Type":"Map","End":true,"ItemProcessor":{
        "StartAt":"T","States":{
            "T":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:F","End":true,
                "Retry":[{"ErrorEquals":["Busy"],"MaxAttempts":2,"IntervalSeconds":0}],
                "Catch":[{"ErrorEquals":["States.ALL"],"Next":"C"}]},
            "C":{"Type":"Pass","End":true}}}}}}"#;

    fn program(definition: &str) -> Arc<Program> {
        Arc::new(compile(definition, &CompileOptions::default()).expect("a valid definition"))
    }

    /// Runs an execution whose tasks all fail; at `Parked`, every sleeper wakes.
    fn run(vm: &mut Vm, program: &Arc<Program>, input: &str) {
        let names = Arc::new(Names::new("machine", MachineType::Express));
        let mut now = Timestamp::from_millis(0);
        let mut fiber = Fiber::new();
        let start = Start { now, seed: 0, names: &names, trace: false };
        let mut active = vm.start(&mut fiber, program, input.as_bytes(), &start).expect("JSON");
        let mut sleepers = Vec::new();
        loop {
            match active.run(now) {
                Step::Suspend(Effect::StopTask { strand }) => active.task_stopped(strand, now),
                Step::Suspend(Effect::StartMapRun { .. }) => unreachable!("no Distributed Map here"),
                Step::Done | Step::Failed => return,
                Step::Yield => {}
                Step::Suspend(Effect::Sleep { strand, until }) => {
                    now = now.max(until);
                    sleepers.push(strand);
                }
                Step::Suspend(Effect::InvokeTask { strand, .. }) => {
                    active.answer(strand, TaskReply::Failed { error: Some("Busy"), cause: None }, now);
                }
                Step::Parked => sleepers.drain(..).for_each(|strand| active.wake(strand)),
            }
        }
    }

    /// Name, entries, retries, catches of every state that has any.
    fn drained(vm: &mut Vm, program: &Program) -> Vec<(String, [u64; 3])> {
        let mut all = Vec::new();
        vm.counters().drain(|state, counts| {
            let StateCounts { entries, retries, catches } = counts;
            all.push((program.state(state).name.clone(), [entries, retries, catches]));
        });
        all.sort();
        all
    }

    #[test]
    fn entries_retries_and_catches_are_counted_by_state() {
        let program = program(DEFINITION);
        let mut vm = Vm::new(&Limits::default());
        run(&mut vm, &program, "[1,2,3]");
        run(&mut vm, &program, "[]");
        let counts = |name: &str, counts| (name.to_owned(), counts);
        let expected = [counts("C", [3, 0, 0]), counts("M", [2, 0, 0]), counts("T", [3, 6, 3])];
        assert_eq!(drained(&mut vm, &program), expected);
        assert_eq!(drained(&mut vm, &program), []);
    }

    #[test]
    fn counts_outlive_the_buffers_and_a_program_may_follow_another() {
        let mut vm = Vm::new(&Limits::default());
        let first = program(r#"{"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}}"#);
        run(&mut vm, &first, "1");
        vm.discard_buffers();
        run(&mut vm, &first, "1");
        assert_eq!(vm.counters().state(StateId(0)).entries, 2);
        assert_eq!(drained(&mut vm, &first).len(), 1);
        let second = program(DEFINITION);
        run(&mut vm, &second, "[1]");
        assert_eq!(drained(&mut vm, &second).len(), 3);
    }
}
