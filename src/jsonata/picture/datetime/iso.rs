//! `$toMillis` without a picture: the forms of ISO 8601 that `Date.parse` of JavaScript takes.

use super::calendar::instant;
use crate::jsonata::picture::error::Failure;

/// Milliseconds since 1970 of a year, a month or a day, with a time or without (D3110 for other texts).
///
/// ```text
/// YYYY[-MM[-DD]][Thh:mm:ss[.fraction][+hh:mm | +hhmm]][Z]
/// ```
///
/// A time without an offset is UTC, so that results do not depend on where the program runs. Days up to 31
/// are taken in every month and run over into the next.
pub(crate) fn parse_iso_8601(text: &str) -> Result<f64, Failure> {
    let mut scan = Scan { rest: text.as_bytes() };
    scan.instant().filter(|_| scan.rest.is_empty()).ok_or_else(|| Failure::of_text("D3110", text))
}

struct Scan<'t> {
    rest: &'t [u8],
}

impl Scan<'_> {
    fn instant(&mut self) -> Option<f64> {
        let year = self.number(4, 9999)?;
        let month = if self.take(b'-') { self.number(2, 12).filter(|month| *month > 0.0)? } else { 1.0 };
        let day = if self.take(b'-') { self.number(2, 31).filter(|day| *day > 0.0)? } else { 1.0 };
        let [hour, minute, second, millisecond, offset_minutes] =
            if self.take(b'T') { self.time()? } else { [0.0; 5] };
        self.take(b'Z');
        let millis = instant([year, month - 1.0, day, hour, minute, second, millisecond]);
        Some(millis - offset_minutes * 60_000.0)
    }

    /// Hour, minute, second, millisecond and the minutes by which it is ahead of UTC. Midnight may be 24:00:00.
    fn time(&mut self) -> Option<[f64; 5]> {
        let hour = self.number(2, 24)?;
        let minute = self.after(b':')?.number(2, 59)?;
        let second = self.after(b':')?.number(2, 59)?;
        let millisecond = if self.take(b'.') { self.millisecond()? } else { 0.0 };
        if hour > 23.0 && minute + second + millisecond > 0.0 {
            return None;
        }
        let sign = match self.rest.first() {
            Some(b'+') => 1.0,
            Some(b'-') => -1.0,
            _ => return Some([hour, minute, second, millisecond, 0.0]),
        };
        self.rest = &self.rest[1..];
        let offset_hours = self.number(2, 23)?;
        self.take(b':');
        let offset_minutes = self.number(2, 59)?;
        if self.rest == b"Z" {
            return None; // one or the other
        }
        Some([hour, minute, second, millisecond, sign * (offset_hours * 60.0 + offset_minutes)])
    }

    /// One digit or more, of which three count.
    fn millisecond(&mut self) -> Option<f64> {
        let len = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.rest.split_at(len);
        self.rest = rest;
        let mut places = digits.iter().map(|digit| f64::from(digit - b'0')).chain([0.0; 2]);
        if len == 0 {
            return None;
        }
        Some(places.next()? * 100.0 + places.next()? * 10.0 + places.next()?)
    }

    /// Exactly so many digits.
    fn number(&mut self, digits: usize, max: u32) -> Option<f64> {
        let (text, rest) = self.rest.split_at_checked(digits)?;
        let mut number = 0;
        for byte in text {
            number = number * 10 + char::from(*byte).to_digit(10)?;
        }
        self.rest = rest;
        (number <= max).then_some(f64::from(number))
    }

    fn take(&mut self, byte: u8) -> bool {
        let rest = self.rest.strip_prefix(&[byte]);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn after(&mut self, byte: u8) -> Option<&mut Self> {
        self.take(byte).then_some(self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::jsonata::picture::datetime::from_millis;

    #[test]
    fn forms_of_iso_8601() {
        let cases = [
            ("2026", "2026-01-01T00:00:00.000Z"),
            ("0026", "0026-01-01T00:00:00.000Z"),
            ("2026-02", "2026-02-01T00:00:00.000Z"),
            ("2026-02-03", "2026-02-03T00:00:00.000Z"),
            ("2026-02-03Z", "2026-02-03T00:00:00.000Z"),
            ("2026-02-31", "2026-03-03T00:00:00.000Z"),
            ("2026-02-03T04:05:06", "2026-02-03T04:05:06.000Z"),
            ("2026-02T04:05:06Z", "2026-02-01T04:05:06.000Z"),
            ("2026-02-03T04:05:06.5", "2026-02-03T04:05:06.500Z"),
            ("2026-02-03T04:05:06.0789999Z", "2026-02-03T04:05:06.078Z"),
            ("2026-02-03T04:05:06.07+0130", "2026-02-03T02:35:06.070Z"),
            ("2026-02-03T04:05:06-01:30", "2026-02-03T05:35:06.000Z"),
            ("2026-02-03T24:00:00Z", "2026-02-04T00:00:00.000Z"),
        ];
        for (text, expected) in cases {
            let read = parse_iso_8601(text).and_then(|millis| from_millis(millis, None, None));
            assert_eq!(read.as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused() {
        let cases = [
            "",
            "26",
            "20260203",
            "2026-2-3",
            "2026-13-01",
            "2026-00-01",
            "2026-01-32",
            "2026-01-00",
            "2026-02-03 04:05:06",
            "2026-02-03T04:05",
            "2026-02-03T04:05:06.",
            "2026-02-03T24:00:01",
            "2026-02-03T04:60:00",
            "2026-02-03T04:05:06+24:00",
            "2026-02-03T04:05:06+01",
            "2026-02-03T04:05:06+01:00Z",
            "2026-02-03+01:00",
            "2026.5",
            "2026-02-03T04:05:06Zz",
            "+2026-02-03",
        ];
        for text in cases {
            let failure = parse_iso_8601(text).expect_err(text);
            assert_eq!((failure.code, failure.value), ("D3110", format!("\"{text}\"")));
        }
    }

    proptest! {
        #[test]
        fn what_is_formatted_parses(millis in -62_167_219_200_000_i64..253_402_300_800_000) {
            let text = from_millis(millis as f64, None, None);
            prop_assert_eq!(text.and_then(|text| parse_iso_8601(&text)), Ok(millis as f64));
        }
    }
}
