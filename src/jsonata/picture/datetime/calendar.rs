//! Instants and their components, as JavaScript's `Date` has them.

use super::component::Component;
use crate::value::timestamp::{date_from_days, days_from_date};

/// The furthest instant of a `Date`, in milliseconds.
const MILLIS_MAX: f64 = 8.64e15;
const DAY_MILLIS: i64 = 86_400_000;

/// An instant with its date, in UTC or shifted to where it is to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DateTime {
    millis: i64,
    year: i64,
    month: u32,
    day: u32,
}

impl DateTime {
    /// `None` if a `Date` cannot be so far from 1970.
    pub(super) fn from_millis(millis: f64) -> Option<Self> {
        if millis.is_nan() || millis.abs() > MILLIS_MAX {
            return None;
        }
        let millis = millis as i64;
        let (year, month, day) = date_from_days(millis.div_euclid(DAY_MILLIS));
        Some(Self { millis, year, month, day })
    }

    /// The value of a component: a number from 0 or 1 up. What is no number here is 0.
    pub(super) fn component(&self, component: Component) -> i64 {
        let of_day = self.millis.rem_euclid(DAY_MILLIS);
        let hour = of_day / 3_600_000;
        match component {
            Component::Year => self.year,
            Component::Month => i64::from(self.month),
            Component::Day => i64::from(self.day),
            Component::DayOfYear => self.day_number() - first_day(self.year, 1) + 1,
            Component::DayOfWeek => weekday(self.millis.div_euclid(DAY_MILLIS)),
            Component::WeekOfYear => self.week(52, (self.year, 1), (self.year - 1, 1), (self.year + 1, 1)),
            Component::WeekOfMonth => {
                let this = (self.year, self.month);
                self.week(4, this, previous_month(this), next_month(this))
            }
            Component::WeekYear => {
                let (start, end) = (first_week(self.year, 1), first_week(self.year + 1, 1));
                self.year - i64::from(self.is_before(start)) + i64::from(!self.is_before(end))
            }
            Component::WeekMonth => {
                let this = (self.year, self.month);
                let next = next_month(this);
                let month = match () {
                    () if self.is_before(first_week(this.0, this.1)) => previous_month(this).1,
                    () if self.is_before(first_week(next.0, next.1)) => this.1,
                    () => next.1,
                };
                i64::from(month)
            }
            Component::Hour24 => hour,
            Component::Hour12 => (hour + 11) % 12 + 1,
            Component::AmPm => i64::from(hour >= 12),
            Component::Minute => of_day / 60_000 % 60,
            Component::Second => of_day / 1000 % 60,
            Component::Millisecond => of_day % 1000,
            Component::Offset | Component::OffsetFromGmt | Component::Calendar | Component::Era => 0,
        }
    }

    /// The week in a period that usually has `whole` weeks, by the first days of it and its neighbours.
    fn week(&self, whole: i64, this: (i64, u32), previous: (i64, u32), next: (i64, u32)) -> i64 {
        let today = self.day_number();
        let days = today - first_week(this.0, this.1);
        if days > (whole - 1) * 7 && today >= first_week(next.0, next.1) {
            1
        } else if days < 0 {
            (today - first_week(previous.0, previous.1)).div_euclid(7) + 1
        } else {
            days / 7 + 1
        }
    }

    fn is_before(&self, day: i64) -> bool {
        self.millis < day * DAY_MILLIS
    }

    fn day_number(&self) -> i64 {
        first_day(self.year, self.month) + i64::from(self.day) - 1
    }
}

/// `Date.UTC`: [`instant`], but the years 0 to 99 are those of the twentieth century.
pub(super) fn utc(fields: [f64; 7]) -> f64 {
    let [year, rest @ ..] = fields;
    let year = if (0.0..100.0).contains(&year.trunc()) { 1900.0 + year.trunc() } else { year };
    let [month, day, hour, minute, second, millisecond] = rest;
    instant([year, month, day, hour, minute, second, millisecond])
}

/// Milliseconds of year, month from 0, day from 1, hours, minutes, seconds and milliseconds, each of which may
/// be out of its range; `NaN` if there is no such instant.
pub(super) fn instant(fields: [f64; 7]) -> f64 {
    let [year, month, day, hour, minute, second, millisecond] = fields.map(f64::trunc);
    let imaginable = year.abs() <= 1e6 && month.abs() <= 1e7;
    if !imaginable || !fields.iter().all(|field| field.is_finite()) {
        return f64::NAN;
    }
    let year = year as i64 + (month as i64).div_euclid(12);
    let first = days_from_date(year, (month as i64).rem_euclid(12) as u32 + 1, 1);
    let time = hour * 3_600_000.0 + minute * 60_000.0 + second * 1000.0 + millisecond;
    let millis = (first as f64 + day - 1.0) * DAY_MILLIS as f64 + time;
    if millis.abs() <= MILLIS_MAX { millis } else { f64::NAN }
}

/// The rule of [`utc`], which JSONata's day and week numbers are subject to.
fn full_year(year: i64) -> i64 {
    if (0..100).contains(&year) { 1900 + year } else { year }
}

/// The day since 1970 on which a month begins.
fn first_day(year: i64, month: u32) -> i64 {
    days_from_date(full_year(year), month, 1)
}

/// The day on which the first week of a year or month begins: the Monday of the week with its first Thursday.
fn first_week(year: i64, month: u32) -> i64 {
    let first = first_day(year, month);
    let weekday = weekday(first);
    if weekday > 4 { first + 8 - weekday } else { first + 1 - weekday }
}

/// From Monday, 1, to Sunday, 7.
fn weekday(day: i64) -> i64 {
    (day + 3).rem_euclid(7) + 1
}

fn next_month((year, month): (i64, u32)) -> (i64, u32) {
    if month == 12 { (year + 1, 1) } else { (year, month + 1) }
}

fn previous_month((year, month): (i64, u32)) -> (i64, u32) {
    if month == 1 { (year - 1, 12) } else { (year, month - 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(year: f64, month: f64, day: f64) -> DateTime {
        DateTime::from_millis(utc([year, month - 1.0, day, 0.0, 0.0, 0.0, 0.0])).expect("near")
    }

    #[test]
    fn weeks_belong_to_the_year_and_month_of_their_thursday() {
        let cases = [
            ((2026.0, 1.0, 1.0), (2026, 1, 4), (1, 1)),
            ((2027.0, 1.0, 3.0), (2026, 53, 7), (12, 5)),
            ((2024.0, 12.0, 30.0), (2025, 1, 1), (1, 1)),
            ((2021.0, 1.0, 4.0), (2021, 1, 1), (1, 1)),
            ((2026.0, 8.0, 1.0), (2026, 31, 6), (7, 5)),
            ((2026.0, 8.0, 31.0), (2026, 36, 1), (9, 1)),
        ];
        for ((year, month, day), (week_year, week, weekday), (week_month, week_of_month)) in cases {
            let date = at(year, month, day);
            let found = [
                (Component::WeekYear, week_year),
                (Component::WeekOfYear, week),
                (Component::DayOfWeek, weekday),
                (Component::WeekMonth, week_month),
                (Component::WeekOfMonth, week_of_month),
            ];
            for (component, expected) in found {
                assert_eq!(date.component(component), expected, "{component:?} of {year}-{month}-{day}");
            }
        }
    }

    #[test]
    fn fields_out_of_range_carry() {
        let day = |millis: f64| DateTime::from_millis(millis).map(|date| (date.year, date.month, date.day));
        assert_eq!(day(utc([2026.0, 12.0, 1.0, 0.0, 0.0, 0.0, 0.0])), Some((2027, 1, 1)));
        assert_eq!(day(utc([2026.0, -1.0, 31.0, 24.0, 0.0, 0.0, -1.0])), Some((2025, 12, 31)));
        assert_eq!(day(utc([99.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0])), Some((1999, 1, 1)));
        assert_eq!(day(utc([-1.0, 1.0, 29.0, 0.0, 0.0, 0.0, 0.0])), Some((-1, 3, 1)));
        for field in 0..7 {
            let mut fields = [2000.0; 7];
            fields[field] = f64::NAN;
            assert!(utc(fields).is_nan());
            fields[field] = 1e20;
            assert!(utc(fields).is_nan());
        }
        assert_eq!(day(8.64e15), Some((275_760, 9, 13)));
        assert_eq!(day(8.64e15 + 1.0), None);
    }
}
