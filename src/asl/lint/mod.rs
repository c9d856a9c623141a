//! What a sound definition probably does not mean: warnings of our own, from the model alone.
//!
//! [`lint`] follows data through every graph. For each state it knows what *may* have reached it: the members that
//! its input can hold ([`shape`]) and the variables that can be assigned. It speaks up only where no way through the
//! graph could have produced what a state reads; whatever it cannot know counts as possible. Of expressions in
//! `JSONata` it looks at what they name ([`queries`]), not at the shapes that they make.
//!
//! Invariant: time and memory are bounded. Shapes collapse to "anything" at a fixed size, states that are visited too
//! often are given up.

mod data_flow;
mod finding;
mod pipeline;
mod queries;
mod reads;
mod shape;
mod variables;

pub(super) use data_flow::lint;
