//! Expressions of state machines: how they are written, and what their results must be (ASL spec, "JSONata").

use super::error::Error;
use super::functions::{NoValue, to_value};
use super::item::Item;
use crate::value::{Heap, Value};

/// What is said of a result that no value may be as large as.
pub(super) const TOO_LARGE: &str = "returned a result that is too large.";

/// The expression in a string that is one as a whole: what stands between `{%` and `%}`, without blanks around it.
pub(crate) fn expression_text(text: &str) -> Option<&str> {
    text.strip_prefix("{%")?.strip_suffix("%}").map(str::trim)
}

/// A result as a value. The error is what AWS says after the expression: "... returned nothing (undefined)."
pub(crate) fn state_value<'a>(item: Item<'a>, heap: Heap<'_, 'a>) -> Result<Value<'a>, &'static str> {
    if item.is_undefined() {
        return Err("returned nothing (undefined).");
    }
    to_value(item, heap).map_err(|reason| match reason {
        NoValue::Function => "returned an unsupported result type.",
        NoValue::TooLarge => TOO_LARGE,
    })
}

/// What AWS says after an expression that failed.
#[cold]
pub(crate) fn thrown(error: &Error) -> String {
    match error.code() {
        "" => format!("threw an error during evaluation: {}", error.message()),
        code => format!("threw an error during evaluation. {code}: {}", error.message()),
    }
}
