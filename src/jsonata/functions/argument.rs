//! Reading arguments.

use std::borrow::Cow;

use super::json;
use crate::jsonata::error::Error;
use crate::jsonata::item::{Item, Items, Kind, Members};
use crate::value::Docs;

/// The arguments of a call.
#[derive(Clone, Copy)]
pub(super) struct Arguments<'s, 'h, 'a> {
    items: &'s [Item<'a>],
    docs: &'h Docs<'h>,
}

impl<'s, 'h, 'a: 'h> Arguments<'s, 'h, 'a> {
    /// `items` as arguments, read through the documents in force.
    pub(super) fn new(items: &'s [Item<'a>], docs: &'h Docs<'h>) -> Self {
        Self { items, docs }
    }

    /// An argument; undefined if it was not given.
    #[inline]
    pub(super) fn item(self, index: usize) -> Item<'a> {
        self.items.get(index).copied().unwrap_or(Item::Undefined)
    }

    /// A string's text; `None` if it is undefined.
    pub(super) fn text(self, index: usize) -> Result<Option<Cow<'h, str>>, Error> {
        match self.item(index).kind(self.docs) {
            Kind::String(string) => Ok(Some(string.to_text())),
            Kind::Undefined => Ok(None),
            _ => Err(self.mismatch(index)),
        }
    }

    /// A number; `None` if it is undefined.
    pub(super) fn number(self, index: usize) -> Result<Option<f64>, Error> {
        let item = self.item(index);
        match item.as_number(self.docs) {
            None if !item.is_undefined() => Err(self.mismatch(index)),
            number => Ok(number),
        }
    }

    /// An array; `None` if it is undefined.
    pub(super) fn array(self, index: usize) -> Result<Option<Items<'h, 'a>>, Error> {
        let item = self.item(index);
        match item.as_array(self.docs) {
            None if !item.is_undefined() => Err(self.mismatch(index)),
            items => Ok(items),
        }
    }

    /// An object; `None` if it is undefined.
    pub(super) fn object(self, index: usize) -> Result<Option<Members<'h, 'a>>, Error> {
        let item = self.item(index);
        match item.as_object(self.docs) {
            None if !item.is_undefined() => Err(self.mismatch(index)),
            members => Ok(members),
        }
    }

    /// `error`, about this argument: with its value and number.
    #[cold]
    pub(super) fn about(self, error: Error, index: usize) -> Error {
        error_value(error.index(index + 1), self.item(index), self.docs)
    }

    #[cold]
    fn mismatch(self, index: usize) -> Error {
        self.about(Error::new("T0410"), index)
    }
}

/// `error` with the value that its text shows.
#[cold]
pub(crate) fn error_value(error: Error, item: Item<'_>, docs: &Docs<'_>) -> Error {
    match json::shown(item, docs) {
        Some(json) => error.value(json),
        None => error,
    }
}
