//! Choice.

use crate::asl::model::{Choice, State};
use crate::bytecode::Op;
use crate::compiler::assign::Assignments;
use crate::compiler::input_output::Leave;
use crate::compiler::lowering::Lowering;
use crate::compiler::query::States;

impl Lowering<'_, '_> {
    /// Rules in order; a matched rule's own `Assign` counts, the state's only with `Default`.
    pub(super) fn choice(&mut self, state: &State, choice: &Choice) {
        let input = self.effective_input(state);
        let picked = self.picked_mark();
        self.pick_for_rules(&choice.rules, input);
        for rule in &choice.rules {
            let mark = self.registers.mark();
            let next_rule = self.builder.pending();
            self.jump_when(&rule.condition, false, input, next_rule);
            let leave = Leave::To(self.label(rule.next));
            if self.is_jsonata() {
                let states = States::of_input(input);
                self.leave_by_query(rule.assign.as_ref(), rule.output.as_ref(), states, input, leave);
            } else {
                let assignments = self.assign(rule.assign.as_ref(), input);
                self.leave(state, input, &assignments, leave);
            }
            self.builder.bind(next_rule);
            self.registers.release(mark);
        }
        match choice.default {
            Some(default) if self.is_jsonata() => {
                let (states, leave) = (States::of_input(input), Leave::To(self.label(default)));
                self.leave_by_query(state.assign.as_ref(), state.output.as_ref(), states, input, leave);
            }
            Some(default) => {
                let assignments: Assignments = self.assign(state.assign.as_ref(), input);
                self.leave(state, input, &assignments, Leave::To(self.label(default)));
            }
            None => {
                self.builder.emit(Op::NoChoiceMatched);
            }
        }
        self.forget_picked(picked);
    }
}
