use std::io::{self, Read};
use std::sync::Arc;

use proptest::prelude::*;

use super::{Claim, Feed, Input, LineText, SourceError};
use crate::executor::Signal;

/// A line as (source, offset, text), or its length if it is too long.
type Seen = (u32, u64, Result<Vec<u8>, u64>);

fn drain(inputs: Vec<Input>, chunk_bytes: usize, line_bytes_max: u32) -> Result<Vec<Seen>, SourceError> {
    let signal = Arc::new(Signal::default());
    let feed = Feed::open(inputs, chunk_bytes, line_bytes_max, &signal)?;
    let (mut seen, mut buffer, mut expected) = (Vec::new(), Vec::new(), 0);
    loop {
        let ticket = signal.ticket();
        match feed.claim(u64::MAX, &mut buffer) {
            Claim::End => return Ok(seen),
            Claim::Failed { error, .. } => return Err(error),
            Claim::Later => ticket.wait(None),
            Claim::Chunk(chunk) => {
                assert_eq!(chunk.sequence, expected);
                expected += 1;
                for line in chunk.line_ranges(usize::MAX).flat_map(|range| chunk.lines(range, line_bytes_max))
                {
                    let text = match line.text {
                        LineText::Blank => continue,
                        LineText::Text { text, .. } => Ok(text.to_vec()),
                        LineText::TooLong { length } => Err(length),
                    };
                    seen.push((chunk.source, line.offset, text));
                }
                buffer = chunk.into_buffer();
            }
        }
    }
}

/// The lines as one would find them with the whole text at hand.
fn model(texts: &[Vec<u8>], line_bytes_max: usize) -> Vec<Seen> {
    let mut seen = Vec::new();
    for (source, text) in texts.iter().enumerate() {
        let skipped = if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let mut offset = skipped as u64;
        for line in text[skipped..].split_inclusive(|byte| *byte == b'\n') {
            let bare = line.strip_suffix(b"\n").unwrap_or(line);
            let bare = bare.strip_suffix(b"\r").unwrap_or(bare);
            if bare.len() > line_bytes_max {
                let length = line.strip_suffix(b"\n").unwrap_or(line).len();
                seen.push((source as u32, offset, Err(length as u64)));
            } else if !bare.trim_ascii().is_empty() {
                seen.push((source as u32, offset, Ok(bare.trim_ascii().to_vec())));
            }
            offset += line.len() as u64;
        }
    }
    seen
}

/// Returns what it has in pieces of changing size, as pipes do.
struct Drip {
    text: Vec<u8>,
    at: usize,
    sizes: Vec<usize>,
    turn: usize,
}

impl Read for Drip {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.sizes[self.turn % self.sizes.len()];
        self.turn += 1;
        let count = size.min(buffer.len()).min(self.text.len() - self.at);
        buffer[..count].copy_from_slice(&self.text[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        4 => "[a-z{}]{1,12}",
        1 => Just(String::new()),
        1 => "[ \t]{0,3}",
        1 => "[a-z]{15,40}",
    ];
    let lines = proptest::collection::vec((line, prop_oneof![Just("\n"), Just("\r\n")]), 0..12);
    (any::<bool>(), lines, any::<bool>()).prop_map(|(mark, lines, is_open_ended)| {
        let mut text = if mark { b"\xef\xbb\xbf".to_vec() } else { Vec::new() };
        for (line, end) in lines {
            text.extend_from_slice(line.as_bytes());
            text.extend_from_slice(end.as_bytes());
        }
        if is_open_ended {
            text.extend_from_slice(b"end");
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn every_line_comes_once_from_files_streams_and_memory(
        texts in proptest::collection::vec(text(), 1..3),
        chunk_bytes in 4..60_usize,
        line_bytes_max in 12..30_u32,
        sizes in proptest::collection::vec(1..20_usize, 1..4),
    ) {
        let expected = model(&texts, line_bytes_max as usize);
        let memory = texts.iter().map(|text| Input::memory("m", text.as_slice())).collect();
        prop_assert_eq!(drain(memory, chunk_bytes, line_bytes_max).expect("memory is readable"), expected.clone());

        let folder = tempfile::tempdir().expect("a folder for the files");
        let files = texts.iter().enumerate().map(|(index, text)| {
            let path = folder.path().join(index.to_string());
            std::fs::write(&path, text).expect("the file can be written");
            Input::file(path)
        });
        let streams = texts.iter().map(|text| {
            Input::stream("s", Drip { text: text.clone(), at: 0, sizes: sizes.clone(), turn: 0 })
        });
        for inputs in [files.collect::<Vec<_>>(), streams.collect()] {
            let got = drain(inputs, chunk_bytes, line_bytes_max).expect("the inputs are readable");
            prop_assert_eq!(got, expected.clone());
        }
    }
}

struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("the cable is out"))
    }
}

#[test]
fn unreadable_inputs_say_why() {
    let check = |input: Input, expected: &str| {
        let error = drain(vec![input], 100, 100).expect_err("unreadable").to_string();
        assert!(error.starts_with(expected), "{error}");
    };
    check(Input::file("no/such/file"), "failed to read no/such/file: ");
    check(Input::file("/"), "failed to read /: it is a directory");
    check(Input::stream("-", Broken), "failed to read -: the cable is out (at byte 0)");
}

#[test]
fn a_chunk_whose_number_is_not_allowed_yet_stays() {
    let signal = Arc::new(Signal::default());
    let feed = Feed::open(vec![Input::memory("m", *b"111\n222\n")], 4, 10, &signal).expect("memory");
    let mut buffer = Vec::new();
    assert!(matches!(feed.claim(1, &mut buffer), Claim::Chunk(_)));
    assert!(matches!(feed.claim(1, &mut buffer), Claim::Later));
    assert!(matches!(feed.claim(2, &mut buffer), Claim::Chunk(_)));
    assert!(matches!(feed.claim(2, &mut buffer), Claim::End));
}
