//! Matches a text against the parts of a picture, as the regular expression that JSONata makes of them would.
//!
//! A part takes as much as it can and gives back what the parts behind it need. The search goes through places
//! of the pattern and of the text; as each pair of them is visited once, its cost is at most their product.

use std::ops::Range;

use crate::jsonata::picture::words::WORD_VALUES;

/// Most pairs of places: a longer text matches no picture.
const PAIRS_MAX: usize = 1 << 22;

/// One step of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step<'p> {
    /// A part of the picture begins.
    Part,
    /// This text in either case.
    Text(&'p str),
    /// One character of a class.
    One(Class),
    /// So many characters of a class.
    Exactly(Class, usize),
    /// One of these texts, tried in turn.
    Either(&'static [&'static str]),
    /// A word of a number, or what stands between such words.
    NumberWord,
    /// Goes on with the step so far back, or else with the next.
    Repeat(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// The digits from this zero.
    Digit(u32),
    Letter,
    RomanNumeral,
    Sign,
    /// This character.
    Only(char),
}

impl Class {
    fn contains(self, c: char) -> bool {
        match self {
            Self::Digit(zero) => u32::from(c).checked_sub(zero).is_some_and(|digit| digit < 10),
            Self::Letter => c.is_ascii_alphabetic(),
            Self::RomanNumeral => "MDCLXVI".contains(c.to_ascii_uppercase()),
            Self::Sign => matches!(c, '+' | '-'),
            Self::Only(character) => c == character,
        }
    }
}

/// The characters that each part of the picture takes; `None` if the whole text does not match.
pub(super) fn find(steps: &[Step<'_>], text: &[char]) -> Option<Vec<Range<usize>>> {
    let pairs = (steps.len() + 1).checked_mul(text.len() + 1).filter(|pairs| *pairs <= PAIRS_MAX)?;
    let mut search = Search { text, visited: vec![0; pairs.div_ceil(64)], stack: Vec::new() };
    // Where parts began, each with the one before it: the paths to all places that are still open.
    let mut starts: Vec<(usize, Option<usize>)> = Vec::new();
    search.stack.push(Place { step: 0, at: 0, start: None });
    while let Some(place) = search.stack.pop() {
        if !search.visit(place) {
            continue;
        }
        match steps.get(place.step) {
            Some(Step::Part) => {
                starts.push((place.at, place.start));
                search.stack.push(Place { step: place.step + 1, start: Some(starts.len() - 1), ..place });
            }
            Some(step) => search.follow(*step, place),
            None if place.at == text.len() => return Some(ranges(&starts, place)),
            None => {}
        }
    }
    None
}

fn ranges(starts: &[(usize, Option<usize>)], end: Place) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let (mut end, mut next) = (end.at, end.start);
    while let Some((at, before)) = next.and_then(|index| starts.get(index)) {
        ranges.push(*at..end);
        (end, next) = (*at, *before);
    }
    ranges.reverse();
    ranges
}

/// A step that is to be taken at a character, and the part it belongs to.
#[derive(Debug, Clone, Copy)]
struct Place {
    step: usize,
    at: usize,
    start: Option<usize>,
}

struct Search<'t> {
    text: &'t [char],
    /// A bit for each pair of a step and a character.
    visited: Vec<u64>,
    /// What is still to be tried, the next on top.
    stack: Vec<Place>,
}

impl Search<'_> {
    /// False if the place was tried before, and so led nowhere.
    fn visit(&mut self, place: Place) -> bool {
        let pair = place.step * (self.text.len() + 1) + place.at;
        let bit = 1 << (pair % 64);
        let word = &mut self.visited[pair / 64];
        let fresh = *word & bit == 0;
        *word |= bit;
        fresh
    }

    fn follow(&mut self, step: Step<'_>, place: Place) {
        match step {
            Step::Part => {}
            Step::Text(text) => self.take_text(text, place),
            Step::One(class) => self.take(class, 1, place),
            Step::Exactly(class, count) => self.take(class, count, place),
            Step::Either(texts) => texts.iter().rev().for_each(|text| self.take_text(text, place)),
            Step::NumberWord => {
                for between in [" ", ",", "-", "and"] {
                    self.take_text(between, place);
                }
                WORD_VALUES.iter().rev().for_each(|(word, _)| self.take_text(word, place));
            }
            Step::Repeat(back) => {
                self.stack.push(Place { step: place.step + 1, ..place });
                self.stack.push(Place { step: place.step - back, ..place });
            }
        }
    }

    fn take(&mut self, class: Class, count: usize, place: Place) {
        let taken = self.text.get(place.at..place.at + count);
        if taken.is_some_and(|characters| characters.iter().all(|c| class.contains(*c))) {
            self.stack.push(Place { step: place.step + 1, at: place.at + count, ..place });
        }
    }

    fn take_text(&mut self, text: &str, place: Place) {
        let rest = &self.text[place.at..];
        let len = text.chars().count();
        if len <= rest.len() && text.chars().zip(rest).all(|(a, b)| same_letter(a, *b)) {
            self.stack.push(Place { step: place.step + 1, at: place.at + len, ..place });
        }
    }
}

/// `Canonicalize` of ECMA-262: letters are the same if their capitals are, but ASCII has no others.
fn same_letter(a: char, b: char) -> bool {
    a == b || capital(a) == capital(b)
}

fn capital(c: char) -> char {
    let mut capitals = c.to_uppercase();
    match (capitals.next(), capitals.next()) {
        (Some(capital), None) if c.is_ascii() || !capital.is_ascii() => capital,
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGIT: Class = Class::Digit(0x30);

    fn check(steps: &[Step<'_>], text: &str, expected: Option<&[&str]>) {
        let characters = text.chars().collect::<Vec<_>>();
        let found = find(steps, &characters).map(|ranges| {
            ranges.into_iter().map(|range| characters[range].iter().collect::<String>()).collect::<Vec<_>>()
        });
        let expected = expected.map(|parts| parts.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>());
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn parts_take_what_they_can() {
        let two =
            [Step::Part, Step::One(DIGIT), Step::Repeat(1), Step::Part, Step::One(DIGIT), Step::Repeat(1)];
        check(&two, "1234", Some(&["123", "4"]));
        check(&two, "1", None);
        check(&two, "12x", None);
        let fixed = [Step::Part, Step::Exactly(DIGIT, 2), Step::Part, Step::Text("ABC"), Step::Part];
        check(&fixed, "12abc", Some(&["12", "abc", ""]));
        check(&fixed, "1abc", None);
        let words = [Step::Part, Step::NumberWord, Step::Repeat(1), Step::Part, Step::Text("teen")];
        check(&words, "seventeen", Some(&["seven", "teen"]));
        check(&words[..3], "Seventeen and six", Some(&["Seventeen and six"]));
        let names =
            [Step::Part, Step::One(Class::Letter), Step::Repeat(1), Step::Part, Step::Either(&["y", "ly"])];
        check(&names, "July", Some(&["Jul", "y"]));
        check(&[Step::Part, Step::Text("\u{c9}k")], "\u{e9}\u{212a}", None);
        check(&[Step::Part, Step::Text("\u{c9}k")], "\u{e9}K", Some(&["\u{e9}K"]));
        check(&[], "", Some(&[]));
    }

    #[test]
    fn the_search_is_bounded() {
        let steps = [Step::Part, Step::One(DIGIT), Step::Repeat(1)].repeat(40);
        let text = "1".repeat(2000) + "x";
        check(&steps, &text, None);
        check(&steps, &"1".repeat(PAIRS_MAX), None);
    }
}
