//! What the process has used, as far as the system tells.

use std::time::Duration;

/// What a thread has taken from the heap so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Heap {
    /// Allocations and reallocations.
    pub(super) allocations: u64,
    /// Bytes asked for by them.
    pub(super) bytes: u64,
}

/// Time on processors, of all threads, in the program and in the system.
#[cfg(unix)]
pub(super) fn cpu_time() -> Option<Duration> {
    use nix::sys::{
        resource::{UsageWho, getrusage},
        time::TimeValLike,
    };
    let usage = getrusage(UsageWho::RUSAGE_SELF).ok()?;
    let microseconds = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    u64::try_from(microseconds).ok().map(Duration::from_micros)
}

#[cfg(not(unix))]
pub(super) fn cpu_time() -> Option<Duration> {
    None
}

/// The most memory that the process has occupied since its start.
#[cfg(unix)]
pub(super) fn peak_memory_bytes() -> Option<u64> {
    use nix::sys::resource::{UsageWho, getrusage};
    let unit = if cfg!(target_vendor = "apple") { 1 } else { 1024 };
    let usage = getrusage(UsageWho::RUSAGE_SELF).ok()?;
    u64::try_from(usage.max_rss()).ok().map(|most| most * unit)
}

#[cfg(not(unix))]
pub(super) fn peak_memory_bytes() -> Option<u64> {
    None
}

/// What the calling thread has taken from the heap; `None` unless the program's allocator counts.
pub(super) fn heap() -> Option<Heap> {
    if !densa_alloc::is_active() {
        return None;
    }
    let stats = densa_alloc::thread_stats();
    Some(Heap { allocations: stats.allocs + stats.reallocs, bytes: stats.bytes_allocated })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_runs_has_used_something() {
        assert!(peak_memory_bytes().is_some_and(|bytes| bytes > 100_000));
        let before = cpu_time().expect("known");
        let mut sum = 0_u64;
        while cpu_time().is_some_and(|now| now == before) {
            sum = std::hint::black_box(sum + 1);
        }
    }
}
