//! The query language of `JSONata` states.

pub mod picture;
