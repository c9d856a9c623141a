//! Succeed and Fail.

use crate::asl::model::{Fail, State, TextField};
use crate::bytecode::Expected;
use crate::bytecode::{Aspect, Op, Reg};
use crate::compiler::assign::Assignments;
use crate::compiler::expression::Target;
use crate::compiler::input_output::Leave;
use crate::compiler::lowering::Lowering;
use crate::compiler::query::States;

impl Lowering<'_, '_> {
    pub(super) fn succeed(&mut self, state: &State) {
        let input = self.effective_input(state);
        if self.is_jsonata() {
            let states = States::of_input(input);
            return self.leave_by_query(None, state.output.as_ref(), states, input, Leave::End);
        }
        self.leave(state, input, &Assignments::default(), Leave::End);
    }

    pub(super) fn fail(&mut self, fail: &Fail) {
        if !self.is_jsonata() {
            self.inspect(Aspect::AfterInputPath, Reg::INPUT);
        }
        let (error, cause) = (self.registers.one(), self.registers.one());
        self.text_field(fail.error.as_ref(), "ErrorPath", error);
        self.text_field(fail.cause.as_ref(), "CausePath", cause);
        self.builder.emit(Op::Fail { error, cause });
    }

    /// A text, or a path or intrinsic call that yields one; an absent field leaves the register empty.
    fn text_field(&mut self, field: Option<&TextField>, path_field: &str, dst: Reg) {
        match field {
            None => {
                self.builder.emit(Op::Clear { dst });
            }
            Some(TextField::Literal(text)) => self.constant_string(text, dst),
            Some(TextField::Path(text)) => {
                self.expression(text, Target { input: Reg::INPUT, field: path_field }, dst);
            }
            Some(TextField::Expression(text)) => {
                self.query(text, States::of_input(Reg::INPUT), Expected::String, dst);
            }
        }
    }
}
