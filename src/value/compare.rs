//! Logical equality.

use super::{Docs, Value, View};

/// Whether two values are equal as JSON: numbers by value, objects without regard to order.
pub fn deep_equal<'a>(a: Value<'a>, b: Value<'a>, docs: &Docs<'_>) -> bool {
    deep_equal_within(a, b, docs, |_| true) == Some(true)
}

/// The same for callers with a budget: `afford` is told how many values are about to be compared, and `None` is the
/// answer once it has said no.
pub fn deep_equal_within<'a>(
    a: Value<'a>,
    b: Value<'a>,
    docs: &Docs<'_>,
    mut afford: impl FnMut(usize) -> bool,
) -> Option<bool> {
    // An explicit stack: values may be nested more deeply than the Rust stack allows.
    let mut pending = vec![(a, b)];
    while let Some((a, b)) = pending.pop() {
        match (a.view(docs), b.view(docs)) {
            (View::Null, View::Null) => {}
            (View::Bool(a), View::Bool(b)) if a == b => {}
            (View::Number(a), View::Number(b)) if a.is_equal(b) => {}
            (View::String(a), View::String(b)) if a == b => {}
            (View::Array(a), View::Array(b)) if a.len() == b.len() => {
                if !afford(a.len()) {
                    return None;
                }
                pending.extend(a.iter().zip(b.iter()));
            }
            (View::Object(a), View::Object(b)) if a.len(docs) == b.len(docs) => {
                for (key, value) in a.iter(docs) {
                    // Looking a key up may pass over every other.
                    if !afford(1 + b.len(docs) / 64) {
                        return None;
                    }
                    match b.get(&key.to_text(), docs) {
                        Some(other) => pending.push((value, other)),
                        None => return Some(false),
                    }
                }
            }
            _ => return Some(false),
        }
    }
    Some(true)
}
