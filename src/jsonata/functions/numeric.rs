//! Numeric functions.

use super::argument::Arguments;
use super::building::text;
use crate::jsonata::error::Error;
use crate::jsonata::evaluation::Evaluation;
use crate::jsonata::item::{Item, Kind};
use crate::jsonata::picture::{self, DecimalFormat, IntegerPicture, NumberPicture};

/// `$number(value)`
pub(super) fn number<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let docs = evaluation.heap.docs;
    let arguments = Arguments::new(arguments, docs);
    let item = arguments.item(0);
    match item.kind(docs) {
        Kind::Undefined | Kind::Number(_) => Ok(item),
        Kind::Bool(bool) => Ok(Item::Number(f64::from(bool))),
        Kind::String(string) => match picture::parse_number(&string.to_text()) {
            Ok(number) => Ok(Item::Number(number)),
            Err(failure) => Err(Error::from(failure).index(1)),
        },
        _ => Err(arguments.about(Error::new("D3030"), 0)),
    }
}

/// `$abs(number)`
pub(super) fn abs<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    of_number(evaluation, arguments, |number| Ok(number.abs()))
}

/// `$floor(number)`
pub(super) fn floor<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    of_number(evaluation, arguments, |number| Ok(number.floor()))
}

/// `$ceil(number)`
pub(super) fn ceil<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    of_number(evaluation, arguments, |number| Ok(number.ceil()))
}

/// `$round(number[, precision])`: to the nearest, of two as near the even one.
pub(super) fn round<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let precision = Arguments::new(arguments, evaluation.heap.docs).number(1)?.unwrap_or(0.0);
    of_number(evaluation, arguments, |number| Ok(picture::round(number, precision)))
}

/// `$sqrt(number)`
pub(super) fn sqrt<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    of_number(evaluation, arguments, |number| Ok(picture::sqrt(number)?))
}

/// `$power(base, exponent)`
pub(super) fn power<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let exponent = Arguments::new(arguments, evaluation.heap.docs).number(1)?.unwrap_or(f64::NAN);
    of_number(evaluation, arguments, |base| Ok(picture::power(base, exponent)?))
}

fn of_number<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
    result: impl Fn(f64) -> Result<f64, Error>,
) -> Result<Item<'a>, Error> {
    match Arguments::new(arguments, evaluation.heap.docs).number(0)? {
        // Every error is about the first argument.
        Some(number) => result(number).map(Item::Number).map_err(|error| error.index(1)),
        None => Ok(Item::Undefined),
    }
}

/// `$formatNumber(number, picture[, options])`
pub(super) fn format_number<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let docs = evaluation.heap.docs;
    let arguments = Arguments::new(arguments, docs);
    let Some(number) = arguments.number(0)? else { return Ok(Item::Undefined) };
    let Some(picture) = arguments.text(1)? else { return Err(arguments.about(Error::new("T0410"), 1)) };
    evaluation.charge(1 + picture.len())?;
    let mut format = DecimalFormat::default();
    if let Some(options) = arguments.object(2)? {
        evaluation.charge(options.len(docs))?;
        for (name, value) in options.iter(docs) {
            if let Some(value) = value.as_str(docs) {
                format.set(&name.to_text(), &value.to_text())?;
            }
        }
    }
    text(evaluation, &NumberPicture::parse(&picture, format)?.format(number))
}

/// `$formatBase(number[, radix])`
pub(super) fn format_base<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let arguments = Arguments::new(arguments, evaluation.heap.docs);
    let Some(number) = arguments.number(0)? else { return Ok(Item::Undefined) };
    let radix = arguments.number(1)?.unwrap_or(10.0);
    text(evaluation, &picture::format_base(number, radix)?)
}

/// `$formatInteger(number, picture)`
pub(super) fn format_integer<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let arguments = Arguments::new(arguments, evaluation.heap.docs);
    let Some(number) = arguments.number(0)? else { return Ok(Item::Undefined) };
    let Some(picture) = arguments.text(1)? else { return Err(arguments.about(Error::new("T0410"), 1)) };
    evaluation.charge(1 + picture.len())?;
    text(evaluation, &IntegerPicture::parse(&picture)?.format(number)?)
}

/// `$parseInteger(text, picture)`
pub(super) fn parse_integer<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let arguments = Arguments::new(arguments, evaluation.heap.docs);
    let Some(given) = arguments.text(0)? else { return Ok(Item::Undefined) };
    let Some(picture) = arguments.text(1)? else { return Err(arguments.about(Error::new("T0410"), 1)) };
    evaluation.charge(1 + picture.len() + given.len())?;
    let number = IntegerPicture::parse(&picture)?.parse_text(&given)?;
    Ok(number.map_or(Item::Undefined, Item::Number))
}
