//! Values that stand in a filter's text: strings, numbers, and JSON in the loose form that json-smart reads.

use super::ast::Literal;
use crate::json::write_json_string;
use crate::jsonpath::SyntaxError;
use crate::jsonpath::lexer::Lexer;

/// Deepest nesting of arrays and objects in a literal.
const NESTING_DEPTH_MAX: usize = 64;

/// Reads a string, a number, an array or an object; `None` if none of them comes next.
pub(in crate::jsonpath) fn literal(lexer: &mut Lexer<'_>) -> Result<Option<Literal>, SyntaxError> {
    Ok(Some(match lexer.peek() {
        Some('\'' | '"') => Literal::String(string(lexer)?),
        Some('[' | '{') => Literal::Json(json(lexer)?),
        Some('0'..='9' | '-' | '.' | '+') => {
            let start = lexer.offset();
            let text = lexer.take_while(|c| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E'));
            let malformed = || SyntaxError::malformed(start, format!("'{text}' is no number"));
            number(text).ok_or_else(malformed)?
        }
        _ => return Ok(None),
    }))
}

fn number(text: &str) -> Option<Literal> {
    let decimal = decimal(text)?;
    Some(match decimal.parse() {
        Ok(integer) if decimal != "-0" => Literal::Integer(integer),
        _ => Literal::Number(decimal.into()),
    })
}

/// A number in any form that Java's `BigDecimal` reads (`+1`, `.5`, `007`), as JSON writes it.
pub(super) fn decimal(text: &str) -> Option<String> {
    let (sign, rest) = match text.as_bytes().first()? {
        b'-' => ("-", &text[1..]),
        b'+' => ("", &text[1..]),
        _ => ("", text),
    };
    let (mantissa, exponent) = match rest.find(['e', 'E']) {
        Some(at) => (&rest[..at], Some(&rest[at + 1..])),
        None => (rest, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !are_digits(whole) || !are_digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let mut decimal = format!("{sign}{}", if whole.is_empty() { "0" } else { whole });
    if !fraction.is_empty() {
        decimal.push('.');
        decimal.push_str(fraction);
    }
    match exponent {
        Some(exponent) => Some(format!("{decimal}e{}", exponent.parse::<i32>().ok()?)),
        None => Some(decimal),
    }
}

/// A string in either kind of quotes, with Java's escapes.
fn string(lexer: &mut Lexer<'_>) -> Result<Box<str>, SyntaxError> {
    let quote = lexer.bump().unwrap_or('\'');
    let mut text = String::new();
    loop {
        match lexer.bump() {
            None => return Err(lexer.malformed(&format!("{quote} at the end of the string"))),
            Some(end) if end == quote => return Ok(text.into()),
            Some('\\') => escape(lexer, &mut text)?,
            Some(other) => text.push(other),
        }
    }
}

/// What follows a backslash. A backslash before any other character than these is dropped.
fn escape(lexer: &mut Lexer<'_>, text: &mut String) -> Result<(), SyntaxError> {
    text.push(match lexer.bump() {
        None => return Err(lexer.malformed("a character after '\\'")),
        Some('n') => '\n',
        Some('t') => '\t',
        Some('r') => '\r',
        Some('b') => '\u{8}',
        Some('f') => '\u{c}',
        Some('u') => {
            let first = unit(lexer)?;
            let mut units = vec![first];
            if (0xd800..0xdc00).contains(&first) && lexer.eat('\\') {
                if !lexer.eat('u') {
                    return Err(lexer.malformed("the second half of a surrogate pair"));
                }
                units.push(unit(lexer)?);
            }
            text.extend(char::decode_utf16(units).map(|decoded| decoded.unwrap_or('\u{fffd}')));
            return Ok(());
        }
        Some(other) => other,
    });
    Ok(())
}

/// Four hexadecimal digits.
fn unit(lexer: &mut Lexer<'_>) -> Result<u16, SyntaxError> {
    let mut unit = 0;
    for _ in 0..4 {
        let digit = lexer.peek().and_then(|c| c.to_digit(16));
        let Some(digit) = digit else { return Err(lexer.malformed("four hexadecimal digits")) };
        lexer.bump();
        unit = unit * 16 + digit as u16;
    }
    Ok(unit)
}

/// An array or an object, as strict JSON. Strings may stand in single quotes or, if they are one word, in none.
fn json(lexer: &mut Lexer<'_>) -> Result<Box<str>, SyntaxError> {
    let mut out = Vec::new();
    // The brackets that are open, as what closes them.
    let mut open: Vec<char> = Vec::new();
    loop {
        lexer.skip_spaces();
        match lexer.peek() {
            Some(bracket @ ('[' | '{')) => {
                lexer.bump();
                out.push(bracket as u8);
                if open.len() == NESTING_DEPTH_MAX {
                    return Err(lexer.malformed(&format!("at most {NESTING_DEPTH_MAX} levels")));
                }
                open.push(if bracket == '[' { ']' } else { '}' });
                lexer.skip_spaces();
                if lexer.peek() != open.last().copied() {
                    key(lexer, &open, &mut out)?;
                    continue;
                }
            }
            Some('\'' | '"') => write_json_string(&string(lexer)?, &mut out),
            _ => word(lexer, &mut out)?,
        }
        // After a value: a comma, or the ends of what it ends.
        loop {
            lexer.skip_spaces();
            let Some(close) = open.last().copied() else {
                return Ok(String::from_utf8_lossy(&out).into());
            };
            if lexer.eat(',') {
                out.push(b',');
                key(lexer, &open, &mut out)?;
                break;
            }
            lexer.expect(close)?;
            out.push(close as u8);
            open.pop();
        }
    }
}

/// In an object, the key and the colon before a value.
fn key(lexer: &mut Lexer<'_>, open: &[char], out: &mut Vec<u8>) -> Result<(), SyntaxError> {
    if open.last() != Some(&'}') {
        return Ok(());
    }
    lexer.skip_spaces();
    let key = match lexer.peek() {
        Some('\'' | '"') => string(lexer)?,
        _ => bare(lexer)?.into(),
    };
    write_json_string(&key, out);
    lexer.skip_spaces();
    lexer.expect(':')?;
    out.push(b':');
    Ok(())
}

/// A value without quotes.
fn word(lexer: &mut Lexer<'_>, out: &mut Vec<u8>) -> Result<(), SyntaxError> {
    let word = bare(lexer)?;
    match (word, decimal(word)) {
        ("true" | "false" | "null", _) => out.extend_from_slice(word.as_bytes()),
        (_, Some(decimal)) => out.extend_from_slice(decimal.as_bytes()),
        (word, None) => write_json_string(word, out),
    }
    Ok(())
}

fn bare<'t>(lexer: &mut Lexer<'t>) -> Result<&'t str, SyntaxError> {
    let word = lexer
        .take_while(|c| !matches!(c, ',' | ':' | '[' | ']' | '{' | '}' | '(' | ')' | '\'' | '"'))
        .trim_end();
    if word.is_empty() { Err(lexer.malformed("a value")) } else { Ok(word) }
}
