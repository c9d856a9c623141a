//! One running co-process: requests in, responses out, matched by their number.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hashbrown::HashMap;
use tokio::io::{AsyncWriteExt, BufReader};
use tokio::process::{ChildStderr, ChildStdin, ChildStdout};
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use tokio::time::{Instant, timeout};

use super::coprocess::CoprocessOptions;
use super::message::{INVALID_RESPONSE, Response, ResponseReader};
use crate::task::TaskError;
use crate::task::process::{Backoff, Line, Process, describe, forward_lines, read_line};

/// How long the responses of a process that has ended may still be on their way.
const LAST_LINES_WAIT: Duration = Duration::from_secs(1);
const STREAM_BUFFER_BYTES: usize = 64 << 10;

/// A process and what it has been asked.
#[derive(Debug)]
pub(super) struct Connection {
    process: Process,
    state: Mutex<State>,
    /// Never full: a request that is under way has a place, and there are no more places than this holds.
    lines: mpsc::Sender<Vec<u8>>,
}

#[derive(Debug, Default)]
struct State {
    requests: HashMap<u64, Open, foldhash::quality::RandomState>,
    /// Why it ended.
    ended: Option<TaskError>,
}

/// A request without a response. It has its place until the process has answered, wanted or not.
#[derive(Debug)]
struct Open {
    answer: oneshot::Sender<Response>,
    _place: OwnedSemaphorePermit,
}

/// A request that somebody waits for; when that ends early, so may the process.
#[derive(Debug)]
pub(super) struct Asked {
    connection: Arc<Connection>,
    id: u64,
    answer: oneshot::Receiver<Response>,
}

impl Connection {
    /// Starts a process, which logs as `tag`.
    pub(super) fn start(
        options: &CoprocessOptions,
        tag: Arc<str>,
        backoff: &Arc<Mutex<Backoff>>,
    ) -> io::Result<Arc<Self>> {
        let mut command = options.command.to_command(&[]);
        command.stdin(std::process::Stdio::piped());
        let (process, streams) = Process::spawn(&mut command, |child| {
            let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
            stdin.zip(stdout).zip(child.stderr.take())
        })?;
        let Some(streams) = streams else { return Err(io::Error::other("its streams are missing")) };
        let (lines, requests) = mpsc::channel(options.places());
        let connection = Arc::new(Self { process, state: Mutex::default(), lines });
        let served = Served {
            ending: Ending(Arc::clone(&connection)),
            tag,
            options: options.clone(),
            backoff: Arc::clone(backoff),
        };
        tokio::spawn(served.run(streams, requests));
        Ok(connection)
    }

    /// How many requests are open; nothing if it has ended.
    pub(super) fn load(&self) -> Option<usize> {
        let state = self.lock();
        state.ended.is_none().then_some(state.requests.len())
    }

    /// Asks it; `line` has the number `id`.
    pub(super) fn ask(self: &Arc<Self>, id: u64, line: Vec<u8>, place: OwnedSemaphorePermit) -> Asked {
        let (answer_sender, answer) = oneshot::channel();
        let mut state = self.lock();
        if state.ended.is_none() {
            state.requests.insert(id, Open { answer: answer_sender, _place: place });
            // It fails only when the process has just ended, which ends its requests too.
            let _ = self.lines.try_send(line);
        }
        Asked { connection: Arc::clone(self), id, answer }
    }

    pub(super) fn kill(&self) {
        self.process.kill();
    }

    fn answered(&self, id: u64, response: Response) -> bool {
        let Some(open) = self.lock().requests.remove(&id) else { return false };
        // Whoever gave up waiting needs no answer.
        let _ = open.answer.send(response);
        true
    }

    /// Ends it and all its requests; the first reason counts.
    fn end(&self, why: TaskError) {
        let mut state = self.lock();
        state.ended.get_or_insert(why);
        state.requests.clear();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Asked {
    /// Waits for the response.
    pub(super) async fn response(mut self) -> Response {
        if let Ok(response) = (&mut self.answer).await {
            return response;
        }
        let ended = self.connection.lock().ended.clone();
        Err(ended.unwrap_or_else(|| TaskError::new("Exec.ProcessExited", "the program has ended")))
    }
}

impl Drop for Asked {
    /// A process is killed when a request is given up and nobody waits for any other.
    fn drop(&mut self) {
        self.answer.close();
        let mut state = self.connection.lock();
        let is_open = state.requests.contains_key(&self.id);
        if is_open && state.requests.values().all(|open| open.answer.is_closed()) {
            self.connection.process.kill();
            state.ended =
                Some(TaskError::new("Exec.ProcessExited", "the program was killed: nobody waited for it"));
            state.requests.clear();
        }
    }
}

/// Kills the process and ends its requests, also if the runtime that serves it goes away.
struct Ending(Arc<Connection>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.process.kill();
        self.0.end(TaskError::new("Exec.ProcessExited", "nothing serves the program any more"));
    }
}

/// The task that serves a process until it ends.
struct Served {
    ending: Ending,
    tag: Arc<str>,
    options: CoprocessOptions,
    backoff: Arc<Mutex<Backoff>>,
}

type Streams = ((ChildStdin, ChildStdout), ChildStderr);

impl Served {
    async fn run(self, streams: Streams, requests: mpsc::Receiver<Vec<u8>>) {
        let ((stdin, stdout), stderr) = streams;
        let log = forward_lines(stderr, self.options.log.clone(), Arc::clone(&self.tag));
        let log = tokio::spawn(log);
        let connection = Arc::clone(&self.ending.0);
        let mut why = None;
        {
            let mut reading = std::pin::pin!(self.read(stdout));
            tokio::select! {
                broken = &mut reading => why = broken,
                () = write(stdin, requests) => {}
                _ = connection.process.exited() => {
                    why = timeout(LAST_LINES_WAIT, reading).await.unwrap_or(None);
                }
            }
        }
        // One that closes its output, or breaks the protocol, has nothing more to say.
        connection.process.kill();
        let status = connection.process.exited().await;
        if connection.load().is_some() {
            self.lock_backoff().failed(Instant::now());
        }
        let how = describe(&status).map_or_else(String::new, |how| format!(" ({how})"));
        let program = self.options.command.program();
        connection.end(why.unwrap_or_else(|| {
            let cause = format!("the program {program} ended before it answered{how}");
            TaskError::new("Exec.ProcessExited", cause)
        }));
        let mut log = log;
        if timeout(LAST_LINES_WAIT, &mut log).await.is_err() {
            log.abort();
        }
    }

    /// Reads responses to the end of the stream, or until one is wrong.
    async fn read(&self, stdout: ChildStdout) -> Option<TaskError> {
        let connection = &self.ending.0;
        let bytes_max = self.options.response_bytes_max;
        let mut stream = BufReader::with_capacity(STREAM_BUFFER_BYTES, stdout);
        let (mut responses, mut line, mut has_answered) = (ResponseReader::new(), Vec::new(), false);
        loop {
            match read_line(&mut stream, &mut line, bytes_max).await {
                Ok(Line::Whole) => {}
                Ok(Line::Cut) => {
                    let cause = format!("the program wrote a line of more than {bytes_max} bytes");
                    return Some(TaskError::new(INVALID_RESPONSE, cause));
                }
                Ok(Line::End) | Err(_) => return None,
            }
            let is_known =
                responses.read(&line).is_some_and(|(id, response)| connection.answered(id, response));
            if !is_known {
                // The line itself may hold secrets: it is for the log alone.
                self.options.log.write(&self.tag, &line);
                let cause = "the program wrote a line that answers no request; what else it has to say belongs on standard error";
                return Some(TaskError::new(INVALID_RESPONSE, cause));
            }
            if !has_answered {
                has_answered = true;
                self.lock_backoff().succeeded();
            }
        }
    }

    fn lock_backoff(&self) -> MutexGuard<'_, Backoff> {
        self.backoff.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes requests, all that have come up in one piece; a stream that is closed is the end of it.
async fn write(mut stdin: ChildStdin, mut requests: mpsc::Receiver<Vec<u8>>) {
    const LINES_MAX: usize = 64;
    let mut lines = Vec::new();
    while requests.recv_many(&mut lines, LINES_MAX).await > 0 {
        let text = if let [line] = lines.as_mut_slice() { std::mem::take(line) } else { lines.concat() };
        lines.clear();
        if stdin.write_all(&text).await.is_err() {
            // Responses to what it has read may be on their way: its output says when all is over.
            std::future::pending::<()>().await;
        }
    }
}
