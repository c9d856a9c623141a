//! `Retry` and `Catch`: tables for the VM, and the catchers' own code.

use super::input_output::Leave;
use super::lowering::Lowering;
use super::query::States;
use crate::asl::model::{self, ErrorName};
use crate::bytecode::{Catcher, JitterStrategy, Label, Reg, Retrier};

impl Lowering<'_, '_> {
    /// Adds the handlers of the state being lowered, and the code of its catchers.
    pub(super) fn handlers(&mut self, retry: &[model::Retrier], catch: &[model::Catcher]) {
        let id = self.state_id;
        if !retry.is_empty() {
            self.builder.set_may_suspend();
        }
        self.builder.state_mut(id).retriers = retry.iter().map(retrier).collect();
        for (index, catcher) in catch.iter().enumerate() {
            let mark = self.registers.mark();
            let error_output = self.registers.one();
            self.builder.state_mut(id).catchers.push(Catcher {
                error_equals: names(&catcher.error_equals),
                target: Label(0),
                error_output,
            });
            let label = self.builder.pending();
            self.builder.bind(label);
            self.builder.patch_catcher(id, index, label);
            self.catcher(catcher, error_output);
            self.registers.release(mark);
        }
    }

    /// The Error Output goes through the catcher's own `ResultPath`; nothing else of the state applies.
    fn catcher(&mut self, catcher: &model::Catcher, error_output: Reg) {
        if self.is_jsonata() {
            let states = States { error_output: Some(error_output), ..States::of_input(Reg::INPUT) };
            let (assign, output) = (catcher.assign.as_ref(), catcher.output.as_ref());
            let leave = Leave::To(self.label(catcher.next));
            return self.leave_by_query(assign, output, states, error_output, leave);
        }
        let assignments = self.assign(catcher.assign.as_ref(), error_output);
        let combined = self.combine(&catcher.result_path, error_output);
        self.leave_with(combined, &assignments, Leave::To(self.label(catcher.next)));
    }
}

fn retrier(retrier: &model::Retrier) -> Retrier {
    Retrier {
        error_equals: names(&retrier.error_equals),
        interval_seconds: retrier.interval_seconds,
        max_attempts: retrier.max_attempts,
        backoff_rate: retrier.backoff_rate,
        max_delay_seconds: retrier.max_delay_seconds,
        jitter: match retrier.jitter_strategy {
            model::JitterStrategy::None => JitterStrategy::None,
            model::JitterStrategy::Full => JitterStrategy::Full,
        },
    }
}

fn names(names: &[ErrorName]) -> Vec<String> {
    names.iter().map(|name| name.0.clone()).collect()
}
