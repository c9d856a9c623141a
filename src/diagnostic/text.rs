//! Findings as text for people: place, line, carets, help.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet, renderer::DecorStyle};

use super::{Diagnostic, Diagnostics, LineIndex, Severity, Span};

/// Longest line that is given to the renderer whole; a minified definition is one line of up to a megabyte.
const LINE_BYTES_SHOWN_MAX: usize = 2000;
/// How much of a longer line is shown before the carets.
const CONTEXT_BYTES: usize = 60;

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
    let mut annotation = AnnotationKind::Primary.span(excerpt.start..excerpt.end);
    if let Some(label) = &diagnostic.label {
        annotation = annotation.label(printable(label));
    }
    let file_name = printable(file_name);
    // The renderer counts columns in what it is given, so of a cut line the place is told apart.
    let place = excerpt.is_cut.then(|| format!("{file_name}:{line}:{column}"));
    // AWS's location of broken JSON quotes the whole definition, and so does its message after the first line.
    let location = diagnostic.location.as_deref().filter(|location| location.starts_with('/')).map(printable);
    let message = diagnostic.message.split('\n').next().unwrap_or_default();
    let snippet = Snippet::source(excerpt.text)
        .line_start(line as usize)
        .path((!excerpt.is_cut).then_some(file_name))
        .fold(false)
        .annotation(annotation);
    let title = level.primary_title(printable(message.trim_end())).id(diagnostic.code.as_str());
    let mut group = title.element(snippet);
    let at: Vec<String> = place.into_iter().chain(location).collect();
    if !at.is_empty() {
        group = group.element(Level::NOTE.with_name("at").message(at.join(" ")));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(printable(help)));
    }
    renderer.render(&[group])
}

/// The one line that is shown, and where the carets go in it.
struct Excerpt {
    text: String,
    start: usize,
    end: usize,
    is_cut: bool,
}

impl Excerpt {
    fn new(source: &str, span: Span) -> Self {
        let bytes = source.as_bytes();
        let start = floor_char(source, (span.start as usize).min(source.len()));
        let line_start = memchr::memrchr(b'\n', &bytes[..start]).map_or(0, |at| at + 1);
        let line_end = memchr::memchr(b'\n', &bytes[start..]).map_or(source.len(), |at| start + at);
        let is_cut = line_end - line_start > LINE_BYTES_SHOWN_MAX;
        let (left, right) = if is_cut {
            let left = start.saturating_sub(CONTEXT_BYTES).max(line_start);
            (floor_char(source, left), floor_char(source, line_end.min(start + 2 * CONTEXT_BYTES)))
        } else {
            (line_start, line_end)
        };
        let end = floor_char(source, (span.end as usize).clamp(start, right.max(start)));
        let before = printable(&source[left..start]);
        let marked = printable(&source[start..end]);
        let after = printable(source[end..right.max(end)].trim_end_matches('\r'));
        let (start, end) = (before.len(), before.len() + marked.len());
        Self { text: before + &marked + &after, start, end, is_cut }
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
