//! Conditions of a Choice to jumps: `And`, `Or` and `Not` cost nothing at run time.

use super::lowering::Lowering;
use super::query::States;
use crate::asl::model::{ComparisonOperator as C, Condition, DataTest, Operand as Given, Text};
use crate::bytecode::Expected;
use crate::bytecode::{Comparison, ContextField, Op, Operand, Ordering3, PathId, PendingLabel, Reg, Test};
use crate::json::Num;
use crate::jsonpath::{Path, Pattern, Root};
use crate::value::timestamp::Timestamp;

impl Lowering<'_, '_> {
    /// Jumps to `target` if the condition is `wanted`, else falls through. Recursion is bounded by the nesting
    /// bound of the definition's parser.
    pub(super) fn jump_when(
        &mut self,
        condition: &Condition,
        wanted: bool,
        input: Reg,
        target: PendingLabel,
    ) {
        match condition {
            Condition::Not(inner) => self.jump_when(inner, !wanted, input, target),
            Condition::And(parts) => self.jump_chain(parts, true, wanted, input, target),
            Condition::Or(parts) => self.jump_chain(parts, false, wanted, input, target),
            Condition::Literal(value) => {
                if *value == wanted {
                    self.builder.emit_jump(target, |target| Op::Jump { target });
                }
            }
            Condition::Test(test) => self.jump_test(test, wanted, input, target),
            Condition::Expression(text) => {
                let mark = self.registers.mark();
                let test = self.registers.one();
                self.query(text, States::of_input(input), Expected::Boolean, test);
                self.builder.emit_jump(target, |target| Op::JumpOn { test, wanted, target });
                self.registers.release(mark);
            }
        }
    }

    /// `And` (`all`) or `Or`: each part but the last may decide early.
    fn jump_chain(&mut self, parts: &[Condition], all: bool, wanted: bool, input: Reg, target: PendingLabel) {
        if all != wanted {
            // One part decides: And is false as soon as one is, Or is true as soon as one is.
            for part in parts {
                self.jump_when(part, wanted, input, target);
            }
            return;
        }
        let Some((last, before)) = parts.split_last() else { return };
        let decided = self.builder.pending();
        for part in before {
            self.jump_when(part, !wanted, input, decided);
        }
        self.jump_when(last, wanted, input, target);
        self.builder.bind(decided);
    }

    fn jump_test(&mut self, test: &DataTest, wanted: bool, input: Reg, target: PendingLabel) {
        let mark = self.registers.mark();
        let Some((source, variable)) =
            self.operand_path(&test.variable, input, test.operator == C::IsPresent)
        else {
            return;
        };
        let Some(comparison) = self.comparison(test, input) else { return };
        let test = self.builder.add_test(Test { source, variable, comparison });
        self.builder.emit_jump(target, |target| {
            if wanted { Op::JumpIf { test, target } } else { Op::JumpUnless { test, target } }
        });
        self.registers.release(mark);
    }

    /// The register and path of a `Variable` or of a `…Path` operand. With `whole` the Context Object is built
    /// as one value, so that a part that does not exist is merely absent.
    fn operand_path(&mut self, text: &Text, input: Reg, whole: bool) -> Option<(Reg, PathId)> {
        let path: Path = self.parse_path(text)?;
        if whole && *path.root() == Root::Context && self.given.is_none() {
            let dst = self.registers.one();
            self.builder.set_needs_clock();
            self.builder.emit(Op::Context { dst, field: ContextField::Whole });
            return Some((dst, self.builder.add_path(&path.below(0))));
        }
        if let Some((register, taken)) = self.first_steps(&path, input) {
            return Some((register, self.builder.add_path(&path.below(taken))));
        }
        let source = self.root(&path, input, None);
        Some((source, self.builder.add_path(&path.below(self.taken(&path)))))
    }

    fn comparison(&mut self, test: &DataTest, input: Reg) -> Option<Comparison> {
        let ordering = ordering(test.operator);
        Some(match test.operator {
            C::StringMatches => match &test.operand {
                Given::String(pattern) => match Pattern::parse(pattern) {
                    Ok(parsed) => Comparison::Matches(parsed, pattern.as_str().into()),
                    Err(error) => {
                        let message = format!("StringMatches '{pattern}': {error}");
                        self.refuse(message, test.variable.span, &test.variable.location);
                        return None;
                    }
                },
                _ => return None,
            },
            C::IsNull => Comparison::IsNull(flag(test)?),
            C::IsPresent => Comparison::IsPresent(flag(test)?),
            C::IsNumeric => Comparison::IsNumeric(flag(test)?),
            C::IsString => Comparison::IsString(flag(test)?),
            C::IsBoolean => Comparison::IsBoolean(flag(test)?),
            C::IsTimestamp => Comparison::IsTimestamp(flag(test)?),
            C::BooleanEquals => Comparison::Boolean(match &test.operand {
                Given::Bool(value) => Operand::Literal(*value),
                other => self.path_operand(other, input)?,
            }),
            _ => match &test.operand {
                Given::String(text) => Comparison::String(ordering, Operand::Literal(text.as_str().into())),
                Given::Number(node) => {
                    let number: Num = self.source.number(*node).read();
                    Comparison::Numeric(ordering, Operand::Literal(number))
                }
                Given::Timestamp(text) => {
                    let timestamp = Timestamp::parse_rfc3339(text.as_bytes())?;
                    Comparison::Timestamp(ordering, Operand::Literal(timestamp))
                }
                Given::Path(_) => self.path_comparison(test, ordering, input)?,
                Given::Bool(_) => return None,
            },
        })
    }

    fn path_comparison(&mut self, test: &DataTest, ordering: Ordering3, input: Reg) -> Option<Comparison> {
        use crate::asl::model::OperandKind as Kind;
        Some(match test.operator.operand_kind() {
            Kind::String => Comparison::String(ordering, self.path_operand(&test.operand, input)?),
            Kind::Number => Comparison::Numeric(ordering, self.path_operand(&test.operand, input)?),
            Kind::Timestamp => Comparison::Timestamp(ordering, self.path_operand(&test.operand, input)?),
            Kind::Bool => Comparison::Boolean(self.path_operand(&test.operand, input)?),
        })
    }

    fn path_operand<T>(&mut self, operand: &Given, input: Reg) -> Option<Operand<T>> {
        let Given::Path(text) = operand else { return None };
        let (source, path) = self.operand_path(text, input, false)?;
        Some(Operand::Path { source, path })
    }
}

fn flag(test: &DataTest) -> Option<bool> {
    match test.operand {
        Given::Bool(value) => Some(value),
        _ => None,
    }
}

fn ordering(operator: C) -> Ordering3 {
    match operator {
        C::StringLessThan | C::NumericLessThan | C::TimestampLessThan => Ordering3::Less,
        C::StringLessThanEquals | C::NumericLessThanEquals | C::TimestampLessThanEquals => {
            Ordering3::LessOrEqual
        }
        C::StringGreaterThan | C::NumericGreaterThan | C::TimestampGreaterThan => Ordering3::Greater,
        C::StringGreaterThanEquals | C::NumericGreaterThanEquals | C::TimestampGreaterThanEquals => {
            Ordering3::GreaterOrEqual
        }
        _ => Ordering3::Equal,
    }
}
