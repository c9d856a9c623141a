//! Driving Map Runs: their children are executions of their own in an executor's queue, for whichever worker is free.
//!
//! A Map Run is a call of its execution as a handler's is: the driver has it, its answer goes through the worker's
//! inbox, and it is over when nothing of it runs any more. To stop it is to give up all its children and to wait for
//! each of them.
//!
//! # Bounds
//! Children that are queued or under way hold permits that all Map Runs of an executor share. A run without any
//! child starts one without a permit: it can always go on, so runs inside runs cannot wait for each other.
//!
//! Reading items and writing results may block: it is done on the runtime's threads for that, some children at a
//! time, with what has ended meanwhile.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use tokio::task::spawn_blocking;

use super::call::Answer;
use super::children::{ChildEnded, ChildEntry, Children};
use super::job::Whereabouts;
use super::setup::Setup;
use crate::map_run::{Child, ChildEnd, MapRun, MapRunContext};
use crate::vm::{ExecutionError, ExecutionStatus, MapRunRequest, Names};

/// Children that are started before ends are looked at again.
const BATCH: usize = 64;

/// A Map Run to be begun.
#[derive(Debug)]
pub(super) struct MapRunStart {
    pub(super) request: Box<MapRunRequest>,
    /// The names of the execution that asks for it.
    pub(super) names: Arc<Names>,
    pub(super) setup: Arc<Setup>,
}

impl MapRunStart {
    /// Begins it; may block.
    pub(super) fn begin(self) -> Box<MapRun> {
        let Self { request, names, setup } = self;
        let site = setup.program.map_run(request.run);
        let state = setup.program.states()[site.state.index()].name.clone();
        let context = MapRunContext {
            program: Arc::clone(&setup.program),
            names,
            limits: setup.limits.clone(),
            store: setup.store.clone(),
            is_clock_virtual: setup.time.is_virtual(),
            state,
        };
        Box::new(MapRun::begin(context, request))
    }
}

/// A Map Run while it is driven.
struct Driven {
    setup: Arc<Setup>,
    children: Children,
    ends: mpsc::UnboundedReceiver<ChildEnded>,
    sender: mpsc::UnboundedSender<ChildEnded>,
    under_way: HashMap<u64, Arc<Whereabouts>, RandomState>,
    stopped: oneshot::Receiver<()>,
    is_stopped: bool,
}

/// Drives a Map Run to its end, or until it is stopped and all its children have ended.
pub(super) async fn drive(start: MapRunStart, children: Children, stopped: oneshot::Receiver<()>) -> Answer {
    // Unbounded as a channel: each child sends one message, and permits bound the children.
    let (sender, ends) = mpsc::unbounded_channel();
    let mut driven = Driven {
        setup: Arc::clone(&start.setup),
        children,
        ends,
        sender,
        under_way: HashMap::default(),
        stopped,
        is_stopped: false,
    };
    let Ok(mut run) = spawn_blocking(|| start.begin()).await else { return lost() };
    let mut ended = Vec::new();
    loop {
        let permits = driven.permits();
        let most =
            if driven.is_stopped { 0 } else { permits.len().max(usize::from(driven.under_way.is_empty())) };
        let Ok((returned, batch)) = spawn_blocking(move || turn(run, ended, most)).await else {
            driven.stop_children().await;
            return lost();
        };
        run = returned;
        let is_full = batch.len() == BATCH;
        driven.start(&run, batch, permits);
        if run.has_failed() || driven.is_stopped {
            driven.give_up();
        }
        if driven.under_way.is_empty() {
            break;
        }
        ended = driven.wait(!is_full).await;
    }
    if driven.is_stopped {
        return Answer::Stopped;
    }
    let ended_at = run.ended_at();
    match spawn_blocking(|| run.finish()).await {
        Ok(result) => Answer::MapRun { result, ended_at },
        Err(_) => lost(),
    }
}

fn lost() -> Answer {
    Answer::Panicked("the Map Run was lost".to_owned())
}

/// Hands in what has ended, and takes the next children.
fn turn(mut run: Box<MapRun>, ended: Vec<(u64, ChildEnd)>, most: usize) -> (Box<MapRun>, Vec<Child>) {
    for (number, end) in ended {
        run.ended(number, end);
    }
    let mut batch = Vec::new();
    while batch.len() < most.min(BATCH)
        && let Some(child) = run.next()
    {
        batch.push(child);
    }
    (run, batch)
}

impl Driven {
    fn permits(&self) -> Vec<OwnedSemaphorePermit> {
        std::iter::from_fn(|| self.children.permit()).take(BATCH).collect()
    }

    fn start(&mut self, run: &MapRun, batch: Vec<Child>, permits: Vec<OwnedSemaphorePermit>) {
        let (graph, names) = run.entry();
        let mut permits = permits.into_iter();
        for child in batch {
            let number = child.number;
            let entry = ChildEntry { graph, names: Arc::clone(names), started_at: child.started_at };
            let whereabouts =
                self.children.start(&self.setup, child, entry, permits.next(), self.sender.clone());
            self.under_way.insert(number, whereabouts);
        }
    }

    fn give_up(&self) {
        self.under_way.values().for_each(|whereabouts| whereabouts.abandon());
    }

    /// What has ended: at least one child if that is to be waited for, unless the run is stopped meanwhile.
    async fn wait(&mut self, is_patient: bool) -> Vec<(u64, ChildEnd)> {
        let mut ended = Vec::new();
        if is_patient {
            let (stopped, ends, is_stopped) = (&mut self.stopped, &mut self.ends, &mut self.is_stopped);
            let first = poll_fn(|context| {
                if !*is_stopped && Pin::new(&mut *stopped).poll(context).is_ready() {
                    *is_stopped = true;
                    return Poll::Ready(None);
                }
                ends.poll_recv(context)
            });
            ended.extend(first.await);
        }
        while ended.len() < BATCH
            && let Ok(next) = self.ends.try_recv()
        {
            ended.push(next);
        }
        let under_way = &mut self.under_way;
        let take = |ChildEnded { number, end }| {
            under_way.remove(&number);
            (
                number,
                end.unwrap_or_else(|at| ChildEnd { output: Err(aborted()), started_at: at, ended_at: at }),
            )
        };
        ended.into_iter().map(take).collect()
    }

    /// Gives up all children and waits until each has ended.
    async fn stop_children(&mut self) {
        self.give_up();
        self.is_stopped = true;
        while !self.under_way.is_empty() {
            self.wait(true).await;
        }
    }
}

/// What became of a child that was given up before it began, or whose worker is gone.
fn aborted() -> ExecutionError {
    ExecutionError { status: ExecutionStatus::Aborted, error: None, cause: None, state: None }
}
