//! Clocks: the only place where time comes from.

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::value::timestamp::Timestamp;

/// Tells the time, and how long to block until a later one.
pub trait Clock: Debug + Send + Sync {
    /// The time now; never earlier than at the last call.
    fn now(&self) -> Timestamp;

    /// How long a thread should block before it looks again whether `until` is reached.
    fn block_for(&self, until: Timestamp) -> Duration;
}

/// The machine's clock: the time of day when it was made, and monotonic from there on.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock {
    started_ms: i64,
    started: Instant,
}

impl SystemClock {
    /// A clock that starts at the time of day.
    #[expect(clippy::disallowed_methods, reason = "this is the clock that all others take")]
    pub fn new() -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let started_ms = i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX);
        Self { started_ms, started: Instant::now() }
    }
}

impl SystemClock {
    /// How long ago the clock was made.
    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let elapsed_ms = i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX);
        Timestamp::from_millis(self.started_ms.saturating_add(elapsed_ms))
    }

    fn block_for(&self, until: Timestamp) -> Duration {
        duration_between(self.now(), until)
    }
}

/// A clock that stands still until somebody waits for it, and is then at once where they want it: for tests
/// and simulations of a whole run.
#[derive(Debug)]
pub struct ManualClock {
    now_ms: AtomicI64,
}

impl ManualClock {
    /// A clock that stands at `start`.
    pub fn new(start: Timestamp) -> Self {
        Self { now_ms: AtomicI64::new(start.to_millis()) }
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let by_ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        // Relaxed: the time orders nothing but itself.
        self.now_ms.fetch_add(by_ms, Ordering::Relaxed);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now_ms.load(Ordering::Relaxed))
    }

    fn block_for(&self, until: Timestamp) -> Duration {
        self.now_ms.fetch_max(until.to_millis(), Ordering::Relaxed);
        Duration::ZERO
    }
}

/// How executions see time.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Time {
    /// They share a clock, and waiting takes as long as it says.
    Real(Arc<dyn Clock>),
    /// Each starts at `start` on a clock of its own, which moves from one wait's end to the next: waits,
    /// retry delays and timeouts cost nothing.
    Virtual {
        /// The time at which every execution starts.
        start: Timestamp,
    },
}

impl Default for Time {
    fn default() -> Self {
        Self::Real(Arc::new(SystemClock::new()))
    }
}

impl Time {
    /// The time at which an execution started now would start.
    pub(crate) fn now(&self) -> Timestamp {
        match self {
            Self::Real(clock) => clock.now(),
            Self::Virtual { start } => *start,
        }
    }

    /// How long a thread should block before it looks again whether `until` is reached.
    pub(crate) fn block_for(&self, until: Timestamp) -> Duration {
        match self {
            Self::Real(clock) => clock.block_for(until),
            Self::Virtual { .. } => Duration::ZERO,
        }
    }

    pub(crate) fn is_virtual(&self) -> bool {
        matches!(self, Self::Virtual { .. })
    }
}

/// From `from` until `until`; zero if that has passed.
fn duration_between(from: Timestamp, until: Timestamp) -> Duration {
    let ms = until.to_millis().saturating_sub(from.to_millis());
    Duration::from_millis(u64::try_from(ms).unwrap_or(0))
}
