//! Functions that Step Functions adds to JSONata (AWS, "Transforming data with JSONata in Step Functions").

use sha2::Digest;

use super::argument::Arguments;
use super::building::{List, array, check_sequence, text};
use crate::intrinsic::without_negative_zeros;
use crate::jsonata::error::Error;
use crate::jsonata::evaluation::Evaluation;
use crate::jsonata::item::{ArrayKind, Item};
use crate::value::random::Random;

/// A failure that has no code.
#[cold]
fn failure(text: impl Into<String>) -> Error {
    Error::new("").text(text)
}

/// `$partition(array, size)`: the array in pieces; a single piece stays in its array.
pub(super) fn partition<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let arguments = Arguments::new(arguments, evaluation.heap.docs);
    let Some(items) = arguments.array(0)? else { return Ok(Item::Undefined) };
    let size = match arguments.number(1)? {
        Some(size) if size.round() >= 1.0 => size.round() as usize,
        size => {
            let size = size.map_or("nothing".to_owned(), |size| size.to_string());
            return Err(failure(format!("$partition needs a size of at least 1, given {size}")));
        }
    };
    let all: Vec<Item<'a>> = items.iter().collect();
    let mut list = List::default();
    for piece in all.chunks(size) {
        let piece = array(evaluation, piece, ArrayKind::Plain)?;
        list.push(piece)?;
    }
    list.finish(evaluation, ArrayKind::Plain)
}

/// `$range(first, last, step)`: numbers from the first to the last, both included; a single one stands alone.
pub(super) fn range<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let arguments = Arguments::new(arguments, evaluation.heap.docs);
    let (Some(first), Some(last)) = (arguments.number(0)?, arguments.number(1)?) else {
        return Ok(Item::Undefined);
    };
    let step = arguments.number(2)?.unwrap_or(1.0);
    if step == 0.0 || ![first, last, step].into_iter().all(f64::is_finite) {
        return Err(failure(format!("$range needs finite numbers and a step other than 0, given {step}")));
    }
    let steps = ((last - first) / step).floor();
    if steps < 0.0 {
        return array(evaluation, &[], ArrayKind::Sequence);
    }
    let len = (steps as usize).saturating_add(1);
    check_sequence(len)?;
    let mut list = List::with_capacity(len);
    list.extend((0..len).map(|index| Item::Number(step.mul_add(index as f64, first))), len)?;
    list.finish(evaluation, ArrayKind::Sequence)
}

/// `$hash(text, algorithm)`: in lower-case hexadecimal.
pub(super) fn hash<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let arguments = Arguments::new(arguments, evaluation.heap.docs);
    let Some(data) = arguments.text(0)? else { return Ok(Item::Undefined) };
    evaluation.charge(1 + data.len() / 16)?;
    let data = data.as_bytes();
    let digest = match arguments.text(1)?.as_deref() {
        Some("MD5") => hexadecimal(&md5::Md5::digest(data)),
        Some("SHA-1") => hexadecimal(&sha1::Sha1::digest(data)),
        Some("SHA-256") => hexadecimal(&sha2::Sha256::digest(data)),
        Some("SHA-384") => hexadecimal(&sha2::Sha384::digest(data)),
        Some("SHA-512") => hexadecimal(&sha2::Sha512::digest(data)),
        other => {
            let given = other.map_or("nothing".to_owned(), |name| format!("{name:?}"));
            return Err(failure(format!(
                "$hash knows the algorithms MD5, SHA-1, SHA-256, SHA-384 and SHA-512, given {given}"
            )));
        }
    };
    text(evaluation, &digest)
}

fn hexadecimal(digest: &[u8]) -> String {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    digest
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(HEX[usize::from(digit)]))
        .collect()
}

/// `$random([seed])`: from 0 to below 1; the same for the same seed.
pub(super) fn random<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let seed = Arguments::new(arguments, evaluation.heap.docs).number(0)?;
    Ok(Item::Number(match seed {
        Some(seed) => Random::new(seed.to_bits()).unit_f64(),
        None => evaluation.random.unit_f64(),
    }))
}

/// `$uuid()`: a version 4 UUID.
pub(super) fn uuid<'a>(evaluation: &mut Evaluation<'_, 'a>, _: &[Item<'a>]) -> Result<Item<'a>, Error> {
    let uuid = evaluation.random.uuid_v4();
    text(evaluation, &String::from_utf8_lossy(&uuid))
}

/// `$parse(text)`: the value that a JSON text denotes.
pub(super) fn parse<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let Some(json) = Arguments::new(arguments, evaluation.heap.docs).text(0)? else {
        return Ok(Item::Undefined);
    };
    evaluation.charge(1 + json.len() / 16)?;
    // The text is copied, and its nodes take at most 16 bytes for each of its own.
    evaluation.reserve(json.len().saturating_mul(2))?;
    match evaluation.heap.parse(json.as_bytes()) {
        Ok(value) if json.contains("-0") => {
            Ok(Item::Json(without_negative_zeros(value, &json, evaluation.heap)))
        }
        Ok(value) => Ok(Item::Json(value)),
        Err(error) => Err(failure(format!("$parse cannot read its argument as JSON: {error}"))),
    }
}
