//! What error texts need, by program counter.

use std::fmt;
use std::sync::OnceLock;

use serde::Deserialize;

use super::codec::{Reader, Section, Unreadable, Unwritable, Writer};
use super::{Reg, Site};

/// The sites of a program in the order of its code. Those of an artifact stay as they were written until an error
/// text asks for one: most executions need none, and they are most of an artifact's texts.
#[derive(Clone, Default)]
pub(crate) struct Sites {
    list: OnceLock<Vec<(u32, Site)>>,
    /// The list as an artifact holds it; empty if the list came first.
    numbers: Box<[u8]>,
    text: Box<str>,
}

/// A [`Site`] read without copying its texts: the same variants in the same order.
#[derive(Deserialize)]
enum SiteText<'b> {
    InvalidPath,
    Template { _field: &'b str, _path: &'b str, input: Reg },
    WaitPath { _path: &'b str },
    TimestampPath { _path: &'b str },
    ItemsPath { _path: &'b str },
    Call { _text: &'b str },
    Variable { _name: &'b str },
    Items,
    Timestamp,
}

impl From<Vec<(u32, Site)>> for Sites {
    fn from(list: Vec<(u32, Site)>) -> Self {
        Self { list: OnceLock::from(list), numbers: Box::default(), text: Box::default() }
    }
}

impl Sites {
    /// Sites as [`Self::encode`] wrote them; [`Self::visit`] says whether they can be read.
    pub(super) fn from_encoded(section: &Section<'_>) -> Self {
        Self { list: OnceLock::new(), numbers: section.numbers.into(), text: section.text.into() }
    }

    /// Their form in an artifact.
    pub(super) fn encode(&self) -> Result<(Vec<u8>, String), Unwritable> {
        Writer::write(&self.list())
    }

    pub(super) fn list(&self) -> &[(u32, Site)] {
        // `visit` has read the same bytes, or the program would have been refused.
        self.list.get_or_init(|| Reader::new(&self.numbers, &self.text).read().unwrap_or_default())
    }

    /// What is known of the op at `pc`.
    pub(super) fn get(&self, pc: u32) -> Option<&Site> {
        let list = self.list();
        let at = list.binary_search_by_key(&pc, |(at, _)| *at).ok()?;
        Some(&list[at].1)
    }

    /// Calls `each` with the program counter of every site and the register it names, until one is refused;
    /// `None` if they cannot be read.
    pub(super) fn visit<E>(
        &self,
        mut each: impl FnMut(u32, Option<Reg>) -> Result<(), E>,
    ) -> Option<Result<(), E>> {
        if let Some(list) = self.list.get() {
            let register = |site: &Site| match site {
                Site::Template { input, .. } => Some(*input),
                _ => None,
            };
            return Some(list.iter().try_for_each(|(pc, site)| each(*pc, register(site))));
        }
        self.visit_encoded(each).ok()
    }

    fn visit_encoded<E>(
        &self,
        mut each: impl FnMut(u32, Option<Reg>) -> Result<(), E>,
    ) -> Result<Result<(), E>, Unreadable> {
        let mut reader = Reader::new(&self.numbers, &self.text);
        for _ in 0..reader.read::<u32>()? {
            let (pc, site) = reader.read::<(u32, SiteText<'_>)>()?;
            let register = match site {
                SiteText::Template { input, .. } => Some(input),
                _ => None,
            };
            if let Err(error) = each(pc, register) {
                return Ok(Err(error));
            }
        }
        if reader.is_at_end() { Ok(Ok(())) } else { Err(Unreadable) }
    }
}

impl fmt::Debug for Sites {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.list().fmt(f)
    }
}
