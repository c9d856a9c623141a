//! From a state's type to its lowering.

use crate::asl::model::{State, StateKind};
use crate::bytecode::StateType;
use crate::compiler::lowering::Lowering;

/// The bytecode's word for a state's type.
pub(in crate::compiler) fn state_type(kind: &StateKind) -> StateType {
    match kind {
        StateKind::Pass(_) => StateType::Pass,
        StateKind::Task(_) => StateType::Task,
        StateKind::Choice(_) => StateType::Choice,
        StateKind::Wait(_) => StateType::Wait,
        StateKind::Succeed => StateType::Succeed,
        StateKind::Fail(_) => StateType::Fail,
        StateKind::Parallel(_) => StateType::Parallel,
        StateKind::Map(_) => StateType::Map,
    }
}

impl<'m> Lowering<'m, '_> {
    /// Lowers what follows a state's `Enter`.
    pub(in crate::compiler) fn lower_kind(&mut self, state: &'m State) {
        match &state.kind {
            StateKind::Pass(pass) => self.pass(state, pass),
            StateKind::Task(task) => self.task(state, task),
            StateKind::Choice(choice) => self.choice(state, choice),
            StateKind::Wait(wait) => self.wait(state, wait),
            StateKind::Succeed => self.succeed(state),
            StateKind::Fail(fail) => self.fail(fail),
            StateKind::Parallel(parallel) if self.given.is_some() => self.parallel_by_itself(state, parallel),
            StateKind::Map(map) if self.given.is_some() => self.map_by_itself(state, map),
            StateKind::Parallel(parallel) => self.parallel(state, parallel),
            StateKind::Map(map) => self.map(state, map),
        }
    }
}
