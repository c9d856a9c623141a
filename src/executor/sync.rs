//! Locks and atomics of the waiting protocols: the standard library's, or loom's when they are modelled
//! (`--cfg aslx_loom`).

use std::sync::PoisonError;
use std::time::Duration;

#[cfg(not(aslx_loom))]
pub(crate) use std::sync::{
    Condvar, Mutex, MutexGuard,
    atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering, fence},
};

#[cfg(aslx_loom)]
pub(crate) use loom::sync::{
    Condvar, Mutex, MutexGuard,
    atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering, fence},
};

/// Locks; a thread that panicked holding the lock has stopped the run, whose state is then only read.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits while `condition` holds, at most for `timeout`.
#[cfg(not(aslx_loom))]
pub(crate) fn wait_while<'m, T>(
    condvar: &Condvar,
    guard: MutexGuard<'m, T>,
    timeout: Option<Duration>,
    condition: impl Fn(&T) -> bool,
) -> MutexGuard<'m, T> {
    let condition = |value: &mut T| condition(value);
    match timeout {
        None => condvar.wait_while(guard, condition).unwrap_or_else(PoisonError::into_inner),
        Some(timeout) => {
            let waited = condvar.wait_timeout_while(guard, timeout, condition);
            waited.unwrap_or_else(PoisonError::into_inner).0
        }
    }
}

/// The same in a model, where no time passes: a wake must not depend on a time-out.
#[cfg(aslx_loom)]
pub(crate) fn wait_while<'m, T>(
    condvar: &Condvar,
    mut guard: MutexGuard<'m, T>,
    _timeout: Option<Duration>,
    condition: impl Fn(&T) -> bool,
) -> MutexGuard<'m, T> {
    while condition(&guard) {
        guard = condvar.wait(guard).unwrap_or_else(PoisonError::into_inner);
    }
    guard
}
