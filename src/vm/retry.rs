//! Delays between retries: pure arithmetic.

use crate::bytecode::{JitterStrategy, Retrier};

/// Milliseconds before retry number `attempt` (from 1): the interval grown by the back-off rate, capped by
/// `MaxDelaySeconds`, then spread by jitter (`unit` is in `0.0..1.0`).
pub(super) fn delay_ms(retrier: &Retrier, attempt: u32, unit: impl FnOnce() -> f64) -> u64 {
    let exponent = i32::try_from(attempt.saturating_sub(1)).unwrap_or(i32::MAX);
    let mut seconds = f64::from(retrier.interval_seconds) * retrier.backoff_rate.powi(exponent);
    if let Some(max) = retrier.max_delay_seconds {
        seconds = seconds.min(f64::from(max));
    }
    if retrier.jitter == JitterStrategy::Full {
        seconds *= unit();
    }
    // Saturates: a delay beyond every deadline is as good as any other.
    (seconds * 1000.0).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retrier(backoff_rate: f64, max_delay_seconds: Option<u32>, jitter: JitterStrategy) -> Retrier {
        Retrier {
            error_equals: vec![],
            interval_seconds: 3,
            max_attempts: 3,
            backoff_rate,
            max_delay_seconds,
            jitter,
        }
    }

    #[test]
    fn delays_grow_to_their_cap() {
        let plain = retrier(2.0, None, JitterStrategy::None);
        assert_eq!([1, 2, 3].map(|n| delay_ms(&plain, n, || 0.5)), [3000, 6000, 12_000]);
        let capped = retrier(2.0, Some(5), JitterStrategy::None);
        assert_eq!([1, 2, 3].map(|n| delay_ms(&capped, n, || 0.5)), [3000, 5000, 5000]);
        let constant = retrier(1.0, None, JitterStrategy::None);
        assert_eq!(delay_ms(&constant, 7, || 0.5), 3000);
    }

    #[test]
    fn jitter_comes_after_the_cap() {
        let spread = retrier(2.0, Some(5), JitterStrategy::Full);
        assert_eq!(delay_ms(&spread, 3, || 0.5), 2500);
        assert_eq!(delay_ms(&spread, 3, || 0.0), 0);
    }

    #[test]
    fn huge_exponents_saturate() {
        assert_eq!(delay_ms(&retrier(10.0, None, JitterStrategy::None), u32::MAX, || 0.5), u64::MAX);
    }
}
