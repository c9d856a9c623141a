//! Pass.

use crate::asl::model::{Pass, State};
use crate::bytecode::Aspect;
use crate::bytecode::Reg;
use crate::compiler::lowering::Lowering;
use crate::compiler::query::States;
use crate::compiler::template::constant_text;

impl Lowering<'_, '_> {
    /// With a `Result`, AWS evaluates neither `InputPath` nor `Parameters`.
    pub(super) fn pass(&mut self, state: &State, pass: &Pass) {
        if self.is_jsonata() {
            let (states, leave) = (States::of_input(Reg::INPUT), self.transition(pass.transition));
            let (assign, output) = (state.assign.as_ref(), state.output.as_ref());
            return self.leave_by_query(assign, output, states, Reg::INPUT, leave);
        }
        let result = match (pass.result, &pass.parameters) {
            (Some(node), _) => {
                let text = constant_text(self.source, node);
                let dst = self.registers.one();
                self.constant(&text, dst);
                self.inspect(Aspect::Result, dst);
                dst
            }
            (None, Some(template)) => {
                let input = self.effective_input(state);
                let dst = self.registers.one();
                self.template(template, input, "Parameters", dst);
                self.inspect(Aspect::AfterParameters, dst);
                dst
            }
            (None, None) => {
                let input = self.effective_input(state);
                self.inspect(Aspect::AfterParameters, input);
                input
            }
        };
        self.inspect(Aspect::AfterResultSelector, result);
        let assignments = self.assign(state.assign.as_ref(), result);
        let combined = self.combine(&pass.result_path, result);
        self.inspect(Aspect::AfterResultPath, combined);
        let leave = self.transition(pass.transition);
        self.leave(state, combined, &assignments, leave);
    }
}
