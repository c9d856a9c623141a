//! What work costs, so that no execution can take a worker for itself.

/// Entering a state.
pub(super) const STATE: u32 = 8;
/// Starting a Map iteration or a Parallel branch.
pub(super) const STRAND: u32 = 4;
/// Bytes of JSON handled by a builtin per unit.
const BYTES_PER_UNIT: usize = 64;

/// The price of handling `bytes` of JSON.
pub(super) fn for_bytes(bytes: usize) -> u32 {
    u32::try_from(bytes / BYTES_PER_UNIT).unwrap_or(u32::MAX)
}

/// The price of an expression that took so many steps.
pub(super) fn for_query(steps: u64) -> u32 {
    u32::try_from(steps).unwrap_or(u32::MAX)
}
