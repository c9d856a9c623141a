//! What a state's fields make of its input, as far as the definition tells.

use std::collections::BTreeMap;

use super::shape::{DEPTH_MAX, Shape};
use crate::asl::model::{PathField, PayloadTemplate, QueryLanguage, State, StateKind};
use crate::asl::text::find;
use crate::json::{Doc, NodeId, Tag};
use crate::jsonpath::{Path, Root};

/// The values between a state's fields, in the order in which they are made (AWS docs, "Processing input and output").
#[derive(Debug)]
pub(super) struct Pipeline {
    /// After `InputPath`.
    pub(super) input: Shape,
    /// After `Parameters`: what the work, or the branches, are given.
    pub(super) effective: Shape,
    /// What the work answered, before `ResultSelector`.
    pub(super) result: Shape,
    /// After `ResultPath`.
    pub(super) combined: Shape,
    /// After `OutputPath`.
    pub(super) output: Shape,
}

impl Pipeline {
    /// The pipeline of a state with this raw input.
    pub(super) fn of(state: &State, raw: &Shape, doc: Doc<'_>) -> Self {
        if state.query_language == QueryLanguage::Jsonata {
            let is_known = state.output.is_none()
                && !matches!(state.kind, StateKind::Task(_) | StateKind::Parallel(_) | StateKind::Map(_));
            let output = if is_known { raw.clone() } else { Shape::Any };
            let any = Shape::Any;
            return Self {
                input: any.clone(),
                effective: any.clone(),
                result: any.clone(),
                combined: any,
                output,
            };
        }
        let input = after_path(&state.input_path, raw);
        let parameters = match &state.kind {
            StateKind::Pass(pass) => pass.parameters.as_ref(),
            StateKind::Task(task) => task.parameters.as_ref(),
            StateKind::Parallel(parallel) => parallel.parameters.as_ref(),
            _ => None,
        };
        let effective =
            parameters.map_or_else(|| input.clone(), |template| of_template(doc, template, &input));
        let result = match &state.kind {
            StateKind::Pass(pass) => {
                pass.result.map_or_else(|| effective.clone(), |node| of_literal(doc, node, 0))
            }
            StateKind::Task(_) | StateKind::Parallel(_) | StateKind::Map(_) => Shape::Any,
            _ => input.clone(),
        };
        let (selector, result_path) = match &state.kind {
            StateKind::Pass(pass) => (None, &pass.result_path),
            StateKind::Task(task) => (task.result_selector.as_ref(), &task.result_path),
            StateKind::Parallel(parallel) => (parallel.result_selector.as_ref(), &parallel.result_path),
            StateKind::Map(map) => (map.result_selector.as_ref(), &map.result_path),
            _ => (None, &PathField::Default),
        };
        let selected =
            selector.map_or_else(|| result.clone(), |template| of_template(doc, template, &result));
        let combined = combine(raw, result_path, selected);
        let output = after_path(&state.output_path, &combined);
        Self { input, effective, result, combined, output }
    }
}

/// `InputPath` and `OutputPath`.
fn after_path(field: &PathField, shape: &Shape) -> Shape {
    match field {
        PathField::Default => shape.clone(),
        PathField::Null => Shape::object(BTreeMap::new()),
        PathField::Path(text) => of_path(&text.text, shape),
    }
}

/// `ResultPath`.
pub(super) fn combine(raw: &Shape, field: &PathField, result: Shape) -> Shape {
    match field {
        PathField::Default => result,
        PathField::Null => raw.clone(),
        PathField::Path(text) => Path::parse(&text.text).map_or(Shape::Any, |path| raw.with(&path, result)),
    }
}

fn of_path(text: &str, base: &Shape) -> Shape {
    match Path::parse(text) {
        Ok(path) if *path.root() == Root::Input => base.follow(&path).unwrap_or(Shape::Any),
        _ => Shape::Any,
    }
}

/// A payload template over a value.
pub(super) fn of_template(doc: Doc<'_>, template: &PayloadTemplate, base: &Shape) -> Shape {
    of_node(doc, template.node, 0, &|text| of_path(text, base))
}

fn of_literal(doc: Doc<'_>, node: NodeId, depth: u32) -> Shape {
    of_node(doc, node, depth, &|_| Shape::Any)
}

/// `path`: what the text of a key in `.$` makes. Recurses no deeper than shapes are nested.
fn of_node(doc: Doc<'_>, node: NodeId, depth: u32, path: &dyn Fn(&str) -> Shape) -> Shape {
    match doc.tag(node) {
        Tag::String | Tag::EscapedString if find(&doc.string(node).to_text()).is_some() => Shape::Any,
        Tag::Object if depth < DEPTH_MAX => {
            let mut names = BTreeMap::new();
            for (key, value) in doc.members(node) {
                let name = doc.string(key).to_text();
                if find(&name).is_some() {
                    return Shape::Any;
                }
                let is_text = matches!(doc.tag(value), Tag::String | Tag::EscapedString);
                match name.strip_suffix(".$") {
                    Some(stripped) if is_text => {
                        names.insert(stripped.to_owned(), path(&doc.string(value).to_text()));
                    }
                    Some(stripped) => _ = names.insert(stripped.to_owned(), Shape::Any),
                    None => _ = names.insert(name.into_owned(), of_node(doc, value, depth + 1, path)),
                }
            }
            Shape::object(names)
        }
        Tag::Array | Tag::Object => Shape::Any,
        _ => Shape::Scalar,
    }
}
