//! Operands: newtypes over small integers, so that no id can stand in for another.

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident($int:ty);)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub $int);

        impl $name {
            /// How many of these one program may have.
            pub const LIMIT: usize = <$int>::MAX as usize;

            /// The id of the `index`-th entry, if it fits.
            pub fn new(index: usize) -> Option<Self> {
                <$int>::try_from(index).ok().map(Self)
            }

            /// The entry's index in its table.
            #[inline]
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// A register of a strand's frame.
    Reg(u16);
    /// A constant of the program.
    ConstantId(u32);
    /// A parsed JSONPath.
    PathId(u16);
    /// A Choice test.
    TestId(u16);
    /// An intrinsic call site.
    CallId(u16);
    /// A task site.
    TaskId(u16);
    /// A Map or Parallel site.
    ForkId(u16);
    /// A Distributed Map site.
    MapRunId(u16);
    /// A JSONata expression.
    QueryId(u16);
    /// A state; unique in its program.
    StateId(u32);
    /// One `States` map: the machine, a Parallel branch, a Map's item processor.
    GraphId(u32);
    /// A position in the code.
    Label(u32);
}

impl Reg {
    /// Where every state finds its raw input.
    pub const INPUT: Self = Self(0);

    /// The register `offset` after this one; the verifier bounds it.
    #[inline]
    #[must_use]
    pub fn offset(self, offset: usize) -> Self {
        Self(self.0.saturating_add(u16::try_from(offset).unwrap_or(u16::MAX)))
    }
}

macro_rules! context_fields {
    ($($(#[$doc:meta])* $name:ident = $path:literal;)*) => {
        /// A part of the Context Object that can be read without building the rest.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[repr(u8)]
        pub enum ContextField {
            $($(#[$doc])* $name,)*
        }

        impl ContextField {
            /// All fields, longest paths first within a branch of the object.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Its path below `$$`, steps joined by dots; empty for the whole object.
            pub fn path(self) -> &'static str {
                match self {
                    $(Self::$name => $path,)*
                }
            }
        }
    };
}

context_fields! {
    /// The whole object.
    Whole = "";
    /// Everything about the execution.
    Execution = "Execution";
    /// Its ARN.
    ExecutionId = "Execution.Id";
    /// Its input.
    ExecutionInput = "Execution.Input";
    /// When it started.
    ExecutionStartTime = "Execution.StartTime";
    /// Its name.
    ExecutionName = "Execution.Name";
    /// The role it runs under.
    ExecutionRoleArn = "Execution.RoleArn";
    /// How often it was redriven.
    ExecutionRedriveCount = "Execution.RedriveCount";
    /// Everything about the state machine.
    StateMachine = "StateMachine";
    /// Its ARN.
    StateMachineId = "StateMachine.Id";
    /// Its name.
    StateMachineName = "StateMachine.Name";
    /// Everything about the current state.
    State = "State";
    /// Its name.
    StateName = "State.Name";
    /// When it was entered.
    StateEnteredTime = "State.EnteredTime";
    /// How often it was retried.
    StateRetryCount = "State.RetryCount";
    /// Everything about the current task.
    Task = "Task";
    /// The token that a callback must present.
    TaskToken = "Task.Token";
    /// Everything about the innermost Map iteration.
    Map = "Map";
    /// Its item.
    MapItem = "Map.Item";
    /// The item's index.
    MapItemIndex = "Map.Item.Index";
    /// The item itself; of an object's member, its value.
    MapItemValue = "Map.Item.Value";
    /// The key of the member, where a Map runs over an object.
    MapItemKey = "Map.Item.Key";
    /// Where the items come from.
    MapItemSource = "Map.Item.Source";
}

impl ContextField {
    /// Whether it depends on the time of day.
    pub fn is_time(self) -> bool {
        matches!(
            self,
            Self::Whole | Self::Execution | Self::ExecutionStartTime | Self::State | Self::StateEnteredTime
        )
    }
}
