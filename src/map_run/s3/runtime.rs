//! Waiting for futures on threads that are no runtime's, or another's.

use std::future::Future;
use std::io;
use std::sync::mpsc::sync_channel;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// A runtime with a thread of its own; it ends with this value.
#[derive(Debug)]
pub(super) struct Runtime {
    handle: Handle,
    /// The thread ends when this is dropped, whoever drops it.
    _running: oneshot::Sender<()>,
}

impl Runtime {
    pub(super) fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (running, ended) = oneshot::channel();
        let thread = std::thread::Builder::new().name("aslx-s3".to_owned());
        thread.spawn(move || runtime.block_on(ended).map(drop))?;
        Ok(Self { handle, _running: running })
    }

    /// Does something over there, and waits for it here. It fails where the other thread has gone or panicked.
    pub(super) fn wait<T: Send + 'static>(
        &self,
        future: impl Future<Output = T> + Send + 'static,
    ) -> io::Result<T> {
        let (sender, receiver) = sync_channel(1);
        // The receiver waits until there is an answer; if it has gone nevertheless, nobody wants one.
        self.handle.spawn(async move { drop(sender.send(future.await)) });
        receiver.recv().map_err(|_| io::Error::other("the request was lost"))
    }
}
