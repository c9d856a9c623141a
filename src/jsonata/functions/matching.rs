//! Finding matches: of regular expressions, and of functions that keep to their protocol.
//!
//! A matcher function takes a text and returns nothing, or an object with `match`, `start`, `end`, `groups` and
//! `next`, a function that goes on. Places count UTF-16 units.

use regex::CaptureLocations;
use smallvec::SmallVec;

use super::building::text;
use crate::jsonata::error::Error;
use crate::jsonata::evaluation::Evaluation;
use crate::jsonata::item::{ArrayKind, Function, Item, Items, Kind};

/// What finds matches in a text.
pub(super) enum Matcher<'t, 'a> {
    /// A regular expression: nothing is built for a match.
    Regex(RegexMatcher<'t>),
    /// A function; the arguments are the call that finds the next match.
    Function { text: &'t str, function: Item<'a>, argument: Item<'a>, found: CustomMatch<'a> },
}

/// A regular expression on its way through a text.
pub(super) struct RegexMatcher<'t> {
    regex: u32,
    text: &'t str,
    locations: CaptureLocations,
    /// Where the next match is looked for.
    from: usize,
    is_first: bool,
    units: Units<'t>,
}

/// The last match of a matcher function.
#[derive(Clone, Copy)]
pub(super) struct CustomMatch<'a> {
    object: Item<'a>,
    text: Item<'a>,
    groups: Item<'a>,
}

/// Where a match stands, in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    /// Its start.
    pub(super) start: usize,
    /// Its end.
    pub(super) end: usize,
    /// Its start and the length of what it says it has matched.
    pub(super) after: usize,
}

impl<'t, 'a> Matcher<'t, 'a> {
    /// `argument` is `text` as an item.
    pub(super) fn new(
        evaluation: &Evaluation<'_, 'a>,
        matcher: Item<'a>,
        argument: Item<'a>,
        text: &'t str,
    ) -> Self {
        if let Item::Function(Function::Regex(regex)) = matcher
            && let Some(compiled) = evaluation.regex(*regex)
        {
            let locations = compiled.capture_locations();
            let units = Units::new(text);
            return Self::Regex(RegexMatcher {
                regex: *regex,
                text,
                locations,
                from: 0,
                is_first: true,
                units,
            });
        }
        let found = CustomMatch { object: Item::Undefined, text: Item::Undefined, groups: Item::Undefined };
        Self::Function { text, function: matcher, argument, found }
    }

    /// The next match.
    pub(super) fn next(&mut self, evaluation: &mut Evaluation<'_, 'a>) -> Result<Option<Found>, Error> {
        match self {
            Self::Regex(matcher) => matcher.next(evaluation),
            Self::Function { text, function, argument, found } => {
                let object = evaluation.call(*function, &[*argument])?;
                if object.is_undefined() {
                    return Ok(None);
                }
                let places = found.read(evaluation, object, text)?;
                *argument = Item::Undefined;
                *function = member(evaluation, object, "next");
                Ok(Some(places))
            }
        }
    }

    /// Number of groups of the last match.
    pub(super) fn group_count(&self, evaluation: &Evaluation<'_, 'a>) -> usize {
        match self {
            Self::Regex(matcher) => matcher.locations.len() - 1,
            Self::Function { found, .. } => found.groups.as_array(evaluation.heap.docs).map_or(0, Items::len),
        }
    }

    /// Appends what a group of the last match has matched; the whole match if `index` is 0.
    pub(super) fn push_group(&self, evaluation: &Evaluation<'_, 'a>, index: usize, out: &mut String) {
        match self {
            Self::Regex(matcher) => {
                if let Some((start, end)) = matcher.locations.get(index) {
                    out.push_str(&matcher.text[start..end]);
                }
            }
            Self::Function { found, .. } => {
                let docs = evaluation.heap.docs;
                let group = match index.checked_sub(1) {
                    None => Some(found.text),
                    Some(index) => found.groups.as_array(docs).and_then(|groups| groups.get(index)),
                };
                if let Some(text) = group.and_then(|group| group.as_str(docs)) {
                    text.unescape_into(out);
                }
            }
        }
    }

    /// The last match as `$match` shows it: `match`, `index` and `groups`.
    pub(super) fn summary(&mut self, evaluation: &mut Evaluation<'_, 'a>) -> Result<Item<'a>, Error> {
        let (text, start, groups) = match self {
            Self::Regex(matcher) => {
                let (text, groups) = matcher.items(evaluation)?;
                let start = matcher.locations.get(0).map_or(0, |(start, _)| matcher.units.at(start));
                (text, Item::Number(start as f64), groups)
            }
            Self::Function { found, .. } => {
                (found.text, member(evaluation, found.object, "start"), found.groups)
            }
        };
        Ok(object(evaluation, &[("match", text), ("index", start), ("groups", groups)]))
    }

    /// The last match as a function gets it.
    pub(super) fn object(&mut self, evaluation: &mut Evaluation<'_, 'a>) -> Result<Item<'a>, Error> {
        match self {
            // `next` holds the text: it has to outlive the call.
            Self::Regex(matcher) => {
                evaluation.reserve(matcher.text.len())?;
                let text = evaluation.heap.arena.bump().alloc_str(matcher.text);
                matcher.object(evaluation, text)
            }
            Self::Function { found, .. } => Ok(found.object),
        }
    }
}

impl RegexMatcher<'_> {
    fn next(&mut self, evaluation: &mut Evaluation<'_, '_>) -> Result<Option<Found>, Error> {
        if !self.is_first && self.from >= self.text.len() {
            return Ok(None);
        }
        let Some(regex) = evaluation.regex(self.regex) else { return Ok(None) };
        let found = regex.captures_read_at(&mut self.locations, self.text, self.from);
        let from = std::mem::replace(&mut self.from, found.map_or(self.text.len(), |found| found.end()));
        let is_first = std::mem::replace(&mut self.is_first, false);
        evaluation.charge(1 + (self.from - from) / 16)?;
        match found {
            // It would match there for ever.
            Some(found) if found.is_empty() && !is_first => Err(Error::new("D1004")),
            Some(found) => Ok(Some(Found { start: found.start(), end: found.end(), after: found.end() })),
            None => Ok(None),
        }
    }

    /// The text and the groups of the last match. A group that took no part is null.
    fn items<'a>(&self, evaluation: &mut Evaluation<'_, 'a>) -> Result<(Item<'a>, Item<'a>), Error> {
        let piece = |index| self.locations.get(index).map(|(start, end)| &self.text[start..end]);
        let whole = text(evaluation, piece(0).unwrap_or_default())?;
        let mut groups = SmallVec::<[Item<'a>; 4]>::new();
        for index in 1..self.locations.len() {
            groups.push(match piece(index) {
                Some(piece) => text(evaluation, piece)?,
                None => Item::NULL,
            });
        }
        Ok((whole, Item::array(&groups, ArrayKind::Plain, evaluation.heap)))
    }

    /// The last match as an object; `kept` is the text in the arena.
    fn object<'a>(&mut self, evaluation: &mut Evaluation<'_, 'a>, kept: &'a str) -> Result<Item<'a>, Error> {
        let (whole, groups) = self.items(evaluation)?;
        let (start, end) = self.locations.get(0).unwrap_or_default();
        let (start, end) = (self.units.at(start) as f64, self.units.at(end) as f64);
        let next = Function::RegexNext { regex: self.regex, text: kept, from: self.from };
        let next = Item::function(next, evaluation.heap);
        let (start, end) = (Item::Number(start), Item::Number(end));
        let members = [("match", whole), ("start", start), ("end", end), ("groups", groups), ("next", next)];
        Ok(object(evaluation, &members))
    }
}

/// Calls a regular expression, or the `next` of one of its matches, as a matcher function: the match as an object, or
/// nothing.
pub(crate) fn call_regex<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    function: &Function<'a>,
    arguments: &[Item<'a>],
) -> Result<Item<'a>, Error> {
    let (regex, text, from, is_first): (u32, &'a str, usize, bool) = match *function {
        Function::Regex(regex) => {
            let docs = evaluation.heap.docs;
            let Some(text) = arguments.first().and_then(|text| text.as_str(docs)) else {
                return Ok(Item::Undefined);
            };
            evaluation.reserve(text.raw().len())?;
            (regex, evaluation.heap.arena.bump().alloc_str(&text.to_text()), 0, true)
        }
        Function::RegexNext { regex, text, from } => (regex, text, from, false),
        _ => return Err(Error::new("T1006")),
    };
    let Some(compiled) = evaluation.regex(regex) else { return Err(Error::new("T1006")) };
    let locations = compiled.capture_locations();
    let mut matcher = RegexMatcher { regex, text, locations, from, is_first, units: Units::new(text) };
    match matcher.next(evaluation)? {
        Some(_) => matcher.object(evaluation, text),
        None => Ok(Item::Undefined),
    }
}

impl<'a> CustomMatch<'a> {
    /// Takes what a matcher function has returned; T1010 if it does not look like a match.
    fn read(
        &mut self,
        evaluation: &Evaluation<'_, 'a>,
        object: Item<'a>,
        text: &str,
    ) -> Result<Found, Error> {
        let docs = evaluation.heap.docs;
        let place = |key| member(evaluation, object, key).as_number(docs);
        let (start, end) = (place("start"), place("end"));
        self.object = object;
        self.text = member(evaluation, object, "match");
        self.groups = member(evaluation, object, "groups");
        let is_match = start.is_some()
            || end.is_some()
            || self.groups.as_array(docs).is_some()
            || member(evaluation, object, "next").is_function();
        if !is_match {
            return Err(Error::new("T1010"));
        }
        let matched = match self.text.kind(docs) {
            Kind::String(matched) => matched.chars().map(char::len_utf16).sum::<usize>() as f64,
            _ => f64::NAN,
        };
        // JavaScript's `substring` takes what is missing for the end, and NaN for the start.
        let byte = |unit: Option<f64>| unit.map_or(text.len(), |unit| byte_of_unit(text, unit));
        let after = start.unwrap_or(f64::NAN) + matched;
        Ok(Found { start: byte(start), end: byte(end), after: byte(Some(after)) })
    }
}

fn member<'a>(evaluation: &Evaluation<'_, 'a>, object: Item<'a>, key: &str) -> Item<'a> {
    let docs = evaluation.heap.docs;
    object.as_object(docs).and_then(|members| members.get(key, docs)).unwrap_or(Item::Undefined)
}

fn object<'a>(evaluation: &Evaluation<'_, 'a>, members: &[(&'a str, Item<'a>)]) -> Item<'a> {
    let known: SmallVec<[(&'a str, Item<'a>); 5]> =
        members.iter().copied().filter(|(_, item)| !item.is_undefined()).collect();
    Item::object(&known, evaluation.heap)
}

/// The text between two bytes in either order.
pub(super) fn between(text: &str, a: usize, b: usize) -> &str {
    text.get(a.min(b)..a.max(b)).unwrap_or_default()
}

/// The byte at which a UTF-16 unit starts.
fn byte_of_unit(text: &str, unit: f64) -> usize {
    let mut left = unit.max(0.0) as usize;
    for (byte, character) in text.char_indices() {
        if left == 0 {
            return byte;
        }
        left = left.saturating_sub(character.len_utf16());
    }
    text.len()
}

/// Counts UTF-16 units from byte to byte, each part of the text once.
struct Units<'t> {
    text: &'t str,
    is_ascii: bool,
    byte: usize,
    unit: usize,
}

impl<'t> Units<'t> {
    fn new(text: &'t str) -> Self {
        Self { text, is_ascii: text.is_ascii(), byte: 0, unit: 0 }
    }

    /// Units before a byte.
    fn at(&mut self, byte: usize) -> usize {
        if self.is_ascii {
            return byte;
        }
        if byte < self.byte {
            (self.byte, self.unit) = (0, 0);
        }
        let passed = self.text.get(self.byte..byte).unwrap_or_default();
        self.unit += passed.chars().map(char::len_utf16).sum::<usize>();
        self.byte = byte;
        self.unit
    }
}
