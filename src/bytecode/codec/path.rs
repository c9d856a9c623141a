//! Paths in an artifact.

use serde::{Deserialize, Serialize};

use crate::jsonpath::{Path, Root, Segment};

/// A path. What most are made of is kept beside the text, which then need not be parsed again.
#[derive(Serialize, Deserialize)]
pub(super) enum PathForm<'b> {
    /// Names and single indexes: so many of the artifact's path steps.
    Walk { text: &'b str, steps: u32, is_reference: bool },
    /// Anything else as the definition has it, less its first steps: something before the path takes care of them.
    Text { text: &'b str, steps_dropped: u32 },
}

/// A step of a walk.
#[derive(Serialize, Deserialize)]
pub(super) enum Step<'b> {
    Name(&'b str),
    Index(i64),
}

impl<'b> PathForm<'b> {
    /// The form of a path; its steps, if it is a walk, are appended to `steps`.
    pub(super) fn of(path: &'b Path, steps: &mut Vec<Step<'b>>) -> Self {
        let text = path.text();
        let walk = path.walk_segments().map(|segments| segments.iter().filter_map(Step::of));
        if let (Some(walk), Root::Input) = (walk, path.root()) {
            let before = steps.len();
            steps.extend(walk);
            let is_reference = path.is_reference_path();
            return Self::Walk { text, steps: (steps.len() - before) as u32, is_reference };
        }
        let whole = Path::parse(text).map_or(0, |whole| whole.segments().len());
        Self::Text { text, steps_dropped: whole.saturating_sub(path.segments().len()) as u32 }
    }

    /// The path; `steps` are those that are left for it and the paths after it.
    pub(super) fn path(&self, steps: &mut &[Step<'_>]) -> Option<Path> {
        match *self {
            Self::Walk { text, steps: count, is_reference } => {
                let (own, rest) = steps.split_at_checked(count as usize)?;
                *steps = rest;
                Some(Path::from_walk(text, own.iter().map(Step::segment).collect(), is_reference))
            }
            Self::Text { text, steps_dropped } => {
                let path = Path::parse(text).ok()?;
                let steps_dropped = steps_dropped as usize;
                if steps_dropped > path.segments().len() {
                    return None;
                }
                let is_whole = steps_dropped == 0 && *path.root() == Root::Input;
                Some(if is_whole { path } else { path.below(steps_dropped) })
            }
        }
    }
}

impl<'b> Step<'b> {
    fn of(segment: &'b Segment) -> Option<Self> {
        match segment {
            Segment::Name(name) => Some(Self::Name(name)),
            Segment::Index(index) => Some(Self::Index(*index)),
            _ => None,
        }
    }

    fn segment(&self) -> Segment {
        match *self {
            Self::Name(name) => Segment::Name(name.into()),
            Self::Index(index) => Segment::Index(index),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_come_back_as_they_were() {
        let check = |text: &str, steps_dropped: usize, is_walk: bool| {
            let whole = Path::parse(text).expect(text);
            let path = if steps_dropped == 0 { whole } else { whole.below(steps_dropped) };
            let mut steps = Vec::new();
            let form = PathForm::of(&path, &mut steps);
            assert_eq!(matches!(form, PathForm::Walk { .. }), is_walk, "{text}");
            let mut left = &*steps;
            let loaded = form.path(&mut left).expect(text);
            assert_eq!((format!("{loaded:?}"), left.len()), (format!("{path:?}"), 0), "{text}");
            if !steps.is_empty() {
                assert!(form.path(&mut &steps[1..]).is_none(), "{text} without a step");
            }
        };
        check("$", 0, true);
        check("$.a", 0, true);
        check("$['a b'][-1].c", 0, true);
        check("$.a@b.c", 0, true);
        check("$.a.b.c", 1, true);
        check("$.a.b", 2, true);
        check("$$.Map.Item.Value.x", 3, true);
        check("$.a['b','c']", 0, false);
        check("$.a['b','c']", 1, false);
        check("$.a[*].b", 2, false);
        check("$.a[1:][?(@.b > 1)]..c", 1, false);
        check("$.a.length()", 0, false);
        check("$..a.sum()", 0, false);
    }

    #[test]
    fn no_path_loses_more_steps_than_it_has() {
        let form = PathForm::Text { text: "$.a[*]", steps_dropped: 3 };
        assert!(form.path(&mut &[][..]).is_none());
    }
}
