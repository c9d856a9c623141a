//! Wait.

use crate::asl::model::{IntField, State, TextField, Wait, WaitFor};
use crate::bytecode::Expected;
use crate::bytecode::{Op, Reg, Site};
use crate::compiler::lowering::Lowering;
use crate::compiler::query::States;

impl Lowering<'_, '_> {
    pub(super) fn wait(&mut self, state: &State, wait: &Wait) {
        self.builder.set_may_suspend();
        self.builder.set_needs_clock();
        let input = self.effective_input(state);
        match &wait.duration {
            WaitFor::Seconds(field) => self.wait_seconds(field, input),
            WaitFor::Timestamp(field) => self.wait_timestamp(field, input),
        }
        let leave = self.transition(wait.transition);
        if self.is_jsonata() {
            let states = States::of_input(input);
            return self.leave_by_query(state.assign.as_ref(), state.output.as_ref(), states, input, leave);
        }
        let assignments = self.assign(state.assign.as_ref(), input);
        self.leave(state, input, &assignments, leave);
    }

    fn wait_seconds(&mut self, field: &IntField, input: Reg) {
        let seconds = self.registers.one();
        let path = match field {
            IntField::Path(text) => {
                let Some(path) = self.parse_path(text) else { return };
                self.path_into(&path, input, &Site::WaitPath { path: text.text.clone() }, seconds);
                text.text.clone()
            }
            other => {
                self.int_field(Some(other), input, seconds);
                String::new()
            }
        };
        self.builder.emit_at(Op::WaitSeconds { seconds }, Site::WaitPath { path });
    }

    fn wait_timestamp(&mut self, field: &TextField, input: Reg) {
        let timestamp = self.registers.one();
        let path = match field {
            TextField::Literal(text) => {
                self.constant_string(text, timestamp);
                String::new()
            }
            TextField::Path(text) => {
                let Some(path) = self.parse_path(text) else { return };
                self.path_into(&path, input, &Site::TimestampPath { path: text.text.clone() }, timestamp);
                text.text.clone()
            }
            TextField::Expression(text) => {
                self.query(text, States::of_input(input), Expected::String, timestamp);
                self.builder.emit_at(Op::WaitUntil { timestamp }, Site::Timestamp);
                return;
            }
        };
        self.builder.emit_at(Op::WaitUntil { timestamp }, Site::TimestampPath { path });
    }
}
