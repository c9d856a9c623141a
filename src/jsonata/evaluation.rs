//! One evaluation of an expression.

use super::error::Error;
use super::item::Item;
use crate::value::Heap;
use crate::value::random::Random;

/// What functions may use while an expression is evaluated. (Interface only, for now.)
pub(crate) struct Evaluation<'h, 'a> {
    /// Documents and arena.
    pub heap: Heap<'h, 'a>,
    /// The time, in milliseconds since 1970; the same during the whole evaluation.
    pub now_millis: i64,
    /// Randomness of this evaluation.
    pub random: Random,
}

impl<'a> Evaluation<'_, 'a> {
    /// Calls a function and returns what it returns, unwrapped if it is a lambda; fails with T1006 if it is none.
    pub fn call(&mut self, _function: Item<'a>, _arguments: &[Item<'a>]) -> Result<Item<'a>, Error> {
        Err(Error::new("T1006"))
    }

    /// How many parameters a function has.
    pub fn arity(&self, _function: Item<'a>) -> usize {
        0
    }

    /// The compiled regular expression of a `Function::Regex`.
    pub fn regex(&self, _index: u32) -> Option<&regex::Regex> {
        None
    }

    /// Uses fuel: about one unit per element or 64 bytes looked at. Fails when the evaluation's budget is used up.
    pub fn charge(&mut self, _units: usize) -> Result<(), Error> {
        Ok(())
    }

    /// Fails if `bytes` more would be more memory than an evaluation may hold: asked before building something large.
    pub fn reserve(&mut self, _bytes: usize) -> Result<(), Error> {
        Ok(())
    }
}
