//! Streams: pipes, terminals, anything without offsets to read at.
//!
//! One thread reads all streams of a run, one after the other, and queues chunks of whole lines. The queue is
//! bounded, so a slow run holds the reader back. The thread is not waited for when a run stops early: it may
//! be blocked in a read that never returns. It holds nothing but the queue and its stream.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::Arc;

use super::chunk::{Bytes, Chunk};
use super::error::SourceError;
use crate::executor::{Condvar, Mutex, Signal, lock, wait_while};

/// Chunks read ahead.
const QUEUED_MAX: usize = 4;
const READ_BYTES: usize = 64 << 10;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What the reader has read and no worker has taken.
#[derive(Debug)]
pub(super) struct Queue {
    state: Mutex<State>,
    /// Told when a chunk is taken or the run stops.
    taken: Condvar,
    /// Told when there is something to take.
    signal: Arc<Signal>,
}

#[derive(Debug, Default)]
struct State {
    items: VecDeque<Item>,
    spare: Vec<Vec<u8>>,
    is_closed: bool,
}

/// What comes out of the queue, in order.
#[derive(Debug)]
pub(super) enum Item {
    Chunk(Chunk),
    /// The stream is at its end; what follows is of the next one.
    End,
    Failed(SourceError),
}

/// A stream to read.
pub(super) struct Stream {
    pub(super) source: u32,
    pub(super) name: String,
    pub(super) reader: Box<dyn Read + Send>,
}

impl Queue {
    pub(super) fn new(signal: Arc<Signal>) -> Arc<Self> {
        Arc::new(Self { state: Mutex::default(), taken: Condvar::new(), signal })
    }

    /// Takes the next item; `spare` is a buffer that is free.
    pub(super) fn take(&self, spare: Vec<u8>) -> Result<Item, Vec<u8>> {
        let mut state = lock(&self.state);
        match state.items.pop_front() {
            None => Err(spare),
            Some(item) => {
                if spare.capacity() > 0 && state.spare.len() < QUEUED_MAX {
                    state.spare.push(spare);
                }
                drop(state);
                self.taken.notify_one();
                Ok(item)
            }
        }
    }

    /// Tells the reader that nobody will take any more.
    pub(super) fn close(&self) {
        lock(&self.state).is_closed = true;
        self.taken.notify_one();
    }

    /// Queues an item, waiting for room; whether the run goes on.
    fn put(&self, item: Item) -> bool {
        let is_full = |state: &State| state.items.len() >= QUEUED_MAX && !state.is_closed;
        let mut state = wait_while(&self.taken, lock(&self.state), None, is_full);
        if state.is_closed {
            return false;
        }
        state.items.push_back(item);
        drop(state);
        self.signal.notify();
        true
    }

    fn spare(&self) -> Vec<u8> {
        lock(&self.state).spare.pop().unwrap_or_default()
    }
}

/// Starts the thread that reads `streams`.
pub(super) fn spawn(
    streams: Vec<Stream>,
    queue: Arc<Queue>,
    chunk_bytes: usize,
    line_bytes_max: u32,
) -> io::Result<()> {
    let read_all = move || {
        for Stream { source, name, mut reader } in streams {
            let mut cutter = Cutter::new(source, chunk_bytes, line_bytes_max);
            let end = match cutter.read_all(&mut reader, &queue) {
                Ok(true) => Item::End,
                Ok(false) => return,
                Err(error) => Item::Failed(SourceError::read(&name, cutter.at(), error)),
            };
            if !queue.put(end) {
                return;
            }
        }
    };
    std::thread::Builder::new().name("aslx-reader".to_owned()).spawn(read_all).map(drop)
}

/// Cuts a stream into chunks.
struct Cutter {
    source: u32,
    chunk_bytes: usize,
    line_bytes_max: usize,
    /// Offset of the first byte of `buffer` in the stream.
    offset: u64,
    buffer: Vec<u8>,
    /// How much of the start of `buffer` is known to hold no newline.
    searched: usize,
    /// Length so far of a line that is too long to be kept; it starts where `buffer` ends.
    dropped: Option<u64>,
    is_start: bool,
}

impl Cutter {
    fn new(source: u32, chunk_bytes: usize, line_bytes_max: u32) -> Self {
        let line_bytes_max = line_bytes_max as usize;
        Self {
            source,
            chunk_bytes,
            line_bytes_max,
            offset: 0,
            buffer: Vec::new(),
            searched: 0,
            dropped: None,
            is_start: true,
        }
    }

    fn at(&self) -> u64 {
        self.offset + self.buffer.len() as u64 + self.dropped.unwrap_or(0)
    }

    /// Reads to the end of the stream; false if the run stopped before.
    fn read_all(&mut self, reader: &mut dyn Read, queue: &Queue) -> io::Result<bool> {
        loop {
            let old = self.buffer.len();
            self.buffer.resize(old + READ_BYTES, 0);
            let read = match reader.read(&mut self.buffer[old..]) {
                Ok(read) => read,
                Err(error) => {
                    self.buffer.truncate(old);
                    if error.kind() == io::ErrorKind::Interrupted {
                        continue;
                    }
                    // What was read before is whole lines and the start of one: the lines count.
                    self.cut(queue);
                    return Err(error);
                }
            };
            self.buffer.truncate(old + read);
            if self.is_start {
                let is_mark =
                    BYTE_ORDER_MARK.starts_with(&self.buffer) && self.buffer.len() < BYTE_ORDER_MARK.len();
                if is_mark && read > 0 {
                    continue; // one cannot tell yet
                }
                self.is_start = false;
                if self.buffer.starts_with(BYTE_ORDER_MARK) {
                    self.buffer.drain(..BYTE_ORDER_MARK.len());
                    self.offset = BYTE_ORDER_MARK.len() as u64;
                }
            }
            if read == 0 {
                let is_empty = self.buffer.is_empty() && self.dropped.is_none();
                return Ok(is_empty || self.put(self.buffer.len(), queue));
            }
            // A short read means that nothing more is there yet: what is there should not wait for it.
            let is_all = read < READ_BYTES || self.buffer.len() >= self.chunk_bytes;
            if (is_all || self.dropped.is_some()) && !self.cut(queue) {
                return Ok(false);
            }
        }
    }

    /// Queues the whole lines. Whether the run goes on.
    fn cut(&mut self, queue: &Queue) -> bool {
        if let Some(length) = self.dropped {
            let Some(newline) = memchr::memchr(b'\n', &self.buffer) else {
                self.dropped = Some(length + self.buffer.len() as u64);
                self.buffer.clear();
                return true;
            };
            self.dropped = Some(length + newline as u64);
            self.buffer.drain(..=newline);
            let rest = std::mem::take(&mut self.buffer);
            let goes_on = self.put(0, queue);
            self.offset += 1;
            self.buffer = rest;
            self.searched = 0;
            return goes_on && self.cut(queue);
        }
        let newline = memchr::memrchr(b'\n', &self.buffer[self.searched..]);
        if let Some(newline) = newline
            && !self.put(self.searched + newline + 1, queue)
        {
            return false;
        }
        self.searched = self.buffer.len();
        if self.buffer.len() > self.line_bytes_max + 1 {
            self.dropped = Some(self.buffer.len() as u64);
            self.buffer.clear();
            self.searched = 0;
        }
        true
    }

    /// Queues the first `whole` bytes of the buffer and the line that was dropped behind them.
    fn put(&mut self, whole: usize, queue: &Queue) -> bool {
        let mut rest = queue.spare();
        rest.clear();
        rest.extend_from_slice(&self.buffer[whole..]);
        self.buffer.truncate(whole);
        let bytes = std::mem::replace(&mut self.buffer, rest);
        let too_long = self.dropped.take();
        let chunk = Chunk {
            sequence: 0,
            source: self.source,
            offset: self.offset,
            bytes: Bytes::Owned { buffer: bytes, start: 0 },
            too_long,
        };
        self.offset += chunk.len();
        self.searched = 0;
        queue.put(Item::Chunk(chunk))
    }
}
