//! Unique identifiers: `States.UUID`.

use crate::value::random::Random;
use crate::value::{Heap, Value};

/// `States.UUID()`: a version 4 UUID.
pub(super) fn uuid<'a>(heap: Heap<'_, 'a>, random: &mut Random) -> Value<'a> {
    heap.text(&String::from_utf8_lossy(&random.uuid_v4()))
}
