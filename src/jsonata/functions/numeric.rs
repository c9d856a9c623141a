//! Numeric functions.

use super::argument::Arguments;
use crate::json::format_f64;
use crate::jsonata::error::Error;
use crate::jsonata::evaluation::Evaluation;
use crate::jsonata::item::Item;

/// `$abs(number)`
pub(super) fn abs<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    of_number(evaluation, arguments, f64::abs)
}

/// `$floor(number)`
pub(super) fn floor<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    of_number(evaluation, arguments, f64::floor)
}

/// `$ceil(number)`
pub(super) fn ceil<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    of_number(evaluation, arguments, f64::ceil)
}

fn of_number<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
    result: impl Fn(f64) -> f64,
) -> Result<Item<'a>, Error> {
    let number = Arguments::new(arguments, evaluation.heap.docs).number(0)?;
    Ok(number.map_or(Item::Undefined, |number| Item::Number(result(number))))
}

/// `$sqrt(number)`
pub(super) fn sqrt<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let arguments = Arguments::new(arguments, evaluation.heap.docs);
    match arguments.number(0)? {
        Some(number) if number < 0.0 => Err(arguments.about(Error::new("D3060"), 0)),
        number => Ok(number.map_or(Item::Undefined, |number| Item::Number(number.sqrt()))),
    }
}

/// `$power(base, exponent)`
pub(super) fn power<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let arguments = Arguments::new(arguments, evaluation.heap.docs);
    let Some(base) = arguments.number(0)? else { return Ok(Item::Undefined) };
    let exponent = arguments.number(1)?.unwrap_or(f64::NAN);
    // JavaScript, unlike C, has no value for one to an infinite power.
    let result = if base.abs() == 1.0 && !exponent.is_finite() { f64::NAN } else { base.powf(exponent) };
    if result.is_finite() {
        return Ok(Item::Number(result));
    }
    let mut shown = Vec::new();
    format_f64(exponent, &mut shown);
    let error = Error::new("D3061").second_value(String::from_utf8_lossy(&shown));
    Err(arguments.about(error, 0))
}
