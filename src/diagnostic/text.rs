//! Findings as text for people: place, line, carets, help.

use annotate_snippets::{AnnotationKind, Element, Group, Level, Renderer, Snippet, renderer::DecorStyle};

use super::{Diagnostic, Diagnostics, LineIndex, Severity, Span};

/// Most bytes of a line that are shown around a finding; a minified definition is one line of a megabyte.
const LINE_BYTES_SHOWN_MAX: usize = 160;

/// All findings, sorted by position, as `rustc` would print them: `file:line:col`, the line, carets, help.
///
/// Control characters of the source and of the messages are shown as `\u{FFFD}`, so that a definition cannot write
/// escape sequences to the terminal.
pub fn render_text(diagnostics: &Diagnostics, file_name: &str, source: &str, color: bool) -> String {
    let mut sorted: Vec<&Diagnostic> = diagnostics.iter().collect();
    sorted.sort_by_key(|diagnostic| diagnostic.span.start);
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let lines = LineIndex::new(source);
    let mut out = String::new();
    for diagnostic in sorted {
        out.push_str(&render_one(diagnostic, file_name, source, &lines, &renderer));
        out.push_str("\n\n");
    }
    out
}

fn render_one(
    diagnostic: &Diagnostic,
    file_name: &str,
    source: &str,
    lines: &LineIndex<'_>,
    renderer: &Renderer,
) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let (line, column) = lines.line_column(diagnostic.span.start);
    let excerpt = Excerpt::new(source, diagnostic.span);
    // The place is written by hand: the excerpt may begin in the middle of a long line.
    let place = match &diagnostic.location {
        Some(location) => format!("{file_name}:{line}:{column} at {}", printable(location)),
        None => format!("{file_name}:{line}:{column}"),
    };
    let mut annotation = AnnotationKind::Primary.span(excerpt.start..excerpt.end);
    if let Some(label) = &diagnostic.label {
        annotation = annotation.label(printable(label));
    }
    let snippet = Snippet::source(excerpt.text)
        .line_start(line as usize)
        .path(place)
        .fold(false)
        .annotation(annotation);
    let title = level.primary_title(printable(diagnostic.message.trim_end())).id(diagnostic.code.as_str());
    let mut group: Group<'_> = title.element(snippet);
    if let Some(help) = &diagnostic.help {
        group = group.element(Element::from(Level::HELP.message(printable(help))));
    }
    renderer.render(&[group])
}

/// The one line that is shown, and where the carets go in it.
struct Excerpt {
    text: String,
    start: usize,
    end: usize,
}

impl Excerpt {
    fn new(source: &str, span: Span) -> Self {
        let bytes = source.as_bytes();
        let start = floor_char(source, (span.start as usize).min(source.len()));
        let line_start = memchr::memrchr(b'\n', &bytes[..start]).map_or(0, |at| at + 1);
        let line_end = memchr::memchr(b'\n', &bytes[start..]).map_or(source.len(), |at| start + at);
        let end = floor_char(source, (span.end as usize).clamp(start, line_end));
        let left = if line_end - line_start <= LINE_BYTES_SHOWN_MAX {
            line_start
        } else {
            floor_char(source, start.saturating_sub(LINE_BYTES_SHOWN_MAX / 2).max(line_start))
        };
        let right = floor_char(source, line_end.min(left + LINE_BYTES_SHOWN_MAX)).max(start);
        let end = end.min(right);
        let before = printable(&source[left..start]);
        let marked = printable(&source[start..end]);
        let after = printable(source[end..right].trim_end_matches('\r'));
        let (start, end) = (before.len(), before.len() + marked.len());
        Self { text: before + &marked + &after, start, end }
    }
}

fn floor_char(source: &str, mut at: usize) -> usize {
    while !source.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The text without control characters, for which a terminal might do things.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\t' => ' ',
            c if c.is_control() => char::REPLACEMENT_CHARACTER,
            c => c,
        })
        .collect()
}
