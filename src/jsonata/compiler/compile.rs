//! Compiling an expression.

use foldhash::fast::RandomState;
use hashbrown::HashSet;

use super::analysis;
use super::frame::{Frame, Name};
use crate::jsonata::ast::Ast;
use crate::jsonata::code::{Code, Label, Lambda, LambdaId, Op, Reg};
use crate::jsonata::error::Error;
use crate::value::Shape;

/// Whose JSONata it is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Dialect<'d> {
    /// The reference implementation's.
    Reference {
        /// Variables of the caller that hide functions of the same name.
        shadowed: &'d [&'d str],
    },
    /// That of Step Functions: `$states`, and no input.
    States,
}

/// Which instructions the code is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Instructions {
    /// All: those that do several things at once, or what is mostly asked for without detours, too.
    All,
    /// Only those that every expression could be made of: what the others must agree with.
    Basic,
}

/// Takes the keys of an object constructor and says which shape of the heap they are.
pub(crate) type ShapeIds<'s> = &'s mut dyn FnMut(&[Box<str>]) -> Option<u32>;

/// An expression while it is compiled.
pub(super) struct Compiler<'c> {
    pub ast: &'c Ast,
    pub dialect: Dialect<'c>,
    /// See [`Instructions::All`].
    pub is_fused: bool,
    pub code: Code,
    pub frames: Vec<Frame>,
    /// Names that some lambda uses from around it: variables of these names are shared with closures.
    pub shared: HashSet<Name, RandomState>,
    /// Bindings of tuples.
    pub bindings: Vec<Name>,
    /// Where `$` is.
    pub context: Reg,
    /// `$` may be the wrapper of a whole input.
    pub context_is_whole: bool,
    /// Members of what is in a register that are in registers of their own, unwrapped: (register, name, member).
    pub loaded: Vec<(Reg, u16, Reg)>,
    pub labels: Vec<Option<Label>>,
    /// Where the last label was bound: what is emitted there must not be merged with what is before.
    pub bound_at: Label,
    pub shape_ids: ShapeIds<'c>,
    pub error: Option<Error>,
}

/// Compiles a parsed expression. `shape_ids` registers the keys of its object constructors.
pub(crate) fn compile(
    ast: &Ast,
    dialect: Dialect<'_>,
    instructions: Instructions,
    shape_ids: ShapeIds<'_>,
) -> Result<Code, Error> {
    let found = analysis::analyse(ast);
    let mut compiler = Compiler {
        ast,
        dialect,
        is_fused: instructions == Instructions::All,
        code: Code::default(),
        frames: Vec::new(),
        shared: found.shared,
        bindings: found.bindings,
        context: Reg::CONTEXT,
        context_is_whole: true,
        loaded: Vec::new(),
        labels: Vec::new(),
        bound_at: Label(0),
        shape_ids,
        error: None,
    };
    compiler.code.tuple_bindings = compiler.bindings.len() as u16;
    let main = compiler.begin_frame(0);
    let result = compiler.register();
    let mark = compiler.open_scope(ast.root);
    compiler.expression(ast.root, result);
    compiler.close_scope(mark);
    compiler.emit(Op::Return { src: result });
    compiler.end_frame(main, None);
    // Where a frame goes on to return what a call in its place has given at once.
    compiler.emit(Op::Return { src: Reg::CONTEXT });
    compiler.resolve();
    compiler.check_bounds();
    match compiler.error {
        Some(error) => Err(error),
        None => Ok(compiler.code),
    }
}

impl Compiler<'_> {
    /// Starts the frame of a lambda whose code begins here.
    pub(super) fn begin_frame(&mut self, parameters: u16) -> LambdaId {
        let id = LambdaId(self.code.lambdas.len().min(usize::from(u16::MAX)) as u16);
        self.code.lambdas.push(Lambda {
            entry: Label(0),
            registers: 0,
            parameters,
            captures: Vec::new(),
            sources: Vec::new(),
            signature: None,
        });
        let entry = self.here();
        self.frames.push(Frame::new(entry, parameters));
        id
    }

    /// Ends the innermost frame.
    pub(super) fn end_frame(
        &mut self,
        lambda: LambdaId,
        signature: Option<crate::jsonata::signature::Signature>,
    ) {
        let Some(frame) = self.frames.pop() else { return };
        let registers = u16::try_from(frame.registers()).unwrap_or_else(|_| {
            self.too_large("registers");
            u16::MAX
        });
        self.code.lambdas[usize::from(lambda.0)] = Lambda {
            entry: frame.entry,
            registers,
            parameters: frame.parameters,
            captures: frame.captures,
            sources: frame.sources,
            signature,
        };
    }

    pub(super) fn fail(&mut self, error: Error) {
        self.error.get_or_insert(error);
    }

    fn too_large(&mut self, what: &str) {
        self.fail(
            Error::new("").text(format!("The expression is too large: it needs more than 65535 {what}")),
        );
    }

    /// Operands have 16 bits.
    fn check_bounds(&mut self) {
        let code = &self.code;
        let tables = [
            ("instructions", code.ops.len()),
            ("labels", self.labels.len()),
            ("functions", code.lambdas.len()),
            ("numbers", code.numbers.len()),
            ("strings", code.strings.len()),
            ("names", code.names.len()),
            ("paths", code.chains.len()),
            ("selections", code.selections.len()),
            ("comparisons", code.tests.len()),
            ("objects", code.shape_keys.len()),
            ("calls", code.sites.len()),
        ];
        if let Some((what, _)) = tables.into_iter().find(|(_, len)| *len > usize::from(u16::MAX)) {
            self.too_large(what);
        }
    }

    /// The index of an object constructor's keys.
    pub(super) fn shape(&mut self, keys: Vec<Box<str>>) -> u16 {
        let known = self.code.shape_keys.iter().position(|known| **known == *keys);
        let index = known.unwrap_or_else(|| {
            let id = (self.shape_ids)(&keys).unwrap_or_else(|| {
                self.too_large("objects");
                0
            });
            self.code.shape_ids.push(id);
            self.code.shape_keys.push(keys.into());
            self.code.shape_keys.len() - 1
        });
        index as u16
    }
}

/// Shapes of an expression that stands alone.
pub(crate) fn own_shapes(shapes: &mut Vec<Shape>) -> impl FnMut(&[Box<str>]) -> Option<u32> {
    |keys| {
        shapes.push(Shape::new(keys.iter().map(|key| &**key)));
        u32::try_from(shapes.len() - 1).ok()
    }
}
