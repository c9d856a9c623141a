//! Any text as a definition in each form that people write: JSON with comments, YAML, placeholders filled in or not.
//! Nothing panics or hangs, findings lie in the text on whole characters, and what YAML becomes is JSON.
//!
//! The first byte of an input picks the form; the rest is the text.

#![no_main]

use aslx::Limits;
use aslx::asl::text::{DefinitionText, Substitutions, TextFormat};
use aslx::asl::{ParseOptions, parse};
use aslx::diagnostic::{Diagnostics, Span};
use aslx::json::Document;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&form, text)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(text);
    let format = if form & 1 == 0 { TextFormat::Yaml } else { TextFormat::Json };
    let mut substitutions = Substitutions::default();
    if form & 2 == 0 {
        substitutions.set("X", "\u{e9}\"}").set("N", "30");
    }
    let mut options = ParseOptions::default();
    (options.format, options.substitutions) = (format, substitutions.clone());
    let parsed = parse(&text, &options);
    for found in &parsed.diagnostics {
        assert!(text.get(found.span.start as usize..found.span.end as usize).is_some(), "{found:?}");
    }
    assert_eq!(parsed.state_machine.is_some(), !Diagnostics::from(parsed.diagnostics).has_errors());
    let read = DefinitionText::read(&text, format, &substitutions, &Limits::default());
    let Some(read) = read.ok().filter(|_| format == TextFormat::Yaml) else { return };
    assert!(Document::parse(read.json.as_bytes(), options.limits.nesting_depth_max).is_ok(), "{}", read.json);
    for (at, character) in read.json.char_indices() {
        let span = read.places.source_span(Span::new(at as u32, (at + character.len_utf8()) as u32));
        assert!(text.get(span.start as usize..span.end as usize).is_some(), "{at}");
    }
});
