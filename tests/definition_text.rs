//! Definitions as people write them: with comments, placeholders and in YAML. Whatever the form, the same findings at
//! the place where the author wrote it, and no text that panics or hangs.

use aslx::asl::text::{DefinitionText, Substitutions, TextFormat};
use aslx::asl::{ParseOptions, Parsed, parse};
use aslx::diagnostic::{Code, Diagnostics, Span, line_column, render_json, render_text};
use aslx::json::Document;
use aslx::{CompileOptions, Limits, compile};
use proptest::prelude::*;

const SOUND: &str = include_str!("inputs/sound.asl.json");
const SOUND_YAML: &str = include_str!("inputs/sound.asl.yaml");

fn options(format: TextFormat, substitutions: &Substitutions) -> ParseOptions {
    let mut options = ParseOptions::default();
    (options.format, options.substitutions) = (format, substitutions.clone());
    options
}

fn read(text: &str, format: TextFormat) -> Parsed {
    parse(text, &options(format, &Substitutions::default()))
}

/// The JSON that a YAML text becomes.
fn to_json(yaml: &str) -> String {
    match DefinitionText::read(yaml, TextFormat::Yaml, &Substitutions::default(), &Limits::default()) {
        Ok(read) => {
            assert!(read.findings.is_empty(), "{yaml}: {:?}", read.findings);
            read.json.into_owned()
        }
        Err(diagnostics) => panic!("{yaml}: {diagnostics:?}"),
    }
}

#[test]
fn yaml_becomes_json() {
    let check = |yaml: &str, json: &str| assert_eq!(to_json(yaml), json, "{yaml}");
    check(
        "a: 1\nb: [x, 'y', \"z\", true, ~, 1.50, 0x1F]\n",
        r#"{"a":1,"b":["x","y","z",true,null,1.50,31]}"#,
    );
    check("- yes\n- 2026-01-01\n- !!str 12\n- ! 13\n- !!int 14\n", r#"["yes","2026-01-01","12","13",14]"#);
    check("a: |\n  x\n   y\nb: >-\n  x\n  y\n", r#"{"a":"x\n y\n","b":"x y"}"#);
    check("? a\n: b\n1: c\ntrue: d\n", r#"{"a":"b","1":"c","true":"d"}"#);
    check("\u{feff}{\"a\": \"\\t\\\"\\u00e9\", }", "{\"a\":\"\\t\\\"\u{e9}\"}");
    check("a: &x {b: [1]}\nc: *x\nd: &y z\n*y : *y\n", r#"{"a":{"b":[1]},"c":{"b":[1]},"d":"z","z":"z"}"#);
    check(
        "a: !Ref X\nb: !GetAtt X.Arn\nc: !GetAtt [X, Arn]\n",
        r#"{"a":"${X}","b":"${X.Arn}","c":"${X.Arn}"}"#,
    );
    check("a: !Sub 'x${Y}${!Z}'\nb: !Sub ['${A}${B}', {A: 1}]\n", r#"{"a":"x${Y}${Z}","b":"1${B}"}"#);
    check("", "null");
    check("# only a comment", "null");
}

/// What a mapping says itself goes before what it merges; of several merged mappings the first counts.
#[test]
fn merge_keys() {
    let check = |yaml: &str, json: &str| assert_eq!(to_json(yaml), json, "{yaml}");
    check("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\n", r#"{"a":{"x":1,"y":2},"b":{"x":1,"y":3}}"#);
    check(
        "a: &a {x: 1}\nb: &b {x: 2, z: 3}\nc:\n  k: 0\n  <<: [*a, *b]\n  l: 0\n",
        r#"{"a":{"x":1},"b":{"x":2,"z":3},"c":{"k":0,"x":1,"z":3,"l":0}}"#,
    );
    check("a: {'<<': 1}\n", r#"{"a":{"<<":1}}"#);
}

#[test]
fn yaml_means_the_same_as_json() {
    let [json, yaml] = [read(SOUND, TextFormat::Json), read(SOUND_YAML, TextFormat::Yaml)];
    assert_eq!((&json.diagnostics, &yaml.diagnostics), (&vec![], &vec![]));
    let minified = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON").to_string();
    assert_eq!(minified(&to_json(SOUND_YAML)), minified(SOUND));
}

#[test]
fn comments_change_nothing_but_themselves() {
    let commented = SOUND.replace(",\n", ", // \" { \u{e9}\n").replace(": {", ": /* } */ {");
    let parsed = read(&commented, TextFormat::Json);
    let codes: Vec<Code> = parsed.diagnostics.iter().map(|found| found.code).collect();
    assert_eq!(codes, [Code::Comment]);
    assert!(parsed.state_machine.is_some());
    let broken = commented.replace("\"Type\": \"Pass\"", "\"Type\": \"Puss\"");
    let found = &read(&broken, TextFormat::Json).diagnostics[0];
    assert_eq!(&broken[found.span.start as usize..found.span.end as usize], "\"Puss\"");
}

/// What the compiler adds has its place in the author's text, too.
#[test]
fn findings_of_the_compiler_are_in_the_text() {
    let text =
        "StartAt: \u{e9}\nStates:\n  \u{e9}: # x\n    Type: Wait\n    Seconds: '${Delay}'\n    End: true\n";
    let mut options = CompileOptions::default();
    options.format = TextFormat::Yaml;
    let found = compile(text, &options).expect_err("nothing was filled in");
    let place = |code| {
        let found = found.iter().find(|found| found.code == code).expect("one of that code");
        line_column(text, found.span.start)
    };
    assert_eq!(place(Code::UnfilledPlaceholder), (5, 14));
    options.substitutions.set("Delay", "30");
    let found = compile(text, &options).expect_err("a string is no number");
    assert_eq!(found.iter().next().map(|found| line_column(text, found.span.start)), Some((5, 14)));
    let program = compile(&text.replace('\'', ""), &options);
    assert!(program.is_ok(), "{program:?}");
}

/// Aliases and merges that multiply are refused before they are expanded, and nesting has its bound.
#[test]
fn expansion_is_bounded() {
    let lines =
        |count: usize, line: &dyn Fn(usize) -> String| (0..count).map(line).collect::<Vec<_>>().concat();
    let laughs = lines(60, &|n| match n {
        0 => "a0: &a0 {x: [lol]}\n".to_owned(),
        n => format!("a{n}: &a{n} [*a{0}, *a{0}]\n", n - 1),
    });
    let merges = lines(60, &|n| match n {
        0 => "a0: &a0 {}\n".to_owned(),
        n => format!("a{n}: &a{n} {{<<: [{}]}}\n", vec![format!("*a{}", n - 1); 2000].join(", ")),
    });
    let list = format!("l: &l [{}]\ne: &e {{}}\n", "&e1 {}, ".repeat(20_000));
    let wide = list + &"? x\n: {<<: *l}\n".repeat(20_000);
    let deep = "[".repeat(2000);
    let deep_block = lines(1400, &|n| format!("{}a:\n", " ".repeat(n)));
    let deep_alias = lines(2000, &|n| match n {
        0 => "a0: &a0 x\n".to_owned(),
        n => format!("a{n}: &a{n} [*a{}]\n", n - 1),
    });
    for text in [laughs, merges, wide, deep, deep_block, deep_alias] {
        let parsed = read(&text, TextFormat::Yaml);
        assert!(parsed.state_machine.is_none());
        assert!(parsed.diagnostics.len() <= 2100, "{}", parsed.diagnostics.len());
    }
    let many = format!("{{\"a\": [{}]}}", "\"${X}\",".repeat(50_000));
    let mut substitutions = Substitutions::default();
    substitutions.set("X", "x".repeat(100_000));
    for format in [TextFormat::Json, TextFormat::Yaml] {
        let found = parse(&many, &options(format, &substitutions)).diagnostics;
        assert!(found[0].message.contains("the limit of 1048576"), "{}", found[0].message);
    }
}

/// What holds for every text in every form.
fn assert_laws(text: &str, format: TextFormat, substitutions: &Substitutions) {
    let options = options(format, substitutions);
    let parsed = parse(text, &options);
    for found in &parsed.diagnostics {
        let Span { start, end } = found.span;
        assert!(text.get(start as usize..end as usize).is_some(), "{found:?} in {text:?}");
    }
    let diagnostics = Diagnostics::from(parsed.diagnostics);
    assert_eq!(parsed.state_machine.is_some(), !diagnostics.has_errors(), "{text:?}: {diagnostics:?}");
    render_text(&diagnostics, "x", text, false);
    render_json(&diagnostics, text);
    let read = DefinitionText::read(text, format, substitutions, &options.limits);
    let Some(read) = read.ok().filter(|_| format == TextFormat::Yaml) else { return };
    for at in 0..=read.json.len() {
        let span = read.places.source_span(Span::new(at as u32, at as u32 + 3));
        let is_whole = [at, at + 3].iter().all(|&at| read.json.is_char_boundary(at));
        let fits = text.get(span.start as usize..span.end as usize).is_some();
        assert!(fits || !is_whole, "{text:?} as {:?}: {at}", read.json);
    }
    // Whatever the text, what is made of it is JSON.
    let document = Document::parse(read.json.as_bytes(), options.limits.nesting_depth_max);
    assert!(document.is_ok(), "{text:?} as {:?}: {document:?}", read.json);
}

fn piece() -> impl Strategy<Value = String> {
    let pieces = [
        "",
        "//",
        "/*",
        "*/",
        "${X}",
        "${",
        "'",
        "\"",
        "\\",
        "\n",
        "\n  ",
        "\t",
        ": ",
        "- ",
        "? ",
        "&a ",
        "*a",
        "<<: ",
        "!Sub ",
        "!Ref ",
        "!GetAtt [a, b]",
        "!!int ",
        "|\n",
        ">-\n  ",
        "{",
        "}",
        "[",
        "]",
        ", ",
        "#",
        "---\n",
        "...\n",
        "%YAML 1.2\n",
        "\u{e9}",
        "\u{1f600}",
        "\\u00e9",
        "\r\n",
        "null",
        "0x1f",
        ".5",
        "\u{2028}",
        "\u{feff}",
        "\u{85}",
        "\0",
    ];
    prop::sample::select(pieces.to_vec()).prop_map(str::to_owned)
}

fn mutate(text: &str, cuts: &[(usize, usize, String)]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for (at, length, insert) in cuts {
        let at = at % (bytes.len() + 1);
        let end = (at + length).min(bytes.len());
        bytes.splice(at..end, insert.bytes());
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_text_obeys_the_laws(text in any::<String>(), pieces in prop::collection::vec(piece(), 0..24)) {
        let mut values = Substitutions::default();
        for text in [text, pieces.concat()] {
            assert_laws(&text, TextFormat::Json, &values);
            assert_laws(&text, TextFormat::Yaml, &values);
            values.set("X", "\u{e9}\"x");
            assert_laws(&text, TextFormat::Json, &values);
            assert_laws(&text, TextFormat::Yaml, &values);
        }
    }

    #[test]
    fn mutated_definitions_obey_the_laws(
        cuts in prop::collection::vec((any::<usize>(), 0usize..12, piece()), 1..6),
        value in "[0-9a-z\"{}\\[\\]\u{e9} ]{0,5}",
    ) {
        let mut values = Substitutions::default();
        values.set("X", value);
        assert_laws(&mutate(SOUND, &cuts), TextFormat::Json, &values);
        assert_laws(&mutate(SOUND_YAML, &cuts), TextFormat::Yaml, &values);
    }
}
