//! The functions of the language, one file per chapter of its documentation.
//!
//! [`Builtin`] names one of the table in `table.rs`. Arguments have been checked against the signature before a
//! function gets them, except those of a partial application: every function still looks at what it reads.
//! No function recurses over data; what a function loops over or builds it charges to the evaluation.

mod aggregation;
mod argument;
mod array;
mod boolean;
mod building;
mod datetime;
mod direct;
mod encoding;
mod equality;
mod failure;
mod higher_order;
mod json;
mod matching;
mod numeric;
mod object;
mod pattern;
mod regexp;
mod sort;
mod states;
mod string;
mod table;

pub(crate) use argument::error_value;
pub(crate) use boolean::truth;
pub(crate) use building::{check_sequence, check_text_len};
pub(crate) use equality::deep_equal;
pub(crate) use json::{NoValue, number_value, shown, to_value, write_string};
pub(crate) use matching::call_regex;
pub(crate) use regexp::compile as compile_regexp;
pub(crate) use sort::merge_sort;
pub(crate) use table::Builtin;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
