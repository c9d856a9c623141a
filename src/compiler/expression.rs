//! Paths and intrinsic calls to ops.

use super::context;
use super::lowering::Lowering;
use super::scope::CONTEXT;
use crate::asl::model::Text;
use crate::bytecode::{CallSite, Op, Reg, Site};
use crate::intrinsic::{self, Argument, Call};
use crate::jsonpath::{Path, Root, SyntaxError, SyntaxErrorKind};

/// What an expression is evaluated against, and what its error texts name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target<'t> {
    /// The value that `$` stands for.
    pub input: Reg,
    /// The field as error texts name it, `.$` included.
    pub field: &'t str,
}

impl Lowering<'_, '_> {
    /// Parses a field's path; what cannot be run is refused.
    pub(super) fn parse_path(&mut self, text: &Text) -> Option<Path> {
        match Path::parse(&text.text) {
            Ok(path) => Some(path),
            Err(error) => {
                self.refuse_syntax(text, &error, "path");
                None
            }
        }
    }

    fn refuse_syntax(&mut self, text: &Text, error: &SyntaxError, what: &str) {
        let reason = match error.kind {
            SyntaxErrorKind::Unsupported => "this part of a JSONPath cannot run",
            _ => "malformed",
        };
        let message = format!("{what} '{}': {reason}: {error}", text.text);
        self.refuse(message, text.span, &text.location);
    }

    /// Lowers a path or an intrinsic call of a payload template (or of `ErrorPath`, `CausePath`) into `dst`.
    pub(super) fn expression(&mut self, text: &Text, target: Target<'_>, dst: Reg) {
        if text.text.starts_with('$') {
            let Some(path) = self.parse_path(text) else { return };
            self.template_path(&path, target, dst);
            return;
        }
        match intrinsic::parse(&text.text) {
            Ok(call) => self.call(&call, &text.text, target, dst),
            Err(error) => self.refuse_syntax(text, &error, "intrinsic function"),
        }
    }

    fn template_path(&mut self, path: &Path, target: Target<'_>, dst: Reg) {
        let site = Site::Template {
            field: target.field.to_owned(),
            path: path.text().to_owned(),
            input: target.input,
        };
        self.path_into(path, target.input, &site, dst);
    }

    fn call(&mut self, call: &Call, text: &str, target: Target<'_>, dst: Reg) {
        let mark = self.registers.mark();
        let first = self.registers.block(call.arguments.len());
        for (index, argument) in call.arguments.iter().enumerate() {
            let into = first.offset(index);
            match argument {
                Argument::Path(path) => self.template_path(path, target, into),
                // Calls nest at most `intrinsic::NESTING_DEPTH_MAX` deep.
                Argument::Call(inner) => self.call(inner, text, target, into),
                Argument::String(string) => self.constant_string(string, into),
                Argument::Number(number) => self.constant(number, into),
                Argument::Bool(true) => self.constant("true", into),
                Argument::Bool(false) => self.constant("false", into),
                Argument::Null => self.constant("null", into),
            }
        }
        let site = CallSite {
            function: call.function,
            argument_count: u16::try_from(call.arguments.len()).unwrap_or(u16::MAX),
        };
        let id = self.builder.add_call(site);
        let written = text.get(call.span.start as usize..call.span.end as usize).unwrap_or(text);
        self.builder.emit_at(Op::Intrinsic { dst, first, call: id }, Site::Call { text: written.to_owned() });
        self.registers.release(mark);
    }

    /// Lowers a path into a register of the caller's choice.
    pub(super) fn path_into(&mut self, path: &Path, input: Reg, site: &Site, dst: Reg) {
        let from = self.path(path, input, site, Some(dst));
        if from != dst {
            self.builder.emit_at(Op::Move { dst, src: from }, site.clone());
        }
    }

    /// Lowers a path; the register returned may be one that holds the value already.
    pub(super) fn path(&mut self, path: &Path, input: Reg, site: &Site, dst: Option<Reg>) -> Reg {
        // Other sites name the steps of the whole path in their error texts.
        let selected = match site {
            Site::Template { .. } => self.first_steps(path, input),
            _ => None,
        };
        let (src, taken) = match selected {
            Some((register, taken)) => (register, taken),
            None => (self.root(path, input, dst), self.taken(path)),
        };
        if path.segments().len() == taken {
            let is_variable = matches!(path.root(), Root::Variable(_));
            return if is_variable && dst.is_none() { self.assigned(src, site) } else { src };
        }
        let dst = dst.unwrap_or_else(|| self.registers.one());
        let path = self.builder.add_path(&path.below(taken));
        self.builder.emit_at(Op::Select { dst, src, path }, site.clone());
        dst
    }

    /// The register with the value that a path's root stands for, as far as the Context Object is concerned with
    /// the steps that are read as one.
    pub(super) fn root(&mut self, path: &Path, input: Reg, dst: Option<Reg>) -> Reg {
        match path.root() {
            Root::Input => input,
            Root::Variable(name) => self.scope.register(name).unwrap_or_else(|| {
                // Assigned nowhere: reading it fails when it is reached.
                let empty = self.registers.one();
                self.builder.emit(Op::Clear { dst: empty });
                empty
            }),
            Root::Context if let Some(given) = self.given_context(path) => given,
            Root::Context => {
                let field = context::field(path);
                if field.is_time() {
                    self.builder.set_needs_clock();
                }
                let dst = dst.unwrap_or_else(|| self.registers.one());
                self.builder.emit(Op::Context { dst, field });
                dst
            }
        }
    }

    /// A variable's value: reading it fails unless one has been assigned.
    fn assigned(&mut self, variable: Reg, site: &Site) -> Reg {
        let dst = self.registers.one();
        self.builder.emit_at(Op::Move { dst, src: variable }, site.clone());
        dst
    }

    /// How many of a path's steps `root` takes care of.
    pub(super) fn taken(&self, path: &Path) -> usize {
        if self.given_context(path).is_some() { 0 } else { context::taken(path) }
    }

    /// The register with the Context Object if that is given. The item of an iteration is not in it.
    fn given_context(&self, path: &Path) -> Option<Reg> {
        let given = self.scope.register(CONTEXT).filter(|_| *path.root() == Root::Context)?;
        let is_own_item = self.given.is_none() && context::field(path).path().starts_with("Map.Item");
        (!is_own_item).then_some(given)
    }

    /// Loads a constant given as JSON text.
    pub(super) fn constant(&mut self, json: &str, dst: Reg) {
        let constant = self.builder.add_constant(json);
        self.builder.emit(Op::Constant { dst, constant });
    }

    /// Loads a constant string.
    pub(super) fn constant_string(&mut self, text: &str, dst: Reg) {
        let mut json = Vec::with_capacity(text.len() + 2);
        crate::json::write_json_string(text, &mut json);
        self.constant(&String::from_utf8_lossy(&json), dst);
    }
}
