//! The instruction set of expressions, and a compiled expression.
//!
//! Registers belong to a frame: the expression itself is lambda 0, every call of a lambda has a frame of its own.
//! Loops, lists being built and groups being gathered are stacks beside the registers: they nest as the code does.

use serde::{Deserialize, Serialize};

use super::name::Name;

/// A register of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Reg(pub u16);

impl Reg {
    /// What `$` is where the frame begins.
    pub(crate) const CONTEXT: Self = Self(0);

    /// The register `offset` after this one.
    #[must_use]
    pub(crate) fn offset(self, offset: u16) -> Self {
        Self(self.0.saturating_add(offset))
    }
}

/// A position in the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Label(pub u16);

/// A lambda of an expression; 0 is the expression itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LambdaId(pub u16);

impl LambdaId {
    /// The expression itself.
    pub(crate) const MAIN: Self = Self(0);
}

/// How a list that was built becomes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[repr(u8)]
pub(crate) enum Close {
    /// A sequence, as it is; not unwrapped.
    Sequence,
    /// A sequence, unwrapped: the result of a query.
    Unwrapped,
    /// The results of a path's step, flattened; not unwrapped.
    Step,
    /// The results of a path's last step, flattened unless the only one is an array.
    LastStep,
    /// The same, unwrapped.
    Path,
    /// An array constructor.
    Array,
    /// An array constructor that is a step.
    Constructed,
    /// Tuples.
    Tuples,
}

/// How a loop looks at what it goes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[repr(u8)]
pub(crate) enum Over {
    /// The elements of an array of any kind; anything else, nothing included, once.
    Context,
    /// As `Context`, but nothing has no elements.
    Elements,
    /// As `Context`, but an array without elements counts as nothing, once.
    Group,
    /// As `Elements`, but a constructed array counts as one: what a step before has left.
    Results,
}

/// A literal without operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[repr(u8)]
pub(crate) enum Literal {
    /// Nothing.
    Undefined,
    /// `null`
    Null,
    /// `true`
    True,
    /// `false`
    False,
    /// No binding yet.
    Unbound,
}

/// How two values are compared. The bits say which of less, equal and greater will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[repr(u8)]
pub(crate) enum Comparison {
    /// `<`
    Less = 1,
    /// `=`
    Equal = 2,
    /// `<=`
    LessOrEqual = 3,
    /// `>`
    Greater = 4,
    /// `!=`
    NotEqual = 5,
    /// `>=`
    GreaterOrEqual = 6,
}

impl Comparison {
    /// As it is written.
    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::Equal => "=",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::NotEqual => "!=",
            Self::GreaterOrEqual => ">=",
        }
    }

    /// Whether it holds for two numbers, neither of which is NaN.
    #[inline]
    pub(crate) fn holds(self, left: f64, right: f64) -> bool {
        #[expect(clippy::float_cmp, reason = "JSONata compares numbers as they are")]
        let is_equal = left == right;
        let found = u8::from(left < right) | u8::from(is_equal) << 1 | u8::from(left > right) << 2;
        self as u8 & found != 0
    }
}

/// A comparison with a literal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Test {
    /// The member that is compared; without one, the value itself.
    pub name: Option<u16>,
    /// How.
    pub comparison: Comparison,
    /// The right side.
    pub constant: Constant,
}

/// A literal that is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) enum Constant {
    /// A finite number.
    Number(f64),
    /// A string of the table, for `=` and `!=`.
    String(u16),
}

/// Names that are looked up in one go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Selection {
    /// The names, each once.
    pub names: Box<[Name]>,
    /// The bit of the length of each name's key: most other members are told from them by that.
    pub lengths: u64,
}

impl Selection {
    /// The bits of the names' lengths; lengths that differ by multiples of 64 share one.
    pub(crate) fn lengths(names: &[Name]) -> u64 {
        names.iter().fold(0, |lengths, name| lengths | 1 << (name.key_len() % u64::BITS))
    }

    /// Whether a name may be this key, if that has no escapes.
    #[inline]
    pub(crate) fn may_have(&self, key: &crate::json::Node) -> bool {
        self.lengths >> ((key.end - key.start) % u64::BITS) & 1 != 0
    }
}

/// One instruction: 8 bytes, `Copy`. "Fails" means: ends the evaluation with an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[repr(u8)]
pub(crate) enum Op {
    /// Loads a literal.
    Literal { dst: Reg, literal: Literal },
    /// Loads a number of the table.
    Number { dst: Reg, number: u16 },
    /// Loads a string of the table.
    String { dst: Reg, string: u16 },
    /// Loads a regular expression as a function.
    Regex { dst: Reg, regex: u16 },
    /// Loads a function of the language.
    Builtin { dst: Reg, builtin: u16 },
    /// Copies a register.
    Move { dst: Reg, src: Reg },
    /// Copies a register if a value was bound to it (or to the variable in it), and continues elsewhere.
    MoveIfBound { dst: Reg, src: Reg, target: Label },
    /// Makes a shared variable, without a value.
    NewCell { dst: Reg },
    /// Reads a shared variable.
    LoadCell { dst: Reg, cell: Reg },
    /// Binds a shared variable.
    StoreCell { cell: Reg, src: Reg },
    /// The context as a value: what wraps an array that is the whole input is taken off.
    Context { dst: Reg, src: Reg },
    /// A member by name, of every element of an array; unwrapped.
    Field { dst: Reg, src: Reg, name: u16 },
    /// Several members by name, into the registers from `dst`: as `Field` for each of them.
    Fields { dst: Reg, src: Reg, selection: u16 },
    /// A path of names; unwrapped.
    Chain { dst: Reg, src: Reg, chain: u16 },
    /// `*`
    Wildcard { dst: Reg, src: Reg },
    /// `**`
    Descendants { dst: Reg, src: Reg },
    /// `[n]` with a literal number.
    Index { dst: Reg, src: Reg, number: u16 },
    /// A sequence of one as its element, of none as nothing.
    Unwrap { dst: Reg },
    /// `[]`: a single value as an array that stays one.
    KeepArray { dst: Reg },
    /// `[]` on a path: before its result is unwrapped.
    KeepSingleton { dst: Reg },
    /// Starts a loop.
    Loop { src: Reg, over: Over },
    /// The next element; continues at `exit` where there is none, which ends the loop.
    Next { dst: Reg, exit: Label },
    /// The number of the element that the innermost loop is at, from 0.
    Position { dst: Reg },
    /// Starts a list.
    Open,
    /// Adds a value, if there is one.
    Push { src: Reg },
    /// Adds a value, if there is one, and continues elsewhere.
    PushJump { src: Reg, target: Label },
    /// Adds a value, the elements of an array one by one.
    PushSpread { src: Reg },
    /// Adds the loop's element if a predicate's value selects it.
    PushMatch { item: Reg, test: Reg },
    /// Adds an element and the keys it is to be sorted by.
    PushKeys { item: Reg, first: Reg, count: u16 },
    /// Ends a list.
    Close { dst: Reg, close: Close },
    /// Ends a list of elements with keys: sorted.
    CloseSorted { dst: Reg, sort: u16 },
    /// Continues elsewhere.
    Jump { target: Label },
    /// Continues elsewhere if a value is true in JSONata's sense.
    JumpIfTrue { test: Reg, target: Label },
    /// Continues elsewhere unless it is.
    JumpUnlessTrue { test: Reg, target: Label },
    /// Continues elsewhere unless a value, or a member of it, compares with a literal as it should.
    JumpUnless { src: Reg, test: u16, target: Label },
    /// Continues elsewhere unless two values compare as they should.
    JumpUnlessCompared { comparison: Comparison, left: Reg, right: Reg, target: Label },
    /// Continues elsewhere if there is a value.
    JumpIfDefined { test: Reg, target: Label },
    /// Continues elsewhere if a value is an array without elements.
    JumpIfEmpty { test: Reg, target: Label },
    /// A value's truth.
    Truth { dst: Reg, src: Reg },
    /// `-x`
    Negate { dst: Reg, src: Reg },
    /// `a + b`
    Add { dst: Reg, left: Reg, right: Reg },
    /// `a - b`
    Subtract { dst: Reg, left: Reg, right: Reg },
    /// `a * b`
    Multiply { dst: Reg, left: Reg, right: Reg },
    /// `a / b`
    Divide { dst: Reg, left: Reg, right: Reg },
    /// `a % b`
    Remainder { dst: Reg, left: Reg, right: Reg },
    /// `a = b`
    Equal { dst: Reg, left: Reg, right: Reg },
    /// `a != b`
    NotEqual { dst: Reg, left: Reg, right: Reg },
    /// How a value, or a member of it, compares with a literal.
    Test { dst: Reg, src: Reg, test: u16 },
    /// `a < b`
    Less { dst: Reg, left: Reg, right: Reg },
    /// `a <= b`
    LessOrEqual { dst: Reg, left: Reg, right: Reg },
    /// `a > b`
    Greater { dst: Reg, left: Reg, right: Reg },
    /// `a >= b`
    GreaterOrEqual { dst: Reg, left: Reg, right: Reg },
    /// `a & b`
    Concatenate { dst: Reg, left: Reg, right: Reg },
    /// `a..b`
    Range { dst: Reg, left: Reg, right: Reg },
    /// `a in b`
    In { dst: Reg, left: Reg, right: Reg },
    /// The context of an object constructor's values: an array counts as all of its elements.
    GroupContext { dst: Reg, src: Reg },
    /// An object with the shape's keys; values that are not there are left out.
    Object { dst: Reg, first: Reg, shape: u16 },
    /// Starts gathering groups.
    GroupOpen,
    /// Adds an item to the group of a key. Fails if the key is no string.
    GroupAdd { key: Reg, item: Reg, pair: u16 },
    /// The items of the next group of a pair; continues at `exit` where there is none.
    GroupNext { dst: Reg, pair: u16, exit: Label },
    /// The value of the group that `GroupNext` was at.
    GroupValue { src: Reg },
    /// Ends gathering: an object.
    GroupClose { dst: Reg },
    /// As `GroupNext` for tuples: merged into one, in `first` and the registers after it.
    GroupNextTuple { first: Reg, pair: u16, exit: Label },
    /// A tuple's context and bindings into registers.
    TupleLoad { first: Reg, src: Reg },
    /// Adds a tuple for each result of a step.
    TuplePush { first: Reg, result: Reg, step: u16 },
    /// Numbers the tuples in a binding.
    TupleNumber { stream: Reg, binding: u16 },
    /// The contexts of tuples, as a sequence; not unwrapped.
    TupleContexts { dst: Reg, src: Reg },
    /// Tuples of elements.
    TupleStart { dst: Reg, src: Reg },
    /// A function with what it captures.
    Closure { dst: Reg, lambda: LambdaId, context: Reg },
    /// Calls a function of the language.
    CallBuiltin { dst: Reg, first: Reg, site: u16 },
    /// The same for a function that has a short cut for what it is mostly given.
    CallDirect { dst: Reg, first: Reg, site: u16 },
    /// Calls the function in `first` with the registers after it.
    Call { dst: Reg, first: Reg, site: u16 },
    /// The same, in place of the frame.
    TailCall { first: Reg, site: u16 },
    /// Calls the function in `first` with as many of the registers after it as it takes.
    CallEach { dst: Reg, first: Reg, count: u16 },
    /// Applies the function in `first` to the register after it (`~>`).
    Apply { dst: Reg, first: Reg },
    /// Applies the function in `first` in part.
    Partial { dst: Reg, first: Reg, site: u16 },
    /// What `$map` and the like go over: an array; continues elsewhere if there is nothing.
    Array { dst: Reg, target: Label },
    /// Fails unless this is a function: the argument `index` of a function.
    CheckFunction { src: Reg, index: u16, site: u16 },
    /// A copy that may be changed.
    Clone { dst: Reg, src: Reg },
    /// Merges an update into a part of a copy.
    Update { target: Reg, update: Reg },
    /// Deletes members of a part of a copy.
    Delete { target: Reg, names: Reg },
    /// Ends the frame with a value.
    Return { src: Reg },
}

const _: () = assert!(size_of::<Op>() == 8);

/// A lambda, or the expression itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Lambda {
    /// Where its code starts.
    pub entry: Label,
    /// Size of its frame.
    pub registers: u16,
    /// Its parameters stand in the registers from 1.
    pub parameters: u16,
    /// The register that each captured value goes to.
    pub captures: Vec<Reg>,
    /// Where they come from in the frame that makes it; for the expression, which parameter of the expression.
    pub sources: Vec<Reg>,
    /// Its signature.
    pub signature: Option<super::signature::Signature>,
}

/// A call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Site {
    /// The function of the language, of `CallBuiltin`.
    pub builtin: Option<super::functions::Builtin>,
    /// How many arguments.
    pub arguments: u16,
    /// The context, which functions may use in place of an argument.
    pub context: Reg,
    /// Which arguments are given, of `Partial`.
    pub given: Vec<bool>,
    /// The function's name, for error texts.
    pub token: Option<Box<str>>,
    /// There is a variable of that name: `sum(x)` was written for `$sum(x)`, perhaps.
    pub suggestion: bool,
    /// `[]` stands behind the call: a sequence of one stays an array.
    pub keep_array: bool,
}

/// A step that binds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub(crate) struct TupleStep {
    /// The binding that gets the result, which then is not the context (`@`).
    pub focus: Option<u16>,
    /// The binding that gets the number of the result (`#`).
    pub index: Option<u16>,
    /// The binding that gets the step's input (`%`).
    pub ancestor: Option<u16>,
}

/// What an expression is given besides its input.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Parameter {
    /// The whole input, `$$`.
    Root,
    /// A variable that the expression does not bind itself.
    Variable(Box<str>),
    /// A member of `$states`.
    States(Box<str>),
}

/// A compiled expression.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Code {
    /// The instructions.
    pub ops: Vec<Op>,
    /// The expression, then its lambdas.
    pub lambdas: Vec<Lambda>,
    /// What it must be given, in the order of the expression's captures.
    pub parameters: Vec<Parameter>,
    /// Numbers.
    pub numbers: Vec<f64>,
    /// Strings.
    pub strings: Vec<Box<str>>,
    /// Member names.
    pub names: Vec<Name>,
    /// Paths of names.
    pub chains: Vec<Box<[u16]>>,
    /// Names that are looked up in one go.
    pub selections: Vec<Selection>,
    /// Comparisons with literals.
    pub tests: Vec<Test>,
    /// Keys of objects; `shape_ids` says which shape of the heap each is.
    pub shape_keys: Vec<Box<[Box<str>]>>,
    /// Shapes of the heap.
    pub shape_ids: Vec<u32>,
    /// Calls.
    pub sites: Vec<Site>,
    /// Regular expressions.
    pub regexes: Vec<super::regexes::Regexp>,
    /// For each sort, which terms are descending.
    pub sorts: Vec<Box<[bool]>>,
    /// Steps that bind.
    pub tuple_steps: Vec<TupleStep>,
    /// Bindings of one tuple.
    pub tuple_bindings: u16,
    /// Positions in the text, in UTF-16 units, of instructions that can fail; sorted by program counter.
    pub positions: Vec<(u16, u32)>,
}

impl Code {
    /// Where in the text the instruction at `pc` comes from.
    pub(crate) fn position(&self, pc: u16) -> Option<u32> {
        let at = self.positions.binary_search_by_key(&pc, |(at, _)| *at).ok()?;
        Some(self.positions[at].1)
    }
}
