//! Numbers: text until something computes on them.

use std::cmp::Ordering;

/// A number's source text.
#[derive(Debug, Clone, Copy)]
pub struct Number<'d> {
    text: &'d [u8],
}

/// A number that was read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Num {
    /// An integer that fits.
    Int(i64),
    /// Anything else, as the nearest double.
    Float(f64),
}

impl<'d> Number<'d> {
    /// `text`: a JSON number.
    #[inline]
    pub fn new(text: &'d [u8]) -> Self {
        Self { text }
    }

    /// The text as written.
    #[inline]
    pub fn text(self) -> &'d [u8] {
        self.text
    }

    /// Reads the number: an integer without fraction or exponent that fits is `Int`, the rest is `Float`.
    pub fn read(self) -> Num {
        let text = std::str::from_utf8(self.text).unwrap_or("0");
        if let Ok(int) = text.parse::<i64>() {
            return Num::Int(int);
        }
        Num::Float(text.parse::<f64>().unwrap_or(f64::NAN))
    }
}

impl Num {
    /// The nearest double.
    #[inline]
    pub fn as_f64(self) -> f64 {
        match self {
            Self::Int(int) => int as f64,
            Self::Float(float) => float,
        }
    }

    /// Numeric order: `1` equals `1.0`.
    pub fn compare(self, other: Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => Some(a.cmp(&b)),
            (a, b) => a.as_f64().partial_cmp(&b.as_f64()),
        }
    }
}

/// Appends a double as AWS prints it: integers without a fraction, the shortest text that reads back otherwise.
pub fn format_f64(value: f64, out: &mut Vec<u8>) {
    if value == value.trunc() && value.abs() < 1e15 {
        out.extend_from_slice(itoa::Buffer::new().format(value as i64).as_bytes());
    } else {
        out.extend_from_slice(zmij::Buffer::new().format_finite(value).as_bytes());
    }
}
