//! Compiled state machines: 8-byte ops with side tables.
//!
//! A [`Program`] is immutable and shared. Hot facts stand in the ops; names, error texts, paths, retry tables
//! and everything else that is cold stands in tables that ops refer to by id, or that are found by the
//! program counter. [`verify`] proves what the VM relies on; nothing runs a program that did not pass it.

mod aspect;
mod builder;
mod codec;
mod disassembler;
mod map_run;
mod op;
mod operand;
mod program;
mod query;
mod resource;
mod sites;
mod task_answer;
mod verifier;

pub use aspect::Aspect;
pub use builder::{BuildError, PendingLabel, ProgramBuilder, TooLarge};
pub use codec::{ArtifactError, is_artifact};
pub use disassembler::disassemble;
pub use map_run::{ItemSelection, MapRunInput, MapRunSite};
pub use op::Op;
pub use operand::{
    CallId, ConstantId, ContextField, ForkId, GraphId, Label, MapRunId, PathId, QueryId, Reg, StateId,
    TaskId, TestId,
};
pub use program::{
    CallSite, Catcher, Comparison, Field, Fork, ForkKind, Graph, JitterStrategy, Operand, Ordering3,
    PickedMembers, Program, Retrier, Site, StateInfo, StateType, TaskSite, Test, Tolerance,
};
pub use query::{Expected, QuerySite};
pub(crate) use resource::function_name;
pub use resource::{Integration, IntegrationPattern, Resource, TaskKind};
pub(crate) use sites::Sites;
pub(crate) use task_answer::{GivenAnswer, TaskAnswer};
pub use verifier::{VerifyError, verify};
