//! `InputPath`, `ResultPath`, `OutputPath` and leaving a state (ASL spec, "Input and Output Processing").

use super::assign::Assignments;
use super::lowering::Lowering;
use crate::asl::model::{PathField, State, StateKind, Text, Transition};
use crate::bytecode::{Aspect, Op, PendingLabel, Reg, Site};

/// Where a state goes when it is left.
#[derive(Debug, Clone, Copy)]
pub(super) enum Leave {
    /// To another state of the graph.
    To(PendingLabel),
    /// Out of the graph.
    End,
}

impl Lowering<'_, '_> {
    /// The effective input: the raw input through `InputPath`.
    pub(super) fn effective_input(&mut self, state: &State) -> Reg {
        let input = self.path_field(&state.input_path, Reg::INPUT);
        // AWS does not report it of a Parallel.
        if !self.is_jsonata() && !matches!(state.kind, StateKind::Parallel(_)) {
            self.inspect(Aspect::AfterInputPath, input);
        }
        input
    }

    /// A value through `InputPath` or `OutputPath`: `null` means an empty object.
    fn path_field(&mut self, field: &PathField, input: Reg) -> Reg {
        match field {
            PathField::Default => input,
            PathField::Null => {
                let dst = self.registers.one();
                self.constant("{}", dst);
                dst
            }
            PathField::Path(text) => {
                let Some(path) = self.parse_path(text) else { return input };
                self.path(&path, input, &Site::InvalidPath, None)
            }
        }
    }

    /// The raw input combined with a result through `ResultPath`.
    pub(super) fn combine(&mut self, field: &PathField, result: Reg) -> Reg {
        match field {
            PathField::Default => result,
            PathField::Null => Reg::INPUT,
            PathField::Path(text) => self.combine_at(text, result),
        }
    }

    fn combine_at(&mut self, text: &Text, result: Reg) -> Reg {
        let Some(path) = self.parse_path(text) else { return result };
        if path.segments().is_empty() {
            return result;
        }
        let dst = self.registers.one();
        let path = self.builder.add_path(&path);
        self.builder.emit(Op::SetPath { dst, value: result, path });
        dst
    }

    /// Applies `OutputPath`, stores variables and leaves the state.
    pub(super) fn leave(&mut self, state: &State, combined: Reg, assignments: &Assignments, leave: Leave) {
        let output = self.path_field(&state.output_path, combined);
        self.leave_with(output, assignments, leave);
    }

    /// Stores variables and leaves the state with an output as it is.
    pub(super) fn leave_with(&mut self, output: Reg, assignments: &Assignments, leave: Leave) {
        // An output that is a variable itself has the value it had at entry, whatever is assigned now.
        let output = if assignments.is_empty() || output == Reg::INPUT {
            output
        } else {
            let copy = self.registers.one();
            self.builder.emit(Op::Move { dst: copy, src: output });
            copy
        };
        self.store(assignments);
        self.inspect_variables();
        match leave {
            Leave::To(label) => self.builder.emit_jump(label, |next| Op::Exit { output, next }),
            Leave::End => {
                self.builder.emit(Op::End { output });
            }
        }
    }

    /// Where a transition leads.
    pub(super) fn transition(&self, transition: Transition) -> Leave {
        match transition {
            Transition::Next(index) => Leave::To(self.label(index)),
            Transition::End => Leave::End,
        }
    }
}
