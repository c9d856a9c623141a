//! What an artifact keeps of a program.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::ArtifactError;
use crate::asl::model::MachineType;
use crate::bytecode::program::{CallSite, Fork, Graph, StateInfo, TaskSite, Test};
use crate::bytecode::{MapRunSite, Op, Program, Sites};
use crate::json::{Document, NodeId, Tag};
use crate::jsonpath::{Path, Root};
use crate::value::Shape;

/// The tables, in the order in which they are written. [`super::header::FORMAT`] counts its changes.
#[derive(Serialize, Deserialize)]
struct Body<'b> {
    machine_type: MachineType,
    name: Option<Cow<'b, str>>,
    timeout_seconds: Option<u32>,
    code: Cow<'b, [Op]>,
    /// The text of an array; each element is one constant.
    constants: &'b [u8],
    #[serde(borrow)]
    shapes: Vec<Vec<&'b str>>,
    #[serde(borrow)]
    paths: Vec<PathText<'b>>,
    tests: Cow<'b, [Test]>,
    calls: Cow<'b, [CallSite]>,
    tasks: Cow<'b, [TaskSite]>,
    forks: Cow<'b, [Fork]>,
    map_runs: Cow<'b, [MapRunSite]>,
    states: Cow<'b, [StateInfo]>,
    graphs: Cow<'b, [Graph]>,
    /// Read when they are needed: see [`Sites`].
    sites: &'b [u8],
}

/// A path as the definition has it, less its first steps.
#[derive(Serialize, Deserialize)]
struct PathText<'b> {
    text: &'b str,
    /// Steps that something before the path takes care of.
    steps_dropped: u32,
}

impl<'b> PathText<'b> {
    fn of(path: &'b Path) -> Self {
        let whole = Path::parse(path.text()).map_or(0, |whole| whole.segments().len());
        Self { text: path.text(), steps_dropped: whole.saturating_sub(path.segments().len()) as u32 }
    }

    fn parse(&self) -> Result<Path, ArtifactError> {
        let what = "a path cannot be read";
        let path = Path::parse(self.text).map_err(|_| ArtifactError::Malformed { what })?;
        let steps_dropped = self.steps_dropped as usize;
        if steps_dropped > path.segments().len() {
            return Err(ArtifactError::Malformed { what });
        }
        let is_whole = steps_dropped == 0 && *path.root() == Root::Input;
        Ok(if is_whole { path } else { path.below(steps_dropped) })
    }
}

/// The body of a program's artifact.
pub(super) fn encode(program: &Program) -> Vec<u8> {
    let sites = program.sites.encode();
    let body = Body {
        machine_type: program.machine_type,
        name: program.name.as_deref().map(Cow::Borrowed),
        timeout_seconds: program.timeout_seconds,
        code: Cow::Borrowed(&program.code),
        constants: program.constants.doc().bytes(),
        shapes: program
            .shapes
            .iter()
            .map(|shape| (0..shape.len()).map(|at| shape.key(at)).collect())
            .collect(),
        paths: program.paths.iter().map(PathText::of).collect(),
        tests: Cow::Borrowed(&program.tests),
        calls: Cow::Borrowed(&program.calls),
        tasks: Cow::Borrowed(&program.tasks),
        forks: Cow::Borrowed(&program.forks),
        map_runs: Cow::Borrowed(&program.map_runs),
        states: Cow::Borrowed(&program.states),
        graphs: Cow::Borrowed(&program.graphs),
        sites: &sites,
    };
    // Only a writer that is full, or a table without a length, could fail.
    postcard::to_allocvec(&body).unwrap_or_default()
}

/// The program in a body; not verified yet.
pub(super) fn decode(bytes: &[u8]) -> Result<Program, ArtifactError> {
    let malformed = |what| ArtifactError::Malformed { what };
    let (body, rest) = postcard::take_from_bytes::<Body<'_>>(bytes)
        .map_err(|_| malformed("one of its tables cannot be read"))?;
    if !rest.is_empty() {
        return Err(malformed("something follows its tables"));
    }
    // Nesting deeper than the text is long does not exist: how deep constants may be was the compiler's matter.
    let depth_max = u32::try_from(body.constants.len()).unwrap_or(u32::MAX);
    let constants =
        Document::parse(body.constants, depth_max).map_err(|_| malformed("its constants are not JSON"))?;
    if constants.doc().tag(NodeId::ROOT) != Tag::Array {
        return Err(malformed("its constants are no array"));
    }
    let constant_nodes = constants.doc().elements(NodeId::ROOT).collect();
    let (code, states) = (body.code.into_owned(), body.states.into_owned());
    Ok(Program {
        machine_type: body.machine_type,
        name: body.name.map(Cow::into_owned),
        constants: Arc::new(constants),
        constant_nodes,
        shapes: body.shapes.into_iter().map(Shape::new).collect(),
        paths: body.paths.iter().map(PathText::parse).collect::<Result<_, _>>()?,
        tests: body.tests.into_owned(),
        calls: body.calls.into_owned(),
        tasks: body.tasks.into_owned(),
        forks: body.forks.into_owned(),
        map_runs: body.map_runs.into_owned(),
        graphs: body.graphs.into_owned(),
        sites: Sites::from_encoded(body.sites),
        timeout_seconds: body.timeout_seconds,
        may_suspend: may_suspend(&code, &states),
        needs_clock: needs_clock(&code),
        code,
        states,
    })
}

/// Whether something in a program may have to be waited for.
fn may_suspend(code: &[Op], states: &[StateInfo]) -> bool {
    let waits = |op: &Op| {
        matches!(op, Op::Task { .. } | Op::WaitSeconds { .. } | Op::WaitUntil { .. } | Op::MapRun { .. })
    };
    code.iter().any(waits) || states.iter().any(|state| !state.retriers.is_empty())
}

/// Whether something in a program reads the time of day.
fn needs_clock(code: &[Op]) -> bool {
    code.iter().any(|op| match op {
        Op::WaitSeconds { .. } | Op::WaitUntil { .. } => true,
        Op::Context { field, .. } => field.is_time(),
        _ => false,
    })
}
