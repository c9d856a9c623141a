//! How long a program that does not come up is left alone.

use std::time::Duration;

use tokio::time::Instant;

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(5);

/// Twice as long after every failure in a row.
#[derive(Debug, Default)]
pub(in crate::task) struct Backoff {
    failures: u32,
    until: Option<Instant>,
}

impl Backoff {
    /// It has worked: the next failure is a first one.
    pub(in crate::task) fn succeeded(&mut self) {
        *self = Self::default();
    }

    /// It has failed at `now`.
    pub(in crate::task) fn failed(&mut self, now: Instant) {
        let wait = FIRST.saturating_mul(1 << self.failures.min(10)).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        self.until = Some(now + wait);
    }

    /// When it may be tried again, if that is not yet.
    pub(in crate::task) fn wait_until(&self, now: Instant) -> Option<Instant> {
        self.until.filter(|until| *until > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_wait_doubles_up_to_a_bound_and_is_forgotten_when_it_works() {
        let mut backoff = Backoff::default();
        let now = Instant::now();
        assert_eq!(backoff.wait_until(now), None);
        let mut waits = Vec::new();
        for _ in 0..8 {
            backoff.failed(now);
            waits.push((backoff.wait_until(now).expect("it has failed") - now).as_millis());
        }
        assert_eq!(waits, [100, 200, 400, 800, 1600, 3200, 5000, 5000]);
        assert_eq!(backoff.wait_until(now + LONGEST), None);
        backoff.succeeded();
        backoff.failed(now);
        assert_eq!(backoff.wait_until(now), Some(now + FIRST));
    }
}
