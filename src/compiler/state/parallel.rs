//! Parallel.

use super::task::AfterWork;
use crate::asl::model::{Parallel, State};
use crate::bytecode::{Fork, ForkKind, Op};
use crate::compiler::lowering::Lowering;

impl<'m> Lowering<'m, '_> {
    pub(super) fn parallel(&mut self, state: &'m State, parallel: &'m Parallel) {
        let effective = self.effective_input(state);
        let input = match parallel.parameters.as_ref().or(parallel.arguments.as_ref()) {
            Some(template) => {
                let dst = self.registers.one();
                self.template(template, effective, "Parameters", dst);
                dst
            }
            None => effective,
        };
        let branches = parallel.branches.iter().map(|branch| self.child(branch)).collect();
        let variables = self.visible_variables();
        let fork = self.builder.add_fork(Fork { kind: ForkKind::Parallel { branches }, variables });
        let dst = self.registers.one();
        self.builder.emit(Op::Parallel { dst, input, fork });
        self.after_work(
            state,
            dst,
            &AfterWork {
                result_selector: parallel.result_selector.as_ref(),
                result_path: &parallel.result_path,
                retry: &parallel.retry,
                catch: &parallel.catch,
                transition: parallel.transition,
            },
        );
    }

    /// How many variables a child can read.
    pub(in crate::compiler) fn visible_variables(&self) -> u16 {
        u16::try_from(self.scope.names.len()).unwrap_or(u16::MAX)
    }
}
