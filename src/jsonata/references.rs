//! What an expression refers to outside itself: the context, variables, functions, members of `$states`.

use foldhash::quality::RandomState;
use hashbrown::HashSet;

use super::ast::{Ast, NodeId, NodeKind, Stage, Step};
use super::functions::Builtin;

/// Names of variables: untrusted, hence the seeded hash.
type Names<'a> = HashSet<&'a str, RandomState>;

/// Something that an expression names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference {
    /// The name as it is written, without the `$` of a variable.
    pub name: Box<str>,
    /// The offset in UTF-16 units behind it.
    pub position: u32,
}

/// All references of an expression, each name once, in source order.
#[derive(Debug, Default)]
pub(crate) struct References {
    /// What is taken from a context where there is none: `name`, `$`, `*`, `**`; `$$`, the root, anywhere.
    pub context: Vec<Reference>,
    /// Functions that neither the language nor the expression knows.
    pub functions: Vec<Reference>,
    /// Variables that the expression does not bind itself and whose presence it does not ask about; no functions.
    pub variables: Vec<Reference>,
    /// Members that are read of `$states`.
    pub states: Vec<Reference>,
    /// Where `$states` is bound to something else.
    pub bound_states: Option<u32>,
}

impl References {
    /// Looks at the whole expression.
    ///
    /// A lambda's body has the context of where the lambda is made; filters, order-by terms, groups and every step of a
    /// path but the first have one of their own.
    pub(crate) fn of(ast: &Ast) -> Self {
        let mut walk =
            Walk { ast, found: Self::default(), bound: HashSet::default(), asked: HashSet::default() };
        walk.expression(ast.root, false);
        let Walk { mut found, bound, asked, .. } = walk;
        found.functions.retain(|function| !bound.contains(&*function.name));
        found.variables.retain(|variable| {
            let name = &*variable.name;
            !bound.contains(name) && !asked.contains(name) && Builtin::named(name).is_none()
        });
        if bound.contains("states") {
            found.states.clear();
        }
        for references in [&mut found.context, &mut found.functions, &mut found.variables, &mut found.states]
        {
            references.sort_by_key(|reference| reference.position);
            let mut seen: HashSet<Box<str>, RandomState> = HashSet::default();
            references.retain(|reference| seen.insert(reference.name.clone()));
        }
        found
    }
}

/// The walk over a tree, whose depth is bounded.
struct Walk<'a> {
    ast: &'a Ast,
    found: References,
    /// Variables that the expression binds somewhere.
    bound: Names<'a>,
    /// Variables of which it asks whether they are there.
    asked: Names<'a>,
}

impl<'a> Walk<'a> {
    fn expression(&mut self, id: NodeId, has_context: bool) {
        let ast = self.ast;
        let node = ast.node(id);
        match &node.kind {
            NodeKind::Path { steps, .. } => self.path(steps, has_context),
            NodeKind::Name(name) => self.context(name, node.position, has_context),
            NodeKind::Wildcard => self.context("*", node.position, has_context),
            NodeKind::Descendant => self.context("**", node.position, has_context),
            NodeKind::Variable(name) => match &**name {
                "" => self.context("$", node.position, has_context),
                "$" => self.context("$$", node.position, false),
                name => self.found.variables.push(reference(name, node.position)),
            },
            NodeKind::Bind { name, .. } => {
                self.bound.insert(name);
                if &**name == "states" {
                    self.found.bound_states.get_or_insert(node.position);
                }
            }
            NodeKind::Lambda { parameters, .. } => {
                self.bound.extend(parameters.iter().map(|name| &**name));
            }
            NodeKind::Condition { test: asked, .. }
            | NodeKind::Default { left: asked, .. }
            | NodeKind::Coalesce { left: asked, .. } => self.ask(*asked),
            NodeKind::Call { procedure, arguments, .. } => {
                self.function(*procedure);
                if matches!(&ast.node(*procedure).kind, NodeKind::Variable(name) if &**name == "exists") {
                    for argument in arguments {
                        self.ask(*argument);
                    }
                }
            }
            NodeKind::Partial { procedure, .. } => self.function(*procedure),
            NodeKind::Apply { right, .. } => self.function(*right),
            _ => {}
        }
        self.parts(id, has_context);
        node.predicates.iter().for_each(|predicate| self.expression(*predicate, true));
        for (key, value) in node.group.iter().flat_map(|group| &group.pairs) {
            self.expression(*key, true);
            self.expression(*value, true);
        }
    }

    /// The expressions that an expression is made of, apart from steps.
    fn parts(&mut self, id: NodeId, has_context: bool) {
        let ast = self.ast;
        let mut each = |id: NodeId| self.expression(id, has_context);
        match &ast.node(id).kind {
            NodeKind::Negate(part)
            | NodeKind::Bind { value: part, .. }
            | NodeKind::Lambda { body: part, .. } => {
                each(*part);
            }
            NodeKind::Array { items: parts, .. } | NodeKind::Block { expressions: parts, .. } => {
                parts.iter().copied().for_each(each);
            }
            NodeKind::Object(pairs) => pairs.iter().for_each(|(key, value)| {
                each(*key);
                each(*value);
            }),
            NodeKind::Binary { left, right, .. }
            | NodeKind::Default { left, right }
            | NodeKind::Coalesce { left, right }
            | NodeKind::Apply { left, right } => [*left, *right].into_iter().for_each(each),
            NodeKind::Condition { test, then, otherwise } => {
                [*test, *then].into_iter().chain(*otherwise).for_each(each);
            }
            NodeKind::Call { procedure, arguments, .. } => {
                each(*procedure);
                arguments.iter().copied().for_each(each);
            }
            NodeKind::Partial { procedure, arguments } => {
                each(*procedure);
                arguments.iter().flatten().copied().for_each(each);
            }
            // A function too, whose argument is the context of its parts.
            NodeKind::Transform { pattern, update, delete } => {
                for part in [*pattern, *update].into_iter().chain(*delete) {
                    self.expression(part, true);
                }
            }
            NodeKind::Sort(terms) => terms.iter().for_each(|term| self.expression(term.expression, true)),
            NodeKind::Path { .. }
            | NodeKind::Name(_)
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
    }

    fn path(&mut self, steps: &'a [Step], has_context: bool) {
        for (index, step) in steps.iter().enumerate() {
            self.bound.extend(step.focus.iter().chain(&step.index).map(|name| &**name));
            self.expression(step.node, has_context || index > 0);
            for stage in &step.stages {
                match stage {
                    Stage::Filter(filter) => self.expression(*filter, true),
                    Stage::Index(name) => _ = self.bound.insert(name),
                }
            }
        }
        if let [first, second, ..] = steps
            && matches!(&self.ast.node(first.node).kind, NodeKind::Variable(name) if &**name == "states")
        {
            let second = self.ast.node(second.node);
            if let NodeKind::Name(member) = &second.kind {
                self.found.states.push(reference(member, second.position));
            }
        }
    }

    fn context(&mut self, name: &str, position: u32, has_context: bool) {
        if !has_context {
            self.found.context.push(reference(name, position));
        }
    }

    /// What is called, if it is called by name.
    fn function(&mut self, procedure: NodeId) {
        let node = self.ast.node(procedure);
        if let NodeKind::Variable(name) = &node.kind
            && !matches!(&**name, "" | "$")
            && Builtin::named(name).is_none()
        {
            self.found.functions.push(reference(name, node.position));
        }
    }

    /// Notes a variable that may well be absent: the expression asks for it.
    fn ask(&mut self, id: NodeId) {
        let kind = match &self.ast.node(id).kind {
            NodeKind::Path { steps, .. } => steps.first().map(|step| &self.ast.node(step.node).kind),
            kind => Some(kind),
        };
        if let Some(NodeKind::Variable(name)) = kind {
            self.asked.insert(name);
        }
    }
}

fn reference(name: &str, position: u32) -> Reference {
    Reference { name: name.into(), position }
}

#[cfg(test)]
mod tests {
    use super::{Reference, References};
    use crate::jsonata::parse;

    fn names(references: &[Reference]) -> Vec<&str> {
        references.iter().map(|reference| &*reference.name).collect()
    }

    #[test]
    fn contexts() {
        let cases: [(&str, &[&str]); 24] = [
            ("phone", &["phone"]),
            ("phone.number & fax", &["phone", "fax"]),
            ("$.a", &["$"]),
            ("$$.a", &["$$"]),
            ("*", &["*"]),
            ("**.a", &["**"]),
            ("\"a\".b", &["a"]),
            ("{'a': b}", &["b"]),
            ("[a, a]", &["a"]),
            ("$f(a)", &["a"]),
            ("count(1)", &["count"]),
            ("(a).b", &["a"]),
            ("$map($x, function($v) { name })", &["name"]),
            ("$x.(a + $ + *)", &[]),
            ("$x.a[b = 1]", &[]),
            ("$x[b = $.c]", &[]),
            ("$f()[b]", &[]),
            ("$x^(>price, $.name)", &[]),
            ("$x.a{name: $sum(price)}", &[]),
            ("$x{name: price}", &[]),
            ("$x.{'a': b}", &[]),
            ("$x.(function() { $ })", &[]),
            ("$x ~> |a|{'b': c}, d|", &[]),
            ("$x.a[$$.b]", &["$$"]),
        ];
        for (text, expected) in cases {
            let found = References::of(&parse(text).expect(text));
            assert_eq!(names(&found.context), expected, "{text}");
        }
    }

    #[test]
    fn variables_and_functions() {
        let cases: [(&str, &[&str], &[&str]); 12] = [
            ("$a + $a.b + $b", &["a", "b"], &[]),
            ("($a := 1; $a)", &[], &[]),
            ("$map($x, function($v, $i) { $v + $i })", &["x"], &[]),
            ("$x.a@$b#$i.($b + $i)", &["x"], &[]),
            ("$x.a[1]#$i.$i", &["x"], &[]),
            ("$nosuch($a)", &["nosuch", "a"], &["nosuch"]),
            ("$a ~> $nosuch", &["a", "nosuch"], &["nosuch"]),
            ("$nosuch(?, 1)", &["nosuch"], &["nosuch"]),
            ("($f := function() { 1 }; $f())", &[], &[]),
            ("$map([1], $string)", &[], &[]),
            ("$exists($a.b) ? $a.b : 0", &[], &[]),
            ("($a ? 1) & ($b ?: 1) & ($c.d ?? 1)", &[], &[]),
        ];
        for (text, variables, functions) in cases {
            let found = References::of(&parse(text).expect(text));
            assert_eq!(names(&found.variables), variables, "{text}");
            assert_eq!(names(&found.functions), functions, "{text}");
        }
    }

    #[test]
    fn states() {
        let of = |text: &str| References::of(&parse(text).expect(text));
        let found = of("$states.input.a & $states.result[0] & $states.(input)");
        assert_eq!(names(&found.states), ["input", "result"]);
        assert_eq!(found.states[0].position, 13);
        assert_eq!(found.bound_states, None);
        let found = of("($states := {'a': 1}; $states.a)");
        assert!(found.states.is_empty());
        assert!(found.bound_states.is_some());
    }
}
