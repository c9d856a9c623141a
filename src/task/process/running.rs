//! A program that runs: one owner may kill it at any moment while another waits for its end.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::process::ExitStatus;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use tokio::process::{Child, Command};

/// A child process. It is killed when the last owner is gone.
#[derive(Debug)]
pub(in crate::task) struct Process(Mutex<Child>);

impl Process {
    /// Starts it; whoever wants its streams takes them out of the child first.
    pub(in crate::task) fn spawn<T>(
        command: &mut Command,
        take_streams: impl FnOnce(&mut Child) -> T,
    ) -> io::Result<(Self, T)> {
        let mut child = command.spawn()?;
        let streams = take_streams(&mut child);
        Ok((Self(Mutex::new(child)), streams))
    }

    /// Kills it now; nothing happens if it has ended.
    pub(in crate::task) fn kill(&self) {
        // An error says that it is gone already.
        drop(self.lock().start_kill());
    }

    /// Waits for its end.
    pub(in crate::task) async fn exited(&self) -> io::Result<ExitStatus> {
        // The wait has no state of its own, so that the lock need not be held between two looks.
        poll_fn(|context| {
            let mut child = self.lock();
            let wait = pin!(child.wait());
            match wait.poll(context) {
                Poll::Ready(status) => Poll::Ready(status),
                Poll::Pending => Poll::Pending,
            }
        })
        .await
    }

    fn lock(&self) -> MutexGuard<'_, Child> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How a process ended, in the words that Lambda has for it; nothing if it ended by itself and well.
pub(in crate::task) fn describe(status: &io::Result<ExitStatus>) -> Option<String> {
    let status = match status {
        Ok(status) if status.success() => return None,
        Ok(status) => status,
        Err(error) => return Some(format!("its end is unknown: {error}")),
    };
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(status) {
        return Some(match signal {
            6 => "signal: aborted".to_owned(),
            9 => "signal: killed".to_owned(),
            11 => "signal: segmentation fault".to_owned(),
            15 => "signal: terminated".to_owned(),
            other => format!("signal {other}"),
        });
    }
    Some(status.code().map_or_else(|| status.to_string(), |code| format!("exit status {code}")))
}
