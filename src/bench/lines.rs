//! The input, in memory.

use std::sync::Arc;

/// A block below this many bytes is laid end to end before it is run: a run should not be over before it began.
const BLOCK_BYTES: usize = 1 << 20;

/// Lines in memory.
#[derive(Debug, Clone)]
pub(crate) struct Lines {
    pub(crate) name: String,
    pub(crate) bytes: Arc<[u8]>,
    /// How many of them are not blank.
    pub(crate) count: u64,
}

/// How long lines are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lengths {
    pub(crate) min: u64,
    pub(crate) median: u64,
    pub(crate) max: u64,
}

/// Lines of about one length.
#[derive(Debug)]
pub(crate) struct Bucket {
    pub(crate) lengths: Lengths,
    pub(crate) lines: Lines,
}

impl Lines {
    pub(crate) fn new(name: impl Into<String>, bytes: impl Into<Arc<[u8]>>) -> Self {
        let bytes = bytes.into();
        let count = each_line(&bytes).count() as u64;
        Self { name: name.into(), bytes, count }
    }

    /// The lines so often that there is something to run, at most `times`.
    pub(super) fn laid_end_to_end(&self, times: usize) -> Self {
        let times = times.min(BLOCK_BYTES.div_ceil(self.bytes.len().max(1))).max(1);
        if times == 1 {
            return self.clone();
        }
        let mut bytes = Vec::with_capacity((self.bytes.len() + 1) * times);
        for _ in 0..times {
            bytes.extend_from_slice(&self.bytes);
            if !bytes.ends_with(b"\n") {
                bytes.push(b'\n');
            }
        }
        Self { name: self.name.clone(), bytes: bytes.into(), count: self.count * times as u64 }
    }

    /// The lengths of the lines; `None` if there are none.
    pub(super) fn lengths(&self) -> Option<Lengths> {
        lengths(&mut each_line(&self.bytes).map(<[u8]>::len).collect::<Vec<_>>())
    }

    /// The lines by length, one bucket for each power of two, the shortest first.
    pub(super) fn by_length(&self) -> Vec<Bucket> {
        let mut buckets: Vec<(Vec<u8>, Vec<usize>)> = Vec::new();
        for line in each_line(&self.bytes) {
            let index = line.len().ilog2() as usize;
            if buckets.len() <= index {
                buckets.resize_with(index + 1, Default::default);
            }
            let (bytes, lengths) = &mut buckets[index];
            bytes.extend_from_slice(line);
            bytes.push(b'\n');
            lengths.push(line.len());
        }
        let bucket = |(bytes, mut all): (Vec<u8>, Vec<usize>)| {
            let count = all.len() as u64;
            let lines = Self { name: self.name.clone(), bytes: bytes.into(), count };
            lengths(&mut all).map(|lengths| Bucket { lengths, lines })
        };
        buckets.into_iter().filter_map(bucket).collect()
    }
}

/// The lines that are not blank, without their breaks and the white space around them.
pub(super) fn each_line(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let (line, after) = match memchr::memchr(b'\n', rest) {
                Some(at) => (&rest[..at], &rest[at + 1..]),
                None => (rest, &rest[rest.len()..]),
            };
            rest = after;
            let line = line.trim_ascii();
            if !line.is_empty() {
                return Some(line);
            }
        }
        None
    })
}

/// Cuts bytes into about equal parts of whole lines, `count` at most.
pub(super) fn parts(bytes: &[u8], count: usize) -> Vec<&[u8]> {
    let mut parts = Vec::with_capacity(count);
    let mut rest = bytes;
    for left in (1..=count).rev() {
        let least = rest.len() / left;
        let newline = memchr::memchr(b'\n', &rest[least..]).filter(|_| left > 1);
        let (part, after) = rest.split_at(newline.map_or(rest.len(), |at| least + at + 1));
        rest = after;
        if !part.is_empty() {
            parts.push(part);
        }
    }
    parts
}

fn lengths(all: &mut [usize]) -> Option<Lengths> {
    all.sort_unstable();
    let (min, max) = (*all.first()? as u64, *all.last()? as u64);
    Some(Lengths { min, median: all[all.len() / 2] as u64, max })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &[u8] = b"{}\r\n\n  \n[1,2,3]\n {\"a\":1} ";

    #[test]
    fn blank_lines_do_not_count() {
        let lines = Lines::new("in", TEXT);
        assert_eq!(lines.count, 3);
        assert_eq!(each_line(TEXT).collect::<Vec<_>>(), [&b"{}"[..], b"[1,2,3]", b"{\"a\":1}"]);
        assert_eq!(lines.lengths(), Some(Lengths { min: 2, median: 7, max: 7 }));
        assert_eq!(Lines::new("in", *b" \n\n").lengths(), None);
    }

    #[test]
    fn short_inputs_are_laid_end_to_end_and_long_ones_are_not() {
        let lines = Lines::new("in", *b"1\n2").laid_end_to_end(3);
        assert_eq!((&*lines.bytes, lines.count), (&b"1\n2\n1\n2\n1\n2\n"[..], 6));
        let long = Lines::new("in", vec![b'1'; BLOCK_BYTES]);
        assert_eq!(long.laid_end_to_end(3).bytes.len(), BLOCK_BYTES);
    }

    #[test]
    fn buckets_are_powers_of_two() {
        let buckets = Lines::new("in", *b"1\n12345\n1234\n\n2\n").by_length();
        let buckets: Vec<_> = buckets
            .iter()
            .map(|bucket| (&*bucket.lines.bytes, bucket.lengths.min, bucket.lengths.max))
            .collect();
        assert_eq!(buckets, [(&b"1\n2\n"[..], 1, 1), (b"12345\n1234\n", 4, 5)]);
    }

    #[test]
    fn parts_are_whole_lines_and_all_of_them() {
        let text = b"1\n22\n333\n4444\n55555";
        for count in 1..9 {
            let parts = parts(text, count);
            assert!(parts.len() <= count, "{count}: {parts:?}");
            assert_eq!(parts.concat(), text, "{count}");
            let (_, but_last) = parts.split_last().expect("one at least");
            assert!(but_last.iter().all(|part| part.ends_with(b"\n")), "{count}: {parts:?}");
        }
    }
}
