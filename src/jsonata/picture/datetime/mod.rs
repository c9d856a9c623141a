//! `$fromMillis` and `$toMillis`: the pictures of `fn:format-dateTime` of XPath, and ISO 8601.
//!
//! Pictures are in English, years Gregorian, weeks those of ISO 8601. `JSONata` adds `X` and `x`, the year and
//! the month that a week belongs to. An instant is a double of milliseconds since 1970, as in JavaScript.

mod calendar;
mod component;
mod format;
mod iso;
mod matcher;
mod parse;
mod picture;

pub(crate) use format::from_millis;
pub(crate) use iso::parse_iso_8601;
pub(crate) use picture::DateTimePicture;
