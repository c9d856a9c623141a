//! Where each piece of a derived text stands in the text that it was derived from.

use crate::diagnostic::{Diagnostic, Span};

/// From offsets in the JSON that was parsed to places in the text that was given.
///
/// The default maps every place to itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlaceMap {
    /// Pieces of the derived text, one after the other without gaps; empty if the texts are one.
    pieces: Vec<Piece>,
}

/// A stretch of the derived text, up to where the next one starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    start: u32,
    source: Span,
    /// Byte for byte the source; otherwise all of it stands for all of the source.
    is_copy: bool,
}

impl PlaceMap {
    /// The place in the source that a span of the derived text stands for.
    pub fn source_span(&self, span: Span) -> Span {
        if self.pieces.is_empty() {
            return span;
        }
        let start = self.start(span.start);
        if span.end <= span.start {
            return Span::new(start, start);
        }
        // The end is that of the last byte's piece.
        let (last, offset) = self.piece_at(span.end - 1);
        let end = if last.is_copy {
            (last.source.start + offset + 1).min(last.source.end)
        } else {
            last.source.end
        };
        Span::new(start, end)
    }

    /// Moves a finding about the derived text to its place in the source.
    pub fn locate(&self, diagnostic: &mut Diagnostic) {
        diagnostic.span = self.source_span(diagnostic.span);
    }

    fn start(&self, offset: u32) -> u32 {
        let (piece, offset) = self.piece_at(offset);
        if piece.is_copy { (piece.source.start + offset).min(piece.source.end) } else { piece.source.start }
    }

    /// The piece that an offset falls into, and how far.
    fn piece_at(&self, offset: u32) -> (Piece, u32) {
        let index = self.pieces.partition_point(|piece| piece.start <= offset).saturating_sub(1);
        let piece = self.pieces[index];
        (piece, offset.saturating_sub(piece.start))
    }
}

/// A derived text in the making, with its map.
#[derive(Debug, Default)]
pub(super) struct DerivedText {
    pub(super) text: String,
    places: PlaceMap,
}

impl DerivedText {
    /// Appends what stands at `at` in the source.
    pub(super) fn copy(&mut self, text: &str, at: u32) {
        if text.is_empty() {
            return;
        }
        let span = Span::new(at, at + text.len() as u32);
        match self.places.pieces.last_mut() {
            Some(last) if last.is_copy && last.source.end == at => last.source.end = span.end,
            _ => self.note(span, true),
        }
        self.text.push_str(text);
    }

    /// Appends what stands for a stretch of the source without being it.
    pub(super) fn replace(&mut self, text: &str, source: Span) {
        if !text.is_empty() {
            self.note(source, false);
            self.text.push_str(text);
        }
    }

    fn note(&mut self, source: Span, is_copy: bool) {
        self.places.pieces.push(Piece { start: self.text.len() as u32, source, is_copy });
    }

    /// The text and where its pieces stand.
    pub(super) fn finish(self) -> (String, PlaceMap) {
        (self.text, self.places)
    }
}

#[cfg(test)]
mod tests {
    use super::{DerivedText, PlaceMap, Span};

    #[test]
    fn maps_copies_by_the_byte_and_the_rest_as_a_whole() {
        // abc${N}def -> abc12345def
        let mut derived = DerivedText::default();
        derived.copy("ab", 0);
        derived.copy("c", 2);
        derived.replace("12345", Span::new(3, 7));
        derived.copy("def", 7);
        let (text, places) = derived.finish();
        assert_eq!(text, "abc12345def");
        assert_eq!(places.pieces.len(), 3);
        let cases = [
            ((0, 3), (0, 3)),
            ((1, 1), (1, 1)),
            ((2, 4), (2, 7)),
            ((4, 6), (3, 7)),
            ((7, 9), (3, 8)),
            ((9, 11), (8, 10)),
            ((11, 11), (10, 10)),
            ((99, 99), (10, 10)),
        ];
        for ((start, end), (from, to)) in cases {
            assert_eq!(places.source_span(Span::new(start, end)), Span::new(from, to), "{start}..{end}");
        }
        assert_eq!(PlaceMap::default().source_span(Span::new(3, 9)), Span::new(3, 9));
    }
}
