//! `$fromMillis`: `fn:format-dateTime` of XPath.

use super::{
    calendar::DateTime,
    component::Component,
    picture::{DateTimePicture, Marker, Part, Presentation},
};
use crate::jsonata::picture::{
    error::Failure,
    integer::{Grouping, IntegerPicture, LetterCase, Numbering},
    scan::parse_int,
};

const ISO_8601: &str = "[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t]";

/// `$fromMillis`: an instant as the picture shows it, in ISO 8601 without one; `timezone` is an offset from UTC
/// like `+0100`, which a picture's time is shifted by.
pub(crate) fn from_millis(
    millis: f64,
    picture: Option<&DateTimePicture>,
    timezone: Option<&str>,
) -> Result<String, Failure> {
    let offset = timezone.map_or(Ok(Offset::default()), Offset::parse)?;
    let shifted = millis + (offset.hours * 60.0 + offset.minutes) * 60_000.0;
    let date = DateTime::from_millis(shifted).ok_or_else(|| Failure::out_of_range(millis))?;
    match picture {
        Some(picture) => picture.format(&date, offset),
        None if timezone.is_none() && (0..10_000).contains(&date.component(Component::Year)) => {
            Ok(iso_8601(&date))
        }
        None => DateTimePicture::parse(ISO_8601)?.format(&date, offset),
    }
}

/// What [`ISO_8601`] gives in UTC, without the picture.
fn iso_8601(date: &DateTime) -> String {
    let [year, month, day, hour, minute, second, millisecond] = [
        Component::Year,
        Component::Month,
        Component::Day,
        Component::Hour24,
        Component::Minute,
        Component::Second,
        Component::Millisecond,
    ]
    .map(|component| date.component(component));
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millisecond:03}Z")
}

/// How far a place's time is ahead of UTC.
///
/// As in `JSONata`, where the text is a number of which the last two digits are minutes and the rest is rounded
/// down: west of Greenwich, `-0530` is six hours and thirty minutes.
#[derive(Debug, Clone, Copy, Default)]
struct Offset {
    hours: f64,
    minutes: f64,
}

impl Offset {
    fn parse(text: &str) -> Result<Self, Failure> {
        let number = parse_int(text);
        if !number.is_finite() {
            return Err(Failure::of_argument(3, "fromMillis"));
        }
        Ok(Self { hours: (number / 100.0).floor(), minutes: number % 100.0 })
    }
}

impl DateTimePicture {
    fn format(&self, date: &DateTime, offset: Offset) -> Result<String, Failure> {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Literal(text) => out.push_str(text),
                Part::Marker(marker) => out.push_str(&marker.format(date, offset)?),
            }
        }
        Ok(out)
    }
}

impl Marker {
    fn format(&self, date: &DateTime, offset: Offset) -> Result<String, Failure> {
        let value = date.component(self.component);
        Ok(match (&self.presentation, self.component) {
            (Presentation::Integer(picture), Component::Offset | Component::OffsetFromGmt) => {
                self.format_offset(picture, offset)?
            }
            (Presentation::Integer(picture), _) => picture.format(self.cut_year(value) as f64)?,
            (Presentation::Names(case), Component::AmPm) => am_pm(value, *case),
            (_, Component::AmPm) => am_pm(value, LetterCase::Lower),
            (_, Component::Calendar | Component::Era) => "ISO".to_owned(),
            (Presentation::Names(case), component) => self.name(component, value, *case)?,
            (Presentation::Text, _) => String::new(),
        })
    }

    fn cut_year(&self, value: i64) -> i64 {
        let modulus = self.year_digits.and_then(|digits| 10_i64.checked_pow(digits as u32));
        modulus.map_or(value, |modulus| value % modulus)
    }

    fn name(&self, component: Component, value: i64, case: LetterCase) -> Result<String, Failure> {
        let names = component.names().ok_or_else(|| name_failure(component))?;
        let name = names.get(value as usize - 1).copied().unwrap_or_default();
        let name = &name[..self.width_max.unwrap_or(name.len()).min(name.len())];
        Ok(match case {
            LetterCase::Upper => name.to_uppercase(),
            LetterCase::Lower => name.to_lowercase(),
            LetterCase::Title => name.to_owned(),
        })
    }

    /// Section 9.8.4.6.
    fn format_offset(&self, picture: &IntegerPicture, offset: Offset) -> Result<String, Failure> {
        let number = offset.hours * 100.0 + offset.minutes;
        if number == 0.0 && self.traditional {
            return Ok("Z".to_owned());
        }
        let Numbering::Decimal(pattern) = &picture.numbering else { return Err(Failure::new("D3134")) };
        let text = match (&pattern.grouping, pattern.mandatory) {
            (Grouping::Regular(..), _) | (_, 3 | 4) => picture.format(number)?,
            (_, 1 | 2) if offset.minutes == 0.0 => picture.format(offset.hours)?,
            (_, 1 | 2) => format!("{}:{:02}", picture.format(offset.hours)?, offset.minutes.abs()),
            (_, digits) => return Err(Failure::of_number("D3134", digits as f64)),
        };
        let gmt = if self.component == Component::OffsetFromGmt { "GMT" } else { "" };
        let plus = if number >= 0.0 { "+" } else { "" };
        Ok(format!("{gmt}{plus}{text}"))
    }
}

fn am_pm(value: i64, case: LetterCase) -> String {
    match (value, case) {
        (0, LetterCase::Upper) => "AM",
        (0, _) => "am",
        (_, LetterCase::Upper) => "PM",
        (_, _) => "pm",
    }
    .to_owned()
}

/// Only months and days of the week have names.
pub(super) fn name_failure(component: Component) -> Failure {
    Failure::of_text("D3133", component.letter().encode_utf8(&mut [0; 4]))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Tuesday, 3 February 2026, 14:05:09.007 UTC.
    const MILLIS: f64 = 1_770_127_509_007.0;

    fn format_at(millis: f64, picture: &str, timezone: Option<&str>) -> Result<String, &'static str> {
        let picture = DateTimePicture::parse(picture).map_err(|failure| failure.code)?;
        from_millis(millis, Some(&picture), timezone).map_err(|failure| failure.code)
    }

    #[test]
    fn components_and_presentations() {
        let cases = [
            ("", ""),
            ("no markers", "no markers"),
            ("[[[Y]]] ]", "[2026] ]"),
            ("]] [[Y]]", "] [Y]"),
            ("[Y]-[M]-[D] [H]:[m]:[s].[f]", "2026-2-3 14:05:09.7"),
            ("[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001]", "2026-02-03T14:05:09.007"),
            ("[ Y 0001 ]\u{a0}[D\n1\to]", "2026\u{a0}3rd"),
            ("[Y,2]/[Y,2-2]/[Y##01]/[Y,*-3]/[Y9,6]", "26/26/2026/026/002026"),
            ("[Y,*-0]", "0"),
            ("[YI] [Yi,*-2] [DA] [Dw] [DWwo]", "MMXXVI xxvi C three Third"),
            ("[Dwo] [dWwo] [MW] [Da]", "third Thirty-Fourth TWO c"),
            ("[MN] [Mn] [MNn] [MNn,3-3] [MNn,*-0]", "FEBRUARY february February Feb "),
            ("[F] [FN,*-2] [FNn] [F1] [F01]", "tuesday TU Tuesday 2 02"),
            ("[W] [w] [X] [xNn] [d001]", "6 1 2026 February 034"),
            ("[h] [h01] [P] [PN] [PNn] [P1]", "2 02 pm PM pm pm"),
            ("[C] [E] [CN]", "ISO ISO ISO"),
            ("[Y\u{661}]", "\u{662}\u{660}\u{662}\u{666}"),
        ];
        for (picture, text) in cases {
            assert_eq!(format_at(MILLIS, picture, None), Ok(text.to_owned()), "{picture:?}");
        }
    }

    #[test]
    fn offsets() {
        let cases = [
            ("[H01]:[m01] [Z]", "+0130", "15:35 +01:30"),
            ("[Z0101]", "+0130", "+0130"),
            ("[Z001]", "+0130", "+130"),
            ("[Z0]", "+0130", "+1:30"),
            ("[Z00]", "+0100", "+01"),
            ("[z]", "-0800", "GMT-08:00"),
            ("[z0]", "-0800", "GMT-8"),
            ("[Z01:01t] [ZN]", "0000", "D3134"),
            ("[Z01:01t][z0t][Z0]", "0000", "ZZ+0"),
            ("[Z010101]", "+0100", "D3134"),
            // As in the reference implementation: the hour is rounded down.
            ("[H01]:[m01][Z01:01]", "-0530", "07:35-06:30"),
            ("[H01]:[m01][Z01:01]", "+05:30", "14:10+00:05"),
        ];
        for (picture, timezone, text) in cases {
            let text = if text == "D3134" { Err(text) } else { Ok(text.to_owned()) };
            assert_eq!(format_at(MILLIS, picture, Some(timezone)), text, "{picture:?} at {timezone:?}");
        }
    }

    #[test]
    fn the_default_is_iso_8601() {
        let cases = [
            (MILLIS, None, "2026-02-03T14:05:09.007Z"),
            (MILLIS, Some("+0100"), "2026-02-03T15:05:09.007+01:00"),
            (MILLIS, Some("0000"), "2026-02-03T14:05:09.007Z"),
            (-0.5, None, "1970-01-01T00:00:00.000Z"),
            (-1.0, None, "1969-12-31T23:59:59.999Z"),
            (253_402_300_800_000.0, None, "0000-01-01T00:00:00.000Z"),
            (-62_198_755_200_000.0, None, "-0001-01-01T00:00:00.000Z"),
        ];
        for (millis, timezone, text) in cases {
            assert_eq!(from_millis(millis, None, timezone).as_deref(), Ok(text), "{millis} at {timezone:?}");
        }
    }

    #[test]
    fn refusals() {
        let cases = [
            ("[Y", "D3135"),
            ("[]", "D3132"),
            ("[ ]", "D3132"),
            ("[y]", "D3132"),
            ("[\u{e9}1]", "D3132"),
            ("[YN]", "D3133"),
            ("[fn]", "D3133"),
            ("[Yo]", "D3130"),
            ("[Y#]", "D3130"),
            ("[Y1\u{661}]", "D3131"),
            ("[Y,1000000]", "D1001"),
        ];
        for (picture, code) in cases {
            assert_eq!(format_at(MILLIS, picture, None), Err(code), "{picture:?}");
        }
        let code = |millis, timezone| from_millis(millis, None, timezone).map_err(|failure| failure.code);
        assert_eq!(code(1e20, None), Err("D1001"));
        assert_eq!(code(8.64e15, Some("+0100")), Err("D1001"));
        assert_eq!(code(0.0, Some("Europe/Paris")), Err("T0410"));
    }
}
