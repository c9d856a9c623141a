//! A file at any place, block by block.
//!
//! Columns are read at the same time, each at a place of its own: the blocks that were used last are kept.

use std::collections::VecDeque;
use std::io::{self, BufReader, Read, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

use ::parquet::errors::{ParquetError, Result};
use ::parquet::file::reader::{ChunkReader, Length};
use bytes::Bytes;

use crate::map_run::ObjectReader;

const BLOCK_BYTES: u64 = 1 << 20;
const BLOCKS_KEPT_MAX: usize = 64;

/// A file that many readers share.
#[derive(Clone)]
pub(super) struct Blocks {
    kept: Arc<Mutex<Kept>>,
    size: u64,
}

struct Kept {
    from: Box<dyn ObjectReader>,
    /// Numbers and contents, the one that was used last at the end.
    blocks: VecDeque<(u64, Bytes)>,
}

impl Blocks {
    pub(super) fn new(mut from: Box<dyn ObjectReader>) -> io::Result<Self> {
        let size = from.seek(SeekFrom::End(0))?;
        Ok(Self { kept: Arc::new(Mutex::new(Kept { from, blocks: VecDeque::new() })), size })
    }

    /// What is at a place, up to the end of its block; nothing at the end of the file.
    fn at(&self, place: u64) -> io::Result<Bytes> {
        if place >= self.size {
            return Ok(Bytes::new());
        }
        let number = place / BLOCK_BYTES;
        // A reader that panicked has left blocks that are whole.
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept.blocks.iter().position(|(known, _)| *known == number);
        let block = match known.and_then(|index| kept.blocks.remove(index)) {
            Some((_, block)) => block,
            None => kept.read(number * BLOCK_BYTES, BLOCK_BYTES.min(self.size - number * BLOCK_BYTES))?,
        };
        if kept.blocks.len() >= BLOCKS_KEPT_MAX {
            kept.blocks.pop_front();
        }
        kept.blocks.push_back((number, block.clone()));
        Ok(block.slice((place % BLOCK_BYTES) as usize..))
    }

    /// So many bytes at a place.
    pub(super) fn bytes(&self, place: u64, length: usize) -> io::Result<Bytes> {
        if place.checked_add(length as u64).is_none_or(|end| end > self.size) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let first = self.at(place)?;
        if first.len() >= length {
            return Ok(first.slice(..length));
        }
        let mut whole = Vec::with_capacity(length);
        self.reader(place).take(length as u64).read_to_end(&mut whole)?;
        Ok(whole.into())
    }

    fn reader(&self, place: u64) -> BlockReader {
        BlockReader { blocks: self.clone(), place }
    }
}

impl Kept {
    fn read(&mut self, place: u64, length: u64) -> io::Result<Bytes> {
        self.from.seek(SeekFrom::Start(place))?;
        let mut block = vec![0; length as usize];
        self.from.read_exact(&mut block)?;
        Ok(block.into())
    }
}

/// Reads on from a place.
pub(super) struct BlockReader {
    blocks: Blocks,
    place: u64,
}

impl Read for BlockReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let block = self.blocks.at(self.place)?;
        let count = block.len().min(into.len());
        into[..count].copy_from_slice(&block[..count]);
        self.place += count as u64;
        Ok(count)
    }
}

impl Length for Blocks {
    fn len(&self) -> u64 {
        self.size
    }
}

impl ChunkReader for Blocks {
    type T = BufReader<BlockReader>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        Ok(BufReader::with_capacity(1 << 12, self.reader(start)))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        self.bytes(start, length).map_err(|error| ParquetError::External(Box::new(error)))
    }
}
