//! A compiled state machine.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    CallId, ConstantId, ForkId, GraphId, Label, MapRunId, MapRunSite, Op, PathId, QueryId, QuerySite, Reg,
    Sites, StateId, TaskAnswer, TaskId, TaskKind, TestId,
};
use crate::asl::model::MachineType;
use crate::intrinsic;
use crate::json::{Document, NodeId, Num};
use crate::jsonpath::{self, Path};
use crate::value::Shape;
use crate::value::timestamp::Timestamp;

/// A compiled state machine: immutable, `Send + Sync`, shared as `Arc<Program>`.
#[derive(Debug, Clone)]
pub struct Program {
    pub(crate) machine_type: MachineType,
    pub(crate) name: Option<String>,
    pub(crate) code: Vec<Op>,
    pub(crate) constants: Arc<Document>,
    pub(crate) constant_nodes: Vec<NodeId>,
    pub(crate) shapes: Vec<Shape>,
    pub(crate) paths: Vec<Path>,
    pub(crate) tests: Vec<Test>,
    pub(crate) calls: Vec<CallSite>,
    pub(crate) tasks: Vec<TaskSite>,
    pub(crate) forks: Vec<Fork>,
    pub(crate) map_runs: Vec<MapRunSite>,
    pub(crate) queries: Vec<QuerySite>,
    pub(crate) states: Vec<StateInfo>,
    pub(crate) graphs: Vec<Graph>,
    /// Facts for error texts by program counter, in its order.
    pub(crate) sites: Sites,
    pub(crate) timeout_seconds: Option<u32>,
    pub(crate) may_suspend: bool,
    pub(crate) needs_clock: bool,
    /// By [`TaskId`]; a task that has none is asked.
    pub(crate) answers: Vec<TaskAnswer>,
}

/// One `States` map.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Graph {
    /// Its first op: a Map's `ItemSelector`, or its first state's `Enter`.
    pub entry: Label,
    /// Registers its strands need.
    pub registers: u16,
    /// Variables in scope, outer ones first, in consecutive registers after [`Reg::INPUT`].
    pub variables: Vec<String>,
    /// How many of them belong to enclosing scopes.
    pub variables_outer: u16,
}

/// The eight state types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum StateType {
    /// `Task`
    Task,
    /// `Pass`
    Pass,
    /// `Choice`
    Choice,
    /// `Wait`
    Wait,
    /// `Succeed`
    Succeed,
    /// `Fail`
    Fail,
    /// `Parallel`
    Parallel,
    /// `Map`
    Map,
}

impl StateType {
    /// The word in a definition's `Type`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Task => "Task",
            Self::Pass => "Pass",
            Self::Choice => "Choice",
            Self::Wait => "Wait",
            Self::Succeed => "Succeed",
            Self::Fail => "Fail",
            Self::Parallel => "Parallel",
            Self::Map => "Map",
        }
    }

    /// Whether its Context Object has a `State.RetryCount`.
    pub fn is_retriable(self) -> bool {
        matches!(self, Self::Task | Self::Parallel | Self::Map)
    }
}

/// What the VM keeps of a state beside its code.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StateInfo {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: StateType,
    /// The `States` map it is in.
    pub graph: GraphId,
    /// Where a retry continues: the op after `Enter`.
    pub body: Label,
    /// `Retry`, in order.
    pub retriers: Vec<Retrier>,
    /// `Catch`, in order.
    pub catchers: Vec<Catcher>,
}

/// One entry of `Retry`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Retrier {
    /// The errors it answers.
    pub error_equals: Vec<String>,
    /// Delay before the first retry.
    pub interval_seconds: u32,
    /// Most retries.
    pub max_attempts: u32,
    /// Factor from one delay to the next.
    pub backoff_rate: f64,
    /// Longest delay.
    pub max_delay_seconds: Option<u32>,
    /// Whether delays are spread at random.
    pub jitter: JitterStrategy,
}

/// `JitterStrategy` of a retrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum JitterStrategy {
    /// The delay as computed.
    None,
    /// A random delay up to the one computed.
    Full,
}

/// One entry of `Catch`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catcher {
    /// The errors it answers.
    pub error_equals: Vec<String>,
    /// Its code.
    pub target: Label,
    /// Where its code finds the Error Output.
    pub error_output: Reg,
}

/// A Choice test.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Test {
    /// The value that the variable's root stands for.
    pub source: Reg,
    /// The variable's path from there; without steps, the root itself.
    pub variable: PathId,
    /// What is asked of it.
    pub comparison: Comparison,
}

/// What a test asks.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Comparison {
    /// `String*`
    String(Ordering3, Operand<Box<str>>),
    /// `StringMatches`, with the pattern as written.
    #[serde(with = "super::codec::pattern")]
    Matches(jsonpath::Pattern, Box<str>),
    /// `Numeric*`
    Numeric(Ordering3, Operand<Num>),
    /// `Timestamp*`
    Timestamp(Ordering3, Operand<Timestamp>),
    /// `BooleanEquals*`
    Boolean(Operand<bool>),
    /// `IsPresent`
    IsPresent(bool),
    /// `IsNull`
    IsNull(bool),
    /// `IsNumeric`
    IsNumeric(bool),
    /// `IsString`
    IsString(bool),
    /// `IsBoolean`
    IsBoolean(bool),
    /// `IsTimestamp`
    IsTimestamp(bool),
}

/// Which orderings satisfy a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ordering3 {
    /// `…Equals`
    Equal,
    /// `…LessThan`
    Less,
    /// `…LessThanEquals`
    LessOrEqual,
    /// `…GreaterThan`
    Greater,
    /// `…GreaterThanEquals`
    GreaterOrEqual,
}

impl Ordering3 {
    /// Whether `ordering` satisfies it.
    #[inline]
    pub fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

/// The right-hand side of a comparison.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Operand<T> {
    /// Given in the definition.
    Literal(T),
    /// Read at run time.
    Path {
        /// The value that the path's root stands for.
        source: Reg,
        /// The path.
        path: PathId,
    },
}

/// An intrinsic call.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CallSite {
    /// The function.
    pub function: intrinsic::Function,
    /// How many registers it takes.
    pub argument_count: u16,
}

/// A Task state's resource.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TaskSite {
    /// The `Resource` as written.
    pub resource: String,
    /// Which history events tell of it.
    pub kind: TaskKind,
    /// The state's name.
    pub state: String,
    /// The state.
    pub state_id: StateId,
    /// Whether the two registers after the effective input have the seconds of timeout and heartbeat.
    pub is_timed: bool,
    /// The members of `Parameters` whose values the definition gives, as a JSON object: a handler may be chosen
    /// by them (`FunctionName`). None without `Parameters`.
    pub parameters: Option<String>,
}

/// A Map or Parallel state's children.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Fork {
    /// Which of the two.
    pub kind: ForkKind,
    /// Variables that children may read: registers `1..=variables` are copied into each child.
    pub variables: u16,
}

/// What a fork runs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum ForkKind {
    /// A Parallel's branches.
    Parallel {
        /// One graph each.
        branches: Vec<GraphId>,
    },
    /// A Map's item processor.
    Map {
        /// Its graph.
        processor: GraphId,
        /// Where a child finds the Map's effective input (its item is in [`Reg::INPUT`]).
        map_input: Reg,
        /// Members of that input that a child finds in the registers after it.
        picked: PickedMembers,
        /// How `MaxConcurrency` is given, for error texts.
        max_concurrency: Option<Field>,
        /// Whether failures are tolerated.
        tolerance: Option<Tolerance>,
    },
}

/// What a Map reads of its effective input once for all its children.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PickedMembers {
    /// The first of the Map's own registers that hold them.
    pub first: u16,
    /// How many there are.
    pub count: u16,
}

/// Tolerated failures of a Map.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tolerance {
    /// `ToleratedFailureCount[Path]`
    pub count: Option<Field>,
    /// `ToleratedFailurePercentage[Path]`
    pub percentage: Option<Field>,
}

/// A field and the path it was given by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// The field's name: `MaxConcurrencyPath`.
    pub name: String,
    /// The path's text; none for a literal.
    pub path: Option<String>,
}

/// What error texts need to know of an op.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Site {
    /// `InputPath`, `OutputPath` and the like: `Invalid path '…' : …`.
    InvalidPath,
    /// A payload template's field, `ErrorPath`, `CausePath`: `The JSONPath '…' specified for the field '…' …`.
    Template {
        /// The field, `.$` included.
        field: String,
        /// The path with its root as written.
        path: String,
        /// The register with the value that "the input" in the text means.
        input: Reg,
    },
    /// `SecondsPath`.
    WaitPath {
        /// The path's text.
        path: String,
    },
    /// `TimestampPath`.
    TimestampPath {
        /// The path's text.
        path: String,
    },
    /// `ItemsPath`.
    ItemsPath {
        /// The path's text.
        path: String,
    },
    /// An intrinsic call.
    Call {
        /// The call as written.
        text: String,
    },
    /// A variable that was never assigned.
    Variable {
        /// Its name.
        name: String,
    },
    /// The input of a Map that speaks JSONata.
    Items,
    /// `Timestamp` as an expression.
    Timestamp,
}

impl Program {
    /// The type that the definition was checked as.
    pub fn machine_type(&self) -> MachineType {
        self.machine_type
    }

    /// The state machine's name, if it was given one: a definition has none of its own.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The same program under a name, which its artifact keeps.
    #[must_use]
    pub fn with_name(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// The task sites by [`TaskId`]: what an executor must find handlers for.
    pub fn tasks(&self) -> &[TaskSite] {
        &self.tasks
    }

    /// The task site of an id that this program's effects carry.
    pub fn task(&self, task: TaskId) -> &TaskSite {
        &self.tasks[task.index()]
    }

    /// One JSONata expression.
    #[inline]
    pub fn query(&self, query: QueryId) -> &QuerySite {
        &self.queries[query.index()]
    }

    /// The Distributed Maps by [`MapRunId`].
    pub fn map_runs(&self) -> &[MapRunSite] {
        &self.map_runs
    }

    /// The Distributed Map of an id that this program's effects carry.
    pub fn map_run(&self, run: MapRunId) -> &MapRunSite {
        &self.map_runs[run.index()]
    }

    /// The states by [`StateId`], nested ones included.
    pub fn states(&self) -> &[StateInfo] {
        &self.states
    }

    /// The variables of the machine's own states, by the index that [`Aspect::Variable`](super::Aspect) gives.
    pub fn variables(&self) -> &[String] {
        self.graphs.first().map_or(&[], |graph| &graph.variables)
    }

    /// Whether an execution may have to wait for something.
    pub fn may_suspend(&self) -> bool {
        self.may_suspend
    }

    /// Whether results depend on the time of day.
    pub fn needs_clock(&self) -> bool {
        self.needs_clock
    }

    /// The machine's `TimeoutSeconds`.
    pub fn timeout_seconds(&self) -> Option<u32> {
        self.timeout_seconds
    }

    /// Number of ops.
    pub fn op_count(&self) -> usize {
        self.code.len()
    }

    /// What is known of the op at `pc` for error texts.
    pub(crate) fn site(&self, pc: u32) -> Option<&Site> {
        self.sites.get(pc)
    }

    pub(crate) fn graph(&self, id: GraphId) -> &Graph {
        &self.graphs[id.index()]
    }

    pub(crate) fn state(&self, id: StateId) -> &StateInfo {
        &self.states[id.index()]
    }

    pub(crate) fn path(&self, id: PathId) -> &Path {
        &self.paths[id.index()]
    }

    pub(crate) fn test(&self, id: TestId) -> &Test {
        &self.tests[id.index()]
    }

    pub(crate) fn call(&self, id: CallId) -> &CallSite {
        &self.calls[id.index()]
    }

    pub(crate) fn fork(&self, id: ForkId) -> &Fork {
        &self.forks[id.index()]
    }

    pub(crate) fn constant(&self, id: ConstantId) -> NodeId {
        self.constant_nodes[id.index()]
    }
}
