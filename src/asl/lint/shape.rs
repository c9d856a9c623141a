//! What a value may hold: an upper bound of its members.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::jsonpath::{Path, Segment};

/// Most members of a shape, nested ones included; larger ones are not followed.
const MEMBERS_MAX: u32 = 256;
/// Deepest nesting of a shape.
pub(super) const DEPTH_MAX: u32 = 8;

/// What a value may be.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Shape {
    /// Anything at all.
    Any,
    /// Neither object nor array.
    Scalar,
    /// If an object, then one with no other members than these.
    Object(Rc<Members>),
}

#[derive(Debug, PartialEq)]
pub(super) struct Members {
    names: BTreeMap<String, Shape>,
    count: u32,
    depth: u32,
}

/// A step that leads nowhere.
#[derive(Debug, PartialEq)]
pub(super) struct Missing {
    /// The member that cannot be there.
    pub(super) name: String,
    /// How many steps lead to the value that lacks it.
    pub(super) step: usize,
    /// The members that can be there.
    pub(super) known: Vec<String>,
}

impl Shape {
    /// An object with these members.
    pub(super) fn object(names: BTreeMap<String, Shape>) -> Self {
        let (mut count, mut depth) = (1u32, 1u32);
        for shape in names.values() {
            let (inner_count, inner_depth) = match shape {
                Self::Object(members) => (members.count, members.depth),
                _ => (1, 0),
            };
            count = count.saturating_add(inner_count);
            depth = depth.max(inner_depth + 1);
        }
        if count > MEMBERS_MAX || depth > DEPTH_MAX {
            return Self::Any;
        }
        Self::Object(Rc::new(Members { names, count, depth }))
    }

    /// Whatever either of the two may be.
    pub(super) fn join(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Any, _) | (_, Self::Any) => Self::Any,
            (Self::Scalar, shape) | (shape, Self::Scalar) => shape.clone(),
            (Self::Object(one), Self::Object(two)) if Rc::ptr_eq(one, two) => self.clone(),
            (Self::Object(one), Self::Object(two)) => {
                let mut names = one.names.clone();
                for (name, shape) in &two.names {
                    let joined = names.get(name).map_or_else(|| shape.clone(), |known| known.join(shape));
                    names.insert(name.clone(), joined);
                }
                Self::object(names)
            }
        }
    }

    /// What the path may lead to from here.
    pub(super) fn follow(&self, path: &Path) -> Result<Self, Missing> {
        let mut shape = self;
        for (step, segment) in path.segments().iter().enumerate() {
            let Segment::Name(name) = segment else { return Ok(Self::Any) };
            let missing = |known| Missing { name: name.to_string(), step, known };
            shape = match shape {
                Self::Any => return Ok(Self::Any),
                Self::Scalar => return Err(missing(Vec::new())),
                Self::Object(members) => members
                    .names
                    .get(&**name)
                    .ok_or_else(|| missing(members.names.keys().cloned().collect()))?,
            };
        }
        Ok(shape.clone())
    }

    /// This with a value put where the path points (`ResultPath`).
    pub(super) fn with(&self, path: &Path, value: Self) -> Self {
        if path.segments().len() > DEPTH_MAX as usize {
            return Self::Any;
        }
        let mut above = Vec::new();
        let mut shape = self.clone();
        for segment in path.segments() {
            let (Segment::Name(name), Self::Object(members)) = (segment, &shape) else { return Self::Any };
            let next = members.names.get(&**name).cloned();
            above.push((Rc::clone(members), name));
            shape = next.unwrap_or_else(|| Self::object(BTreeMap::new()));
        }
        above.into_iter().rev().fold(value, |value, (members, name)| {
            let mut names = members.names.clone();
            names.insert(name.to_string(), value);
            Self::object(names)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(members: &[(&str, Shape)]) -> Shape {
        Shape::object(members.iter().map(|(name, shape)| ((*name).to_owned(), shape.clone())).collect())
    }

    fn path(text: &str) -> Path {
        Path::parse(text).expect(text)
    }

    #[test]
    fn follows_what_it_knows() {
        let shape = object(&[("a", Shape::Scalar), ("b", object(&[("c", Shape::Any)]))]);
        for possible in ["$", "$.a", "$.b.c.d", "$.b[0].x", "$..x", "$.b.*", "$.b.length()"] {
            assert!(shape.follow(&path(possible)).is_ok(), "{possible}");
        }
        for (impossible, name, step) in [("$.c", "c", 0), ("$.a.b", "b", 1), ("$.b.d.e", "d", 1)] {
            let missing = shape.follow(&path(impossible)).expect_err(impossible);
            assert_eq!((&*missing.name, missing.step), (name, step), "{impossible}");
        }
    }

    #[test]
    fn joins_and_sets() {
        let one = object(&[("a", Shape::Scalar)]);
        let two = object(&[("a", object(&[("x", Shape::Scalar)])), ("b", Shape::Scalar)]);
        assert_eq!(one.join(&two), two);
        assert_eq!(one.join(&Shape::Any), Shape::Any);
        let set = one.with(&path("$.r.s"), Shape::Any);
        assert_eq!(set, object(&[("a", Shape::Scalar), ("r", object(&[("s", Shape::Any)]))]));
        assert_eq!(one.with(&path("$"), Shape::Scalar), Shape::Scalar);
        assert_eq!(one.with(&path("$.a.b"), Shape::Any), Shape::Any);
        assert_eq!(Shape::Any.with(&path("$.a"), Shape::Scalar), Shape::Any);
    }

    #[test]
    fn shapes_stay_small() {
        let deep = (0..50).fold(Shape::Scalar, |inner, _| object(&[("a", inner.clone()), ("b", inner)]));
        assert_eq!(deep.follow(&path("$.a.a.a.a.x")), Ok(Shape::Any));
    }
}
