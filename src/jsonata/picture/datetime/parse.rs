//! `$toMillis` with a picture.
//!
//! A date is given by year, month and day, or by year and day of the year; a time by hour, minute, second and
//! fraction, or by half-day, hour and the rest. What is missing before the first of them is that of now, what
//! is missing behind the last is the least; a gap between them is an error (D3136), as are dates in weeks.

use std::ops::Range;

use super::{
    calendar::{DateTime, utc},
    component::{COMPONENTS, Component},
    format::name_failure,
    matcher::{Class, Step, find},
    picture::{DateTimePicture, Marker, Part, Presentation},
};
use crate::jsonata::picture::{
    error::Failure,
    integer::{Grouping, IntegerPicture, Numbering},
    scan::parse_int,
};

const DIGIT: Class = Class::Digit(0x30);
const DATES: [Component; 8] = [
    Component::Year,
    Component::WeekYear,
    Component::Month,
    Component::WeekMonth,
    Component::WeekOfYear,
    Component::WeekOfMonth,
    Component::DayOfYear,
    Component::Day,
];
const TIMES: [Component; 6] = [
    Component::AmPm,
    Component::Hour24,
    Component::Hour12,
    Component::Minute,
    Component::Second,
    Component::Millisecond,
];

impl DateTimePicture {
    /// `$toMillis`: the instant that a text says in the way of the picture, in milliseconds since 1970; `None`
    /// if it does not match, or says what is no instant.
    ///
    /// `now_millis` completes what the picture leaves out.
    pub(crate) fn parse_text(&self, text: &str, now_millis: f64) -> Result<Option<f64>, Failure> {
        let mut steps = Vec::new();
        for part in &self.parts {
            steps.push(Step::Part);
            match part {
                Part::Literal(text) => steps.push(Step::Text(text)),
                Part::Marker(marker) => marker.push_steps(&mut steps)?,
            }
        }
        let characters = text.chars().collect::<Vec<_>>();
        let Some(ranges) = find(&steps, &characters) else { return Ok(None) };
        let Some(fields) = self.read(&characters, &ranges)? else { return Ok(None) };
        let now = DateTime::from_millis(now_millis).ok_or_else(|| Failure::out_of_range(now_millis))?;
        fields.instant(&now)
    }

    /// `None` if the picture has no component.
    fn read(&self, text: &[char], ranges: &[Range<usize>]) -> Result<Option<Fields>, Failure> {
        let mut fields = None;
        for (part, range) in self.parts.iter().zip(ranges) {
            if let Part::Marker(marker) = part {
                let text = text.get(range.clone()).unwrap_or_default().iter().collect::<String>();
                let fields = fields.get_or_insert(Fields([None; COMPONENTS]));
                fields.set(marker.component, marker.read(&text)?);
            }
        }
        Ok(fields)
    }
}

impl Marker {
    fn push_steps<'p>(&'p self, steps: &mut Vec<Step<'p>>) -> Result<(), Failure> {
        match (self.component, &self.presentation) {
            (Component::Offset | Component::OffsetFromGmt, _) => self.push_offset_steps(steps),
            (Component::Millisecond, _) => push_repeated(DIGIT, steps),
            (_, Presentation::Integer(picture)) => self.push_integer_steps(picture, steps)?,
            (Component::AmPm, _) => push_repeated(Class::Letter, steps),
            (component, _) if component.names().is_some() => push_repeated(Class::Letter, steps),
            (component, _) => return Err(name_failure(component)),
        }
        Ok(())
    }

    fn push_offset_steps(&self, steps: &mut Vec<Step<'_>>) {
        if self.component == Component::OffsetFromGmt {
            steps.push(Step::Text("GMT"));
        }
        steps.push(Step::One(Class::Sign));
        push_repeated(DIGIT, steps);
        if let Some(separator) = self.offset_separator() {
            steps.push(Step::One(Class::Only(separator)));
            push_repeated(DIGIT, steps);
        }
    }

    fn push_integer_steps(&self, picture: &IntegerPicture, steps: &mut Vec<Step<'_>>) -> Result<(), Failure> {
        match &picture.numbering {
            Numbering::Letters(_) => push_repeated(Class::Letter, steps),
            Numbering::Roman(_) => push_repeated(Class::RomanNumeral, steps),
            Numbering::Words(_) => steps.extend([Step::NumberWord, Step::Repeat(1)]),
            Numbering::Sequence(token) => return Err(Failure::of_text("D3130", token)),
            Numbering::Decimal(pattern) => {
                let digit = Class::Digit(pattern.zero);
                match self.digits_read {
                    Some(count) => steps.push(Step::Exactly(digit, count)),
                    None => push_repeated(digit, steps),
                }
                if picture.ordinal {
                    steps.push(Step::Either(&["th", "st", "nd", "rd"]));
                }
            }
        }
        Ok(())
    }

    /// What stands between hours and minutes.
    fn offset_separator(&self) -> Option<char> {
        match &self.presentation {
            Presentation::Integer(IntegerPicture { numbering: Numbering::Decimal(pattern), .. }) => {
                match pattern.grouping {
                    Grouping::Regular(_, separator) => Some(separator),
                    Grouping::Irregular(_) => None,
                }
            }
            _ => None,
        }
    }

    /// The value of a text that matched; `None` if it is a name that is unknown.
    fn read(&self, text: &str) -> Result<Option<f64>, Failure> {
        Ok(match (self.component, &self.presentation) {
            (Component::Offset | Component::OffsetFromGmt, _) => Some(self.read_offset(text)),
            (Component::Millisecond, _) => {
                let millis = format!("0.{}", &text[..text.len().min(3)]).parse::<f64>();
                millis.ok().map(|fraction| fraction * 1000.0)
            }
            (_, Presentation::Integer(picture)) => Some(picture.read(text)?),
            (Component::AmPm, _) => match text {
                "am" | "AM" => Some(0.0),
                "pm" | "PM" => Some(1.0),
                _ => None,
            },
            (component, _) => {
                let len = self.width_max.filter(|width| *width > 0).unwrap_or(usize::MAX);
                let same = |name: &&str| name[..len.min(name.len())] == *text;
                component.names().unwrap_or_default().iter().rposition(same).map(|index| index as f64 + 1.0)
            }
        })
    }

    /// Minutes ahead of UTC. As in `JSONata`, minutes are added to the hours whatever their sign.
    fn read_offset(&self, text: &str) -> f64 {
        let text = text.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        let (hours, minutes) = match self.offset_separator() {
            Some(separator) => text.split_once(separator).unwrap_or((text, "0")),
            None if text.len() <= 3 => (text, "0"),
            None => text.split_at(3),
        };
        parse_int(hours) * 60.0 + parse_int(minutes)
    }
}

fn push_repeated(class: Class, steps: &mut Vec<Step<'_>>) {
    steps.extend([Step::One(class), Step::Repeat(1)]);
}

/// What a text says of each component.
struct Fields([Option<f64>; COMPONENTS]);

impl Fields {
    fn get(&self, component: Component) -> Option<f64> {
        self.0[component as usize]
    }

    fn set(&mut self, component: Component, value: Option<f64>) {
        self.0[component as usize] = value;
    }

    /// The value; nothing and `NaN` count as zero, which is how JavaScript sees them here.
    fn number(&self, component: Component) -> f64 {
        self.get(component).filter(|value| !value.is_nan()).unwrap_or(0.0)
    }

    /// Whether something is given of a date or time, and nothing but `components`. Zero is as good as nothing.
    fn consists_of(&self, all: &[Component], components: &[Component]) -> bool {
        let mut given = all.iter().filter(|component| self.number(**component) != 0.0).peekable();
        given.peek().is_some() && given.all(|component| components.contains(component))
    }

    fn instant(mut self, now: &DateTime) -> Result<Option<f64>, Failure> {
        use Component::{
            AmPm, Day, DayOfWeek, DayOfYear, Hour12, Hour24, Millisecond, Minute, Month, Offset,
            OffsetFromGmt, Second, WeekMonth, WeekOfMonth, WeekOfYear, WeekYear, Year,
        };
        let is_date = |components: &[Component]| self.consists_of(&DATES, components);
        let by_month = is_date(&[Year, Month, Day]);
        let by_day_of_year = !by_month && is_date(&[Year, DayOfYear]);
        if is_date(&[WeekYear, WeekMonth, WeekOfMonth, DayOfWeek])
            || is_date(&[WeekYear, WeekOfYear, DayOfWeek])
        {
            return Err(Failure::new("D3136"));
        }
        let is_time = |components: &[Component]| self.consists_of(&TIMES, components);
        let in_half_days = !is_time(&[Hour24, Minute, Second, Millisecond])
            && is_time(&[AmPm, Hour12, Minute, Second, Millisecond]);

        // A date by its day of the year has no place for a time: JSONata looks for a day of the month first.
        let date: &[Component] = if by_day_of_year { &[Year, Day] } else { &[Year, Month, Day] };
        let time: &[Component] = if in_half_days { &[AmPm, Hour12] } else { &[Hour24] };
        self.complete(date.iter().chain(time).chain(&[Minute, Second, Millisecond]), now)?;

        let (mut month, mut day) = ((self.number(Month) - 1.0).max(0.0), self.get(Day));
        if by_day_of_year {
            (month, day) = (0.0, self.get(DayOfYear));
        }
        let hour = match self.get(Hour12).filter(|_| in_half_days) {
            Some(hour) => hour % 12.0 + if self.number(AmPm) > 0.0 { 12.0 } else { 0.0 },
            None => self.get(Hour24).unwrap_or(0.0),
        };
        let field = |component| self.get(component).unwrap_or(f64::NAN);
        let millis = utc([
            field(Year),
            month,
            day.unwrap_or(f64::NAN),
            hour,
            field(Minute),
            field(Second),
            field(Millisecond),
        ]);
        let offset = Some(self.number(Offset)).filter(|offset| *offset != 0.0);
        let offset = offset.unwrap_or_else(|| self.number(OffsetFromGmt));
        Ok(Some(millis - offset * 60_000.0).filter(|millis| millis.is_finite()))
    }

    /// Fills in what is missing: from now before the first that is given, the least behind the last.
    fn complete<'c>(
        &mut self,
        components: impl Iterator<Item = &'c Component>,
        now: &DateTime,
    ) -> Result<(), Failure> {
        let (mut begun, mut ended) = (false, false);
        for component in components {
            match (self.get(*component), component) {
                (Some(_), _) if ended => return Err(Failure::new("D3136")),
                (Some(_), _) => begun = true,
                (None, Component::Month | Component::Day) if begun => {
                    self.set(*component, Some(1.0));
                    ended = true;
                }
                (None, _) if begun => {
                    self.set(*component, Some(0.0));
                    ended = true;
                }
                // A half-day is never taken from now.
                (None, Component::AmPm) => self.set(*component, Some(0.0)),
                (None, _) => self.set(*component, Some(now.component(*component) as f64)),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::jsonata::picture::datetime::from_millis;

    // Tuesday, 3 February 2026, 14:05:09.007 UTC.
    const NOW: f64 = 1_770_127_509_007.0;

    fn parse(text: &str, picture: &str) -> Result<Option<f64>, Failure> {
        DateTimePicture::parse(picture)?.parse_text(text, NOW)
    }

    #[test]
    fn texts_that_match() {
        let cases = [
            ("03/02/2026", "[D01]/[M01]/[Y0001]", "2026-02-03T00:00:00.000Z"),
            ("20260203", "[Y0001][M01][D01]", "2026-02-03T00:00:00.000Z"),
            ("2026203", "[Y0001][M1][D01]", "2026-02-03T00:00:00.000Z"),
            ("26-02-03", "[Y,2]-[M]-[D]", "1926-02-03T00:00:00.000Z"),
            ("3RD feb", "[D1o] FEB", "2026-02-03T00:00:00.000Z"),
            ("Third of February, MMXXVI", "[Dwo] of [MNn], [YI]", "2026-02-03T00:00:00.000Z"),
            ("Tue 3 Feb 2026", "[FNn,3-3] [D] [MNn,3-3] [Y]", "2026-02-03T00:00:00.000Z"),
            ("2026-034", "[Y]-[d001]", "2026-02-03T00:00:00.000Z"),
            ("2026-366", "[Y]-[d]", "2027-01-01T00:00:00.000Z"),
            ("2026-14-40", "[Y]-[M]-[D]", "2027-03-12T00:00:00.000Z"),
            ("2026-02-03T04:05:06.0789+01:30", "[Y]-[M]-[D]T[H]:[m]:[s].[f][Z]", "2026-02-03T02:35:06.078Z"),
            ("2026-02-03 04 GMT-5", "[Y]-[M]-[D] [H] [z0]", "2026-02-03T09:00:00.000Z"),
            ("2026-02-03 04 +0130", "[Y]-[M]-[D] [H] [Z0000]", "2026-02-03T02:30:00.000Z"),
            ("12:30 am", "[h]:[m] [P]", "2026-02-03T00:30:00.000Z"),
            ("12:30 PM", "[h]:[m] [PN]", "2026-02-03T12:30:00.000Z"),
            ("7", "[h]", "2026-02-03T07:00:00.000Z"),
            ("09", "[s01]", "2026-02-03T14:05:09.000Z"),
            ("+00:00", "[Z]", "2026-02-03T14:05:09.007Z"),
            ("\u{662}\u{660}\u{662}\u{666}", "[Y\u{660}\u{660}\u{660}\u{660}]", "2026-01-01T00:00:00.000Z"),
            // As in the reference implementation: minutes are added, west of Greenwich too.
            ("14:00 -01:30", "[H]:[m] [Z]", "2026-02-03T14:30:00.000Z"),
        ];
        for (text, picture, expected) in cases {
            let read = parse(text, picture)
                .map(|millis| millis.and_then(|millis| from_millis(millis, None, None).ok()));
            assert_eq!(read, Ok(Some(expected.to_owned())), "{text:?} as {picture:?}");
        }
    }

    #[test]
    fn texts_that_do_not_match() {
        let cases = [
            ("2026-02-03", "[Y]/[M]/[D]"),
            ("2026-02-03 ", "[Y]-[M]-[D]"),
            ("2O26", "[Y]"),
            ("", "[Y]"),
            ("2026", "[YI]"),
            ("any", "any"),
            ("2026 2 iv", "[Y] [M] [DI]"),
            ("99999999999", "[Y]"),
            ("twelve,five", "[Yw]"),
        ];
        for (text, picture) in cases {
            assert_eq!(parse(text, picture), Ok(None), "{text:?} as {picture:?}");
        }
    }

    #[test]
    fn refusals() {
        let cases = [
            ("2026-03", "[Y]-[D]", "D3136"),
            ("3 Febtember 2026", "[D] [MNn] [Y]", "D3136"),
            ("2 14", "[M] [H]", "D3136"),
            ("2026-034 12", "[Y]-[d] [H]", "D3136"),
            ("2026-W06", "[X]-W[W]", "D3136"),
            ("2026-2-1", "[X]-[x]-[w]", "D3136"),
            ("MMXXVI", "[YN]", "D3133"),
            ("ISO", "[C]", "D3133"),
            ("2026", "[Yx]", "D3130"),
            ("2026", "[Y0\u{660}]", "D3131"),
            ("2026", "[y]", "D3132"),
            ("2026", "[Y", "D3135"),
        ];
        for (text, picture, code) in cases {
            assert_eq!(
                parse(text, picture).map_err(|failure| failure.code),
                Err(code),
                "{text:?} as {picture:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn what_is_formatted_parses(
            millis in -59_000_000_000_000_i64..253_402_300_800_000,
            picture in prop::sample::select(vec![
                "[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001]",
                "[Y0001][M01][D01][H01][m01][s01][f001]",
                "[FNn] [DWwo] [MNn] [YI], [h]:[m]:[s].[f001] [PN]",
                "[Yw] [Mi] [Da] [Hw] [mA]: [s] [f001] [z]",
            ]),
        ) {
            // A minute of zero is no letter.
            let millis = (millis - millis.rem_euclid(3_600_000) + millis.rem_euclid(3_540_000) + 60_000) as f64;
            let picture = DateTimePicture::parse(picture).map_err(|failure| failure.to_string());
            let text = picture.as_ref().map(|picture| from_millis(millis, Some(picture), None));
            let Ok((picture, Ok(text))) = picture.as_ref().and_then(|picture| text.map(|text| (picture, text)))
            else { return Err(TestCaseError::fail("the picture formats")) };
            prop_assert_eq!(picture.parse_text(&text, NOW), Ok(Some(millis)), "{}", text);
        }

        #[test]
        fn any_picture_is_harmless(picture in "(\\[[YMDdFWwXxHhPmsfZzCE][01#NnwWIiAa,o:-]{0,5}\\]|[ :x]){0,6}", text in ".{0,20}") {
            if let Ok(picture) = DateTimePicture::parse(&picture) {
                let _ = picture.parse_text(&text, NOW);
                if let Ok(text) = from_millis(NOW, Some(&picture), Some("+0230")) {
                    let _ = picture.parse_text(&text, NOW);
                }
            }
        }
    }
}
