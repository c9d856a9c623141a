//! Locks and atomics of the waiting protocols: the standard library's, or loom's when they are modelled
//! (`--cfg aslx_loom`).

#[cfg(not(aslx_loom))]
pub(crate) use std::sync::{
    Condvar, Mutex, MutexGuard,
    atomic::{AtomicBool, AtomicUsize, Ordering, fence},
};

use std::sync::PoisonError;

#[cfg(aslx_loom)]
pub(crate) use loom::sync::{
    Condvar, Mutex, MutexGuard,
    atomic::{AtomicBool, AtomicUsize, Ordering, fence},
};

/// Locks; a thread that panicked holding the lock has stopped the run, whose state is then only read.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
