//! The functions of `JSONata` that turn numbers and instants into text and back: pure text, no values.
//!
//! The rules are those of `JSONata` 2.x, which takes its pictures from "XPath and XQuery Functions and
//! Operators 3.1": `fn:format-number`, `fn:format-integer`, `fn:format-dateTime`. Where `JSONata` differs from
//! XPath it is followed; where its answer is no formatted number or instant at all (`NaN` as a year, a separator
//! without digits on both sides), XPath is.
//!
//! Invariants: nothing here reads a clock, recurses over its input or writes more than its arguments bound: a
//! picture's widths end at `WIDTH_MAX`, matching a timestamp visits each place of a picture once for each
//! character of the text.

mod arithmetic;
pub(crate) mod datetime;
mod error;
mod integer;
mod number;
mod number_picture;
mod number_text;
mod numbering;
mod scan;
mod url;
mod words;

pub(crate) use arithmetic::{power, round, sqrt};
pub(crate) use error::Failure;
pub(crate) use integer::IntegerPicture;
pub(crate) use number::NumberPicture;
pub(crate) use number_picture::DecimalFormat;
pub(crate) use number_text::{format_base, parse_number, round_to_15_digits};
pub(crate) use url::{decode_uri, decode_uri_component, encode_uri, encode_uri_component};
