//! Paths: steps, filters, groups, order and bindings.

use super::super::ast::{Group, NodeId, NodeKind, SortTerm, Stage};
use super::super::error::Error;
use super::super::parser::{RawId, RawPairs, number_text};
use super::tree::Normalizer;

impl Normalizer {
    /// `left.right`
    pub(super) fn map(&mut self, left: RawId, right: RawId) -> Result<NodeId, Error> {
        let first = self.expression(left)?;
        let path = self.path_of(first);
        if let NodeKind::Parent(slot) = self.node(first).kind {
            self.note_mut(path).seeking = vec![slot];
        }
        let rest = self.expression(right)?;
        if let NodeKind::Path { steps, .. } = &mut self.node_mut(rest).kind {
            let more = std::mem::take(steps);
            if let NodeKind::Path { steps, .. } = &mut self.node_mut(path).kind {
                steps.extend(more);
            }
        } else {
            self.predicates_to_stages(rest);
            self.push_step(path, rest);
        }
        self.check_steps(path)?;
        self.mark_step_arrays(path);
        self.resolve_parents(path)?;
        Ok(path)
    }

    /// As a step, a node has stages instead of predicates.
    fn predicates_to_stages(&mut self, node: NodeId) {
        let predicates = std::mem::take(&mut self.node_mut(node).predicates);
        if !predicates.is_empty() {
            self.note_mut(node).stages = predicates.into_iter().map(Stage::Filter).collect();
        }
    }

    /// Strings become names, other literals are no steps; a kept step keeps the whole path.
    fn check_steps(&mut self, path: NodeId) -> Result<(), Error> {
        let mut keeps = false;
        for index in 0..self.steps(path).len() {
            let step = self.steps(path)[index].node;
            let node = self.node_mut(step);
            keeps |= node.keep_array;
            let literal = match &mut node.kind {
                NodeKind::String(text) => {
                    node.kind = NodeKind::Name(std::mem::take(text));
                    continue;
                }
                NodeKind::Number(number) => number_text(*number),
                NodeKind::Bool(bool) => bool.to_string(),
                NodeKind::Null => "null".to_owned(),
                _ => continue,
            };
            return Err(Error::new("S0213").at(node.position).value(literal));
        }
        if let NodeKind::Path { keep_singleton, .. } = &mut self.node_mut(path).kind {
            *keep_singleton |= keeps;
        }
        Ok(())
    }

    /// Array constructors at either end are not flattened.
    fn mark_step_arrays(&mut self, path: NodeId) {
        let first = self.steps(path).first().map(|step| step.node);
        for step in first.into_iter().chain(self.last_step(path)) {
            if let NodeKind::Array { is_step, .. } = &mut self.node_mut(step).kind {
                *is_step = true;
            }
        }
    }

    /// `left[predicate]`
    pub(super) fn filter(&mut self, left: RawId, predicate: RawId, position: u32) -> Result<NodeId, Error> {
        let filtered = self.expression(left)?;
        let last = self.last_step(filtered);
        let step = last.unwrap_or(filtered);
        if self.node(step).group.is_some() {
            return Err(Error::new("S0209").at(position));
        }
        let predicate = self.expression(predicate)?;
        self.resolve_predicate_parents(step, predicate)?;
        if last.is_some() {
            self.note_mut(step).stages.push(Stage::Filter(predicate));
        } else {
            self.node_mut(step).predicates.push(predicate);
        }
        Ok(filtered)
    }

    /// `left{k: v}`
    pub(super) fn group(&mut self, left: RawId, pairs: RawPairs, position: u32) -> Result<NodeId, Error> {
        let grouped = self.expression(left)?;
        if self.node(grouped).group.is_some() {
            return Err(Error::new("S0210").at(position));
        }
        let mut group = Group { pairs: Vec::with_capacity(pairs.len()), position };
        for (key, value) in pairs {
            group.pairs.push((self.expression(key)?, self.expression(value)?));
        }
        self.node_mut(grouped).group = Some(group);
        Ok(grouped)
    }

    /// `left^(terms)`
    pub(super) fn sort(
        &mut self,
        left: RawId,
        terms: Vec<(bool, RawId)>,
        position: u32,
    ) -> Result<NodeId, Error> {
        let sorted = self.expression(left)?;
        let path = self.path_of(sorted);
        let step = self.add(NodeKind::Sort(Vec::new()), position);
        let mut sort_terms = Vec::with_capacity(terms.len());
        for (descending, expression) in terms {
            let expression = self.expression(expression)?;
            self.inherit_parents(step, expression);
            sort_terms.push(SortTerm { descending, expression });
        }
        self.node_mut(step).kind = NodeKind::Sort(sort_terms);
        self.push_step(path, step);
        self.resolve_parents(path)?;
        Ok(path)
    }

    /// `left@$variable`
    pub(super) fn focus(
        &mut self,
        left: RawId,
        variable: Box<str>,
        position: u32,
        keep_array: bool,
    ) -> Result<NodeId, Error> {
        let bound = self.expression(left)?;
        let step = self.last_step(bound).unwrap_or(bound);
        let has_stages = self.note(step).is_some_and(|note| !note.stages.is_empty());
        if has_stages || !self.node(step).predicates.is_empty() {
            return Err(Error::new("S0215").at(position));
        }
        if matches!(self.node(step).kind, NodeKind::Sort(_)) {
            return Err(Error::new("S0216").at(position));
        }
        self.node_mut(step).keep_array |= keep_array;
        let note = self.note_mut(step);
        note.focus = Some(variable);
        note.tuple = true;
        Ok(bound)
    }

    /// `left#$variable`
    pub(super) fn index(&mut self, left: RawId, variable: Box<str>) -> Result<NodeId, Error> {
        let bound = self.expression(left)?;
        let path = self.path_of(bound);
        if path != bound {
            self.predicates_to_stages(bound);
        }
        let step = self.last_step(path).unwrap_or(bound);
        let note = self.note_mut(step);
        if note.stages.is_empty() {
            note.index = Some(variable);
        } else {
            note.stages.push(Stage::Index(variable));
        }
        note.tuple = true;
        Ok(path)
    }
}
