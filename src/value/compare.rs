//! Logical equality.

use super::{Docs, Value, View};

/// Whether two values are equal as JSON: numbers by value, objects without regard to order.
pub fn deep_equal<'a>(a: Value<'a>, b: Value<'a>, docs: &Docs<'_>) -> bool {
    // An explicit stack: values may be nested more deeply than the Rust stack allows.
    let mut pending = vec![(a, b)];
    while let Some((a, b)) = pending.pop() {
        match (a.view(docs), b.view(docs)) {
            (View::Null, View::Null) => {}
            (View::Bool(a), View::Bool(b)) if a == b => {}
            (View::Number(a), View::Number(b)) if a.is_equal(b) => {}
            (View::String(a), View::String(b)) if a == b => {}
            (View::Array(a), View::Array(b)) if a.len() == b.len() => pending.extend(a.iter().zip(b.iter())),
            (View::Object(a), View::Object(b)) if a.len(docs) == b.len(docs) => {
                for (key, value) in a.iter(docs) {
                    match b.get(&key.to_text(), docs) {
                        Some(other) => pending.push((value, other)),
                        None => return false,
                    }
                }
            }
            _ => return false,
        }
    }
    true
}
