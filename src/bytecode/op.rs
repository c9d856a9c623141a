//! The instruction set.

use serde::{Deserialize, Serialize};

use super::{
    Aspect, CallId, ConstantId, ContextField, ForkId, Label, MapRunId, PathId, QueryId, Reg, StateId, TaskId,
    TestId,
};

/// One instruction: 8 bytes, `Copy`.
///
/// "Fails" means: raises an execution error, which the current state's Retry and Catch may answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[repr(u8)]
pub enum Op {
    /// Enters a state: its raw input is in `Reg::INPUT`. Charges fuel.
    Enter {
        /// The state.
        state: StateId,
    },
    /// Leaves the current state: `output` becomes the next state's raw input. Fails if it is over the payload limit.
    Exit {
        /// The state's output.
        output: Reg,
        /// The next state's `Enter`.
        next: Label,
    },
    /// Leaves the current state and ends the strand with `output`. Fails as `Exit`.
    End {
        /// The strand's result.
        output: Reg,
    },
    /// Ends the strand with an error that the definition names (`Fail`).
    Fail {
        /// The error name, or `None` in the register.
        error: Reg,
        /// The cause, or `None` in the register.
        cause: Reg,
    },
    /// Continues elsewhere.
    Jump {
        /// Where.
        target: Label,
    },
    /// Continues elsewhere if a test holds. Fails if its variable is missing (unless it is `IsPresent`).
    JumpIf {
        /// The test.
        test: TestId,
        /// Where.
        target: Label,
    },
    /// Continues elsewhere unless a test holds. Fails as `JumpIf`.
    JumpUnless {
        /// The test.
        test: TestId,
        /// Where.
        target: Label,
    },
    /// Continues elsewhere if a register holds a boolean, and this one.
    JumpOn {
        /// Which one.
        wanted: bool,
        /// The boolean.
        test: Reg,
        /// Where.
        target: Label,
    },
    /// Fails with `States.NoChoiceMatched`.
    NoChoiceMatched,
    /// Empties a register.
    Clear {
        /// The register.
        dst: Reg,
    },
    /// Loads a constant.
    Constant {
        /// Where to.
        dst: Reg,
        /// Which.
        constant: ConstantId,
    },
    /// Copies a register.
    Move {
        /// Where to.
        dst: Reg,
        /// Where from.
        src: Reg,
    },
    /// Copies a register; an empty one empties the other.
    MoveOptional {
        /// Where to.
        dst: Reg,
        /// Where from.
        src: Reg,
    },
    /// Reads a part of the Context Object.
    Context {
        /// Where to.
        dst: Reg,
        /// Which part. Fails if the part does not exist here.
        field: ContextField,
    },
    /// Applies a JSONPath. Fails if a definite path finds nothing.
    Select {
        /// Where to.
        dst: Reg,
        /// The value that the path's root stands for.
        src: Reg,
        /// The path.
        path: PathId,
    },
    /// Builds an object from consecutive registers.
    Object {
        /// Where to.
        dst: Reg,
        /// The first value; the shape says how many.
        first: Reg,
        /// Index of the keys in the program's shapes.
        shape: u16,
    },
    /// Builds an array from consecutive registers.
    Array {
        /// Where to.
        dst: Reg,
        /// The first element.
        first: Reg,
        /// How many.
        count: u16,
    },
    /// Calls an intrinsic function. Fails with `States.IntrinsicFailure`.
    Intrinsic {
        /// Where to.
        dst: Reg,
        /// The first argument; the call site says how many.
        first: Reg,
        /// The call site.
        call: CallId,
    },
    /// Places a value inside a copy of the state's raw input (`ResultPath`). Fails with
    /// `States.ResultPathMatchFailure`.
    SetPath {
        /// Where the combined value goes.
        dst: Reg,
        /// The value to place.
        value: Reg,
        /// Where.
        path: PathId,
    },
    /// Waits a number of seconds. Fails if the register holds no such number.
    WaitSeconds {
        /// The seconds.
        seconds: Reg,
    },
    /// Waits until a time. Fails if the register holds no RFC 3339 timestamp.
    WaitUntil {
        /// The time.
        timestamp: Reg,
    },
    /// Invokes a task and suspends the strand until its reply is there.
    Task {
        /// Where the result goes.
        dst: Reg,
        /// The effective input; if the task is timed, then the seconds of timeout and heartbeat, or empty.
        first: Reg,
        /// The task site.
        task: TaskId,
    },
    /// Runs the branches of a Parallel.
    Parallel {
        /// Where the array of results goes.
        dst: Reg,
        /// The effective input.
        input: Reg,
        /// The branches.
        fork: ForkId,
    },
    /// Runs a Map's item processor over an array.
    Map {
        /// Where the array of results goes.
        dst: Reg,
        /// Effective input, items, `MaxConcurrency`, tolerated failure count and percentage (the last three may
        /// be empty).
        first: Reg,
        /// The item processor.
        fork: ForkId,
    },
    /// Keeps a value for whoever inspects the execution; nothing where nobody does.
    Inspect {
        /// The value; an empty register is not kept.
        src: Reg,
        /// What it is.
        aspect: Aspect,
    },
    /// Has a Map Run process a Distributed Map's items and suspends the strand until it is over.
    MapRun {
        /// Where the result goes.
        dst: Reg,
        /// The first of the registers that [`MapRunInput`](super::MapRunInput) lists.
        first: Reg,
        /// The site.
        run: MapRunId,
    },
    /// Ends a strand that has entered no state: an `ItemSelector` by itself.
    Return {
        /// The strand's result.
        output: Reg,
    },
    /// Evaluates a JSONata expression. Fails with `States.QueryEvaluationError`.
    Query {
        /// Where to.
        dst: Reg,
        /// The first of what the expression is given; an empty register is an undefined value.
        first: Reg,
        /// The expression.
        query: QueryId,
    },
    /// Reads several members of an object at once; one that is missing, or all of what is no object, leaves its
    /// register empty.
    Pick {
        /// Where to: consecutive registers.
        dst: Reg,
        /// The object.
        src: Reg,
        /// Index of their keys in the program's shapes.
        shape: u16,
    },
}

const _: () = assert!(size_of::<Op>() == 8);
