//! Each kind of expression to its normalised form.

use super::super::ast::{Ast, NodeId, NodeKind};
use super::super::error::Error;
use super::super::parser::{RawId, RawKind, parse_raw};
use super::tree::Normalizer;

/// Parses an expression. Positions of errors are offsets in UTF-16 units.
///
/// The depth of the tree is bounded: what walks it may recurse.
pub(crate) fn parse(source: &str) -> Result<Ast, Error> {
    let (raw, root) = parse_raw(source)?;
    let mut normalizer = Normalizer::new(raw);
    let root = normalizer.expression(root)?;
    if matches!(normalizer.node(root).kind, NodeKind::Parent(_)) || normalizer.is_seeking(root) {
        return Err(normalizer.no_parent(root));
    }
    Ok(normalizer.finish(root))
}

impl Normalizer {
    pub(super) fn expression(&mut self, id: RawId) -> Result<NodeId, Error> {
        let raw = self.raw.take(id);
        let position = raw.position;
        let node = match raw.kind {
            RawKind::Name(name) => self.name(name, position, raw.keep_array),
            RawKind::Map { left, right } => self.map(left, right)?,
            RawKind::Filter { left, predicate } => self.filter(left, predicate, position)?,
            RawKind::Group { left, pairs } => self.group(left, pairs, position)?,
            RawKind::Sort { left, terms } => self.sort(left, terms, position)?,
            RawKind::Focus { left, variable } => self.focus(left, variable, position, raw.keep_array)?,
            RawKind::Index { left, variable } => self.index(left, variable)?,
            RawKind::Negate(operand) => self.negate(operand, position)?,
            RawKind::Call { procedure, arguments } => self.call(procedure, &arguments, position)?,
            RawKind::Block(expressions) => self.block(&expressions, position)?,
            RawKind::Parent => self.add_parent(position),
            RawKind::End => return Err(Error::new("S0207").at(position).token("(end)")),
            kind => match leaf(kind) {
                Ok(kind) => self.add(kind, position),
                Err(kind) => self.composite(kind, position)?,
            },
        };
        self.node_mut(node).keep_array |= raw.keep_array;
        Ok(node)
    }

    /// A path of one step.
    fn name(&mut self, name: Box<str>, position: u32, keep_array: bool) -> NodeId {
        let step = self.add(NodeKind::Name(name), position);
        self.node_mut(step).keep_array = keep_array;
        let path = self.path_of(step);
        if let NodeKind::Path { keep_singleton, .. } = &mut self.node_mut(path).kind {
            *keep_singleton = keep_array;
        }
        path
    }

    /// Expressions that are what their parts make them.
    fn composite(&mut self, kind: RawKind, position: u32) -> Result<NodeId, Error> {
        Ok(match kind {
            RawKind::Array(items) => {
                let items = self.expressions(&items)?;
                self.composed(&items.clone(), NodeKind::Array { items, is_step: false }, position)
            }
            RawKind::Object(pairs) => {
                let mut parts = Vec::with_capacity(pairs.len() * 2);
                for (key, value) in pairs {
                    parts.extend([self.expression(key)?, self.expression(value)?]);
                }
                let pairs = parts.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
                self.composed(&parts, NodeKind::Object(pairs), position)
            }
            RawKind::Binary { operator, left, right } => {
                let [left, right] = self.both(left, right)?;
                self.composed(&[left, right], NodeKind::Binary { operator, left, right }, position)
            }
            RawKind::Bind { name, value } => {
                let value = self.expression(value)?;
                self.composed(&[value], NodeKind::Bind { name, value }, position)
            }
            RawKind::Condition { test, then, otherwise } => {
                let [test, then] = self.both(test, then)?;
                let otherwise = self.optional(otherwise)?;
                let parts: Vec<NodeId> = [test, then].into_iter().chain(otherwise).collect();
                self.composed(&parts, NodeKind::Condition { test, then, otherwise }, position)
            }
            RawKind::Default { left, right } => {
                let [left, right] = self.both(left, right)?;
                self.composed(&[left, right], NodeKind::Default { left, right }, position)
            }
            RawKind::Coalesce { left, right } => {
                let [left, right] = self.both(left, right)?;
                self.composed(&[left, right], NodeKind::Coalesce { left, right }, position)
            }
            // A `%` within these finds nothing outside.
            RawKind::Apply { left, right } => {
                let [left, right] = self.both(left, right)?;
                let keep_array = self.node(left).keep_array || self.node(right).keep_array;
                let apply = self.add(NodeKind::Apply { left, right }, position);
                self.node_mut(apply).keep_array = keep_array;
                apply
            }
            RawKind::Lambda { parameters, signature, body } => {
                let body = self.expression(body)?;
                self.mark_tail_calls(body);
                self.add(NodeKind::Lambda { parameters, signature, body }, position)
            }
            RawKind::Transform { pattern, update, delete } => {
                let [pattern, update] = self.both(pattern, update)?;
                let delete = self.optional(delete)?;
                self.add(NodeKind::Transform { pattern, update, delete }, position)
            }
            // Arguments and what `expression` handles; nothing else is left.
            _ => return Err(Error::new("S0201").at(position)),
        })
    }

    /// A node of these parts, looking for what they look for.
    fn composed(&mut self, parts: &[NodeId], kind: NodeKind, position: u32) -> NodeId {
        let node = self.add(kind, position);
        for &part in parts {
            self.inherit_parents(node, part);
        }
        node
    }

    fn expressions(&mut self, ids: &[RawId]) -> Result<Vec<NodeId>, Error> {
        ids.iter().map(|&id| self.expression(id)).collect()
    }

    fn both(&mut self, first: RawId, second: RawId) -> Result<[NodeId; 2], Error> {
        Ok([self.expression(first)?, self.expression(second)?])
    }

    fn optional(&mut self, id: Option<RawId>) -> Result<Option<NodeId>, Error> {
        id.map(|id| self.expression(id)).transpose()
    }

    /// `-operand`
    fn negate(&mut self, operand: RawId, position: u32) -> Result<NodeId, Error> {
        let operand = self.expression(operand)?;
        if let NodeKind::Number(number) = &mut self.node_mut(operand).kind {
            *number = -*number;
            return Ok(operand);
        }
        Ok(self.composed(&[operand], NodeKind::Negate(operand), position))
    }

    /// `procedure(arguments)`
    fn call(&mut self, procedure: RawId, arguments: &[RawId], position: u32) -> Result<NodeId, Error> {
        let mut given = Vec::with_capacity(arguments.len());
        for &argument in arguments {
            given.push(if self.raw.is_placeholder(argument) {
                None
            } else {
                Some(self.expression(argument)?)
            });
        }
        let procedure = self.expression(procedure)?;
        let parts: Vec<NodeId> = given.iter().copied().flatten().collect();
        let kind = if parts.len() == given.len() {
            NodeKind::Call { procedure, arguments: parts.clone(), is_tail: false }
        } else {
            NodeKind::Partial { procedure, arguments: given }
        };
        Ok(self.composed(&parts, kind, position))
    }

    /// `(a; b)`
    fn block(&mut self, expressions: &[RawId], position: u32) -> Result<NodeId, Error> {
        let expressions = self.expressions(expressions)?;
        let is_step_array = expressions.iter().any(|&part| {
            self.is_step_array(part)
                || self.steps(part).first().is_some_and(|step| self.is_step_array(step.node))
        });
        let parts = expressions.clone();
        Ok(self.composed(&parts, NodeKind::Block { expressions, is_step_array }, position))
    }

    fn is_step_array(&self, node: NodeId) -> bool {
        matches!(
            self.node(node).kind,
            NodeKind::Array { is_step: true, .. } | NodeKind::Block { is_step_array: true, .. }
        )
    }
}

/// What needs no normalising; anything else is given back.
fn leaf(kind: RawKind) -> Result<NodeKind, RawKind> {
    Ok(match kind {
        RawKind::Variable(name) => NodeKind::Variable(name),
        RawKind::String(text) => NodeKind::String(text),
        RawKind::Number(number) => NodeKind::Number(number),
        RawKind::Bool(bool) => NodeKind::Bool(bool),
        RawKind::Null => NodeKind::Null,
        RawKind::Regex { pattern, flags } => NodeKind::Regex { pattern, flags },
        RawKind::Wildcard => NodeKind::Wildcard,
        RawKind::Descendant => NodeKind::Descendant,
        kind => return Err(kind),
    })
}
