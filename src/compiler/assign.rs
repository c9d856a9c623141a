//! `Assign`: values are computed from what the state saw at its entry and stored when it is left.

use super::lowering::Lowering;
use super::template::ordered_fields;
use crate::asl::model::PayloadTemplate;
use crate::bytecode::{Op, Reg};

/// Variables that have been computed but not stored: (temporary, variable).
#[derive(Debug, Default)]
pub(super) struct Assignments(Vec<(Reg, Reg)>);

impl Assignments {
    /// Adds one.
    pub(super) fn add(&mut self, temporary: Reg, variable: Reg) {
        self.0.push((temporary, variable));
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Lowering<'_, '_> {
    /// Computes the variables of an `Assign`; `input` is what `$` stands for.
    pub(super) fn assign(&mut self, assign: Option<&PayloadTemplate>, input: Reg) -> Assignments {
        let mut assignments = Assignments::default();
        let Some(assign) = assign else { return assignments };
        for field in ordered_fields(self.source, assign.node) {
            let Some(variable) = self.scope.register(field.name()) else { continue };
            let temporary = self.registers.one();
            let location = format!("{}/{}", assign.location, field.key);
            if field.is_expression {
                self.template_expression(field.value, input, &field.key, temporary, &location);
            } else {
                self.template_node(field.value, input, &field.key, temporary, &location);
            }
            assignments.0.push((temporary, variable));
        }
        assignments
    }

    /// Stores computed variables.
    pub(super) fn store(&mut self, assignments: &Assignments) {
        for (temporary, variable) in &assignments.0 {
            self.builder.emit(Op::Move { dst: *variable, src: *temporary });
        }
    }
}
