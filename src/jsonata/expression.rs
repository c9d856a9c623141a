//! An expression by itself: compiled once, evaluated over any number of inputs.

use std::fmt;

use super::code::{Code, Parameter};
use super::compiler::{Dialect, Instructions, compile, own_shapes};
use super::error::Error;
use super::evaluation::{Buffers, Settings, evaluate};
use super::functions::{NoValue, to_value};
use super::item::Item;
use super::states;
use crate::json::{Document, NodeId, ParseError, Parser, Tape};
use crate::limits::Limits;
use crate::value::{Arena, DocId, Docs, Heap, ParseScratch, Shape, Value, write_value};

/// The document with the variables; 0 and 1 are the input's.
const VARIABLES: DocId = DocId(2);
/// The document with the Context Object.
const CONTEXT: DocId = DocId(3);

/// A compiled JSONata expression; cheap to share, never changed.
///
/// It is JSONata 2 with its functions and those that Step Functions adds, without `$eval`. Regular expressions match
/// in linear time: what would need more (look-around, back-references) is refused when the expression is compiled.
///
/// ```
/// use aslx::jsonata::{Evaluator, Expression};
///
/// let total = Expression::new("$sum(items.(price * quantity))")?;
/// let mut evaluator = Evaluator::new(&aslx::Limits::default());
/// let mut output = Vec::new();
/// for input in [r#"{"items":[{"price":2.5,"quantity":4}]}"#, r#"{"items":[]}"#] {
///     evaluator.evaluate(&total, input.as_bytes(), &mut output)?;
///     output.push(b'\n');
/// }
/// // The second has no items, and so no sum.
/// assert_eq!(output, b"10\n\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Expression {
    code: Code,
    shapes: Vec<Shape>,
    /// It belongs to a state machine.
    is_of_state: bool,
}

impl Expression {
    /// Compiles an expression. The error has the reference implementation's code, and the place.
    pub fn new(text: &str) -> Result<Self, Error> {
        Self::with_variables(text, &[])
    }

    /// The same for an evaluation with variables: these hide functions of the same name.
    pub fn with_variables(text: &str, variables: &[&str]) -> Result<Self, Error> {
        Self::compile(text, Dialect::Reference { shadowed: variables }, Instructions::All)
    }

    /// Compiles an expression as states of a state machine have them, without its delimiters: `$states` has the input
    /// and the Context Object, `$` and `$$` are undefined, and what is undefined or a function is no result.
    pub fn of_state(text: &str) -> Result<Self, Error> {
        Self::compile(text, Dialect::States, Instructions::All)
    }

    /// As [`Self::new`], made of basic instructions only: what tests compare with. It is slower and means the same.
    #[doc(hidden)]
    pub fn of_basic_instructions(text: &str) -> Result<Self, Error> {
        Self::compile(text, Dialect::Reference { shadowed: &[] }, Instructions::Basic)
    }

    fn compile(text: &str, dialect: Dialect<'_>, instructions: Instructions) -> Result<Self, Error> {
        let ast = super::parse(text)?;
        let mut shapes = Vec::new();
        let code = compile(&ast, dialect, instructions, &mut own_shapes(&mut shapes))?;
        debug_assert_eq!(code.verify(shapes.len()), Ok(()), "{text}");
        Ok(Self { code, shapes, is_of_state: matches!(dialect, Dialect::States) })
    }
}

/// Evaluates expressions: buffers that are used again from input to input. One thread uses it at a time.
#[derive(Debug)]
pub struct Evaluator {
    parser: Parser,
    tape: Tape,
    scratch: ParseScratch,
    arena: Arena,
    buffers: Buffers,
    limits: Limits,
    now_millis: i64,
    seed: u64,
}

/// Why an evaluation has no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EvaluateError {
    /// The input is no JSON.
    #[error("the input is no JSON: {0}")]
    Input(ParseError),
    /// The expression failed.
    #[error("{0}")]
    Expression(#[from] Error),
    /// The expression has come to something that is no result.
    #[error("the expression {0}")]
    Result(&'static str),
}

/// What an expression is given. All of it may be missing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Given<'g> {
    /// What `$` and `$$` are; for an expression of a state, `$states.input`. It is JSON.
    pub input: Option<&'g [u8]>,
    /// Variables: the members of an object.
    pub variables: Option<&'g Document>,
    /// For an expression of a state, `$states.context`.
    pub context: Option<&'g Document>,
}

impl Evaluator {
    /// An evaluator within these limits.
    pub fn new(limits: &Limits) -> Self {
        Self {
            parser: Parser::new(limits.nesting_depth_max),
            tape: Tape::default(),
            scratch: ParseScratch::new(limits.nesting_depth_max),
            arena: Arena::default(),
            buffers: Buffers::default(),
            limits: limits.clone(),
            now_millis: 0,
            seed: 0,
        }
    }

    /// What `$now()` and `$millis()` say, in milliseconds since 1970 (default 0).
    pub fn set_time(&mut self, now_millis: i64) -> &mut Self {
        self.now_millis = now_millis;
        self
    }

    /// Where `$random()`, `$shuffle()` and `$uuid()` draw from (default 0): the same seed gives the same results.
    pub fn set_seed(&mut self, seed: u64) -> &mut Self {
        self.seed = seed;
        self
    }

    /// Evaluates an expression over JSON and appends its result as JSON; nothing where the result is undefined, and
    /// an empty string for what is or holds a function. Says whether there is a result.
    pub fn evaluate(
        &mut self,
        expression: &Expression,
        input: &[u8],
        output: &mut Vec<u8>,
    ) -> Result<bool, EvaluateError> {
        self.evaluate_with(expression, &Given { input: Some(input), ..Given::default() }, output)
    }

    /// The same with variables, and perhaps without an input. An expression of a state has a result or fails.
    pub fn evaluate_with(
        &mut self,
        expression: &Expression,
        given: &Given<'_>,
        output: &mut Vec<u8>,
    ) -> Result<bool, EvaluateError> {
        let input = given.input.unwrap_or(b"null");
        self.parser.parse(input, &mut self.tape).map_err(EvaluateError::Input)?;
        let doc = crate::json::Doc::new(input, &self.tape);
        let table =
            [doc, doc, given.variables.map_or(doc, Document::doc), given.context.map_or(doc, Document::doc)];
        let docs = Docs { table: &table, shapes: &expression.shapes };
        self.arena.reset();
        let heap = Heap { docs: &docs, arena: &self.arena, scratch: &self.scratch };
        let input = given.input.map_or(Item::Undefined, |_| Item::Json(Value::root(DocId::INPUT)));
        let context = given.context.map_or(Item::Undefined, |_| Item::Json(Value::root(CONTEXT)));
        let root = if expression.is_of_state { Item::Undefined } else { input };
        let mut parameter = |parameter: &Parameter| match parameter {
            Parameter::Root => root,
            Parameter::Variable(name) if expression.is_of_state && &**name == "states" => {
                states_object(input, context, heap)
            }
            Parameter::Variable(name) => variable(name, given.variables),
            Parameter::States(member) if &**member == "input" => input,
            Parameter::States(member) if &**member == "context" => context,
            Parameter::States(_) => Item::Undefined,
        };
        let settings = Settings {
            now_millis: self.now_millis,
            seed: self.seed,
            fuel_max: self.limits.fuel_total_max,
            arena_bytes_max: self.limits.arena_bytes_max,
        };
        let (result, _) =
            evaluate(&expression.code, heap, root, &mut parameter, &settings, &mut self.buffers);
        let result = result?;
        if expression.is_of_state {
            let value = states::state_value(result, heap).map_err(EvaluateError::Result)?;
            write_value(value, &docs, output);
            return Ok(true);
        }
        if result.is_undefined() {
            return Ok(false);
        }
        match to_value(result, heap) {
            Ok(value) => write_value(value, &docs, output),
            // As JSON's text of a function.
            Err(NoValue::Function) => output.extend_from_slice(b"\"\""),
            Err(NoValue::TooLarge) => return Err(EvaluateError::Result(states::TOO_LARGE)),
        }
        Ok(true)
    }
}

fn variable<'a>(name: &str, variables: Option<&Document>) -> Item<'a> {
    let found = variables.and_then(|variables| variables.doc().member(NodeId::ROOT, name));
    found.map_or(Item::Undefined, |node| Item::Json(Value::Node { doc: VARIABLES, node }))
}

/// `$states` as a whole.
fn states_object<'a>(input: Item<'a>, context: Item<'a>, heap: Heap<'_, 'a>) -> Item<'a> {
    let members = [("input", input), ("context", context)];
    let given: Vec<_> = members.into_iter().filter(|(_, item)| !item.is_undefined()).collect();
    Item::object(&given, heap)
}

impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => f.write_str("$$"),
            Self::Variable(name) => write!(f, "${name}"),
            Self::States(member) => write!(f, "$states.{member}"),
        }
    }
}
