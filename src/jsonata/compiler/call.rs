//! Calls, lambdas and what else makes functions.

use super::analysis;
use super::compile::Compiler;
use super::frame::{Meaning, Name, Variable};
use super::load::Whose;
use crate::jsonata::ast::{NodeId, NodeKind};
use crate::jsonata::code::{Close, Literal, Op, Over, Reg, Site};
use crate::jsonata::functions::Builtin;
use crate::jsonata::signature::Signature;

/// What a call is given besides its arguments.
struct Given {
    /// The left side of `~>`.
    first: Option<Reg>,
    keep_array: bool,
    position: u32,
}

impl Compiler<'_> {
    #[expect(clippy::too_many_arguments, reason = "the parts of a call, and what stands around it")]
    pub(super) fn call(
        &mut self,
        id: NodeId,
        procedure: NodeId,
        arguments: &[NodeId],
        given: Option<Reg>,
        is_tail: bool,
        keep_array: bool,
        dst: Reg,
    ) {
        let node = self.ast.node(id);
        let given = Given { first: given, keep_array, position: node.position };
        let mark = self.frame().mark();
        let named = self.ast.node(procedure);
        if let (NodeKind::Variable(name), true) = (&named.kind, named.predicates.is_empty())
            && let Meaning::Builtin(builtin) = self.meaning(&Name::variable(name))
        {
            if !self.loop_call(id, builtin, arguments, &given, dst) {
                self.builtin_call(builtin, name, arguments, &given, dst);
            }
            self.frame().release(mark);
            return;
        }
        let count = arguments.len() + usize::from(given.first.is_some());
        let first = self.frame().allocate(1 + count);
        self.expression(procedure, first);
        self.arguments(arguments, given.first, first.offset(1));
        let site = self.site(procedure, count, given.keep_array);
        let is_tail = is_tail && self.frame().inlined == 0 && self.frames.len() > 1;
        let op = if is_tail { Op::TailCall { first, site } } else { Op::Call { dst, first, site } };
        self.emit_at(op, given.position);
        self.frame().release(mark);
    }

    fn arguments(&mut self, arguments: &[NodeId], given: Option<Reg>, first: Reg) {
        let offset = u16::from(given.is_some());
        if let Some(given) = given {
            self.move_to(first, given);
        }
        for (index, argument) in arguments.iter().enumerate() {
            self.expression(*argument, first.offset(offset + index as u16));
        }
    }

    /// A call of something that only running it tells what it is.
    fn site(&mut self, procedure: NodeId, count: usize, keep_array: bool) -> u16 {
        let (token, suggestion) = match &self.ast.node(procedure).kind {
            NodeKind::Variable(name) => (Some(name.clone()), false),
            NodeKind::Path { steps, .. } => match &self.ast.node(steps[0].node).kind {
                NodeKind::Name(name) | NodeKind::Variable(name) => (Some(name.clone()), self.is_known(name)),
                _ => (None, false),
            },
            _ => (None, false),
        };
        self.add_site(Site {
            builtin: None,
            arguments: count as u16,
            context: self.context,
            given: Vec::new(),
            token,
            suggestion,
            keep_array,
        })
    }

    /// Whether a variable of this name would have a value here.
    fn is_known(&self, name: &str) -> bool {
        let name_of = Name::variable(name);
        let is_bound =
            self.frames.iter().flat_map(|frame| frame.scopes.iter().flatten()).any(|v| v.name == name_of);
        is_bound || Builtin::named(name).is_some()
    }

    fn add_site(&mut self, site: Site) -> u16 {
        self.code.sites.push(site);
        (self.code.sites.len() - 1) as u16
    }

    fn builtin_site(&mut self, builtin: Builtin, name: &str, count: usize, keep_array: bool) -> u16 {
        self.add_site(Site {
            builtin: Some(builtin),
            arguments: count as u16,
            context: self.context,
            given: Vec::new(),
            token: Some(name.into()),
            suggestion: false,
            keep_array,
        })
    }

    fn builtin_call(&mut self, builtin: Builtin, name: &str, arguments: &[NodeId], given: &Given, dst: Reg) {
        let count = arguments.len() + usize::from(given.first.is_some());
        let first = self.frame().allocate(count);
        self.arguments(arguments, given.first, first);
        let site = self.builtin_site(builtin, name, count, given.keep_array);
        let op = if self.is_fused && builtin.direct().is_some() {
            Op::CallDirect { dst, first, site }
        } else {
            Op::CallBuiltin { dst, first, site }
        };
        self.emit_at(op, given.position);
    }

    /// `$map`, `$filter` and `$reduce` as loops; `false` if the call is not one that can be.
    fn loop_call(
        &mut self,
        id: NodeId,
        builtin: Builtin,
        arguments: &[NodeId],
        given: &Given,
        dst: Reg,
    ) -> bool {
        let count = arguments.len() + usize::from(given.first.is_some());
        let at_function = usize::from(given.first.is_none());
        let name = builtin.name();
        let fits = match name {
            "map" | "filter" => count == 2,
            "reduce" => count == 2 || count == 3,
            _ => false,
        };
        if !fits {
            return false;
        }
        let lambda = analysis::in_place(self.ast, self.ast.node(id)).map(|(lambda, _)| lambda);
        let function = arguments[at_function];
        let lambda = lambda.filter(|lambda| *lambda == function);
        let parameters = match lambda.map(|lambda| &self.ast.node(lambda).kind) {
            Some(NodeKind::Lambda { parameters, .. }) => Some(parameters.as_slice()),
            _ => None,
        };
        // Fewer than two parameters are an error that the function reports.
        if name == "reduce" && parameters.is_none_or(|parameters| parameters.len() < 2) {
            return false;
        }
        let array = self.register();
        match given.first {
            Some(first) => self.move_to(array, first),
            None => self.expression(arguments[0], array),
        }
        let called = if lambda.is_none() {
            let first = self.frame().allocate(4);
            self.expression(function, first);
            let site = self.builtin_site(builtin, name, count, given.keep_array);
            self.emit_at(Op::CheckFunction { src: first, index: 2, site }, given.position);
            Some(first)
        } else {
            None
        };
        if name == "reduce" {
            let initial = arguments.get(at_function + 1).copied();
            if let Some((lambda, parameters)) = lambda.zip(parameters) {
                self.reduce(array, lambda, parameters, initial, dst);
            }
        } else {
            let body = Body { lambda: lambda.zip(parameters), called };
            self.map_or_filter(name == "filter", array, &body, given, dst);
        }
        true
    }

    fn map_or_filter(&mut self, is_filter: bool, array: Reg, body: &Body<'_>, given: &Given, dst: Reg) {
        let (next, exit, end) = (self.pending(), self.pending(), self.pending());
        self.literal(dst, Literal::Undefined);
        self.emit(Op::Array { dst: array, target: end });
        let registers = body.called.map_or_else(|| self.frame().allocate(3), |first| first.offset(1));
        let result = self.register();
        self.emit(Op::Loop { src: array, over: Over::Elements });
        self.emit(Op::Open);
        self.bind(next);
        self.emit(Op::Next { dst: registers, exit });
        if let Some((lambda, parameters)) = body.lambda {
            if parameters.len() > 1 {
                self.emit(Op::Position { dst: registers.offset(1) });
            }
            let places = [registers, registers.offset(1), array];
            self.in_place(lambda, parameters, &places, |compiler, body| {
                let element = parameters.first().map_or("", |name| &**name);
                let loaded = compiler.load(Whose::Variable(element), &[body], registers);
                if is_filter {
                    compiler.test(body, next);
                } else {
                    compiler.expression(body, result);
                }
                compiler.unload(loaded);
            });
            self.emit(Op::Push { src: if is_filter { registers } else { result } });
        } else if let Some(first) = body.called {
            self.emit(Op::Position { dst: registers.offset(1) });
            self.move_to(registers.offset(2), array);
            self.emit_at(Op::CallEach { dst: result, first, count: 3 }, given.position);
            if is_filter {
                self.emit(Op::JumpUnlessTrue { test: result, target: next });
            }
            self.emit(Op::Push { src: if is_filter { registers } else { result } });
        }
        self.emit(Op::Jump { target: next });
        self.bind(exit);
        self.emit(Op::Close { dst, close: Close::Sequence });
        if given.keep_array {
            self.emit(Op::KeepArray { dst });
        }
        self.emit(Op::Unwrap { dst });
        self.bind(end);
    }

    fn reduce(
        &mut self,
        array: Reg,
        lambda: NodeId,
        parameters: &[Box<str>],
        initial: Option<NodeId>,
        dst: Reg,
    ) {
        let total = self.register();
        match initial {
            Some(initial) => self.expression(initial, total),
            None => self.literal(total, Literal::Undefined),
        }
        let (next, exit, end) = (self.pending(), self.pending(), self.pending());
        self.literal(dst, Literal::Undefined);
        self.emit(Op::Array { dst: array, target: end });
        let (item, index, result) = (self.register(), self.register(), self.register());
        self.emit(Op::Loop { src: array, over: Over::Elements });
        self.emit(Op::JumpIfDefined { test: total, target: next });
        self.emit(Op::Next { dst: total, exit });
        self.bind(next);
        self.emit(Op::Next { dst: item, exit });
        if parameters.len() > 2 {
            self.emit(Op::Position { dst: index });
        }
        self.in_place(lambda, parameters, &[total, item, index, array], |compiler, body| {
            let loaded = compiler.load(Whose::Variable(&parameters[1]), &[body], item);
            compiler.expression(body, result);
            compiler.unload(loaded);
        });
        self.move_to(total, result);
        self.emit(Op::Jump { target: next });
        self.bind(exit);
        self.move_to(dst, total);
        self.bind(end);
    }

    /// The body of a lambda with its parameters in registers of this frame.
    fn in_place(
        &mut self,
        lambda: NodeId,
        parameters: &[Box<str>],
        places: &[Reg],
        body_of: impl FnOnce(&mut Self, NodeId),
    ) {
        let NodeKind::Lambda { body, .. } = self.ast.node(lambda).kind else { return };
        let mark = self.frame().mark();
        let mut scope = Vec::with_capacity(parameters.len());
        for (index, name) in parameters.iter().enumerate() {
            let register = places.get(index).copied().unwrap_or_else(|| {
                let register = self.register();
                self.literal(register, Literal::Undefined);
                register
            });
            scope.push(Variable {
                name: Name::Variable(name.clone()),
                register,
                is_cell: false,
                is_bound: true,
            });
        }
        self.frame().scopes.push(scope);
        self.frame().inlined += 1;
        let inner = self.open_scope(body);
        body_of(self, body);
        self.close_scope(inner);
        self.frame().inlined -= 1;
        self.frame().scopes.pop();
        self.frame().release(mark);
    }

    pub(super) fn lambda(
        &mut self,
        parameters: &[Box<str>],
        signature: Option<&(Box<str>, u32)>,
        body: NodeId,
        dst: Reg,
    ) {
        let signature = signature.and_then(|(text, start)| match Signature::parse(text) {
            Ok(signature) => Some(signature),
            Err((error, offset)) => {
                self.fail(error.at(start + offset as u32));
                None
            }
        });
        self.function(parameters, signature, dst, |compiler| {
            let result = compiler.register();
            let mark = compiler.open_scope(body);
            compiler.expression(body, result);
            compiler.close_scope(mark);
            compiler.emit(Op::Return { src: result });
        });
    }

    /// A function whose code `body` writes.
    fn function(
        &mut self,
        parameters: &[Box<str>],
        signature: Option<Signature>,
        dst: Reg,
        body: impl FnOnce(&mut Self),
    ) {
        let over = self.pending();
        self.emit(Op::Jump { target: over });
        let lambda = self.begin_frame(parameters.len() as u16);
        let scope = parameters.iter().enumerate().map(|(index, name)| Variable {
            name: Name::Variable(name.clone()),
            register: Reg(1 + index as u16),
            is_cell: false,
            is_bound: true,
        });
        let scope = scope.collect();
        self.frame().scopes.push(scope);
        let outer = (self.context, self.context_is_whole);
        (self.context, self.context_is_whole) = (Reg::CONTEXT, true);
        // Registers are those of another frame.
        let loaded = std::mem::take(&mut self.loaded);
        body(self);
        self.loaded = loaded;
        (self.context, self.context_is_whole) = outer;
        self.end_frame(lambda, signature);
        self.bind(over);
        self.emit(Op::Closure { dst, lambda, context: self.context });
    }

    pub(super) fn partial(
        &mut self,
        procedure: NodeId,
        arguments: &[Option<NodeId>],
        position: u32,
        dst: Reg,
    ) {
        let mark = self.frame().mark();
        let first = self.frame().allocate(1 + arguments.len());
        for (index, argument) in arguments.iter().enumerate() {
            if let Some(argument) = argument {
                self.expression(*argument, first.offset(1 + index as u16));
            }
        }
        self.expression(procedure, first);
        let site = self.site(procedure, arguments.len(), false);
        self.code.sites[usize::from(site)].given = arguments.iter().map(Option::is_some).collect();
        self.emit_at(Op::Partial { dst, first, site }, position);
        self.frame().release(mark);
    }

    pub(super) fn apply(&mut self, left: NodeId, right: NodeId, position: u32, keep_array: bool, dst: Reg) {
        let mark = self.frame().mark();
        let node = self.ast.node(right);
        if let NodeKind::Call { procedure, arguments, .. } = &node.kind {
            let first = self.register();
            self.expression(left, first);
            self.call(right, *procedure, arguments, Some(first), false, keep_array, dst);
            for predicate in &node.predicates {
                self.filter(*predicate, dst, dst, Close::Unwrapped);
            }
        } else {
            let first = self.frame().allocate(2);
            self.expression(left, first.offset(1));
            self.expression(right, first);
            self.emit_at(Op::Apply { dst, first }, position);
        }
        self.frame().release(mark);
    }

    /// `|pattern|update, delete|`: a function of one argument.
    pub(super) fn transform(&mut self, pattern: NodeId, update: NodeId, delete: Option<NodeId>, dst: Reg) {
        let signature = match Signature::parse("<(oa):o>") {
            Ok(signature) => Some(signature),
            Err((error, _)) => return self.fail(error),
        };
        // No expression can name the parameter.
        let parameters: [Box<str>; 1] = ["|".into()];
        self.function(&parameters, signature, dst, |compiler| {
            let (copy, parts, part, change) =
                (compiler.register(), compiler.register(), compiler.register(), compiler.register());
            compiler.emit(Op::Clone { dst: copy, src: Reg(1) });
            let mark = compiler.open_scope(pattern);
            compiler.within(copy, |compiler| compiler.expression(pattern, parts));
            compiler.close_scope(mark);
            compiler.emit(Op::Loop { src: parts, over: Over::Elements });
            let (next, exit) = (compiler.bound(), compiler.pending());
            compiler.emit(Op::Next { dst: part, exit });
            compiler.within(part, |compiler| {
                compiler.expression(update, change);
                let position = compiler.ast.node(update).position;
                compiler.emit_at(Op::Update { target: part, update: change }, position);
                if let Some(delete) = delete {
                    compiler.expression(delete, change);
                    let position = compiler.ast.node(delete).position;
                    compiler.emit_at(Op::Delete { target: part, names: change }, position);
                }
            });
            compiler.emit(Op::Jump { target: next });
            compiler.bind(exit);
            compiler.emit(Op::Return { src: copy });
        });
    }
}

/// What a loop does with each element.
struct Body<'b> {
    /// A lambda, and its parameters.
    lambda: Option<(NodeId, &'b [Box<str>])>,
    /// The register with the function; its arguments go behind it.
    called: Option<Reg>,
}
