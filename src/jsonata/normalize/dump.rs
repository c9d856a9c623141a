//! A normalised tree as one line, for tests.

use std::fmt::Write as _;

use super::super::ast::{Ast, NodeId, NodeKind, Stage, Step};
use super::super::parser::number_text;

/// Writes trees; labels are numbered as they come.
pub(super) struct Dump<'a> {
    ast: &'a Ast,
    with_positions: bool,
    labels: Vec<u32>,
}

/// The whole tree, with positions behind `:` if they are wanted.
pub(super) fn dump(ast: &Ast, with_positions: bool) -> String {
    Dump { ast, with_positions, labels: Vec::new() }.node(ast.root)
}

impl Dump<'_> {
    fn node(&mut self, id: NodeId) -> String {
        let ast = self.ast;
        let node = ast.node(id);
        let mut out = self.kind(&node.kind);
        if self.with_positions && !matches!(node.kind, NodeKind::Path { .. } | NodeKind::Parent(_)) {
            write!(out, ":{}", node.position).unwrap();
        }
        if node.keep_array {
            out.push_str("[]");
        }
        for predicate in &node.predicates {
            write!(out, "?[{}]", self.node(*predicate)).unwrap();
        }
        if let Some(group) = &node.group {
            write!(out, "?{{{}}}", self.pairs(&group.pairs)).unwrap();
            if self.with_positions {
                write!(out, ":{}", group.position).unwrap();
            }
        }
        out
    }

    fn kind(&mut self, kind: &NodeKind) -> String {
        match kind {
            NodeKind::Path { steps, keep_singleton, tuple } => {
                let keep = if *keep_singleton { "-keep" } else { "" };
                let tuple = if *tuple { "-tuple" } else { "" };
                let steps: Vec<String> = steps.iter().map(|step| self.step(step)).collect();
                format!("(path{keep}{tuple} {})", steps.join(" "))
            }
            NodeKind::Name(name) => format!("{name}"),
            NodeKind::String(text) => json_text(text),
            NodeKind::Number(number) => number_text(*number),
            NodeKind::Bool(bool) => bool.to_string(),
            NodeKind::Null => "null".to_owned(),
            NodeKind::Regex { .. } => "/regex/".to_owned(),
            NodeKind::Wildcard => "*".to_owned(),
            NodeKind::Descendant => "**".to_owned(),
            NodeKind::Parent(label) => format!("%{}", self.label(*label)),
            NodeKind::Variable(name) => format!("${name}"),
            NodeKind::Negate(operand) => self.list("-", &[*operand]),
            NodeKind::Array { items, is_step } => {
                self.list(if *is_step { "step-array" } else { "array" }, items)
            }
            NodeKind::Object(pairs) => format!("{{{}}}", self.pairs(pairs)),
            NodeKind::Binary { operator, left, right } => self.list(operator.symbol(), &[*left, *right]),
            NodeKind::Bind { name, value } => self.list(&format!(":= ${name}"), &[*value]),
            NodeKind::Block { expressions, is_step_array } => {
                self.list(if *is_step_array { "step-block" } else { "block" }, expressions)
            }
            NodeKind::Condition { test, then, otherwise } => {
                let parts: Vec<NodeId> = [*test, *then].into_iter().chain(*otherwise).collect();
                self.list("if", &parts)
            }
            NodeKind::Default { left, right } => self.list("?:", &[*left, *right]),
            NodeKind::Coalesce { left, right } => self.list("??", &[*left, *right]),
            NodeKind::Call { procedure, arguments, is_tail } => {
                let parts: Vec<NodeId> = [*procedure].into_iter().chain(arguments.iter().copied()).collect();
                self.list(if *is_tail { "tail-call" } else { "call" }, &parts)
            }
            NodeKind::Partial { procedure, arguments } => {
                let mut out = format!("(partial {}", self.node(*procedure));
                for argument in arguments {
                    out.push(' ');
                    out.push_str(&argument.map_or_else(|| "?".to_owned(), |argument| self.node(argument)));
                }
                out + ")"
            }
            NodeKind::Lambda { parameters, signature, body } => {
                let signature = signature.as_ref().map_or("", |signature| &signature.0);
                format!("(lambda ({}){signature} {})", parameters.join(" "), self.node(*body))
            }
            NodeKind::Apply { left, right } => self.list("~>", &[*left, *right]),
            NodeKind::Transform { pattern, update, delete } => {
                let parts: Vec<NodeId> = [*pattern, *update].into_iter().chain(*delete).collect();
                self.list("transform", &parts)
            }
            NodeKind::Sort(terms) => {
                let mut out = "(sort".to_owned();
                for term in terms {
                    out.push_str(if term.descending { " >" } else { " <" });
                    out.push_str(&self.node(term.expression));
                }
                out + ")"
            }
        }
    }

    fn step(&mut self, step: &Step) -> String {
        let mut out = self.node(step.node);
        if let Some(focus) = &step.focus {
            write!(out, "@{focus}").unwrap();
        }
        if let Some(index) = &step.index {
            write!(out, "#{index}").unwrap();
        }
        for stage in &step.stages {
            match stage {
                Stage::Filter(filter) => write!(out, "[{}]", self.node(*filter)).unwrap(),
                Stage::Index(name) => write!(out, "[#{name}]").unwrap(),
            }
        }
        if let Some(ancestor) = step.ancestor {
            write!(out, "!{}", self.label(ancestor)).unwrap();
        }
        if step.tuple {
            out.push('~');
        }
        out
    }

    fn label(&mut self, label: u32) -> usize {
        self.labels.iter().position(|known| *known == label).unwrap_or_else(|| {
            self.labels.push(label);
            self.labels.len() - 1
        })
    }

    fn list(&mut self, name: &str, parts: &[NodeId]) -> String {
        let mut out = format!("({name}");
        for part in parts {
            out.push(' ');
            out.push_str(&self.node(*part));
        }
        out + ")"
    }

    fn pairs(&mut self, pairs: &[(NodeId, NodeId)]) -> String {
        let pairs: Vec<String> =
            pairs.iter().map(|(key, value)| format!("{}: {}", self.node(*key), self.node(*value))).collect();
        pairs.join(", ")
    }
}

fn json_text(text: &str) -> String {
    let mut json = Vec::new();
    crate::json::write_json_string(text, &mut json);
    String::from_utf8(json).unwrap()
}
