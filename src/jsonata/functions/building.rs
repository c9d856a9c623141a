//! Building results within the bounds of an evaluation.

use foldhash::quality::RandomState;
use hashbrown::HashMap;
use smallvec::SmallVec;

use crate::json::JsonStr;
use crate::jsonata::error::Error;
use crate::jsonata::evaluation::Evaluation;
use crate::jsonata::item::{ArrayKind, Item, Members};
use crate::limits::{QUERY_SEQUENCE_ITEMS_MAX, QUERY_TEXT_CHARACTERS_MAX};
use crate::value::Docs;

/// Members from here on are found by their hash.
const HASHED_MEMBERS_MIN: usize = 12;

/// A string as the result of a function.
pub(super) fn text<'a>(evaluation: &mut Evaluation<'_, 'a>, text: &str) -> Result<Item<'a>, Error> {
    check_text(text)?;
    evaluation.charge(1 + text.len() / 64)?;
    evaluation.reserve(text.len())?;
    Ok(Item::text(text, evaluation.heap))
}

/// Fails if a string is longer than an evaluation may build.
pub(super) fn check_text(text: &str) -> Result<(), Error> {
    // Characters are looked at only where bytes leave a doubt.
    if text.len() > QUERY_TEXT_CHARACTERS_MAX && text.chars().count() > QUERY_TEXT_CHARACTERS_MAX {
        return Err(text_too_long());
    }
    Ok(())
}

/// The same for a string of `len` bytes that is still being built.
pub(crate) fn check_text_len(len: usize) -> Result<(), Error> {
    if len / 4 > QUERY_TEXT_CHARACTERS_MAX { Err(text_too_long()) } else { Ok(()) }
}

/// The error of a string that is too long.
#[cold]
pub(super) fn text_too_long() -> Error {
    Error::new("")
        .text(format!("The expression builds a string of more than {QUERY_TEXT_CHARACTERS_MAX} characters"))
}

/// Fails if a sequence is longer than an evaluation may build.
pub(crate) fn check_sequence(len: usize) -> Result<(), Error> {
    if len > QUERY_SEQUENCE_ITEMS_MAX {
        return Err(Error::new("").text(format!(
            "The expression builds a sequence of {len} elements; at most {QUERY_SEQUENCE_ITEMS_MAX} are allowed"
        )));
    }
    Ok(())
}

/// An array as the result of a function.
pub(super) fn array<'a>(
    evaluation: &mut Evaluation<'_, 'a>,
    items: &[Item<'a>],
    kind: ArrayKind,
) -> Result<Item<'a>, Error> {
    check_sequence(items.len())?;
    evaluation.charge(1 + items.len() / 4)?;
    evaluation.reserve(size_of_val(items))?;
    Ok(Item::array(items, kind, evaluation.heap))
}

/// A list that grows within the bounds.
#[derive(Debug, Default)]
pub(super) struct List<'a>(Vec<Item<'a>>);

impl<'a> List<'a> {
    /// A list with room for `len` items, which [`check_sequence`] has seen.
    pub(super) fn with_capacity(len: usize) -> Self {
        Self(Vec::with_capacity(len.min(QUERY_SEQUENCE_ITEMS_MAX)))
    }

    /// Adds an item; nothing if it is undefined.
    pub(super) fn push(&mut self, item: Item<'a>) -> Result<(), Error> {
        if !item.is_undefined() {
            check_sequence(self.0.len() + 1)?;
            self.0.push(item);
        }
        Ok(())
    }

    /// Adds several.
    pub(super) fn extend(&mut self, items: impl Iterator<Item = Item<'a>>, len: usize) -> Result<(), Error> {
        check_sequence(self.0.len() + len)?;
        self.0.extend(items);
        Ok(())
    }

    /// Number of items.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The array.
    pub(super) fn finish(
        self,
        evaluation: &mut Evaluation<'_, 'a>,
        kind: ArrayKind,
    ) -> Result<Item<'a>, Error> {
        array(evaluation, &self.0, kind)
    }
}

/// Members of an object, no key twice: the first keeps its place, the last its value.
#[derive(Debug, Default)]
pub(super) struct MemberList<'a> {
    members: Vec<(&'a str, Item<'a>)>,
    places: Option<HashMap<&'a str, usize, RandomState>>,
}

impl<'a> MemberList<'a> {
    /// Sets a member; `key` is copied into the arena if it is new.
    pub(super) fn set(
        &mut self,
        evaluation: &mut Evaluation<'_, 'a>,
        key: &str,
        item: Item<'a>,
    ) -> Result<(), Error> {
        let place = match &self.places {
            Some(places) => places.get(key).copied(),
            None => self.members.iter().position(|(known, _)| *known == key),
        };
        if let Some((_, old)) = place.and_then(|place| self.members.get_mut(place)) {
            *old = item;
            return Ok(());
        }
        check_sequence(self.members.len() + 1)?;
        evaluation.reserve(key.len() + size_of::<(&str, Item<'_>)>())?;
        let key: &'a str = evaluation.heap.arena.bump().alloc_str(key);
        if let Some(places) = &mut self.places {
            places.insert(key, self.members.len());
        }
        self.members.push((key, item));
        if self.places.is_none() && self.members.len() >= HASHED_MEMBERS_MIN {
            self.places =
                Some(self.members.iter().enumerate().map(|(place, (key, _))| (*key, place)).collect());
        }
        Ok(())
    }

    /// The members.
    pub(super) fn as_slice(&self) -> &[(&'a str, Item<'a>)] {
        &self.members
    }
}

/// Members as they were read.
pub(super) type ReadMembers<'h, 'a> = SmallVec<[(JsonStr<'h>, Item<'a>); 4]>;

/// An object's members; of a key repeated in a document the first place and the last value, as JavaScript reads it.
pub(super) fn distinct_members<'h, 'a: 'h>(
    members: Members<'h, 'a>,
    docs: &'h Docs<'h>,
) -> ReadMembers<'h, 'a> {
    let mut list: ReadMembers<'h, 'a> = members.iter(docs).collect();
    if matches!(members, Members::Json(_)) {
        drop_repeated(&mut list);
    }
    list
}

fn drop_repeated(list: &mut ReadMembers<'_, '_>) {
    if list.len() < HASHED_MEMBERS_MIN {
        let mut at = 1;
        while at < list.len() {
            let (key, item) = list[at];
            match list[..at].iter().position(|(known, _)| *known == key) {
                Some(place) => {
                    list[place].1 = item;
                    list.remove(at);
                }
                None => at += 1,
            }
        }
        return;
    }
    let mut places = HashMap::with_capacity_and_hasher(list.len(), RandomState::default());
    let mut kept = 0;
    for at in 0..list.len() {
        let (key, item) = list[at];
        let place = *places.entry(key.to_text()).or_insert(kept);
        if place == kept {
            list[kept] = (key, item);
            kept += 1;
        } else {
            list[place].1 = item;
        }
    }
    list.truncate(kept);
}
