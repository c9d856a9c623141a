//! The typed state machine that the compiler consumes.
//!
//! Names are the Amazon States Language's own. Targets are indices, never names; expressions stay text with their
//! place; payload templates stay sub-trees of the definition's document.

mod choice;
mod error_handling;
mod field;
mod machine;
mod map;
mod map_io;
mod state;

pub use choice::{Choice, ChoiceRule, ComparisonOperator, Condition, DataTest, Operand, OperandKind};
pub use error_handling::{Catcher, ErrorName, JitterStrategy, Retrier};
pub use field::{FloatField, IntField, PathField, PayloadTemplate, Text, TextField};
pub use machine::{MachineType, QueryLanguage, StateGraph, StateIndex, StateMachine};
pub use map::{ExecutionType, Map, ProcessorMode};
pub use map_io::{
    InputType, ItemBatcher, ItemReader, ManifestType, ReaderAction, ReaderConfig, ResultWriter,
    Transformation, WriterConfig,
};
pub use state::{Fail, Parallel, Pass, State, StateKind, Task, Transition, Wait, WaitFor};
