//! Exact comparison of numbers as they are written.

use std::cmp::Ordering;

/// A JSON number's text as a sign, significant digits and the place of the point.
#[derive(Debug, Clone, Copy)]
pub(super) struct Decimal<'d> {
    /// -1, 0 or 1.
    sign: i8,
    /// From the first digit that is not 0; a point may be among them.
    digits: &'d [u8],
    /// The value is 0.DIGITS times ten to this power; saturating.
    point: i64,
}

impl<'d> Decimal<'d> {
    /// `text`: a JSON number.
    pub(super) fn new(text: &'d [u8]) -> Self {
        let (sign, text) = match text {
            [b'-', text @ ..] => (-1, text),
            text => (1, text),
        };
        let exponent_at = text.iter().position(|byte| matches!(byte, b'e' | b'E'));
        let (mantissa, exponent) = text.split_at(exponent_at.unwrap_or(text.len()));
        let Some(first) = mantissa.iter().position(|byte| matches!(byte, b'1'..=b'9')) else {
            return Self { sign: 0, digits: &[], point: 0 };
        };
        let point_at = mantissa.iter().position(|byte| *byte == b'.').unwrap_or(mantissa.len());
        // Digits between the first one that counts and the point; negative if that is behind the point.
        let whole =
            if first < point_at { (point_at - first) as i64 } else { -((first - point_at - 1) as i64) };
        let point = whole.saturating_add(read_exponent(exponent));
        Self { sign, digits: &mantissa[first..], point }
    }

    /// Numeric order.
    pub(super) fn cmp(self, other: Decimal<'_>) -> Ordering {
        let by_sign = self.sign.cmp(&other.sign);
        if by_sign.is_ne() || self.sign == 0 {
            return by_sign;
        }
        let order = self.point.cmp(&other.point).then_with(|| self.cmp_digits(other));
        if self.sign < 0 { order.reverse() } else { order }
    }

    fn cmp_digits(self, other: Decimal<'_>) -> Ordering {
        let (mut a, mut b) = (self.significant(), other.significant());
        loop {
            match (a.next(), b.next()) {
                (None, None) => return Ordering::Equal,
                (a, b) => match a.unwrap_or(b'0').cmp(&b.unwrap_or(b'0')) {
                    Ordering::Equal => {}
                    order => return order,
                },
            }
        }
    }

    fn significant(self) -> impl Iterator<Item = u8> {
        self.digits.iter().copied().filter(|byte| *byte != b'.')
    }
}

/// The value of `e+12`, or 0 of nothing.
fn read_exponent(text: &[u8]) -> i64 {
    let (sign, digits) = match text {
        [_, b'-', digits @ ..] => (-1, digits),
        [_, b'+', digits @ ..] | [_, digits @ ..] => (1, digits),
        [] => return 0,
    };
    let fold = |value: i64, digit: &u8| value.saturating_mul(10).saturating_add(i64::from(digit - b'0'));
    sign * digits.iter().fold(0, fold)
}
