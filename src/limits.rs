//! Every bound of the program, with its unit in its name.

/// Bounds on what one execution, one definition and one process may use.
///
/// The defaults are AWS's where AWS documents one.
///
/// ```
/// let mut limits = aslx::Limits::default();
/// assert_eq!(limits.payload_bytes_max, 262_144);
/// limits.payload_bytes_max = 1 << 20;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Largest state input, output or task result, as minified UTF-8 JSON (AWS: 256 KiB).
    pub payload_bytes_max: u32,
    /// Longest accepted input line.
    pub line_bytes_max: u32,
    /// Deepest nesting of arrays and objects in any JSON text.
    pub nesting_depth_max: u32,
    /// Largest definition (AWS: 1 MiB).
    pub definition_bytes_max: u32,
    /// Longest execution of an Express state machine (AWS: five minutes).
    pub execution_duration_ms_max: u64,
    /// Most bytes one execution may hold in its arena.
    pub arena_bytes_max: u64,
    /// Fuel an execution gets before it must yield to others.
    pub fuel_slice: u32,
    /// Fuel an execution may use in all; then it ends with `States.Timeout`.
    pub fuel_total_max: u64,
    /// Iterations of an inline Map that run at once when `MaxConcurrency` is 0 or absent (AWS: 40).
    pub map_concurrency_default: u32,
    /// Child executions of one Map Run that run at once when `MaxConcurrency` is 0, absent or larger (AWS: 10,000).
    pub map_run_concurrency_max: u32,
    /// Largest object of S3 that an `ItemReader` reads as one JSON value, which is in memory as a whole: an object, or
    /// any with an `ItemsPointer`.
    pub json_object_bytes_max: u64,
    /// Most events that the history of one execution keeps, its end included (AWS: 25,000). Later ones are counted.
    pub history_events_max: u32,
    /// Most bytes that the history of one execution keeps.
    pub history_bytes_max: u64,
    /// How deep executions may start one another in one process.
    pub nested_execution_depth_max: u32,
    /// Executions in flight in one process.
    pub in_flight_max: u32,
    /// Bytes of input lines held by executions in flight in one process.
    pub in_flight_bytes_max: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            payload_bytes_max: 262_144,
            line_bytes_max: 16 << 20,
            nesting_depth_max: 1024,
            definition_bytes_max: 1 << 20,
            execution_duration_ms_max: 300_000,
            arena_bytes_max: 256 << 20,
            fuel_slice: 4096,
            fuel_total_max: 1 << 30,
            map_concurrency_default: 40,
            map_run_concurrency_max: 10_000,
            json_object_bytes_max: 256 << 20,
            history_events_max: 25_000,
            history_bytes_max: 64 << 20,
            nested_execution_depth_max: 16,
            in_flight_max: 65_536,
            in_flight_bytes_max: 128 << 20,
        }
    }
}

/// `payload_bytes_max` that never refuses.
pub const PAYLOAD_BYTES_UNLIMITED: u32 = u32::MAX;

/// Longest string that an expression of JSONata may build, in characters (AWS: 2^22 pass, 2^23 fail).
pub const QUERY_TEXT_CHARACTERS_MAX: usize = 1 << 22;

/// Most elements of a sequence that an expression of JSONata may build (AWS: one more fails).
pub const QUERY_SEQUENCE_ITEMS_MAX: usize = 873_782;
