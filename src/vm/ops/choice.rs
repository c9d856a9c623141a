//! Choice tests: a type mismatch on either side is "no", never an error.

use std::cmp::Ordering;

use crate::bytecode::{Comparison, Operand, PathId, Reg, TestId};
use crate::json::{JsonStr, Num};
use crate::value::timestamp::Timestamp;
use crate::value::{Value, View};
use crate::vm::fault::Fault;
use crate::vm::machine::Machine;
use crate::vm::state::Register;

type Outcome<T> = Result<T, Fault>;

impl<'a> Machine<'_, '_, 'a> {
    /// Whether a test holds.
    pub(in crate::vm) fn test(&self, frame: &[Register<'a>], test: TestId) -> Outcome<bool> {
        let test = self.program.test(test);
        let path = self.program.path(test.variable);
        let variable = if path.segments().is_empty() {
            frame[usize::from(test.source.0)]
        } else {
            let found = self.find(frame, test.source, test.variable);
            self.check_found(test.variable)?;
            found
        };
        if let Comparison::IsPresent(wanted) = test.comparison {
            return Ok(variable.is_some() == wanted);
        }
        let variable = variable.ok_or_else(|| self.invalid_variable(test.variable))?;
        Ok(match &test.comparison {
            Comparison::String(order, operand) => {
                let Some(left) = variable.as_str(self.heap.docs) else { return Ok(false) };
                match operand {
                    Operand::Literal(right) => order.holds(compare_text(left, JsonStr::plain(right), *order)),
                    Operand::Path { source, path } => self
                        .operand(frame, *source, *path)?
                        .as_str(self.heap.docs)
                        .is_some_and(|right| order.holds(compare_text(left, right, *order))),
                }
            }
            Comparison::Matches(pattern, _) => {
                variable.as_str(self.heap.docs).is_some_and(|text| pattern.matches(text))
            }
            Comparison::Numeric(order, operand) => {
                let left = variable.as_num(self.heap.docs);
                let right = self.typed(frame, operand, |value| value.as_num(self.heap.docs))?;
                compared(left, right, Num::compare).is_some_and(|ordering| order.holds(ordering))
            }
            Comparison::Timestamp(order, operand) => {
                let left = self.timestamp(variable);
                let right = self.typed(frame, operand, |value| self.timestamp(value))?;
                compared(left, right, |a, b| Some(a.cmp(&b))).is_some_and(|ordering| order.holds(ordering))
            }
            Comparison::Boolean(operand) => {
                let right = self.typed(frame, operand, |value| self.boolean(value))?;
                right.is_some() && self.boolean(variable) == right
            }
            Comparison::IsPresent(wanted) => *wanted,
            Comparison::IsNull(wanted) => matches!(variable.view(self.heap.docs), View::Null) == *wanted,
            Comparison::IsNumeric(wanted) => {
                matches!(variable.view(self.heap.docs), View::Number(_)) == *wanted
            }
            Comparison::IsString(wanted) => {
                matches!(variable.view(self.heap.docs), View::String(_)) == *wanted
            }
            Comparison::IsBoolean(wanted) => self.boolean(variable).is_some() == *wanted,
            Comparison::IsTimestamp(wanted) => self.timestamp(variable).is_some() == *wanted,
        })
    }

    /// A path on the right-hand side.
    fn operand(&self, frame: &[Register<'a>], source: Reg, path: PathId) -> Outcome<Value<'a>> {
        if self.program.path(path).segments().is_empty()
            && let Some(value) = frame[usize::from(source.0)]
        {
            return Ok(value);
        }
        self.check_found(path)?;
        self.find(frame, source, path).ok_or_else(|| self.invalid_variable(path))
    }

    fn typed<T: Copy>(
        &self,
        frame: &[Register<'a>],
        operand: &Operand<T>,
        read: impl FnOnce(Value<'a>) -> Option<T>,
    ) -> Outcome<Option<T>> {
        match operand {
            Operand::Literal(value) => Ok(Some(*value)),
            Operand::Path { source, path } => self.operand(frame, *source, *path).map(read),
        }
    }

    fn boolean(&self, value: Value<'a>) -> Option<bool> {
        value.as_bool(self.heap.docs)
    }

    fn timestamp(&self, value: Value<'a>) -> Option<Timestamp> {
        let text = value.as_str(self.heap.docs)?;
        if text.is_escaped() {
            Timestamp::parse_rfc3339(text.to_text().as_bytes())
        } else {
            Timestamp::parse_rfc3339(text.raw())
        }
    }

    fn invalid_variable(&self, path: PathId) -> Fault {
        let path = self.program.path(path).text();
        Fault::runtime(format!(
            "Invalid path '{path}': The choice state's condition path references an invalid value."
        ))
    }
}

fn compared<T>(
    left: Option<T>,
    right: Option<T>,
    compare: impl FnOnce(T, T) -> Option<Ordering>,
) -> Option<Ordering> {
    compare(left?, right?)
}

/// Equality needs no order, and is what most tests ask.
fn compare_text(left: JsonStr<'_>, right: JsonStr<'_>, order: crate::bytecode::Ordering3) -> Ordering {
    if order == crate::bytecode::Ordering3::Equal {
        return if left == right { Ordering::Equal } else { Ordering::Less };
    }
    left.cmp_utf16(right)
}
