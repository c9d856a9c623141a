//! String functions that do not search by patterns.

use super::argument::Arguments;
use super::building::{text, text_too_long};
use super::json::write_string;
use crate::jsonata::error::Error;
use crate::jsonata::evaluation::Evaluation;
use crate::jsonata::item::{Item, Kind};
use crate::limits::QUERY_TEXT_CHARACTERS_MAX;

/// `$string(value[, prettify])`
pub(super) fn string<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let docs = evaluation.heap.docs;
    let arguments = Arguments::new(arguments, docs);
    let item = arguments.item(0);
    if let Kind::Undefined | Kind::String(_) = item.kind(docs) {
        return Ok(item);
    }
    let indent = matches!(arguments.item(1).kind(docs), Kind::Bool(true));
    let mut out = Vec::new();
    write_string(item, indent, docs, &mut out)?;
    text(evaluation, &String::from_utf8_lossy(&out))
}

/// `$length(text)`: the number of code points.
pub(super) fn length<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let Some(given) = Arguments::new(arguments, evaluation.heap.docs).text(0)? else {
        return Ok(Item::Undefined);
    };
    evaluation.charge(1 + given.len() / 64)?;
    Ok(Item::Number(given.chars().count() as f64))
}

/// `$substring(text, start[, length])`: positions count code points, negative ones from the end.
pub(super) fn substring<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let arguments = Arguments::new(arguments, evaluation.heap.docs);
    let Some(given) = arguments.text(0)? else { return Ok(Item::Undefined) };
    evaluation.charge(1 + given.len() / 64)?;
    let len = given.chars().count() as f64;
    let mut start = arguments.number(1)?.unwrap_or(f64::NAN);
    if len + start < 0.0 {
        start = 0.0;
    }
    let end = match arguments.number(2)? {
        Some(length) if length <= 0.0 => return text(evaluation, ""),
        Some(length) if start >= 0.0 => start + length,
        Some(length) => len + start + length,
        None => len,
    };
    let (start, end) = (slice_index(start, len), slice_index(end, len));
    let from = byte_of(&given, start);
    let piece = &given[from..from + byte_of(&given[from..], end.saturating_sub(start))];
    text(evaluation, piece)
}

/// An index as JavaScript's `slice` takes it: without its fraction, from the end if negative, within the length.
fn slice_index(index: f64, len: f64) -> usize {
    let index = index.trunc();
    let index = if index < 0.0 { (len + index).max(0.0) } else { index.min(len) };
    // NaN becomes 0.
    index as usize
}

/// Where the character with this index starts; behind the last one, the end.
fn byte_of(text: &str, index: usize) -> usize {
    text.char_indices().nth(index).map_or(text.len(), |(byte, _)| byte)
}

/// `$substringBefore(text, characters)`: the whole text if it does not hold them.
pub(super) fn substring_before<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    cut(evaluation, arguments, |(before, _)| before)
}

/// `$substringAfter(text, characters)`: the whole text if it does not hold them.
pub(super) fn substring_after<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    cut(evaluation, arguments, |(_, after)| after)
}

fn cut<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
    part: impl for<'t> Fn((&'t str, &'t str)) -> &'t str,
) -> Result<Item<'a>, Error> {
    let arguments = Arguments::new(arguments, evaluation.heap.docs);
    let Some(given) = arguments.text(0)? else { return Ok(Item::Undefined) };
    match arguments.text(1)?.and_then(|characters| given.split_once(&*characters)) {
        Some(parts) => text(evaluation, part(parts)),
        None => Ok(arguments.item(0)),
    }
}

/// `$lowercase(text)`
pub(super) fn lowercase<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    of_text(evaluation, arguments, str::to_lowercase)
}

/// `$uppercase(text)`
pub(super) fn uppercase<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    of_text(evaluation, arguments, str::to_uppercase)
}

/// `$trim(text)`: white space within becomes one blank, that around it goes.
pub(super) fn trim<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    of_text(evaluation, arguments, trimmed)
}

fn trimmed(given: &str) -> String {
    let mut out = String::with_capacity(given.len());
    for word in given.split([' ', '\t', '\n', '\r']).filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

fn of_text<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
    result: impl Fn(&str) -> String,
) -> Result<Item<'a>, Error> {
    let Some(given) = Arguments::new(arguments, evaluation.heap.docs).text(0)? else {
        return Ok(Item::Undefined);
    };
    evaluation.charge(1 + given.len() / 64)?;
    text(evaluation, &result(&given))
}

/// `$pad(text, width[, characters])`: on the right, or on the left if the width is negative.
pub(super) fn pad<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let arguments = Arguments::new(arguments, evaluation.heap.docs);
    let Some(given) = arguments.text(0)? else { return Ok(Item::Undefined) };
    let width = arguments.number(1)?.unwrap_or(f64::NAN).trunc();
    let missing = width.abs() - given.chars().count() as f64;
    if missing.is_nan() || missing <= 0.0 {
        return Ok(arguments.item(0));
    }
    if width.abs() > QUERY_TEXT_CHARACTERS_MAX as f64 {
        return Err(text_too_long());
    }
    let missing = missing as usize;
    let characters = arguments.text(2)?.filter(|characters| !characters.is_empty());
    let characters = characters.as_deref().unwrap_or(" ");
    evaluation.charge(1 + missing / 16)?;
    evaluation.reserve(given.len() + missing * 4)?;
    let mut padded = String::with_capacity(given.len() + missing);
    if width > 0.0 {
        padded.push_str(&given);
    }
    padded.extend(characters.chars().cycle().take(missing));
    if width < 0.0 {
        padded.push_str(&given);
    }
    text(evaluation, &padded)
}

/// `$join(texts[, separator])`
pub(super) fn join<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let docs = evaluation.heap.docs;
    let arguments = Arguments::new(arguments, docs);
    let Some(items) = arguments.array(0)? else { return Ok(Item::Undefined) };
    let separator = arguments.text(1)?.unwrap_or_default();
    evaluation.charge(items.len())?;
    let mut joined = String::new();
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            joined.push_str(&separator);
        }
        if let Some(piece) = item.as_str(docs) {
            piece.unescape_into(&mut joined);
        }
        if joined.len() > QUERY_TEXT_CHARACTERS_MAX * 4 {
            return Err(text_too_long());
        }
    }
    text(evaluation, &joined)
}
