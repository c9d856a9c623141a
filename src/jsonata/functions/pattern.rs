//! String functions that search: by strings, regular expressions and matcher functions.

use super::argument::Arguments;
use super::building::{List, text, text_too_long};
use super::matching::{Matcher, between};
use crate::jsonata::error::Error;
use crate::jsonata::evaluation::Evaluation;
use crate::jsonata::item::{ArrayKind, Item, Kind};
use crate::limits::QUERY_TEXT_CHARACTERS_MAX;

/// `$contains(text, pattern)`
pub(super) fn contains<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let docs = evaluation.heap.docs;
    let arguments = Arguments::new(arguments, docs);
    let pattern = arguments.item(1);
    let Some(given) = arguments.text(0)?.filter(|_| !pattern.is_undefined()) else {
        return Ok(Item::Undefined);
    };
    evaluation.charge(1 + given.len() / 64)?;
    let is_found = match pattern.kind(docs) {
        Kind::String(pattern) => given.contains(&*pattern.to_text()),
        _ => Matcher::new(evaluation, pattern, arguments.item(0), &given).next(evaluation)?.is_some(),
    };
    Ok(Item::bool(is_found))
}

/// Most results, if there is a bound; `code` if it is negative.
fn limit(arguments: Arguments<'_, '_, '_>, index: usize, code: &'static str) -> Result<f64, Error> {
    match arguments.number(index)? {
        Some(limit) if limit < 0.0 => Err(arguments.about(Error::new(code), index)),
        limit => Ok(limit.unwrap_or(f64::INFINITY)),
    }
}

/// `$split(text, separator[, limit])`
pub(super) fn split<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let docs = evaluation.heap.docs;
    let arguments = Arguments::new(arguments, docs);
    let Some(given) = arguments.text(0)? else { return Ok(Item::Undefined) };
    let limit = limit(arguments, 2, "D3020")?;
    evaluation.charge(1 + given.len() / 64)?;
    let mut list = List::default();
    if let Kind::String(separator) = arguments.item(1).kind(docs) {
        let separator = separator.to_text();
        // JavaScript takes the limit without its fraction here.
        let limit = limit.trunc();
        let mut add = |piece: &str| {
            if (list.len() as f64) < limit {
                let piece = text(evaluation, piece)?;
                list.push(piece)?;
            }
            Ok::<bool, Error>((list.len() as f64) < limit)
        };
        if separator.is_empty() {
            let mut buffer = [0; 4];
            for character in given.chars() {
                if !add(character.encode_utf8(&mut buffer))? {
                    break;
                }
            }
        } else {
            for piece in given.split(&*separator) {
                if !add(piece)? {
                    break;
                }
            }
        }
    } else if limit > 0.0 {
        let mut matcher = Matcher::new(evaluation, arguments.item(1), arguments.item(0), &given);
        let mut start = 0;
        let mut found = matcher.next(evaluation)?;
        while let Some(places) = found
            && (list.len() as f64) < limit
        {
            let piece = text(evaluation, between(&given, start, places.start))?;
            list.push(piece)?;
            start = places.end;
            found = matcher.next(evaluation)?;
        }
        if (list.len() as f64) < limit {
            let piece = text(evaluation, &given[start..])?;
            list.push(piece)?;
        }
    }
    list.finish(evaluation, ArrayKind::Plain)
}

/// `$match(text, pattern[, limit])`
pub(super) fn find<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let arguments = Arguments::new(arguments, evaluation.heap.docs);
    let Some(given) = arguments.text(0)? else { return Ok(Item::Undefined) };
    let limit = limit(arguments, 2, "D3040")?;
    let mut list = List::default();
    if limit > 0.0 {
        let mut matcher = Matcher::new(evaluation, arguments.item(1), arguments.item(0), &given);
        let mut found = matcher.next(evaluation)?;
        while found.is_some() && (list.len() as f64) < limit {
            let summary = matcher.summary(evaluation)?;
            list.push(summary)?;
            found = matcher.next(evaluation)?;
        }
    }
    list.finish(evaluation, ArrayKind::Sequence)
}

/// `$replace(text, pattern, replacement[, limit])`
pub(super) fn replace<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let docs = evaluation.heap.docs;
    let arguments = Arguments::new(arguments, docs);
    let Some(given) = arguments.text(0)? else { return Ok(Item::Undefined) };
    let pattern = match arguments.item(1).kind(docs) {
        Kind::String(pattern) => Some(pattern.to_text()),
        _ => None,
    };
    if pattern.as_deref() == Some("") {
        return Err(arguments.about(Error::new("D3010"), 1));
    }
    let limit = limit(arguments, 3, "D3011")?;
    evaluation.charge(1 + given.len() / 64)?;
    if limit == 0.0 {
        return Ok(arguments.item(0));
    }
    let replaced = match pattern {
        Some(pattern) => replace_text(arguments, &given, &pattern, limit)?,
        None => replace_matches(evaluation, arguments, &given, limit)?,
    };
    match replaced {
        Some(replaced) => text(evaluation, &replaced),
        None => Ok(arguments.item(0)),
    }
}

fn check_length(text: &str) -> Result<(), Error> {
    if text.len() > QUERY_TEXT_CHARACTERS_MAX * 4 { Err(text_too_long()) } else { Ok(()) }
}

/// With a string in the place of each occurrence of a string; `None` if there is none.
fn replace_text(
    arguments: Arguments<'_, '_, '_>,
    given: &str,
    pattern: &str,
    limit: f64,
) -> Result<Option<String>, Error> {
    let mut out = String::new();
    let (mut position, mut count) = (0, 0_usize);
    for (start, _) in given.match_indices(pattern) {
        if count as f64 >= limit {
            break;
        }
        let replacement = arguments.text(2).ok().flatten();
        let Some(replacement) = replacement else { return Err(arguments.about(Error::new("D3012"), 2)) };
        out.push_str(&given[position..start]);
        out.push_str(&replacement);
        check_length(&out)?;
        position = start + pattern.len();
        count += 1;
    }
    out.push_str(&given[position..]);
    Ok((count > 0).then_some(out))
}

/// With what a template or a function makes of each match; `None` if there is none.
fn replace_matches<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    arguments: Arguments<'_, '_, 'a>,
    given: &str,
    limit: f64,
) -> Result<Option<String>, Error> {
    let replacement = arguments.item(2);
    let template = if replacement.is_function() { None } else { arguments.text(2)? };
    let mut matcher = Matcher::new(evaluation, arguments.item(1), arguments.item(0), given);
    let mut found = matcher.next(evaluation)?;
    if found.is_none() {
        return Ok(None);
    }
    let mut out = String::new();
    let (mut position, mut count) = (0, 0_usize);
    while let Some(places) = found
        && (count as f64) < limit
    {
        out.push_str(between(given, position, places.start));
        if let Some(template) = &template {
            fill(evaluation, template, &matcher, &mut out);
        } else {
            let object = matcher.object(evaluation)?;
            let docs = evaluation.heap.docs;
            let replaced = evaluation.call(replacement, &[object])?;
            match replaced.as_str(docs) {
                Some(replaced) => replaced.unescape_into(&mut out),
                None => return Err(super::error_value(Error::new("D3012"), replaced, docs)),
            }
        }
        check_length(&out)?;
        position = places.after;
        count += 1;
        found = matcher.next(evaluation)?;
    }
    out.push_str(given.get(position..).unwrap_or_default());
    Ok(Some(out))
}

/// Appends a replacement with `$1` for the first group, `$0` for the match and `$$` for a dollar sign.
fn fill<'a>(evaluation: &Evaluation<'_, 'a>, template: &str, matcher: &Matcher<'_, 'a>, out: &mut String) {
    let groups = matcher.group_count(evaluation);
    // Group numbers have as many digits as the last group's.
    let digits_max = groups.max(1).ilog10() as usize + 1;
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        rest = after;
        match after.bytes().next() {
            Some(b'$') => {
                out.push('$');
                rest = &after[1..];
            }
            Some(b'0') => {
                matcher.push_group(evaluation, 0, out);
                rest = &after[1..];
            }
            Some(b'1'..=b'9') => {
                let digits = after.bytes().take(digits_max).take_while(u8::is_ascii_digit).count();
                let number = |digits: usize| after[..digits].parse().unwrap_or(usize::MAX);
                let digits = if digits > 1 && number(digits) > groups { digits - 1 } else { digits };
                if number(digits) <= groups {
                    matcher.push_group(evaluation, number(digits), out);
                }
                rest = &after[digits..];
            }
            _ => out.push('$'),
        }
    }
    out.push_str(rest);
}
