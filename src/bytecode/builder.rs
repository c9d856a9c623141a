//! Assembling a program: ops, tables without duplicates, and jumps that are patched by type.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::{
    CallId, CallSite, ConstantId, Fork, ForkId, Graph, GraphId, Label, MapRunId, MapRunSite, Op, PathId,
    Program, QueryId, QuerySite, Site, StateId, StateInfo, TaskId, TaskSite, Test, TestId, VerifyError,
    verify,
};
use crate::asl::model::MachineType;
use crate::json::{Document, NodeId};
use crate::jsonpath::Path;
use crate::value::Shape;

type Map<K, V> = HashMap<K, V, RandomState>;

/// A jump target that is not known yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PendingLabel(usize);

/// Why a program cannot be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the definition needs {given} {what}, more than the {limit} a program may have")]
pub struct TooLarge {
    /// What there is too much of.
    pub what: &'static str,
    /// How much the definition needs, at least.
    pub given: usize,
    /// How much there may be.
    pub limit: usize,
}

/// Builds a [`Program`].
#[derive(Debug, Default)]
pub struct ProgramBuilder {
    code: Vec<Op>,
    labels: Vec<Option<Label>>,
    patches: Vec<(usize, PendingLabel)>,
    catcher_patches: Vec<(StateId, usize, PendingLabel)>,
    constants: Vec<String>,
    constant_ids: Map<String, ConstantId>,
    shapes: Vec<Shape>,
    paths: Vec<Path>,
    /// By text and number of steps: a path below another keeps its text.
    path_ids: Map<(String, usize), PathId>,
    tests: Vec<Test>,
    calls: Vec<CallSite>,
    tasks: Vec<TaskSite>,
    forks: Vec<Fork>,
    map_runs: Vec<MapRunSite>,
    queries: Vec<QuerySite>,
    states: Vec<StateInfo>,
    graphs: Vec<Graph>,
    sites: Vec<(u32, Site)>,
    overflow: Option<TooLarge>,
    machine_type: MachineType,
    timeout_seconds: Option<u32>,
    needs_clock: bool,
    may_suspend: bool,
}

/// Generates the methods that append to a table and hand out its ids.
macro_rules! tables {
    ($($(#[$doc:meta])* $method:ident($table:ident: $entry:ty) -> $id:ident, $what:literal;)*) => {$(
        $(#[$doc])*
        pub fn $method(&mut self, entry: $entry) -> $id {
            let index = self.$table.len();
            self.$table.push(entry);
            match $id::new(index) {
                Some(id) => id,
                None => {
                    self.refuse($what, index + 1, $id::LIMIT);
                    $id(0)
                }
            }
        }
    )*};
}

impl ProgramBuilder {
    tables! {
        /// Adds a Choice test.
        add_test(tests: Test) -> TestId, "Choice tests";
        /// Adds an intrinsic call.
        add_call(calls: CallSite) -> CallId, "intrinsic calls";
        /// Adds a task site.
        add_task(tasks: TaskSite) -> TaskId, "Task states";
        /// Adds a Map or Parallel.
        add_fork(forks: Fork) -> ForkId, "Map and Parallel states";
        /// Adds a Distributed Map.
        add_map_run(map_runs: MapRunSite) -> MapRunId, "Distributed Map states";
        /// Adds a JSONata expression.
        add_query(queries: QuerySite) -> QueryId, "JSONata expressions";
        /// Adds a state.
        add_state(states: StateInfo) -> StateId, "states";
        /// Adds a `States` map.
        add_graph(graphs: Graph) -> GraphId, "branches";
    }

    /// Adds a shape.
    pub fn add_shape(&mut self, shape: Shape) -> u16 {
        if let Some(at) = self.shapes.iter().position(|known| *known == shape) {
            return u16::try_from(at).unwrap_or(0);
        }
        let index = self.shapes.len();
        self.shapes.push(shape);
        u16::try_from(index).unwrap_or_else(|_| {
            self.refuse("object templates", index + 1, usize::from(u16::MAX));
            0
        })
    }

    /// Adds a constant given as minified JSON text; equal texts share one.
    pub fn add_constant(&mut self, json: &str) -> ConstantId {
        if let Some(id) = self.constant_ids.get(json) {
            return *id;
        }
        let id = ConstantId::new(self.constants.len()).unwrap_or(ConstantId(0));
        self.constants.push(json.to_owned());
        self.constant_ids.insert(json.to_owned(), id);
        id
    }

    /// Adds a path; equal ones share one.
    pub fn add_path(&mut self, path: &Path) -> PathId {
        let key = (path.text().to_owned(), path.segments().len());
        if let Some(id) = self.path_ids.get(&key) {
            return *id;
        }
        let index = self.paths.len();
        let id = PathId::new(index).unwrap_or_else(|| {
            self.refuse("paths", index + 1, PathId::LIMIT);
            PathId(0)
        });
        self.paths.push(path.clone());
        self.path_ids.insert(key, id);
        id
    }

    /// Appends an op.
    pub fn emit(&mut self, op: Op) -> Label {
        let at = self.here();
        self.code.push(op);
        at
    }

    /// Appends an op together with what its error texts need.
    pub fn emit_at(&mut self, op: Op, site: Site) -> Label {
        let at = self.emit(op);
        self.sites.push((at.0, site));
        at
    }

    /// Appends a jump to a target that may not be known yet.
    pub fn emit_jump(&mut self, target: PendingLabel, op: impl FnOnce(Label) -> Op) {
        self.patches.push((self.code.len(), target));
        self.code.push(op(Label(0)));
    }

    /// The position of the next op.
    pub fn here(&self) -> Label {
        Label(u32::try_from(self.code.len()).unwrap_or(u32::MAX))
    }

    /// A target to be bound later.
    pub fn pending(&mut self) -> PendingLabel {
        self.labels.push(None);
        PendingLabel(self.labels.len() - 1)
    }

    /// Binds a target to the next op.
    pub fn bind(&mut self, label: PendingLabel) {
        self.labels[label.0] = Some(self.here());
    }

    /// Has a catcher of `state` continue at a target that may not be known yet.
    pub fn patch_catcher(&mut self, state: StateId, catcher: usize, target: PendingLabel) {
        self.catcher_patches.push((state, catcher, target));
    }

    /// The state, to complete it.
    pub fn state_mut(&mut self, id: StateId) -> &mut StateInfo {
        &mut self.states[id.index()]
    }

    /// The graph, to complete it.
    pub fn graph_mut(&mut self, id: GraphId) -> &mut Graph {
        &mut self.graphs[id.index()]
    }

    /// The fork, to complete it.
    pub fn fork_mut(&mut self, id: ForkId) -> &mut Fork {
        &mut self.forks[id.index()]
    }

    /// Notes that executions may have to wait.
    pub fn set_may_suspend(&mut self) {
        self.may_suspend = true;
    }

    /// Notes that results depend on the time of day.
    pub fn set_needs_clock(&mut self) {
        self.needs_clock = true;
    }

    /// Sets the type that the definition was checked as.
    pub fn set_machine_type(&mut self, machine_type: MachineType) {
        self.machine_type = machine_type;
    }

    /// Sets the machine's `TimeoutSeconds`.
    pub fn set_timeout_seconds(&mut self, seconds: Option<u32>) {
        self.timeout_seconds = seconds;
    }

    /// Notes that something outgrew its table; `finish` reports the first.
    pub fn refuse(&mut self, what: &'static str, given: usize, limit: usize) {
        self.overflow.get_or_insert(TooLarge { what, given, limit });
    }

    /// Patches all jumps, verifies the program and hands it over.
    pub fn finish(mut self, nesting_depth_max: u32) -> Result<Program, BuildError> {
        if self.code.len() >= u32::MAX as usize {
            self.refuse("ops", self.code.len(), u32::MAX as usize);
        }
        if let Some(overflow) = self.overflow {
            return Err(BuildError::TooLarge(overflow));
        }
        for (at, pending) in std::mem::take(&mut self.patches) {
            let bound = self.labels[pending.0].ok_or(BuildError::Unbound)?;
            match &mut self.code[at] {
                Op::Jump { target }
                | Op::JumpIf { target, .. }
                | Op::JumpUnless { target, .. }
                | Op::JumpOn { target, .. } => {
                    *target = bound;
                }
                Op::Exit { next, .. } => *next = bound,
                _ => return Err(BuildError::Unbound),
            }
        }
        for (state, catcher, pending) in std::mem::take(&mut self.catcher_patches) {
            let bound = self.labels[pending.0].ok_or(BuildError::Unbound)?;
            self.states[state.index()].catchers[catcher].target = bound;
        }
        let (constants, constant_nodes) = join_constants(&self.constants, nesting_depth_max)?;
        let program = Program {
            machine_type: self.machine_type,
            name: None,
            code: self.code,
            constants: constants.into(),
            constant_nodes,
            shapes: self.shapes,
            paths: self.paths,
            tests: self.tests,
            calls: self.calls,
            tasks: self.tasks,
            forks: self.forks,
            map_runs: self.map_runs,
            queries: self.queries,
            states: self.states,
            graphs: self.graphs,
            sites: self.sites.into(),
            timeout_seconds: self.timeout_seconds,
            may_suspend: self.may_suspend,
            needs_clock: self.needs_clock,
            answers: Vec::new(),
        };
        verify(&program).map_err(BuildError::Verify)?;
        Ok(program)
    }
}

/// All constants as one document, an array.
fn join_constants(
    constants: &[String],
    nesting_depth_max: u32,
) -> Result<(Document, Vec<NodeId>), BuildError> {
    let text = format!("[{}]", constants.join(","));
    let document = Document::parse(text.into_bytes(), nesting_depth_max.saturating_add(1))
        .map_err(|_| BuildError::Constants)?;
    let nodes = document.doc().elements(NodeId::ROOT).collect();
    Ok((document, nodes))
}

/// Why [`ProgramBuilder::finish`] refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A table overflowed.
    #[error(transparent)]
    TooLarge(TooLarge),
    /// A jump's target was never bound.
    #[error("a jump has no target")]
    Unbound,
    /// The constants do not form a document.
    #[error("the constants are not JSON")]
    Constants,
    /// The verifier refused the program.
    #[error(transparent)]
    Verify(VerifyError),
}
