//! What the VM may rely on.
//!
//! The VM indexes without asking and loops until something stops it. For each place where that could go wrong,
//! the rule here that makes it right, whoever made the program:
//!
//! | the VM | relies on | in |
//! | --- | --- | --- |
//! | reads `code[pc]` | jumps, transitions, retries and catchers stay in their graph; no graph can be run off its end | `ops`, `tables`, `flow` |
//! | starts with `graphs[0]`, and a child at its graph's entry | there are graphs, each with ops of its own | `layout` |
//! | reads and writes `frame[reg]` | every register of an op, test, error text and catcher is below its graph's frame size | `ops`, `tables` |
//! | copies variables and input into a child's frame | a fork's variables are the child's outer ones, within both frames | `tables`, `ops` |
//! | looks up states, paths, tests, calls, tasks, forks, shapes, constants | every id is inside its table; a fork is of its op's kind | `ops`, `tables` |
//! | looks up the state that an error happened in, and the visit that an output belongs to | a strand enters a state before it does anything but prepare its input; the first graph prepares none | `flow` |
//! | runs until fuel is used up, which only entering a state asks for | every cycle of ops enters a state | `flow` |
//! | starts a strand for every child | a fork runs graphs after its own only, and no graph has two forks: nesting ends | `tables`, `ops` |
//! | allocates a frame per strand | no frame is larger than its graph's ops and catchers can fill | `flow` |
//! | allocates what `Object`, `Array` and `Intrinsic` gather | they gather no more values than their graph has ops | `ops` |
//! | builds objects whose keys differ | a shape's keys do | `tables` |
//! | takes a value in a register for what a path's root stands for | every path's root has been resolved | `tables` |
//! | calls an intrinsic function | it gets as many arguments as it takes | `ops` |
//! | computes delays and compares times | a back-off rate is finite and at least 1; nanoseconds are below a second | `tables` |
//! | finds an op's error text by bisection | sites are in the order of the code | `tables` |
//!
//! Not a matter of programs: a retry is bounded by its attempts, a catcher answers once a visit, and both use
//! fuel; the limits of an execution bound what its data can make the ops allocate.

mod flow;
mod layout;
mod ops;
mod rule;
mod tables;
mod verify;

pub use rule::VerifyError;
pub use verify::verify;
