//! A call's arguments, read as the types that its function needs.

use bumpalo::collections::String as BumpString;

use super::{Function, IntrinsicError};
use crate::json::{JsonStr, Num};
use crate::value::{ArrayView, Heap, ObjectView, Value, View};

/// The longest text that encoding and hashing take, in UTF-16 units (AWS: 10,000 characters).
pub(super) const TEXT_CHARS_MAX: usize = 10_000;

/// The values a function is applied to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arguments<'s, 'h, 'a> {
    function: Function,
    values: &'s [Value<'a>],
    pub(super) heap: Heap<'h, 'a>,
}

impl<'s, 'h, 'a: 'h> Arguments<'s, 'h, 'a> {
    /// Checks the number of arguments.
    #[inline]
    pub(super) fn new(
        function: Function,
        values: &'s [Value<'a>],
        heap: Heap<'h, 'a>,
    ) -> Result<Self, IntrinsicError> {
        if function.arity().contains(&values.len()) {
            Ok(Self { function, values, heap })
        } else {
            let (name, given) = (function.name(), values.len());
            Err(IntrinsicError::new(format!("{name} does not take {given} arguments")))
        }
    }

    pub(super) fn values(self) -> &'s [Value<'a>] {
        self.values
    }

    /// The argument at `index`, which the function's arity promises.
    #[inline]
    pub(super) fn value(self, index: usize) -> Value<'a> {
        self.values.get(index).copied().unwrap_or(Value::Null)
    }

    /// A string.
    #[inline]
    pub(super) fn text(self, index: usize) -> Result<&'h str, IntrinsicError> {
        match self.value(index).view(self.heap.docs) {
            View::String(string) => Ok(text(string, self.heap)),
            other => Err(self.mismatch(index, "a string", &other)),
        }
    }

    /// A string of at most [`TEXT_CHARS_MAX`] characters.
    pub(super) fn short_text(self, index: usize) -> Result<&'h str, IntrinsicError> {
        let text = self.text(index)?;
        self.check_len(text)?;
        Ok(text)
    }

    /// Refuses text of more than [`TEXT_CHARS_MAX`] characters.
    pub(super) fn check_len(self, text: &str) -> Result<(), IntrinsicError> {
        // Text has no more UTF-16 units than bytes, so short text need not be counted.
        if text.len() > TEXT_CHARS_MAX {
            let given = text.encode_utf16().count();
            if given > TEXT_CHARS_MAX {
                return Err(self.fail(format!("takes {TEXT_CHARS_MAX} characters at most, given {given}")));
            }
        }
        Ok(())
    }

    /// A number, rounded to an integer as AWS does: half up, as Java's `Math.round`.
    #[inline]
    pub(super) fn integer(self, index: usize) -> Result<i64, IntrinsicError> {
        match self.value(index).view(self.heap.docs) {
            View::Number(number) => Ok(match number.read() {
                Num::Int(int) => int,
                Num::Float(float) => round(float),
            }),
            other => Err(self.mismatch(index, "a number", &other)),
        }
    }

    /// An array.
    #[inline]
    pub(super) fn array(self, index: usize) -> Result<ArrayView<'h, 'a>, IntrinsicError> {
        match self.value(index).view(self.heap.docs) {
            View::Array(array) => Ok(array),
            other => Err(self.mismatch(index, "an array", &other)),
        }
    }

    /// An array's elements, in the arena.
    pub(super) fn items(self, index: usize) -> Result<&'a [Value<'a>], IntrinsicError> {
        let array = self.array(index)?;
        if let Value::Array(array) = self.value(index) {
            return Ok(array.items);
        }
        let mut items = bumpalo::collections::Vec::with_capacity_in(array.len(), self.heap.arena.bump());
        items.extend(array.iter());
        Ok(items.into_bump_slice())
    }

    /// An object.
    #[inline]
    pub(super) fn object(self, index: usize) -> Result<ObjectView<'h, 'a>, IntrinsicError> {
        match self.value(index).view(self.heap.docs) {
            View::Object(object) => Ok(object),
            other => Err(self.mismatch(index, "an object", &other)),
        }
    }

    /// An error that begins with the function's name.
    #[cold]
    pub(super) fn fail(self, what: impl std::fmt::Display) -> IntrinsicError {
        IntrinsicError::new(format!("{} {what}", self.function.name()))
    }

    #[cold]
    fn mismatch(self, index: usize, needed: &str, found: &View<'_, '_>) -> IntrinsicError {
        let found = match found {
            View::Null => "null",
            View::Bool(_) => "a boolean",
            View::Number(_) => "a number",
            View::String(_) => "a string",
            View::Array(_) => "an array",
            View::Object(_) => "an object",
        };
        self.fail(format_args!("needs {needed} as argument {}, found {found}", index + 1))
    }
}

/// A string's text; with escapes it is unescaped into the arena.
pub(super) fn text<'h, 'a: 'h>(string: JsonStr<'h>, heap: Heap<'h, 'a>) -> &'h str {
    if let std::borrow::Cow::Borrowed(text) = string.to_text() {
        return text;
    }
    let mut text = BumpString::with_capacity_in(string.raw().len(), heap.arena.bump());
    string.unescape(|c| text.push(c));
    text.into_bump_str()
}

/// Java's `Math.round`: to the nearest integer, a half toward positive infinity; saturating.
pub(super) fn round(number: f64) -> i64 {
    // From 2^52 on every double is an integer; below, the subtraction is exact.
    if number.abs() >= (1_u64 << 52) as f64 {
        return number as i64;
    }
    let floor = number.floor();
    floor as i64 + i64::from(number - floor >= 0.5)
}

#[cfg(test)]
mod tests {
    use super::round;

    #[test]
    fn rounds_as_java_does() {
        for (number, expected) in [
            (1.49, 1),
            (1.5, 2),
            (2.5, 3),
            (-0.5, 0),
            (-1.5, -1),
            (-1.51, -2),
            (-2.5, -2),
            (0.499_999_999_999_999_94, 0),
            (4_503_599_627_370_497.5, 4_503_599_627_370_498),
            (1e300, i64::MAX),
            (-1e300, i64::MIN),
        ] {
            assert_eq!(round(number), expected, "{number}");
        }
    }
}
