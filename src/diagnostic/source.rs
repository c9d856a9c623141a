//! Byte offsets to lines and columns.

/// Bytes between two marks of a [`LineIndex`].
const MARK_BYTES: usize = 256;

/// Where each line of a text starts, and how many characters come before each mark: every look-up is quick, however
/// long the lines are.
#[derive(Debug, Clone)]
pub struct LineIndex<'s> {
    source: &'s str,
    starts: Vec<u32>,
    marks: Vec<u32>,
}

impl<'s> LineIndex<'s> {
    /// Indexes `source`; a line ends after its `\n`.
    pub fn new(source: &'s str) -> Self {
        let mut starts = vec![0];
        starts.extend(memchr::memchr_iter(b'\n', source.as_bytes()).map(|at| at as u32 + 1));
        let mut marks = vec![0];
        for block in source.as_bytes().chunks(MARK_BYTES) {
            let before = marks.last().copied().unwrap_or(0);
            marks.push(before + characters(block));
        }
        Self { source, starts, marks }
    }

    /// Line and column of a byte, both from 1; the column counts characters. An offset past the end means the end.
    pub fn line_column(&self, offset: u32) -> (u32, u32) {
        let offset = (offset as usize).min(self.source.len());
        let line = self.starts.partition_point(|&start| start as usize <= offset);
        let start = self.starts[line - 1] as usize;
        (line as u32, self.characters_before(offset) - self.characters_before(start) + 1)
    }

    fn characters_before(&self, offset: usize) -> u32 {
        let mark = offset / MARK_BYTES;
        self.marks[mark] + characters(&self.source.as_bytes()[mark * MARK_BYTES..offset])
    }
}

/// Characters that begin in these bytes.
fn characters(bytes: &[u8]) -> u32 {
    bytes.iter().filter(|&&byte| byte & 0xc0 != 0x80).count() as u32
}

/// Line and column of one byte, as [`LineIndex::line_column`].
pub fn line_column(source: &str, offset: u32) -> (u32, u32) {
    LineIndex::new(source).line_column(offset)
}

#[cfg(test)]
mod tests {
    use super::line_column;

    #[test]
    fn counts_characters_not_bytes() {
        let source = "a\u{e9}\u{1f600}b\n\nlast";
        let cases = [
            (0, (1, 1)),
            (1, (1, 2)),
            (3, (1, 3)),
            (7, (1, 4)),
            (8, (1, 5)),
            (9, (2, 1)),
            (10, (3, 1)),
            (14, (3, 5)),
            (99, (3, 5)),
        ];
        for (offset, expected) in cases {
            assert_eq!(line_column(source, offset), expected, "offset {offset}");
        }
        assert_eq!(line_column("", 0), (1, 1));
        let long = "\u{e9}".repeat(1000) + "\n" + &"x".repeat(1000);
        for (offset, expected) in
            [(0, (1, 1)), (512, (1, 257)), (1998, (1, 1000)), (2001, (2, 1)), (3001, (2, 1001))]
        {
            assert_eq!(line_column(&long, offset), expected, "offset {offset}");
        }
    }
}
