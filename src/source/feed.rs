//! Chunks for whoever asks, in the order of the inputs.

use std::fs::File;
use std::io;
use std::sync::{Arc, PoisonError};

use super::chunk::Chunk;
use super::error::SourceError;
use super::file::{Store, read_all_at};
use super::input::{Input, InputKind};
use super::stream::{self, Item, Queue, Stream};
use crate::executor::{AtomicU64, Mutex, Ordering, Signal, lock};

/// A first piece must at least show whether the input starts with a byte order mark.
const CHUNK_BYTES_MIN: usize = 4;

/// All inputs of a run.
#[derive(Debug)]
pub(crate) struct Feed {
    pub(super) sources: Vec<Source>,
    cursor: Mutex<Cursor>,
    /// How many chunks were claimed.
    claimed: AtomicU64,
    queue: Arc<Queue>,
    chunk_bytes: u64,
    line_bytes_max: u32,
}

#[derive(Debug)]
pub(super) struct Source {
    pub(super) name: String,
    pub(super) kind: Kind,
}

#[derive(Debug)]
pub(super) enum Kind {
    Store(Store),
    Stream,
}

/// Where the next chunk begins.
#[derive(Debug, Default)]
struct Cursor {
    sequence: u64,
    source: usize,
    offset: u64,
}

/// What a worker gets when it asks for a chunk.
#[derive(Debug)]
pub(crate) enum Claim {
    /// Lines to run.
    Chunk(Chunk),
    /// Nothing yet: the stream has no whole line, or the chunk's number is not allowed yet.
    Later,
    /// A chunk that cannot be read: nothing comes after it.
    Failed {
        /// Its number.
        sequence: u64,
        error: SourceError,
    },
    /// Nothing any more.
    End,
}

impl Feed {
    /// Opens every input, so that a missing one is known before the first line runs.
    pub(crate) fn open(
        inputs: Vec<Input>,
        chunk_bytes: usize,
        line_bytes_max: u32,
        signal: &Arc<Signal>,
    ) -> Result<Self, SourceError> {
        let (mut sources, mut streams) = (Vec::new(), Vec::new());
        for (source, Input { name, kind }) in inputs.into_iter().enumerate() {
            let kind = match kind {
                InputKind::Memory(bytes) => Kind::Store(Store::Memory(bytes)),
                InputKind::Stream(reader) => {
                    streams.push(Stream { source: source as u32, name: name.clone(), reader });
                    Kind::Stream
                }
                InputKind::Path(path) => {
                    let file = File::open(path).map_err(|error| SourceError::open(&name, error))?;
                    let metadata = file.metadata().map_err(|error| SourceError::open(&name, error))?;
                    if metadata.is_dir() {
                        return Err(SourceError::directory(&name));
                    }
                    // Files of /proc are regular, say that they are empty, and are not.
                    if metadata.is_file() && (metadata.len() > 0 || is_empty(&file)) {
                        Kind::Store(Store::File { file, length: metadata.len() })
                    } else {
                        streams.push(Stream {
                            source: source as u32,
                            name: name.clone(),
                            reader: Box::new(file),
                        });
                        Kind::Stream
                    }
                }
            };
            sources.push(Source { name, kind });
        }
        let queue = Queue::new(Arc::clone(signal));
        if let Some(first) = streams.first() {
            let name = first.name.clone();
            stream::spawn(streams, Arc::clone(&queue), chunk_bytes, line_bytes_max)
                .map_err(|error| SourceError::open(&name, error))?;
        }
        let chunk_bytes = chunk_bytes.max(CHUNK_BYTES_MIN) as u64;
        let claimed = AtomicU64::new(0);
        Ok(Self { sources, cursor: Mutex::default(), claimed, queue, chunk_bytes, line_bytes_max })
    }

    /// The inputs' names, by source number.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.sources.iter().map(|source| source.name.as_str())
    }

    /// Bytes of all inputs, if every one has a length.
    pub(crate) fn bytes_total(&self) -> Option<u64> {
        self.sources.iter().try_fold(0_u64, |total, source| match &source.kind {
            Kind::Store(store) => Some(total.saturating_add(store.len())),
            Kind::Stream => None,
        })
    }

    /// The regular files among the inputs, with their names.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &File)> {
        self.sources.iter().filter_map(|source| match &source.kind {
            Kind::Store(Store::File { file, .. }) => Some((source.name.as_str(), file)),
            _ => None,
        })
    }

    /// How many chunks were claimed so far.
    pub(crate) fn claimed(&self) -> u64 {
        self.claimed.load(Ordering::SeqCst)
    }

    /// Begins at `offset` of an input: what is before is not handed out. Before the first claim only.
    pub(crate) fn seek(&mut self, source: u32, offset: u64) {
        let cursor = self.cursor.get_mut().unwrap_or_else(PoisonError::into_inner);
        (cursor.source, cursor.offset) = (source as usize, offset);
    }

    /// The last input and its length, if all of the inputs was handed out and they have lengths.
    pub(crate) fn end(&self) -> Option<(u32, u64)> {
        let Cursor { source, offset, .. } = *lock(&self.cursor);
        let mut end = None;
        for (index, input) in self.sources.iter().enumerate() {
            let Kind::Store(store) = &input.kind else { return None };
            let handed_out = if index == source { offset } else { 0 };
            if index >= source && handed_out < store.len() {
                return None;
            }
            end = Some((index as u32, store.len()));
        }
        end
    }

    /// The next chunk, if its sequence number is below `sequence_end`. `buffer` is used for it, or kept.
    pub(crate) fn claim(&self, sequence_end: u64, buffer: &mut Vec<u8>) -> Claim {
        let mut cursor = lock(&self.cursor);
        loop {
            let Some(source) = self.sources.get(cursor.source) else { return Claim::End };
            match &source.kind {
                Kind::Store(store) if cursor.offset >= store.len() => {}
                _ if cursor.sequence >= sequence_end => return Claim::Later,
                Kind::Store(store) => {
                    let start = cursor.offset;
                    let end = start.saturating_add(self.chunk_bytes).min(store.len());
                    let (sequence, number) = (cursor.sequence, cursor.source as u32);
                    cursor.offset = end;
                    self.count(&mut cursor);
                    drop(cursor); // reading is each worker's own
                    let taken = std::mem::take(buffer);
                    return match store.read_piece(&source.name, (start, end), self.line_bytes_max, taken) {
                        Ok(chunk) => Claim::Chunk(Chunk { sequence, source: number, ..chunk }),
                        Err(error) => Claim::Failed { sequence, error },
                    };
                }
                Kind::Stream => match self.queue.take(std::mem::take(buffer)) {
                    Err(kept) => {
                        *buffer = kept;
                        return Claim::Later;
                    }
                    Ok(Item::Failed(error)) => {
                        cursor.source = self.sources.len();
                        return Claim::Failed { sequence: cursor.sequence, error };
                    }
                    Ok(Item::End) => {}
                    Ok(Item::Chunk(mut chunk)) => {
                        chunk.sequence = cursor.sequence;
                        self.count(&mut cursor);
                        return Claim::Chunk(chunk);
                    }
                },
            }
            cursor.source += 1;
            cursor.offset = 0;
        }
    }

    fn count(&self, cursor: &mut Cursor) {
        cursor.sequence += 1;
        self.claimed.store(cursor.sequence, Ordering::SeqCst);
    }
}

/// Whether a file whose length is said to be 0 has nothing to read.
fn is_empty(file: &File) -> bool {
    read_all_at(file, &mut [0], 0).is_err_and(|error| error.kind() == io::ErrorKind::UnexpectedEof)
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.queue.close();
    }
}
