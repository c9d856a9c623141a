//! A parsed path.

use std::fmt;

use super::steps::Steps;
use super::{Filter, FunctionCall, SyntaxError, parser};

/// A parsed JSONPath: immutable, shareable.
///
/// ```
/// use aslx::jsonpath::{Path, Root};
/// let path = Path::parse("$.order.lines[0]['unit price']").unwrap();
/// assert_eq!(path.root(), &Root::Input);
/// assert!(path.is_definite() && path.is_reference_path());
/// assert_eq!(path.to_string(), "$.order.lines[0]['unit price']");
/// assert!(!Path::parse("$.order.lines[*].sku").unwrap().is_definite());
/// assert!(!Path::parse("$.order.lines[?(@.price > 10)].sku").unwrap().is_definite());
/// ```
#[derive(Debug, Clone)]
pub struct Path {
    text: Box<str>,
    root: Root,
    steps: Steps,
    reference: bool,
}

/// What a path starts from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Root {
    /// `$`: the input of the field that holds the path.
    Input,
    /// `$$`: the Context Object.
    Context,
    /// `$name`: a variable.
    Variable(String),
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Segment {
    /// `.name`, `['name']`: a member.
    Name(Box<str>),
    /// `[3]`, `[-1]`: an element, from the end if negative.
    Index(i64),
    /// `['a', 'b']`: several members; as a path's last step one object that holds them, as in Jayway.
    Names(Box<[Box<str>]>),
    /// `[0, 2]`: several elements.
    Indexes(Box<[i64]>),
    /// `[1:3]`, `[1:]`, `[:3]`: a range of elements; at least one side is given. A third number is read and not
    /// heeded, as in Jayway.
    Slice {
        /// First element.
        from: Option<i64>,
        /// One past the last element.
        to: Option<i64>,
    },
    /// `.*`, `[*]`: every member or element.
    Wildcard,
    /// `..`: the value and everything below it, in document order. Another step always follows.
    Descend,
    /// `[?(@.price < 10)]`: the elements that pass, or the object itself.
    Filter(Box<Filter>),
    /// `.length()`: what a function makes of the value.
    Function(Box<FunctionCall>),
}

impl Segment {
    /// A name or a single index.
    #[inline]
    pub(super) fn is_single(&self) -> bool {
        matches!(self, Self::Name(_) | Self::Index(_))
    }
}

impl Path {
    /// Parses a path, in the sloppy forms that AWS accepts too (`$.[0]`, `$.a.['b']`).
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        parser::parse(text)
    }

    /// `operator_free`: no unquoted name holds one of the characters that Reference Paths exclude.
    pub(super) fn new(text: &str, root: Root, segments: Vec<Segment>, operator_free: bool) -> Self {
        let reference = operator_free && segments.iter().all(Segment::is_single);
        Self { text: text.into(), root, steps: Steps::new(segments), reference }
    }

    /// The path below `$` that [`Self::walk_segments`] are the steps of, without a look at its text.
    pub(crate) fn from_walk(text: &str, segments: Vec<Segment>, is_reference: bool) -> Self {
        let is_single = segments.iter().all(Segment::is_single);
        let steps = Steps::new(segments);
        Self { text: text.into(), root: Root::Input, steps, reference: is_reference && is_single }
    }

    /// The steps, if each is a name or a single index.
    pub(crate) fn walk_segments(&self) -> Option<&[Segment]> {
        let is_single = self.segments().iter().all(Segment::is_single);
        (is_single && self.steps.is_walk()).then_some(self.segments())
    }

    /// What the path starts from.
    #[inline]
    pub fn root(&self) -> &Root {
        &self.root
    }

    /// The steps from there.
    #[inline]
    pub fn segments(&self) -> &[Segment] {
        self.steps.segments()
    }

    /// The steps with the way in which they are followed.
    #[inline]
    pub(super) fn steps(&self) -> &Steps {
        &self.steps
    }

    /// Whether the path leads to one value, rather than to an array of all that match.
    #[inline]
    pub fn is_definite(&self) -> bool {
        self.steps.is_definite()
    }

    /// Whether a filter or a function of the path reads from the path's root again (`[?(@.id == $.id)]`), so that
    /// the path cannot be taken up from below the root.
    pub fn reads_root(&self) -> bool {
        self.segments().iter().any(|segment| match segment {
            Segment::Filter(filter) => filter.reads_root(),
            Segment::Function(call) => call.reads_root(),
            _ => false,
        })
    }

    /// Whether this is a Reference Path (ASL spec, "Reference Paths"): one node, without the operators `@`, `,`,
    /// `:`, `?`, `..` and `*`. Which roots a field allows is that field's matter.
    #[inline]
    pub fn is_reference_path(&self) -> bool {
        self.reference
    }

    /// The same path less its first `count` steps, taken from a value that those steps lead to. Its text stays
    /// what the definition says, for error texts.
    #[must_use]
    pub fn below(&self, count: usize) -> Self {
        Self {
            text: self.text.clone(),
            root: Root::Input,
            steps: self.steps.below(count),
            reference: self.reference,
        }
    }

    /// The text as written in the definition.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// Two paths are equal if they mean the same, however they are written.
impl PartialEq for Path {
    fn eq(&self, other: &Self) -> bool {
        self.root == other.root && self.segments() == other.segments()
    }
}

impl Eq for Path {}

/// The shortest form that parses back to an equal path; filters and arguments of functions as they were written.
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.root {
            Root::Input => f.write_str("$")?,
            Root::Context => f.write_str("$$")?,
            Root::Variable(name) => write!(f, "${name}")?,
        }
        let mut after_descend = false;
        for segment in self.segments() {
            match segment {
                Segment::Name(name) if is_plain(name) => {
                    write!(f, "{}{name}", if after_descend { "" } else { "." })?;
                }
                Segment::Descend => f.write_str("..")?,
                other => write_bracketed(other, Quoting::Escaped, f)?,
            }
            after_descend = matches!(segment, Segment::Descend);
        }
        Ok(())
    }
}

/// Whether a name needs no quotes.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
}

/// How a quoted name is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quoting {
    /// So that it parses back.
    Escaped,
    /// As Jayway does in its messages.
    Verbatim,
}

/// Writes a step in brackets, as Jayway names it in messages: `['name']`, `[0]`, `[1:]`, `[*]`.
pub(super) fn write_bracketed(
    segment: &Segment,
    quoting: Quoting,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let write_name = |name: &str, f: &mut fmt::Formatter<'_>| match quoting {
        Quoting::Verbatim => write!(f, "'{name}'"),
        Quoting::Escaped => write!(f, "'{}'", name.replace('\\', "\\\\").replace('\'', "\\'")),
    };
    let bound = |bound: &Option<i64>| bound.map_or_else(String::new, |bound| bound.to_string());
    match segment {
        Segment::Descend => return f.write_str(".."),
        Segment::Function(call) => return call.write(quoting, f),
        _ => {}
    }
    f.write_str("[")?;
    match segment {
        Segment::Name(name) => write_name(name, f)?,
        Segment::Index(index) => write!(f, "{index}")?,
        Segment::Names(names) => {
            for (place, name) in names.iter().enumerate() {
                f.write_str(if place == 0 { "" } else { "," })?;
                write_name(name, f)?;
            }
        }
        Segment::Indexes(indexes) => {
            for (place, index) in indexes.iter().enumerate() {
                write!(f, "{}{index}", if place == 0 { "" } else { "," })?;
            }
        }
        Segment::Slice { from, to } => write!(f, "{}:{}", bound(from), bound(to))?,
        Segment::Wildcard => f.write_str("*")?,
        Segment::Filter(filter) if quoting == Quoting::Escaped => write!(f, "?{}", filter.text())?,
        Segment::Filter(_) => f.write_str("?")?,
        Segment::Descend | Segment::Function(_) => {}
    }
    f.write_str("]")
}
