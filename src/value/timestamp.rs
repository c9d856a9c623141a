//! RFC 3339 timestamps, as instants.
//!
//! The accepted texts are those that the ASL spec names (the RFC 3339 profile of ISO 8601: a capital `T`, and
//! `Z` or an offset) where Java's strict `ISO_OFFSET_DATE_TIME` takes them too, which is what AWS reads them
//! with: no hour 24, no second 60, at most nine digits of a second's fraction, offsets of at most 18 hours.

use serde::{Deserialize, Serialize};

/// An instant: seconds since 1970-01-01T00:00:00Z, and nanoseconds after that second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Timestamp {
    /// Seconds since the epoch, rounded down.
    pub seconds: i64,
    /// Nanoseconds since that second, less than 1,000,000,000.
    pub nanos: u32,
}

/// Length of every text that [`Timestamp::write_rfc3339_millis`] writes for a year of four digits.
const RENDERED_LEN: usize = 24;

impl Timestamp {
    /// Reads an RFC 3339 text; `None` if it is none.
    ///
    /// ```
    /// use aslx::value::timestamp::Timestamp;
    /// let noon = Timestamp::parse_rfc3339(b"2026-01-02T12:00:00Z");
    /// assert_eq!(noon, Timestamp::parse_rfc3339(b"2026-01-02T14:00:00.000+02:00"));
    /// assert_eq!(Timestamp::parse_rfc3339(b"2026-01-02 12:00:00Z"), None);
    /// ```
    pub fn parse_rfc3339(text: &[u8]) -> Option<Self> {
        let mut scan = Scan { rest: text };
        let year = scan.digits(4)?;
        scan.byte(b'-')?;
        let month = scan.digits(2)?;
        scan.byte(b'-')?;
        let day = scan.digits(2)?;
        scan.byte(b'T')?;
        let hour = scan.digits(2)?;
        scan.byte(b':')?;
        let minute = scan.digits(2)?;
        scan.byte(b':')?;
        let second = scan.digits(2)?;
        let nanos = scan.fraction()?;
        let offset = scan.offset()?;
        let date_exists =
            (1..=12).contains(&month) && (1..=days_in_month(i64::from(year), month)).contains(&day);
        if !date_exists || hour > 23 || minute > 59 || second > 59 || !scan.rest.is_empty() {
            return None;
        }
        let of_day = i64::from(hour * 3600 + minute * 60 + second);
        Some(Self { seconds: days_from_date(i64::from(year), month, day) * 86_400 + of_day - offset, nanos })
    }

    /// The instant `millis` milliseconds after (or, if negative, before) the epoch.
    pub fn from_millis(millis: i64) -> Self {
        Self { seconds: millis.div_euclid(1000), nanos: millis.rem_euclid(1000) as u32 * 1_000_000 }
    }

    /// The instant `millis` milliseconds later; saturating.
    #[must_use]
    pub fn plus_millis(self, millis: u64) -> Self {
        let seconds = i64::try_from(millis / 1000).unwrap_or(i64::MAX);
        let nanos = self.nanos + (millis % 1000) as u32 * 1_000_000;
        let carry = i64::from(nanos / 1_000_000_000);
        Self {
            seconds: self.seconds.saturating_add(seconds).saturating_add(carry),
            nanos: nanos % 1_000_000_000,
        }
    }

    /// Milliseconds since the epoch, rounded down; saturating.
    pub fn to_millis(self) -> i64 {
        self.seconds.saturating_mul(1000).saturating_add(i64::from(self.nanos / 1_000_000))
    }

    /// Appends the instant in UTC with milliseconds: `2026-01-02T03:04:05.678Z`.
    ///
    /// A year beyond 9999 gets the sign that ISO 8601 asks for, as Java prints it.
    pub fn write_rfc3339_millis(self, out: &mut Vec<u8>) {
        let (year, month, day) = date_from_days(self.seconds.div_euclid(86_400));
        let of_day = self.seconds.rem_euclid(86_400) as u32;
        out.reserve(RENDERED_LEN);
        if !(0..=9999).contains(&year) {
            out.push(if year < 0 { b'-' } else { b'+' });
        }
        let digits = year.unsigned_abs();
        if digits > 9999 {
            out.extend_from_slice(itoa::Buffer::new().format(digits).as_bytes());
        } else {
            push_digits(digits as u32, 4, out);
        }
        for (mark, part) in
            [(b'-', month), (b'-', day), (b'T', of_day / 3600), (b':', of_day / 60 % 60), (b':', of_day % 60)]
        {
            out.push(mark);
            push_digits(part, 2, out);
        }
        out.push(b'.');
        push_digits(self.nanos / 1_000_000, 3, out);
        out.push(b'Z');
    }
}

/// What is left to read of a timestamp.
struct Scan<'t> {
    rest: &'t [u8],
}

impl Scan<'_> {
    /// Exactly `count` decimal digits.
    fn digits(&mut self, count: usize) -> Option<u32> {
        let (digits, rest) = self.rest.split_at_checked(count)?;
        let mut number = 0;
        for digit in digits {
            if !digit.is_ascii_digit() {
                return None;
            }
            number = number * 10 + u32::from(digit - b'0');
        }
        self.rest = rest;
        Some(number)
    }

    fn byte(&mut self, expected: u8) -> Option<()> {
        self.rest = self.rest.strip_prefix(&[expected])?;
        Some(())
    }

    /// An optional `.` with one to nine digits, in nanoseconds.
    fn fraction(&mut self) -> Option<u32> {
        let Some(rest) = self.rest.strip_prefix(b".") else { return Some(0) };
        let count = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        if !(1..=9).contains(&count) {
            return None;
        }
        self.rest = rest;
        Some(self.digits(count)? * 10_u32.pow(9 - count as u32))
    }

    /// `Z`, `+hh:mm` or `+hh:mm:ss`, in seconds east of UTC.
    fn offset(&mut self) -> Option<i64> {
        if self.byte(b'Z').is_some() {
            return Some(0);
        }
        let sign = match self.rest.first()? {
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        self.rest = &self.rest[1..];
        let hours = self.digits(2)?;
        self.byte(b':')?;
        let minutes = self.digits(2)?;
        let seconds = if self.byte(b':').is_some() { self.digits(2)? } else { 0 };
        let total = hours * 3600 + minutes * 60 + seconds;
        (minutes <= 59 && seconds <= 59 && total <= 18 * 3600).then_some(sign * i64::from(total))
    }
}

fn push_digits(number: u32, count: u32, out: &mut Vec<u8>) {
    for place in (0..count).rev() {
        out.push(b'0' + (number / 10_u32.pow(place) % 10) as u8);
    }
}

fn days_in_month(year: i64, month: u32) -> u32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since the epoch of a Gregorian date, counted in eras of 400 years that begin on 1 March
/// (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
pub(crate) fn days_from_date(year: i64, month: u32, day: u32) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = i64::from((153 * ((month + 9) % 12) + 2) / 5 + day - 1);
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The reverse of [`days_from_date`].
pub(crate) fn date_from_days(days: i64) -> (i64, u32, u32) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = (day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100)) as u32;
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, millis: Option<i64>) {
        assert_eq!(Timestamp::parse_rfc3339(text.as_bytes()).map(Timestamp::to_millis), millis, "{text}");
    }

    #[test]
    fn reads_what_rfc_3339_allows() {
        check("1970-01-01T00:00:00Z", Some(0));
        check("1970-01-01T00:00:00.5Z", Some(500));
        check("1970-01-01T00:00:00.123456789Z", Some(123));
        check("1970-01-01T02:00:00+02:00", Some(0));
        check("1969-12-31T18:29:59-05:30", Some(-1000));
        check("1970-01-01T00:00:01+00:00:01", Some(0));
        check("2000-02-29T12:34:56Z", Some(951_827_696_000));
        check("0000-01-01T00:00:00Z", Some(-62_167_219_200_000));
        check("9999-12-31T23:59:59.999Z", Some(253_402_300_799_999));
    }

    #[test]
    fn refuses_what_it_does_not() {
        for text in [
            "",
            "2026-01-02",
            "2026-01-02T03:04:05",
            "2026-01-02T03:04Z",
            "2026-01-02 03:04:05Z",
            "2026-01-02t03:04:05Z",
            "2026-01-02T03:04:05z",
            "2026-01-02T03:04:05.Z",
            "2026-01-02T03:04:05.1234567890Z",
            "2026-01-02T03:04:05Z ",
            "2026-13-02T03:04:05Z",
            "2026-00-02T03:04:05Z",
            "2026-02-29T03:04:05Z",
            "1900-02-29T03:04:05Z",
            "2026-04-31T03:04:05Z",
            "2026-01-02T24:00:00Z",
            "2026-01-02T25:04:05Z",
            "2026-01-02T03:60:05Z",
            "2016-12-31T23:59:60Z",
            "2026-01-02T03:04:05+0200",
            "2026-01-02T03:04:05+02",
            "2026-01-02T03:04:05+18:01",
            "2026-01-02T03:04:05+02:60",
            "+2026-01-02T03:04:05Z",
            "2026-01-02T03:04:0\u{663}Z",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn compares_instants_not_texts() {
        let at = |text: &str| Timestamp::parse_rfc3339(text.as_bytes()).unwrap();
        assert!(at("2026-01-02T10:00:00+09:00") < at("2026-01-02T02:00:00Z"));
        assert!(at("2026-01-02T02:00:00.000000001Z") > at("2026-01-02T02:00:00Z"));
    }

    #[test]
    fn renders_with_milliseconds() {
        let rendered = |millis| {
            let mut out = Vec::new();
            Timestamp::from_millis(millis).write_rfc3339_millis(&mut out);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(rendered(1_767_323_045_678), "2026-01-02T03:04:05.678Z");
        assert_eq!(rendered(-1), "1969-12-31T23:59:59.999Z");
        assert_eq!(rendered(253_402_300_800_000), "+10000-01-01T00:00:00.000Z");
        assert_eq!(rendered(-62_167_219_200_001), "-0001-12-31T23:59:59.999Z");
    }

    proptest! {
        #[test]
        fn what_is_rendered_reads_back(millis in -62_167_219_200_000_i64..253_402_300_800_000) {
            let mut out = Vec::new();
            let timestamp = Timestamp::from_millis(millis);
            timestamp.write_rfc3339_millis(&mut out);
            prop_assert_eq!(Timestamp::parse_rfc3339(&out), Some(timestamp));
            prop_assert_eq!(timestamp.to_millis(), millis);
        }

        #[test]
        fn extreme_instants_render(seconds: i64) {
            Timestamp { seconds, nanos: 999_999_999 }.write_rfc3339_millis(&mut Vec::new());
        }
    }
}
