//! Definitions in YAML 1.2: the text to JSON, with the place of every value.
//!
//! Events of the parser become a flat [`tree`](tree::Tree) in which an alias is the index of what it stands for, so
//! sharing costs nothing; [`emit`] writes that as JSON and stops where the JSON would be larger than a definition may
//! be. Plain scalars follow the core schema (`yes` is a string), `<<` merges, and `CloudFormation`'s `!Sub`, `!Ref` and
//! `!GetAtt` become the placeholders that they stand for. What JSON cannot say is an error at its place.

mod align;
mod build;
mod emit;
mod read;
mod scalar;
mod tag;
mod tree;

pub(super) use read::read;
