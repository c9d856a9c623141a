//! Expressions that are no paths, calls or constructors.

use super::analysis;
use super::compile::Compiler;
use super::frame::{Meaning, Name, Variable};
use super::test::comparison;
use crate::jsonata::ast::{NodeId, NodeKind, Operator};
use crate::jsonata::code::{Close, Label, Literal, Op, Over, Parameter, Reg};
use crate::jsonata::error::Error;
use crate::jsonata::regexes::Regexp;

impl Compiler<'_> {
    /// Evaluates an expression into a register that nothing in it reads.
    pub(super) fn expression(&mut self, id: NodeId, dst: Reg) {
        let node = self.ast.node(id);
        self.kind(id, dst);
        if matches!(node.kind, NodeKind::Path { .. }) {
            return;
        }
        let is_stream = self.is_stream(id);
        for predicate in &node.predicates {
            if is_stream {
                self.filter_tuples(*predicate, dst);
            } else {
                self.filter(*predicate, dst, dst, Close::Sequence);
            }
        }
        if let Some(group) = &node.group {
            self.group(&group.pairs, group.position, dst, dst);
        }
        if !node.predicates.is_empty() {
            if node.keep_array && node.group.is_none() {
                self.emit(Op::KeepSingleton { dst });
            }
            self.emit(Op::Unwrap { dst });
        }
    }

    /// Whether an expression hands the bindings of a path on to the path that it is a step of.
    fn is_stream(&self, id: NodeId) -> bool {
        let mut id = id;
        loop {
            match &self.ast.node(id).kind {
                NodeKind::Path { tuple, .. } => return *tuple,
                NodeKind::Block { expressions, .. } => match expressions.last() {
                    Some(last) => id = *last,
                    None => return false,
                },
                _ => return false,
            }
        }
    }

    /// Evaluates an expression into some register: the one that a variable is in, if that will do.
    pub(super) fn value(&mut self, id: NodeId) -> Reg {
        let node = self.ast.node(id);
        if let NodeKind::Variable(name) = &node.kind
            && node.predicates.is_empty()
            && node.group.is_none()
        {
            if name.is_empty() && !self.context_is_whole {
                return self.context;
            }
            if !name.is_empty()
                && let Meaning::Places(places) = self.meaning(&Name::variable(name))
                && let [place] = places[..]
                && place.is_bound
                && !place.is_cell
            {
                return place.register;
            }
        }
        if let Some((src, name)) = self.member(id) {
            let name = self.name(name);
            if let Some(member) = self.loaded(src, name) {
                return member;
            }
        }
        let dst = self.register();
        self.expression(id, dst);
        dst
    }

    fn kind(&mut self, id: NodeId, dst: Reg) {
        let node = self.ast.node(id);
        match &node.kind {
            NodeKind::Path { steps, keep_singleton, tuple } => {
                let keep = *keep_singleton || node.keep_array;
                self.path(steps, keep, *tuple, node.group.as_ref(), dst);
            }
            NodeKind::Name(name) => {
                let name = self.name(name);
                match self.loaded(self.context, name) {
                    Some(member) => self.move_to(dst, member),
                    None => self.emit(Op::Field { dst, src: self.context, name }),
                }
            }
            NodeKind::String(text) => {
                let string = self.string(text);
                self.emit(Op::String { dst, string });
            }
            NodeKind::Number(number) => {
                let number = self.number(*number);
                self.emit(Op::Number { dst, number });
            }
            NodeKind::Bool(true) => self.literal(dst, Literal::True),
            NodeKind::Bool(false) => self.literal(dst, Literal::False),
            NodeKind::Null => self.literal(dst, Literal::Null),
            NodeKind::Regex { pattern, flags } => self.regex(pattern, flags, node.position, dst),
            NodeKind::Wildcard => self.emit(Op::Wildcard { dst, src: self.context }),
            NodeKind::Descendant => self.emit(Op::Descendants { dst, src: self.context }),
            NodeKind::Parent(label) => self.variable(&Name::Label(*label), dst),
            NodeKind::Variable(name) if name.is_empty() => self.emit(Op::Context { dst, src: self.context }),
            NodeKind::Variable(name) => self.variable(&Name::variable(name), dst),
            NodeKind::Negate(operand) => {
                self.expression(*operand, dst);
                self.emit_at(Op::Negate { dst, src: dst }, node.position);
            }
            NodeKind::Array { items, is_step } => self.array(items, *is_step, dst),
            NodeKind::Object(pairs) => self.object(pairs, node.position, dst),
            NodeKind::Binary { operator, left, right } => {
                self.binary(*operator, *left, *right, node.position, dst);
            }
            NodeKind::Bind { name, value } => self.bind_expression(name, *value, dst),
            NodeKind::Block { expressions, .. } => self.block(expressions, dst),
            NodeKind::Condition { test, then, otherwise } => self.condition(*test, *then, *otherwise, dst),
            NodeKind::Default { left, right } => {
                self.first_of(*left, *right, dst, |test, target| Op::JumpIfTrue { test, target });
            }
            NodeKind::Coalesce { left, right } => {
                self.first_of(*left, *right, dst, |test, target| Op::JumpIfDefined { test, target });
            }
            NodeKind::Call { procedure, arguments, is_tail } => {
                let keep = node.keep_array && node.predicates.is_empty();
                self.call(id, *procedure, arguments, None, *is_tail, keep, dst);
            }
            NodeKind::Partial { procedure, arguments } => {
                self.partial(*procedure, arguments, node.position, dst);
            }
            NodeKind::Lambda { parameters, signature, body } => {
                self.lambda(parameters, signature.as_ref(), *body, dst);
            }
            NodeKind::Apply { left, right } => self.apply(*left, *right, node.position, node.keep_array, dst),
            NodeKind::Transform { pattern, update, delete } => {
                self.transform(*pattern, *update, *delete, dst);
            }
            // Only as a step; as an expression it would sort what it stands in.
            NodeKind::Sort(terms) => {
                self.sort(terms, self.context, Over::Context, node.position, dst);
            }
        }
    }

    /// The left side if it will do, else the right.
    fn first_of(&mut self, left: NodeId, right: NodeId, dst: Reg, will_do: impl FnOnce(Reg, Label) -> Op) {
        let end = self.pending();
        self.expression(left, dst);
        self.emit(will_do(dst, end));
        self.expression(right, dst);
        self.bind(end);
    }

    fn regex(&mut self, pattern: &str, flags: &str, position: u32, dst: Reg) {
        match Regexp::new(pattern, flags) {
            Ok(compiled) => {
                self.code.regexes.push(compiled);
                let regex = (self.code.regexes.len() - 1) as u16;
                self.emit(Op::Regex { dst, regex });
            }
            Err(reason) => {
                let text = format!("The regular expression /{pattern}/{flags} cannot be used: {reason}");
                let written = format!("/{pattern}/{flags}");
                self.fail(Error::new("").text(text).at(position).token(written));
            }
        }
    }

    /// Reads a variable.
    pub(super) fn variable(&mut self, name: &Name, dst: Reg) {
        let places = match self.meaning(name) {
            Meaning::Builtin(builtin) => return self.emit_builtin(dst, builtin),
            Meaning::Places(places) => places,
        };
        let end = self.pending();
        for place in &places {
            let src = place.register;
            match (place.is_bound, place.is_cell) {
                (true, true) => self.emit(Op::LoadCell { dst, cell: src }),
                (true, false) => self.move_to(dst, src),
                (false, _) => self.emit(Op::MoveIfBound { dst, src, target: end }),
            }
        }
        if !places.last().is_some_and(|place| place.is_bound) {
            self.literal(dst, Literal::Undefined);
        }
        self.bind(end);
    }

    /// A member of `$states`, which the expression is given.
    pub(super) fn states_member(&mut self, member: &str) -> Reg {
        let level = self.frames.len() - 1;
        let parameter = Parameter::States(member.into());
        // A name that no variable can have.
        let name = Name::Variable(format!("states.{member}").into());
        self.parameter(level, &name, &parameter).register
    }

    fn binary(&mut self, operator: Operator, left: NodeId, right: NodeId, position: u32, dst: Reg) {
        match operator {
            Operator::And | Operator::Or if self.is_fused => {
                let (no, end) = (self.pending(), self.pending());
                self.test_operator(operator, left, right, no);
                self.literal(dst, Literal::True);
                self.emit(Op::Jump { target: end });
                self.bind(no);
                self.literal(dst, Literal::False);
                self.bind(end);
                return;
            }
            Operator::And | Operator::Or => {
                let end = self.pending();
                self.expression(left, dst);
                self.emit(Op::Truth { dst, src: dst });
                self.emit(match operator {
                    Operator::And => Op::JumpUnlessTrue { test: dst, target: end },
                    _ => Op::JumpIfTrue { test: dst, target: end },
                });
                self.expression(right, dst);
                self.emit(Op::Truth { dst, src: dst });
                self.bind(end);
                return;
            }
            _ => {}
        }
        let mark = self.frame().mark();
        if let Some(comparison) = comparison(operator)
            && let Some(constant) = self.constant(comparison, right)
        {
            let (src, test) = self.literal_test(comparison, left, constant);
            self.emit_at(Op::Test { dst, src, test }, position);
            self.frame().release(mark);
            return;
        }
        let left = self.operand(left, right);
        let right = self.value(right);
        let op = match operator {
            Operator::Add => Op::Add { dst, left, right },
            Operator::Subtract => Op::Subtract { dst, left, right },
            Operator::Multiply => Op::Multiply { dst, left, right },
            Operator::Divide => Op::Divide { dst, left, right },
            Operator::Remainder => Op::Remainder { dst, left, right },
            Operator::Equal => Op::Equal { dst, left, right },
            Operator::NotEqual => Op::NotEqual { dst, left, right },
            Operator::Less => Op::Less { dst, left, right },
            Operator::LessOrEqual => Op::LessOrEqual { dst, left, right },
            Operator::Greater => Op::Greater { dst, left, right },
            Operator::GreaterOrEqual => Op::GreaterOrEqual { dst, left, right },
            Operator::Concatenate => Op::Concatenate { dst, left, right },
            Operator::Range => Op::Range { dst, left, right },
            Operator::In | Operator::And | Operator::Or => Op::In { dst, left, right },
        };
        self.emit_at(op, position);
        self.frame().release(mark);
    }

    /// As `value`, for an operand that is read only after another was evaluated, which may bind variables.
    pub(super) fn operand(&mut self, id: NodeId, next: NodeId) -> Reg {
        if analysis::binds(self.ast, next).is_empty() {
            return self.value(id);
        }
        let dst = self.register();
        self.expression(id, dst);
        dst
    }

    fn condition(&mut self, test: NodeId, then: NodeId, otherwise: Option<NodeId>, dst: Reg) {
        let (no, end) = (self.pending(), self.pending());
        self.test(test, no);
        self.expression(then, dst);
        self.emit(Op::Jump { target: end });
        self.bind(no);
        match otherwise {
            Some(otherwise) => self.expression(otherwise, dst),
            None => self.literal(dst, Literal::Undefined),
        }
        self.bind(end);
    }

    /// Opens the scope that an expression's own bindings live in.
    pub(super) fn open_scope(&mut self, root: NodeId) -> u32 {
        let names = analysis::binds(self.ast, root);
        self.open_scope_of(names)
    }

    fn open_scope_of(&mut self, names: Vec<Box<str>>) -> u32 {
        let mark = self.frame().mark();
        let mut scope = Vec::with_capacity(names.len());
        for name in names {
            let register = self.register();
            let name = Name::Variable(name);
            let is_cell = self.shared.contains(&name);
            if is_cell {
                self.emit(Op::NewCell { dst: register });
            } else {
                self.literal(register, Literal::Unbound);
            }
            scope.push(Variable { name, register, is_cell, is_bound: false });
        }
        self.frame().scopes.push(scope);
        mark
    }

    pub(super) fn close_scope(&mut self, mark: u32) {
        self.frame().scopes.pop();
        self.frame().release(mark);
    }

    fn block(&mut self, expressions: &[NodeId], dst: Reg) {
        let mut names = Vec::new();
        for expression in expressions {
            for name in analysis::binds(self.ast, *expression) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        let mark = self.open_scope_of(names);
        if expressions.is_empty() {
            self.literal(dst, Literal::Undefined);
        }
        for (index, expression) in expressions.iter().enumerate() {
            let is_last = index + 1 == expressions.len();
            match &self.ast.node(*expression).kind {
                NodeKind::Bind { name, value } if self.ast.node(*expression).predicates.is_empty() => {
                    let register = self.bind_variable(name, *value);
                    if is_last {
                        self.move_to(dst, register);
                    }
                }
                _ => self.expression(*expression, dst),
            }
        }
        self.close_scope(mark);
    }

    /// A binding as a statement of its block: from here on the variable has a value.
    fn bind_variable(&mut self, name: &str, value: NodeId) -> Reg {
        let mark = self.frame().mark();
        let variable = self.own_variable(name);
        let register = match variable {
            Some(variable) if !variable.is_cell && !analysis::mentions(self.ast, value, name) => {
                self.expression(value, variable.register);
                variable.register
            }
            _ => {
                let register = self.register();
                self.expression(value, register);
                self.store(name, register);
                register
            }
        };
        let name = Name::variable(name);
        if let Some(scope) = self.frame().scopes.last_mut()
            && let Some(variable) = scope.iter_mut().find(|variable| variable.name == name)
        {
            variable.is_bound = true;
        }
        self.frame().release(mark);
        register
    }

    fn bind_expression(&mut self, name: &str, value: NodeId, dst: Reg) {
        self.expression(value, dst);
        self.store(name, dst);
    }

    /// The variable of the innermost scope that binds the name.
    fn own_variable(&mut self, name: &str) -> Option<Variable> {
        let name = Name::variable(name);
        self.frame().scopes.iter().rev().flatten().find(|variable| variable.name == name).cloned()
    }

    fn store(&mut self, name: &str, src: Reg) {
        let Some(variable) = self.own_variable(name) else { return };
        if variable.is_cell {
            self.emit(Op::StoreCell { cell: variable.register, src });
        } else {
            self.move_to(variable.register, src);
        }
    }
}
