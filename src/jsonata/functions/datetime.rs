//! Date and time functions.

use super::argument::Arguments;
use super::building::text;
use crate::jsonata::error::Error;
use crate::jsonata::evaluation::Evaluation;
use crate::jsonata::item::Item;
use crate::jsonata::picture::datetime::{DateTimePicture, from_millis, parse_iso_8601};

/// `$now([picture[, timezone]])`: the same instant during the whole evaluation.
pub(super) fn now<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let millis = evaluation.now_millis as f64;
    formatted(evaluation, arguments, millis, 0)
}

/// `$millis()`
#[expect(clippy::unnecessary_wraps, reason = "all functions of the table have one signature")]
pub(super) fn millis<'a>(evaluation: &mut Evaluation<'_, 'a>, _: &[Item<'a>]) -> Result<Item<'a>, Error> {
    Ok(Item::Number(evaluation.now_millis as f64))
}

/// `$fromMillis(milliseconds[, picture[, timezone]])`
pub(super) fn from_millis_builtin<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    match Arguments::new(arguments, evaluation.heap.docs).number(0)? {
        Some(millis) => formatted(evaluation, arguments, millis, 1),
        None => Ok(Item::Undefined),
    }
}

/// An instant; `first` is the argument with the picture, the time zone follows it.
fn formatted<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
    millis: f64,
    first: usize,
) -> Result<Item<'a>, Error> {
    let arguments = Arguments::new(arguments, evaluation.heap.docs);
    let picture = match arguments.text(first)? {
        Some(picture) => {
            evaluation.charge(1 + picture.len())?;
            Some(DateTimePicture::parse(&picture)?)
        }
        None => None,
    };
    let timezone = arguments.text(first + 1)?;
    text(evaluation, &from_millis(millis, picture.as_ref(), timezone.as_deref())?)
}

/// `$toMillis(timestamp[, picture])`
pub(super) fn to_millis<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let arguments = Arguments::new(arguments, evaluation.heap.docs);
    let Some(timestamp) = arguments.text(0)? else { return Ok(Item::Undefined) };
    let Some(picture) = arguments.text(1)? else { return Ok(Item::Number(parse_iso_8601(&timestamp)?)) };
    evaluation.charge(1 + picture.len().saturating_mul(1 + timestamp.len()))?;
    let picture = DateTimePicture::parse(&picture)?;
    let millis = picture.parse_text(&timestamp, evaluation.now_millis as f64)?;
    Ok(millis.map_or(Item::Undefined, Item::Number))
}
