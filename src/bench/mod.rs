//! How fast a definition runs, where its time goes, and what it would cost on AWS: what `aslx bench` measures.
//!
//! A `Workload` is a program with its handlers and its lines; every measurement is a run of the real pipeline over the
//! lines in memory, whose outputs go nowhere. `rounds` measures throughput with nothing in the way, next to a loop that
//! parses and writes the same lines with `serde_json` and to one that only copies them. What needs clock readings inside
//! a run (`latency`, `phases`, `states`) is measured in runs of its own, through the executor's observer, and the cost of
//! the reading, measured too, is taken off.
//!
//! Invariants: no measurement shares a run with another one's clock readings; a run that was interrupted gives no figure.

mod census;
mod latency;
mod lines;
mod measure;
mod observed;
mod phases;
mod plot;
mod prices;
mod reference;
mod report;
mod resources;
mod rounds;
mod series;
mod states;
mod statistics;
mod stop;
mod svg;
mod text;
mod workload;

pub(crate) use lines::Lines;
pub(crate) use measure::{Plan, measure};
pub(crate) use plot::plot;
pub(crate) use prices::Prices;
pub(crate) use report::Report;
pub(crate) use stop::Stop;
pub(crate) use text::to_text;
pub(crate) use workload::Workload;
