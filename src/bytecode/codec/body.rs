//! What an artifact keeps of a program.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::path::{PathForm, Step};
use super::{ArtifactError, Reader, Section, Unwritable, Writer};
use crate::asl::model::MachineType;
use crate::bytecode::program::{CallSite, Fork, Graph, StateInfo, TaskSite, Test};
use crate::bytecode::{MapRunSite, Op, Program, QuerySite, Sites};
use crate::json::{Document, NodeId, Tag};
use crate::jsonpath::Path;
use crate::value::Shape;

/// The tables, in the order in which they are written. [`super::header::FORMAT`] counts its changes.
#[derive(Serialize, Deserialize)]
struct Body<'b> {
    machine_type: MachineType,
    name: Option<Cow<'b, str>>,
    timeout_seconds: Option<u32>,
    code: Cow<'b, [Op]>,
    #[serde(borrow)]
    constants: Constants<'b>,
    #[serde(borrow)]
    shapes: Shapes<'b>,
    #[serde(borrow)]
    paths: Paths<'b>,
    tests: Cow<'b, [Test]>,
    calls: Cow<'b, [CallSite]>,
    tasks: Cow<'b, [TaskSite]>,
    forks: Cow<'b, [Fork]>,
    map_runs: Cow<'b, [MapRunSite]>,
    queries: Cow<'b, [QuerySite]>,
    states: Cow<'b, [StateInfo]>,
    graphs: Cow<'b, [Graph]>,
    /// Read when they are needed: see [`Sites`].
    #[serde(borrow)]
    sites: Section<'b>,
}

/// The shapes: how many keys each has, and the keys of all.
#[derive(Serialize, Deserialize)]
struct Shapes<'b> {
    lengths: Vec<u32>,
    #[serde(borrow)]
    keys: Vec<&'b str>,
}

impl<'b> Shapes<'b> {
    fn of(shapes: &'b [Shape]) -> Self {
        Self {
            lengths: shapes.iter().map(|shape| shape.len() as u32).collect(),
            keys: shapes.iter().flat_map(|shape| (0..shape.len()).map(|at| shape.key(at))).collect(),
        }
    }

    fn shapes(&self) -> Option<Vec<Shape>> {
        let mut keys = &*self.keys;
        let mut shapes = Vec::with_capacity(self.lengths.len());
        for length in &self.lengths {
            let (own, rest) = keys.split_at_checked(*length as usize)?;
            keys = rest;
            shapes.push(Shape::new(own.iter().copied()));
        }
        keys.is_empty().then_some(shapes)
    }
}

/// The paths, and the steps of those that are walks, in their order.
#[derive(Serialize, Deserialize)]
struct Paths<'b> {
    #[serde(borrow)]
    forms: Vec<PathForm<'b>>,
    #[serde(borrow)]
    steps: Vec<Step<'b>>,
}

impl<'b> Paths<'b> {
    fn of(paths: &'b [Path]) -> Self {
        let mut steps = Vec::new();
        Self { forms: paths.iter().map(|path| PathForm::of(path, &mut steps)).collect(), steps }
    }

    fn paths(&self) -> Option<Vec<Path>> {
        let mut steps = &*self.steps;
        let mut paths = Vec::with_capacity(self.forms.len());
        for form in &self.forms {
            paths.push(form.path(&mut steps)?);
        }
        steps.is_empty().then_some(paths)
    }
}

/// The constants as one JSON array.
#[derive(Serialize, Deserialize)]
struct Constants<'b> {
    text: &'b str,
    /// How deep it nests: the parser then knows how much room it takes at most.
    nesting_depth: u32,
}

impl<'b> Constants<'b> {
    fn of(constants: &'b Document) -> Self {
        let doc = constants.doc();
        // A document is text: it has been parsed.
        let text = str::from_utf8(doc.bytes()).unwrap_or_default();
        Self { text, nesting_depth: doc.nesting_depth() }
    }

    fn parse(&self) -> Result<(Document, Vec<NodeId>), ArtifactError> {
        let document = Document::parse(self.text.as_bytes(), self.nesting_depth)
            .map_err(|_| malformed("its constants are not JSON"))?;
        let doc = document.doc();
        if doc.tag(NodeId::ROOT) != Tag::Array {
            return Err(malformed("its constants are no array"));
        }
        let mut nodes = Vec::with_capacity(doc.count(NodeId::ROOT));
        nodes.extend(doc.elements(NodeId::ROOT));
        Ok((document, nodes))
    }
}

fn malformed(what: &'static str) -> ArtifactError {
    ArtifactError::Malformed { what }
}

/// The body of a program's artifact.
pub(super) fn encode(program: &Program) -> Vec<u8> {
    // Only a table with 4 GiB of entries or text could fail, and no builder makes one.
    try_encode(program).unwrap_or_default()
}

fn try_encode(program: &Program) -> Result<Vec<u8>, Unwritable> {
    let (site_numbers, site_text) = program.sites.encode()?;
    let body = Body {
        machine_type: program.machine_type,
        name: program.name.as_deref().map(Cow::Borrowed),
        timeout_seconds: program.timeout_seconds,
        code: Cow::Borrowed(&program.code),
        constants: Constants::of(&program.constants),
        shapes: Shapes::of(&program.shapes),
        paths: Paths::of(&program.paths),
        tests: Cow::Borrowed(&program.tests),
        calls: Cow::Borrowed(&program.calls),
        tasks: Cow::Borrowed(&program.tasks),
        forks: Cow::Borrowed(&program.forks),
        map_runs: Cow::Borrowed(&program.map_runs),
        queries: Cow::Borrowed(&program.queries),
        states: Cow::Borrowed(&program.states),
        graphs: Cow::Borrowed(&program.graphs),
        sites: Section { numbers: &site_numbers, text: &site_text },
    };
    let (numbers, text) = Writer::write(&body)?;
    let length = u32::try_from(numbers.len()).map_err(|_| Unwritable)?;
    Ok([&length.to_le_bytes(), &*numbers, text.as_bytes()].concat())
}

/// The program in a body; not verified yet.
pub(super) fn decode(bytes: &[u8]) -> Result<Program, ArtifactError> {
    let unreadable = malformed("one of its tables cannot be read");
    let mut reader = open(bytes).ok_or(unreadable.clone())?;
    let body: Body<'_> = reader.read().map_err(|_| unreadable)?;
    if !reader.is_at_end() {
        return Err(malformed("something follows its tables"));
    }
    let (constants, constant_nodes) = body.constants.parse()?;
    let (code, states) = (body.code.into_owned(), body.states.into_owned());
    let needs = Needs::of(&code, &states);
    Ok(Program {
        machine_type: body.machine_type,
        name: body.name.map(Cow::into_owned),
        constants: Arc::new(constants),
        constant_nodes,
        shapes: body.shapes.shapes().ok_or(malformed("a shape cannot be read"))?,
        paths: body.paths.paths().ok_or(malformed("a path cannot be read"))?,
        tests: body.tests.into_owned(),
        calls: body.calls.into_owned(),
        tasks: body.tasks.into_owned(),
        forks: body.forks.into_owned(),
        map_runs: body.map_runs.into_owned(),
        queries: body.queries.into_owned(),
        graphs: body.graphs.into_owned(),
        sites: Sites::from_encoded(&body.sites),
        timeout_seconds: body.timeout_seconds,
        answers: Vec::new(),
        may_suspend: needs.may_suspend,
        needs_clock: needs.clock,
        code,
        states,
    })
}

/// The numbers and the text: the only place where bytes are asked whether they are UTF-8.
fn open(bytes: &[u8]) -> Option<Reader<'_>> {
    let (length, rest) = bytes.split_first_chunk()?;
    let (numbers, text) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    Some(Reader::new(numbers, simdutf8::basic::from_utf8(text).ok()?))
}

/// What follows from a program's code for those who run it.
#[derive(Default)]
struct Needs {
    /// Something may have to be waited for.
    may_suspend: bool,
    /// Something reads the time of day.
    clock: bool,
}

impl Needs {
    fn of(code: &[Op], states: &[StateInfo]) -> Self {
        let mut needs = Self::default();
        for op in code {
            match op {
                Op::Task { .. } | Op::MapRun { .. } => needs.may_suspend = true,
                Op::WaitSeconds { .. } | Op::WaitUntil { .. } => {
                    needs = Self { may_suspend: true, clock: true }
                }
                Op::Context { field, .. } => needs.clock |= field.is_time(),
                Op::Query { .. } => needs.clock = true,
                _ => {}
            }
        }
        needs.may_suspend |= states.iter().any(|state| !state.retriers.is_empty());
        needs
    }
}
