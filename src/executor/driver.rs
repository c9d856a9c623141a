//! Where asynchronous handlers run: a tokio runtime beside the workers.
//!
//! Workers hand over calls in batches, one channel operation for all that came up since the last time; answers
//! come back through each worker's [`Inbox`]. A call's answer is delivered after its future has been dropped,
//! whatever became of it: answered, panicked, stopped, or lost with the runtime.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use tokio::runtime::{Builder, Handle};
use tokio::sync::mpsc;

use super::call::{Answer, CallStart, Work};
use super::children::Children;
use super::inbox::Inbox;
use super::map_run;
use super::slab::SlotKey;
use crate::task::TaskFuture;

/// A call's answer on its way to the worker that keeps the execution.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(super) key: SlotKey,
    pub(super) number: u32,
    pub(super) answer: Answer,
}

/// A call with the way back for its answer.
#[derive(Debug)]
pub(crate) struct Dispatch {
    start: CallStart,
    /// Where the children of a Map Run are to run.
    children: Option<Children>,
    delivery: Delivery,
}

/// Delivers when it is dropped, so that a call cannot be lost without its execution knowing.
#[derive(Debug)]
struct Delivery {
    inbox: Arc<Inbox<Answered>>,
    key: SlotKey,
    number: u32,
    answer: Option<Answer>,
}

/// The way to the runtime.
#[derive(Debug)]
pub(crate) struct Driver {
    calls: mpsc::UnboundedSender<Vec<Dispatch>>,
}

impl Driver {
    /// Drives calls on `runtime`, or on one of its own with a thread of its own. It ends with this value.
    pub(crate) fn new(runtime: Option<&Handle>) -> io::Result<Self> {
        // Unbounded as a channel: admission bounds the executions, each of which has a bounded number of calls.
        let (calls, batches) = mpsc::unbounded_channel();
        if let Some(runtime) = runtime {
            runtime.spawn(drive(batches));
        } else {
            let runtime = Builder::new_current_thread().enable_all().build()?;
            let thread = std::thread::Builder::new().name("aslx-driver".to_owned());
            thread.spawn(move || runtime.block_on(drive(batches)))?;
        }
        Ok(Self { calls })
    }

    /// Starts calls. If the runtime is gone, they are answered as stopped.
    pub(super) fn start(&self, calls: Vec<Dispatch>) {
        drop(self.calls.send(calls));
    }
}

impl Dispatch {
    pub(super) fn new(
        start: CallStart,
        key: SlotKey,
        inbox: Arc<Inbox<Answered>>,
        children: Option<Children>,
    ) -> Self {
        let delivery = Delivery { inbox, key, number: start.number, answer: None };
        Self { start, children, delivery }
    }
}

async fn drive(mut batches: mpsc::UnboundedReceiver<Vec<Dispatch>>) {
    while let Some(batch) = batches.recv().await {
        for dispatch in batch {
            tokio::spawn(answer(dispatch));
        }
    }
}

async fn answer(dispatch: Dispatch) {
    let Dispatch { start, children, mut delivery } = dispatch;
    let CallStart { work, mut stopped, .. } = start;
    let (handler, call) = match (work, children) {
        (Work::Task { handler, call }, _) => (handler, call),
        (Work::MapRun(start), Some(children)) => {
            delivery.answer = Some(map_run::drive(start, children, stopped).await);
            return;
        }
        (Work::MapRun(_), None) => return,
    };
    let mut request = Some(call);
    let mut future: Option<TaskFuture> = None;
    let answer = poll_fn(|context| {
        if Pin::new(&mut stopped).poll(context).is_ready() {
            return Poll::Ready(Answer::Stopped);
        }
        let polled = catch_unwind(AssertUnwindSafe(|| {
            if let Some(call) = request.take() {
                future = Some(handler.call(call));
            }
            future.as_mut().map_or(Poll::Pending, |future| future.as_mut().poll(context))
        }));
        match polled {
            Ok(polled) => polled.map(Answer::Replied),
            Err(panic) => Poll::Ready(Answer::Panicked(panic_message(panic.as_ref()).to_owned())),
        }
    });
    let answer = answer.await;
    delivery.answer = Some(answer);
    // The future goes before the delivery, also if its own `drop` panics.
    drop(future);
    drop(delivery);
}

impl Drop for Delivery {
    fn drop(&mut self) {
        let answer = self.answer.take().unwrap_or(Answer::Stopped);
        self.inbox.send(Answered { key: self.key, number: self.number, answer });
    }
}

/// What a panic says.
pub(super) fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("(no message)")
}
