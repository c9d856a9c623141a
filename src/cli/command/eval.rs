//! `aslx eval`: one expression.

use std::{borrow::Cow, fmt};

use crate::{
    cli::{
        args::{EvalArguments, LanguageArgument},
        config::random_seed,
        error::CliError,
        exit_code::ExitStatus,
        file, output,
    },
    executor::{Clock, SystemClock},
    intrinsic::{self, Call, IntrinsicError},
    json::{Document, NodeId, Tag, write_json_string},
    jsonata::{self, EvaluateError, Evaluator, Expression, Given},
    jsonpath::{self, Path, Root, SyntaxError},
    limits::Limits,
    value::{Arena, DocId, Docs, Heap, ParseScratch, Value, random::Random, write_value},
};

/// Evaluates an expression and prints its value.
pub(in crate::cli) fn eval(arguments: &EvalArguments) -> Result<ExitStatus, CliError> {
    let limits = Limits::default();
    let expression = match (&arguments.expression, &arguments.expression_file) {
        (Some(text), _) => text.clone(),
        (None, Some(path)) => file::read_text(path)?.trim_end().to_owned(),
        (None, None) => String::new(),
    };
    let read = |option, value: &Option<String>| {
        value.as_ref().map(|value| file::read_json(option, value, &limits)).transpose()
    };
    let (input, bindings) = (read("--input", &arguments.input)?, read("--bindings", &arguments.bindings)?);
    let context = read("--context", &arguments.context)?;
    if arguments.asl && arguments.language != LanguageArgument::Jsonata {
        return Err(CliError::unusable("--asl goes with --language jsonata")
            .help("a path or an intrinsic function is the same in a state"));
    }
    if bindings.as_ref().is_some_and(|bindings| bindings.doc().tag(NodeId::ROOT) != Tag::Object) {
        return Err(CliError::unusable("--bindings is not an object").help("write {\"name\": value, ...}"));
    }
    let roots = Roots { input: input.as_ref(), bindings: bindings.as_ref() };
    let result = if arguments.asl {
        roots.query_of_state(&expression, context.as_ref(), &limits)
    } else {
        roots.evaluate(arguments.language, &expression, &limits)
    };
    answer(&expression, arguments, result)
}

fn answer(
    expression: &str,
    arguments: &EvalArguments,
    result: Result<Option<String>, EvalError>,
) -> Result<ExitStatus, CliError> {
    let status = result.as_ref().map_or_else(|error| error.status, |_| ExitStatus::Success);
    match result {
        Ok(Some(result)) if arguments.json => {
            output::print(format!("{{\"result\":{result}}}\n").as_bytes())?;
        }
        Ok(None) if arguments.json => output::print(b"{}\n")?,
        Ok(Some(result)) => output::print(format!("{result}\n").as_bytes())?,
        Ok(None) => {}
        Err(error) if arguments.json => output::print(&error.to_json())?,
        Err(error) => output::report(&error.to_text(expression)),
    }
    Ok(status)
}

/// What `$` and `$name` stand for.
#[derive(Clone, Copy)]
struct Roots<'r> {
    input: Option<&'r Document>,
    bindings: Option<&'r Document>,
}

const INPUT: DocId = DocId(0);
const BINDINGS: DocId = DocId(1);

impl Roots<'_> {
    /// The expression's value as JSON; none if it is undefined.
    fn evaluate(
        self,
        language: LanguageArgument,
        text: &str,
        limits: &Limits,
    ) -> Result<Option<String>, EvalError> {
        if language == LanguageArgument::Jsonata {
            return self.query(text, limits);
        }
        let null = Document::parse(*b"null", 1).expect("null is JSON");
        let table = [self.input.unwrap_or(&null).doc(), self.bindings.unwrap_or(&null).doc()];
        let docs = Docs { table: &table, shapes: &[] };
        let (arena, scratch) = (Arena::default(), ParseScratch::new(limits.nesting_depth_max));
        let heap = Heap { docs: &docs, arena: &arena, scratch: &scratch };
        let value = if language == LanguageArgument::Jsonpath {
            self.select(&Path::parse(text)?, heap)?
        } else {
            self.call(&intrinsic::parse(text)?, heap)?
        };
        let mut out = Vec::new();
        write_value(value, &docs, &mut out);
        Ok(Some(String::from_utf8_lossy(&out).into_owned()))
    }

    fn query(self, text: &str, limits: &Limits) -> Result<Option<String>, EvalError> {
        let names: Vec<Cow<'_, str>> = self.bindings.map_or_else(Vec::new, |bindings| {
            let doc = bindings.doc();
            doc.members(NodeId::ROOT).map(|(name, _)| doc.string(name).to_text()).collect()
        });
        let names: Vec<&str> = names.iter().map(|name| &**name).collect();
        let expression =
            Expression::with_variables(text, &names).map_err(|error| EvalError::syntax(&error))?;
        run(&expression, &self.given(None), limits).map_err(EvalError::query)
    }

    /// A `{% %}` string, evaluated as a state would.
    fn query_of_state(
        self,
        text: &str,
        context: Option<&Document>,
        limits: &Limits,
    ) -> Result<Option<String>, EvalError> {
        let Some(inner) = jsonata::expression_text(text) else {
            let message = "a state's expression stands between {% and %}, with nothing before or after them";
            return Err(EvalError {
                status: ExitStatus::Unusable,
                code: "SyntaxError",
                ..EvalError::new(message)
            });
        };
        // Offsets count UTF-16 units, as the reference implementation's do.
        let before = text.len() - text["{%".len()..].trim_start().len();
        let before = text[..before].encode_utf16().count() as u32;
        let moved = |error: EvalError| EvalError {
            position: error.position.map(|position| position + before),
            ..error
        };
        let expression = Expression::of_state(inner).map_err(|error| moved(EvalError::syntax(&error)))?;
        let empty = Document::parse(*b"{}", 1).expect("an empty object is JSON");
        run(&expression, &self.given(Some(context.unwrap_or(&empty))), limits)
            .map_err(|error| moved(EvalError::query_of_state(inner, &error)))
    }

    fn given<'g>(&'g self, context: Option<&'g Document>) -> Given<'g> {
        let input = self.input.map(|input| input.doc().bytes());
        Given { input, variables: self.bindings, context }
    }

    fn select<'a>(self, path: &Path, heap: Heap<'_, 'a>) -> Result<Value<'a>, EvalError> {
        let root = match path.root() {
            Root::Input if self.input.is_some() => Value::root(INPUT),
            Root::Input => return Err(EvalError::new("`$` has no value: give one with --input")),
            Root::Context => return Err(EvalError::new("`$$` has no value outside an execution")),
            Root::Variable(name) => {
                let bound = self.bindings.and_then(|bindings| bindings.doc().member(NodeId::ROOT, name));
                let unbound = || EvalError::new(format!("`${name}` has no value: give one with --bindings"));
                Value::Node { doc: BINDINGS, node: bound.ok_or_else(unbound)? }
            }
        };
        jsonpath::select(path, root, heap).map_err(|error| EvalError::new(error.to_string()))
    }

    fn call<'a>(self, call: &Call, heap: Heap<'_, 'a>) -> Result<Value<'a>, EvalError> {
        let mut missing = None;
        let mut resolve = |path: &Path| {
            self.select(path, heap).map_err(|error| {
                let cause = IntrinsicError::new(error.message.as_str());
                missing = Some(error);
                cause
            })
        };
        let result = intrinsic::evaluate(call, &mut resolve, heap, &mut Random::new(random_seed()));
        result.map_err(|error| {
            missing.unwrap_or_else(|| EvalError {
                code: "States.IntrinsicFailure",
                ..EvalError::new(error.to_string())
            })
        })
    }
}

/// Evaluates JSONata: its value as JSON, none if it is undefined.
fn run(expression: &Expression, given: &Given<'_>, limits: &Limits) -> Result<Option<String>, EvaluateError> {
    let mut out = Vec::new();
    let is_defined = Evaluator::new(limits)
        .set_time(SystemClock::default().now().to_millis())
        .set_seed(random_seed())
        .evaluate_with(expression, given, &mut out)?;
    Ok(is_defined.then(|| String::from_utf8_lossy(&out).into_owned()))
}

/// Why there is no value.
#[derive(Debug)]
struct EvalError {
    status: ExitStatus,
    code: &'static str,
    message: String,
    position: Option<u32>,
}

impl EvalError {
    /// The expression is fine, but what it asks for is not there.
    fn new(message: impl Into<String>) -> Self {
        Self { status: ExitStatus::Failed, code: "States.Runtime", message: message.into(), position: None }
    }

    /// The expression is none.
    fn syntax(error: &jsonata::Error) -> Self {
        Self { status: ExitStatus::Unusable, ..Self::jsonata(error) }
    }

    /// The expression failed.
    fn query(error: EvaluateError) -> Self {
        match error {
            EvaluateError::Expression(error) => Self::jsonata(&error),
            error => Self::new(error.to_string()),
        }
    }

    /// The same with the state's error name and cause, but for the field that the cause would name.
    fn query_of_state(text: &str, error: &EvaluateError) -> Self {
        let (what, position) = match error {
            EvaluateError::Expression(error) => (jsonata::thrown(error), error.position()),
            EvaluateError::Result(what) => ((*what).to_owned(), None),
            error => return Self::new(error.to_string()),
        };
        let message = format!("The JSONata expression '{text}' {what}");
        Self { code: "States.QueryEvaluationError", position, ..Self::new(message) }
    }

    fn jsonata(error: &jsonata::Error) -> Self {
        Self {
            status: ExitStatus::Failed,
            code: error.code(),
            message: error.message(),
            position: error.position(),
        }
    }

    fn to_json(&self) -> Vec<u8> {
        let mut out = format!("{{\"error\":{{\"code\":\"{}\",\"message\":", self.code).into_bytes();
        write_json_string(&self.message, &mut out);
        if let Some(position) = self.position {
            out.extend_from_slice(format!(",\"position\":{position}").as_bytes());
        }
        out.extend_from_slice(b"}}\n");
        out
    }

    fn to_text(&self, expression: &str) -> impl fmt::Display {
        let place = self.position.filter(|_| !expression.contains('\n')).map(|position| {
            let columns = expression.char_indices().take_while(|(at, _)| *at < position as usize).count();
            format!("  {expression}\n  {:columns$}^\n", "")
        });
        format!("error: {}\n{}", self.message, place.unwrap_or_default())
    }
}

impl From<SyntaxError> for EvalError {
    fn from(error: SyntaxError) -> Self {
        Self {
            status: ExitStatus::Unusable,
            code: "SyntaxError",
            message: error.message,
            position: Some(error.offset),
        }
    }
}
