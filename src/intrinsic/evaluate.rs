//! A parsed call, evaluated as a whole.

use smallvec::SmallVec;

use super::{Argument, Call, IntrinsicError, call};
use crate::jsonpath::Path;
use crate::value::random::Random;
use crate::value::{Heap, Value};

/// Evaluates a call and those nested in it; `resolve` gives the value of a path.
///
/// # Errors
/// The first failure in the order of evaluation, be it of a path or of a function.
pub fn evaluate<'a>(
    expression: &Call,
    resolve: &mut dyn FnMut(&Path) -> Result<Value<'a>, IntrinsicError>,
    heap: Heap<'_, 'a>,
    random: &mut Random,
) -> Result<Value<'a>, IntrinsicError> {
    let mut values: SmallVec<[Value<'a>; 4]> = SmallVec::new();
    for argument in &expression.arguments {
        values.push(match argument {
            Argument::String(text) => heap.text(text),
            Argument::Number(text) => heap
                .parse(text.as_bytes())
                .map_err(|error| IntrinsicError::new(format!("{text} is no number: {error}")))?,
            Argument::Bool(bool) => Value::Bool(*bool),
            Argument::Null => Value::Null,
            Argument::Path(path) => resolve(path)?,
            Argument::Call(nested) => evaluate(nested, resolve, heap, random)?,
        });
    }
    call(expression.function, &values, heap, random)
}
