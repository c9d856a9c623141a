//! Events of the YAML parser to a tree.

use std::borrow::Cow;

use foldhash::quality::RandomState;
use hashbrown::{HashMap, HashSet};
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span as YamlSpan, Tag};

use super::read::too_deep;
use super::scalar::{Plain, resolve};
use super::tag::{TagKind, kind, unescape_sub, written};
use super::tree::{Kind, NodeIndex, Style, Text, Tree};
use crate::diagnostic::{Code, Diagnostic, Span};
use crate::limits::Limits;

/// Findings that are listed.
const FINDINGS_MAX: usize = 1000;

/// A tree in the making.
pub(super) struct Builder<'t> {
    text: &'t str,
    limits: &'t Limits,
    /// Where each character begins; the parser counts characters. Empty for ASCII.
    characters: Vec<u32>,
    tree: Tree<'t>,
    open: Vec<Open<'t>>,
    anchors: HashMap<usize, NodeIndex, RandomState>,
    findings: Vec<Diagnostic>,
    /// Members that merge keys may still look at: merges of merges double, and need not produce anything.
    merges_left: u32,
}

/// A collection whose end has not come.
struct Open<'t> {
    start: u32,
    anchor: usize,
    tag: Option<Cow<'t, Tag>>,
    is_mapping: bool,
    children: Vec<NodeIndex>,
}

/// What became of a text.
pub(super) struct Built<'t> {
    pub(super) tree: Tree<'t>,
    pub(super) root: NodeIndex,
    pub(super) findings: Vec<Diagnostic>,
}

type Failure = Box<Diagnostic>;

impl<'t> Builder<'t> {
    pub(super) fn new(text: &'t str, limits: &'t Limits) -> Self {
        let characters =
            if text.is_ascii() { Vec::new() } else { text.char_indices().map(|(at, _)| at as u32).collect() };
        Self {
            text,
            limits,
            characters,
            tree: Tree::default(),
            open: Vec::new(),
            anchors: HashMap::default(),
            findings: Vec::new(),
            merges_left: limits.definition_bytes_max,
        }
    }

    /// Reads the one document of the text.
    pub(super) fn build(mut self) -> Result<Built<'t>, Failure> {
        let mut root = None;
        for event in Parser::new_from_str(self.text) {
            let (event, span) = event.map_err(|error| Box::new(self.no_yaml(&error)))?;
            let span = self.span(span);
            let node = match event {
                Event::DocumentStart(_) if root.is_some() => {
                    self.refuse("A definition is one document, and another begins here", span);
                    break;
                }
                Event::Alias(anchor) => self.alias(anchor, span),
                Event::Scalar(value, style, anchor, tag) => {
                    let node = self.scalar(value, style, tag.as_deref(), span);
                    self.anchors.insert(anchor, node);
                    node
                }
                Event::SequenceStart(anchor, tag) => {
                    self.begin(Open {
                        start: span.start,
                        anchor,
                        tag,
                        is_mapping: false,
                        children: Vec::new(),
                    })?;
                    continue;
                }
                Event::MappingStart(anchor, tag) => {
                    self.begin(Open {
                        start: span.start,
                        anchor,
                        tag,
                        is_mapping: true,
                        children: Vec::new(),
                    })?;
                    continue;
                }
                Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                    Some(open) => self.end(&open, span),
                    None => continue,
                },
                _ => continue,
            };
            match self.open.last_mut() {
                Some(open) => open.children.push(node),
                None => root = Some(node),
            }
        }
        let root = root.unwrap_or_else(|| self.null(Span::default()));
        Ok(Built { tree: self.tree, root, findings: self.findings })
    }

    fn no_yaml(&self, error: &ScanError) -> Diagnostic {
        let at = self.offset(error.marker());
        let end = self.text[at as usize..].chars().next().map_or(at, |c| at + c.len_utf8() as u32);
        let message = format!("Invalid YAML: {}", error.info());
        let mut diagnostic = Diagnostic::error(Code::InvalidYaml, message, Span::new(at, end));
        let at = at as usize;
        if self.text[at..].starts_with('{') && self.text[..at].ends_with('$') {
            let help = "between braces or brackets a placeholder has to stand in quotes";
            diagnostic.help = Some(help.to_owned());
        }
        if error.info().contains("found a tab") {
            diagnostic.help = Some("indent with blanks: YAML takes no tabs there".to_owned());
        }
        diagnostic
    }

    fn offset(&self, marker: &Marker) -> u32 {
        let end = self.text.len() as u32;
        if self.characters.is_empty() {
            return (marker.index() as u32).min(end);
        }
        self.characters.get(marker.index()).copied().unwrap_or(end)
    }

    fn span(&self, span: YamlSpan) -> Span {
        Span::new(self.offset(&span.start), self.offset(&span.end))
    }

    fn refuse(&mut self, message: impl Into<String>, span: Span) {
        self.report(Diagnostic::error(Code::InvalidYaml, message, span));
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(diagnostic);
        }
    }

    fn null(&mut self, span: Span) -> NodeIndex {
        self.tree.add(span, Kind::Literal(Cow::Borrowed("null")))
    }

    /// An alias is the node that it stands for. Inside that node it would have no end.
    fn alias(&mut self, anchor: usize, span: Span) -> NodeIndex {
        if let Some(&node) = self.anchors.get(&anchor) {
            return node;
        }
        self.refuse("An alias inside the value that it stands for has no end", span);
        self.null(span)
    }

    fn scalar(
        &mut self,
        value: Cow<'t, str>,
        style: ScalarStyle,
        tag: Option<&Tag>,
        mut span: Span,
    ) -> NodeIndex {
        let written = span.text(self.text);
        // An absent value has the place of what comes instead of it.
        let end = if value.is_empty() && style == ScalarStyle::Plain && tag.is_none() {
            0
        } else {
            written.trim_end().len()
        };
        span.end = span.start + end as u32;
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted => Style::SingleQuoted,
            ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
            ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
        };
        let text = |value| Kind::Text(Text { value, style, is_plain: false });
        let kind = match kind(tag) {
            TagKind::Natural if style == Style::Plain => match resolve(value.clone()) {
                Plain::Literal(json) => Kind::Literal(json),
                Plain::String => Kind::Text(Text { value, style, is_plain: true }),
                Plain::NotFinite => {
                    self.refuse("JSON has no infinity and no NaN", span);
                    Kind::Literal(Cow::Borrowed("null"))
                }
            },
            TagKind::Natural | TagKind::String => text(value),
            TagKind::Sub => text(unescape_sub(value)),
            TagKind::Ref | TagKind::GetAtt => placeholder(value.trim()),
            TagKind::Function(_) | TagKind::Unknown => self.foreign(tag, span),
        };
        self.tree.add(span, kind)
    }

    /// A value that only somebody else can make. What stands for it keeps the rest of the checks quiet.
    fn foreign(&mut self, tag: Option<&Tag>, span: Span) -> Kind<'t> {
        let tag = tag.map(written).unwrap_or_default();
        let message = format!("The tag {tag} cannot be resolved here");
        let help = "only !Sub, !Ref and !GetAtt can, which stand for placeholders; write `${Name}`, and give its value \
                    with --substitutions";
        self.report(Diagnostic::error(Code::InvalidYaml, message, span).help(help));
        placeholder(tag.trim_start_matches('!'))
    }

    fn begin(&mut self, open: Open<'t>) -> Result<(), Failure> {
        if self.open.len() >= self.limits.nesting_depth_max as usize {
            return Err(Box::new(too_deep(Span::new(open.start, open.start), self.limits)));
        }
        self.open.push(open);
        Ok(())
    }

    /// The node of a collection that is complete. `last` is the event that ended it.
    fn end(&mut self, open: &Open<'t>, last: Span) -> NodeIndex {
        let written = Span::new(open.start, last.end).text(self.text);
        let span = Span::new(open.start, open.start + written.trim_end().len() as u32);
        let kind = match kind(open.tag.as_deref()) {
            TagKind::Natural if open.is_mapping => {
                let members = self.members(&open.children);
                Kind::Mapping(self.tree.add_children(&members))
            }
            TagKind::Natural => Kind::Sequence(self.tree.add_children(&open.children)),
            TagKind::GetAtt if !open.is_mapping => {
                let names: Vec<&str> = open.children.iter().filter_map(|child| self.key(*child)).collect();
                placeholder(&names.join("."))
            }
            TagKind::Sub if !open.is_mapping => match self.sub(&open.children) {
                Some(kind) => kind,
                None => self.foreign(open.tag.as_deref(), span),
            },
            _ => self.foreign(open.tag.as_deref(), span),
        };
        let node = self.tree.add(span, kind);
        self.anchors.insert(open.anchor, node);
        node
    }

    /// `!Sub [text, {Name: value}]`.
    fn sub(&self, children: &[NodeIndex]) -> Option<Kind<'t>> {
        let &[text, map] = children else { return None };
        let (Kind::Text(text), Kind::Mapping(range)) =
            (&self.tree.node(text).kind, &self.tree.node(map).kind)
        else {
            return None;
        };
        let mut value = text.value.clone();
        for pair in self.tree.children(range).chunks_exact(2) {
            let (name, filled) = (format!("${{{}}}", self.key(pair[0])?), self.key(pair[1])?);
            let count = value.matches(&name).count();
            if count * filled.len() > self.limits.definition_bytes_max as usize {
                return None;
            }
            if count > 0 {
                value = Cow::Owned(value.replace(&name, filled));
            }
        }
        Some(Kind::Text(Text { value: unescape_sub(value), style: Style::Derived, is_plain: false }))
    }

    /// The text of a scalar.
    fn key(&self, node: NodeIndex) -> Option<&str> {
        match &self.tree.node(node).kind {
            Kind::Text(text) => Some(&text.value),
            Kind::Literal(_) => Some(self.tree.node(node).span.text(self.text)),
            _ => None,
        }
    }

    fn is_merge_key(&self, node: NodeIndex) -> bool {
        matches!(&self.tree.node(node).kind, Kind::Text(text) if text.is_plain && text.value == "<<")
    }

    /// Keys and values of a mapping, merged ones in place of their merge key. What the mapping says itself goes before
    /// what is merged, and of several merged mappings the first (YAML 1.1, "Merge Key Language-Independent Type").
    fn members(&mut self, children: &[NodeIndex]) -> Vec<NodeIndex> {
        let pairs = || children.chunks_exact(2).map(|pair| (pair[0], pair[1]));
        let has_merge = pairs().any(|(key, _)| self.is_merge_key(key));
        let mut taken: HashSet<String, RandomState> = HashSet::default();
        if has_merge {
            taken.extend(pairs().filter_map(|(key, _)| self.key(key)).map(str::to_owned));
        }
        let mut members = Vec::with_capacity(children.len());
        for (key, value) in pairs() {
            if self.key(key).is_none() {
                self.refuse("Only strings can be keys in JSON", self.tree.node(key).span);
            } else if self.is_merge_key(key) {
                self.merge(key, value, &mut taken, &mut members);
            } else {
                members.extend([key, value]);
            }
        }
        members
    }

    fn merge(
        &mut self,
        key: NodeIndex,
        value: NodeIndex,
        taken: &mut HashSet<String, RandomState>,
        members: &mut Vec<NodeIndex>,
    ) {
        let list = match &self.tree.node(value).kind {
            Kind::Sequence(range) => Some(range.clone()),
            _ => None,
        };
        for at in list.clone().unwrap_or(0..1) {
            let source = list.as_ref().map_or(value, |_| self.tree.children[at as usize]);
            let Kind::Mapping(range) = &self.tree.node(source).kind else {
                self.refuse("`<<` merges mappings only", self.tree.node(key).span);
                return;
            };
            let cost = range.end - range.start + 1;
            let Some(left) = self.merges_left.checked_sub(cost) else {
                self.refuse("There is too much to merge", self.tree.node(key).span);
                return;
            };
            self.merges_left = left;
            for pair in self.tree.children(range).chunks_exact(2) {
                if let Some(name) = self.key(pair[0])
                    && !taken.contains(name)
                {
                    let name = name.to_owned();
                    members.extend_from_slice(pair);
                    taken.insert(name);
                }
            }
        }
    }
}

fn placeholder<'t>(name: &str) -> Kind<'t> {
    let value = Cow::Owned(format!("${{{name}}}"));
    Kind::Text(Text { value, style: Style::Derived, is_plain: true })
}
