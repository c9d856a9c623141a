//! The picture of a date and time: section 9.8.4.1 of "XPath and XQuery Functions and Operators 3.1".

use super::component::Component;
use crate::jsonata::picture::{
    error::Failure,
    integer::{IntegerPicture, LetterCase, Numbering, WIDTH_MAX},
    scan::is_space,
};

/// A picture of a date and time, read once: `[D01]/[M01]/[Y0001] [H01]:[m01]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DateTimePicture {
    pub(super) parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Literal(String),
    Marker(Marker),
}

/// What stands between brackets: a component and how it is presented.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marker {
    pub(super) component: Component,
    pub(super) presentation: Presentation,
    /// The second modifier `t`: an offset of zero is written `Z`.
    pub(super) traditional: bool,
    pub(super) width_max: Option<usize>,
    /// How many of a year's digits are written, counted from its end.
    pub(super) year_digits: Option<usize>,
    /// How many digits are read, if digits of the next component follow at once.
    pub(super) digits_read: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Presentation {
    Names(LetterCase),
    Integer(IntegerPicture),
    /// Text that has one form only.
    Text,
}

#[derive(Debug, Clone, Copy, Default)]
struct Width {
    min: Option<usize>,
    max: Option<usize>,
}

impl DateTimePicture {
    /// Reads a picture (D3132, D3135; D3131 of its integers).
    pub(crate) fn parse(picture: &str) -> Result<Self, Failure> {
        let mut parts = Vec::new();
        let mut rest = picture;
        while let Some((literal, from)) = rest.split_once('[') {
            push_literal(literal, &mut parts);
            if let Some(after) = from.strip_prefix('[') {
                parts.push(Part::Literal("[".to_owned()));
                rest = after;
                continue;
            }
            let (marker, after) = from.split_once(']').ok_or_else(|| Failure::new("D3135"))?;
            let marker = Marker::parse(&marker.replace(is_space, ""))?;
            if let (Presentation::Integer(_), true, Some(Part::Marker(previous))) =
                (&marker.presentation, marker.component.is_integer(), parts.last_mut())
            {
                previous.digits_read = previous.mandatory_digits().filter(|digits| *digits > 0);
            }
            parts.push(Part::Marker(marker));
            rest = after;
        }
        push_literal(rest, &mut parts);
        Ok(Self { parts })
    }
}

/// A doubled `]` stands for one, as does a single one.
fn push_literal(text: &str, parts: &mut Vec<Part>) {
    if !text.is_empty() {
        parts.push(Part::Literal(text.replace("]]", "]")));
    }
}

impl Marker {
    fn parse(text: &str) -> Result<Self, Failure> {
        let unknown = |letter: &str| Failure::of_text("D3132", letter);
        let letter = text.chars().next().ok_or_else(|| unknown(""))?;
        let component =
            Component::from_letter(letter).ok_or_else(|| unknown(letter.encode_utf8(&mut [0; 4])))?;
        let modifiers = &text[letter.len_utf8()..];
        let (presentation, width) = match modifiers.rsplit_once(',') {
            Some((presentation, width)) => (presentation, Width::parse(width)?),
            None => (modifiers, Width::default()),
        };
        let (first, second) = split_modifiers(presentation);
        let first = if first.is_empty() { component.default_presentation() } else { first };
        let case = match first.as_bytes() {
            [b'n', ..] => Some(LetterCase::Lower),
            [b'N', b'n', ..] => Some(LetterCase::Title),
            [b'N', ..] => Some(LetterCase::Upper),
            _ => None,
        };
        let is_offset = matches!(component, Component::Offset | Component::OffsetFromGmt);
        let presentation = match case {
            _ if is_offset => Presentation::Integer(IntegerPicture::parse(first)?),
            Some(case) => Presentation::Names(case),
            None if !component.is_integer() => Presentation::Text,
            None => Presentation::Integer(IntegerPicture::parse(&match second {
                Some(second) => format!("{first};{second}"),
                None => first.to_owned(),
            })?),
        };
        let mut marker = Self {
            component,
            presentation,
            traditional: second == Some('t'),
            width_max: width.max,
            year_digits: None,
            digits_read: None,
        };
        marker.apply(width);
        Ok(marker)
    }

    /// Widens a number to its least width; a year is cut to its greatest (section 9.8.4.4).
    fn apply(&mut self, width: Width) {
        let Presentation::Integer(picture) = &mut self.presentation else { return };
        if !self.component.is_integer() {
            return;
        }
        let is_year = self.component == Component::Year;
        if let Numbering::Decimal(pattern) = &mut picture.numbering {
            pattern.mandatory = pattern.mandatory.max(width.min.unwrap_or(0));
            if is_year {
                pattern.mandatory = width.max.unwrap_or(pattern.mandatory);
                self.year_digits = Some(pattern.mandatory + pattern.optional).filter(|digits| *digits > 1);
            }
        }
        if is_year && width.max.is_some() {
            self.year_digits = width.max;
        }
    }

    fn mandatory_digits(&self) -> Option<usize> {
        match &self.presentation {
            Presentation::Integer(IntegerPicture { numbering: Numbering::Decimal(pattern), .. }) => {
                Some(pattern.mandatory)
            }
            _ => None,
        }
    }
}

/// The first presentation modifier, and the second where there is one.
fn split_modifiers(text: &str) -> (&str, Option<char>) {
    match text.char_indices().next_back() {
        Some((at, second @ ('a' | 't' | 'c' | 'o'))) if at > 0 => (&text[..at], Some(second)),
        _ => (text, None),
    }
}

impl Width {
    fn parse(text: &str) -> Result<Self, Failure> {
        let (min, max) = text.split_once('-').unwrap_or((text, "*"));
        Ok(Self { min: Self::bound(min)?, max: Self::bound(max)? })
    }

    /// The number that a text begins with; none means no bound.
    fn bound(text: &str) -> Result<Option<usize>, Failure> {
        let len = text.bytes().take_while(u8::is_ascii_digit).count();
        let Ok(number) = text[..len].parse::<f64>() else { return Ok(None) };
        if number > WIDTH_MAX as f64 {
            return Err(Failure::out_of_range(number));
        }
        Ok(Some(number as usize))
    }
}
