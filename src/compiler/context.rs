//! Which part of the Context Object a `$$` path reads.

use crate::bytecode::ContextField;
use crate::jsonpath::{Path, Root, Segment};

/// The deepest part of the Context Object on the path; all of it if a filter of the path reads it too.
pub(super) fn field(path: &Path) -> ContextField {
    if path.reads_root() {
        return ContextField::Whole;
    }
    let mut found = ContextField::Whole;
    let mut text = String::new();
    for segment in path.segments() {
        let Segment::Name(name) = segment else { break };
        if !text.is_empty() {
            text.push('.');
        }
        text.push_str(name);
        match ContextField::ALL.iter().find(|field| field.path() == text) {
            Some(field) => found = *field,
            None => break,
        }
    }
    found
}

/// How many of the path's steps reading that part takes care of.
pub(super) fn taken(path: &Path) -> usize {
    if *path.root() != Root::Context {
        return 0;
    }
    match field(path).path() {
        "" => 0,
        path => path.split('.').count(),
    }
}
