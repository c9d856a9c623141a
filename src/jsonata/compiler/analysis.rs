//! What must be known of a whole expression before its first instruction.

use foldhash::fast::RandomState;
use hashbrown::HashSet;

use super::frame::Name;
use crate::jsonata::ast::{Ast, Node, NodeId, NodeKind, Stage};

/// What was found.
pub(super) struct Found {
    /// Names that some lambda mentions.
    pub shared: HashSet<Name, RandomState>,
    /// Everything that paths bind: `@`, `#` and what `%` looks back to.
    pub bindings: Vec<Name>,
}

/// Looks at the whole tree.
pub(super) fn analyse(ast: &Ast) -> Found {
    let mut found = Found { shared: HashSet::default(), bindings: Vec::new() };
    let mut pending = vec![(ast.root, false)];
    while let Some((id, in_lambda)) = pending.pop() {
        let node = ast.node(id);
        match &node.kind {
            NodeKind::Variable(name) if in_lambda => {
                found.shared.insert(Name::Variable(name.clone()));
            }
            NodeKind::Parent(label) if in_lambda => {
                found.shared.insert(Name::Label(*label));
            }
            NodeKind::Path { steps, .. } => {
                for step in steps {
                    let names = step.focus.iter().chain(&step.index).map(|name| Name::Variable(name.clone()));
                    let labels = step.ancestor.iter().map(|label| Name::Label(*label));
                    let numbers = step.stages.iter().filter_map(|stage| match stage {
                        Stage::Index(name) => Some(Name::Variable(name.clone())),
                        Stage::Filter(_) => None,
                    });
                    for name in names.chain(labels).chain(numbers) {
                        if !found.bindings.contains(&name) {
                            found.bindings.push(name);
                        }
                    }
                }
            }
            _ => {}
        }
        let is_lambda = matches!(node.kind, NodeKind::Lambda { .. } | NodeKind::Transform { .. });
        // A lambda that is compiled in place uses the variables around it where they are.
        let in_place = in_place(ast, node);
        children(node, &mut |child| match in_place {
            Some((lambda, body)) if child == lambda => pending.push((body, in_lambda)),
            _ => pending.push((child, in_lambda || is_lambda)),
        });
    }
    found
}

/// The lambda, and its body, that a call of `$map`, `$filter` or `$reduce` is given as it stands.
pub(super) fn in_place(ast: &Ast, node: &Node) -> Option<(NodeId, NodeId)> {
    let NodeKind::Call { procedure, arguments, .. } = &node.kind else { return None };
    let NodeKind::Variable(name) = &ast.node(*procedure).kind else { return None };
    if !matches!(&**name, "map" | "filter" | "reduce") {
        return None;
    }
    arguments.iter().find_map(|argument| match &ast.node(*argument).kind {
        NodeKind::Lambda { body, signature: None, .. } => Some((*argument, *body)),
        _ => None,
    })
}

/// The names that an expression binds in the scope that it stands in.
pub(super) fn binds(ast: &Ast, root: NodeId) -> Vec<Box<str>> {
    let mut names: Vec<Box<str>> = Vec::new();
    let mut pending = vec![root];
    while let Some(id) = pending.pop() {
        let node = ast.node(id);
        if let NodeKind::Bind { name, .. } = &node.kind
            && !names.contains(name)
        {
            names.push(name.clone());
        }
        match &node.kind {
            // These have scopes of their own; what follows them has not.
            NodeKind::Block { .. } | NodeKind::Lambda { .. } | NodeKind::Transform { .. } => {
                after(node, &mut |child| pending.push(child));
            }
            _ => children(node, &mut |child| pending.push(child)),
        }
    }
    names
}

/// Whether an expression mentions a variable at all.
pub(super) fn mentions(ast: &Ast, root: NodeId, name: &str) -> bool {
    let mut pending = vec![root];
    while let Some(id) = pending.pop() {
        let node = ast.node(id);
        match &node.kind {
            NodeKind::Variable(known) if **known == *name => return true,
            NodeKind::Bind { name: known, .. } if **known == *name => return true,
            _ => {}
        }
        children(node, &mut |child| pending.push(child));
    }
    false
}

/// Calls `each` with every expression that a node is made of.
fn children(node: &Node, each: &mut dyn FnMut(NodeId)) {
    match &node.kind {
        NodeKind::Path { steps, .. } => {
            for step in steps {
                each(step.node);
                for stage in &step.stages {
                    if let Stage::Filter(filter) = stage {
                        each(*filter);
                    }
                }
            }
        }
        NodeKind::Negate(operand) => each(*operand),
        NodeKind::Array { items, .. } => items.iter().copied().for_each(&mut *each),
        NodeKind::Object(pairs) => pairs.iter().for_each(|(key, value)| {
            each(*key);
            each(*value);
        }),
        NodeKind::Binary { left, right, .. }
        | NodeKind::Default { left, right }
        | NodeKind::Coalesce { left, right }
        | NodeKind::Apply { left, right } => {
            each(*left);
            each(*right);
        }
        NodeKind::Bind { value, .. } => each(*value),
        NodeKind::Block { expressions, .. } => expressions.iter().copied().for_each(&mut *each),
        NodeKind::Condition { test, then, otherwise } => {
            each(*test);
            each(*then);
            otherwise.iter().copied().for_each(&mut *each);
        }
        NodeKind::Call { procedure, arguments, .. } => {
            each(*procedure);
            arguments.iter().copied().for_each(&mut *each);
        }
        NodeKind::Partial { procedure, arguments } => {
            each(*procedure);
            arguments.iter().flatten().copied().for_each(&mut *each);
        }
        NodeKind::Lambda { body, .. } => each(*body),
        NodeKind::Transform { pattern, update, delete } => {
            each(*pattern);
            each(*update);
            delete.iter().copied().for_each(&mut *each);
        }
        NodeKind::Sort(terms) => terms.iter().for_each(|term| each(term.expression)),
        NodeKind::Name(_)
        | NodeKind::String(_)
        | NodeKind::Number(_)
        | NodeKind::Bool(_)
        | NodeKind::Null
        | NodeKind::Regex { .. }
        | NodeKind::Wildcard
        | NodeKind::Descendant
        | NodeKind::Parent(_)
        | NodeKind::Variable(_) => {}
    }
    after(node, each);
}

/// Calls `each` with what follows an expression: predicates and groups.
fn after(node: &Node, each: &mut dyn FnMut(NodeId)) {
    node.predicates.iter().copied().for_each(&mut *each);
    for (key, value) in node.group.iter().flat_map(|group| &group.pairs) {
        each(*key);
        each(*value);
    }
}
