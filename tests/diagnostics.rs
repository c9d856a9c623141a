//! What people see of a bad definition: one snapshot of the text form per file in `inputs/diagnostics`, and tables for
//! the places and the hints. Files whose name begins with `express` are read as Express machines.

use std::path::Path;

use aslx::asl::model::{MachineType, StateGraph, StateKind, Transition};
use aslx::asl::text::TextFormat;
use aslx::asl::{ParseOptions, Parsed, parse};
use aslx::diagnostic::{Code, Diagnostics, Severity, line_column, render_json, render_text};
use proptest::prelude::*;

fn read(text: &str) -> Parsed {
    parse(text, &ParseOptions::default())
}

fn input(path: &Path) -> (String, ParseOptions) {
    let name = path.file_name().and_then(|name| name.to_str()).expect("a file of ours");
    let is_express = name.starts_with("express");
    let machine_type = if is_express { MachineType::Express } else { MachineType::Standard };
    let mut options = ParseOptions::new(machine_type);
    options.format = TextFormat::of_file_name(name);
    if name.starts_with("substitutions") {
        let values = r#"{"Object": {"a": [1, "x"]}, "Quoted": "say \"hi\"", "Unused": null, "Delay": 30}"#;
        options.substitutions.read(values, TextFormat::Json, &options.limits).expect("values");
        options.substitutions.set("Arn", "arn:aws:states:::lambda:invoke").set("Table", "orders\t");
    }
    (std::fs::read_to_string(path).expect("a file of ours"), options)
}

#[test]
fn text_form() {
    insta::glob!("inputs/diagnostics/*.asl.*", |path| {
        let (text, options) = input(path);
        let diagnostics = Diagnostics::from(parse(&text, &options).diagnostics);
        assert!(!diagnostics.is_empty(), "{}: nothing found", path.display());
        let name = if options.format == TextFormat::Json { "machine.asl.json" } else { "machine.asl.yaml" };
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!(render_text(&diagnostics, name, &text, false));
        });
    });
}

/// JSON is YAML: read as such, every definition has the same findings at the same places.
#[test]
fn json_is_yaml() {
    for entry in std::fs::read_dir("tests/inputs/diagnostics").expect("a folder of ours") {
        let path = entry.expect("a file of ours").path();
        let (text, mut options) = input(&path);
        let as_json = parse(&text, &options).diagnostics;
        let is_json = options.format == TextFormat::Json
            && !as_json
                .iter()
                .any(|found| matches!(found.code, Code::InvalidJsonDescription | Code::Comment));
        // What YAML has other rules for: placeholders without quotes, control characters, escaped surrogates.
        let name = path.file_name().and_then(|name| name.to_str()).expect("a file of ours");
        let differs = [
            "json_",
            "substitutions.",
            "placeholders_unquoted.",
            "control_characters.",
            "columns_in_strings.",
        ];
        if !is_json || differs.iter().any(|prefix| name.starts_with(prefix)) {
            continue;
        }
        options.format = TextFormat::Yaml;
        let as_yaml = parse(&text, &options).diagnostics;
        let facts = |found: &aslx::diagnostic::Diagnostic| {
            (found.code, found.message.clone(), found.location.clone(), found.span)
        };
        let [as_json, as_yaml] = [as_json, as_yaml].map(|found| found.iter().map(facts).collect::<Vec<_>>());
        for (json, yaml) in as_json.iter().zip(&as_yaml) {
            assert_eq!(json, yaml, "{name}");
        }
        assert_eq!(as_json.len(), as_yaml.len(), "{name}");
    }
}

/// Every code that the front end may report is in one of the inputs, or in a test of its own here.
#[test]
fn every_code_is_shown() {
    let compiler = [Code::NotCompiled, Code::ProgramTooLarge, Code::UnfilledPlaceholder];
    let mut seen = vec![Code::TooDeeplyNested, Code::FindingsCut];
    for entry in std::fs::read_dir("tests/inputs/diagnostics").unwrap() {
        let (text, options) = input(&entry.unwrap().path());
        seen.extend(parse(&text, &options).diagnostics.iter().map(|found| found.code));
    }
    for code in Code::ALL {
        let excepted = compiler.contains(&code);
        assert!(seen.contains(&code) != excepted, "{code}");
    }
}

/// One error in an otherwise sound definition: its location, line and column, help.
#[test]
fn places_and_hints() {
    let check = |text: &str, location: &str, place: (u32, u32), help: Option<&str>| {
        let found = read(text).diagnostics;
        let errors: Vec<_> = found.iter().filter(|found| found.severity == Severity::Error).collect();
        assert_eq!(errors.len(), 1, "{text}: {found:?}");
        assert_eq!(errors[0].location.as_deref(), Some(location), "{text}");
        assert_eq!(line_column(text, errors[0].span.start), place, "{text}");
        assert_eq!(errors[0].help.as_deref(), help, "{text}");
    };
    let in_pass = |fields: &str| {
        format!(
            "{{\"StartAt\":\"\u{e9}\",\"States\":{{\n\"\u{e9}\":{{\"Type\":\"Pass\",\"End\":true,{fields}}}}}}}"
        )
    };
    check(&in_pass("\"InputPath\":\"a\""), "/States/\u{e9}/InputPath", (2, 44), None);
    check(&in_pass("\"Inputpath\":\"$\""), "/States/\u{e9}", (2, 31), Some("did you mean `InputPath`?"));
    check(&in_pass("\"Parameters\":{\"a\":[{\"b.$\":\"$.\"}]}"), "/States/\u{e9}/Parameters", (2, 60), None);
    let choice = |rule: &str| {
        format!(
            "{{\"StartAt\":\"C\",\"States\":{{\"C\":{{\"Type\":\"Choice\",\"Default\":\"End\",\n\"Choices\":[{rule}]}},\
             \"End\":{{\"Type\":\"Succeed\"}}}}}}"
        )
    };
    let rule = "{\"Variable\":\"$.a\",\"IsNull\":true,\"Next\":\"end\"}";
    check(&choice(rule), "/States/C/Choices[0]/Next", (2, 51), Some("did you mean `End`?"));
    let rule = "{\"Not\":{\"And\":[{\"Variable\":\"$.a\",\"IsNul\":true}]},\"Next\":\"End\"}";
    check(&choice(rule), "/States/C/Choices[0]/Not/And[0]", (2, 45), Some("did you mean `IsNull`?"));
}

#[test]
fn limits_are_kept() {
    let nested = |levels: usize| {
        let last = "{\"StartAt\":\"Last\",\"States\":{\"Last\":{\"Type\":\"Succeed\"}}}".to_owned();
        (0..levels).fold(last, |inner, level| {
            format!(
                "{{\"StartAt\":\"S{level}\",\"States\":{{\"S{level}\":{{\"Type\":\"Parallel\",\"End\":true,\
                 \"Branches\":[{inner}]}}}}}}"
            )
        })
    };
    assert!(read(&nested(63)).state_machine.is_some());
    let codes = |text: &str| read(text).diagnostics.iter().map(|found| found.code).collect::<Vec<_>>();
    assert_eq!(codes(&nested(64)), [Code::TooDeeplyNested]);
    let not = |levels: usize| {
        let test =
            "{\"Not\":".repeat(levels) + "{\"Variable\":\"$.a\",\"IsNull\":true}" + &"}".repeat(levels - 1);
        format!(
            "{{\"StartAt\":\"C\",\"States\":{{\"C\":{{\"Type\":\"Choice\",\"Choices\":[{test},\"Next\":\"E\"}}],\"Default\":\"E\"}},\
             \"E\":{{\"Type\":\"Fail\"}}}}}}"
        )
    };
    assert!(read(&not(128)).state_machine.is_some());
    assert_eq!(codes(&not(129)), [Code::TooDeeplyNested]);
    let many =
        format!("{{\"States\": {{\"A\": {{\"Type\": \"Fail\", {}\"B\": 1}}}}}}", "\"x\": 1,".repeat(2000));
    let found = read(&many).diagnostics;
    assert_eq!(found.len(), 1001);
    assert_eq!(found[1000].message, "Only 1000 of 4001 findings are listed");
    let mut options = ParseOptions::default();
    options.limits.definition_bytes_max = 10;
    let found = parse("{\"StartAt\": 1}", &options).diagnostics;
    assert_eq!(found[0].message, "The definition has 14 bytes, more than the limit of 10");
    assert_eq!(codes(&("[".repeat(2000) + &"]".repeat(2000))), [Code::InvalidJsonDescription]);
}

/// A definition with most of the language in it, and nothing wrong.
const SOUND: &str = include_str!("inputs/sound.asl.json");

#[test]
fn sound_definition_becomes_a_model() {
    let parsed = read(SOUND);
    assert_eq!(parsed.diagnostics, []);
    let machine = parsed.state_machine.unwrap();
    let names: Vec<_> = machine.top.states.iter().map(|state| &*state.name).collect();
    assert_eq!(names, ["Validate", "Check", "Route", "Pay", "Fulfil", "Each", "Cool down", "Done", "Refuse"]);
    let check = &machine.top.states[1];
    let StateKind::Task(task) = &check.kind else { panic!("{check:?}") };
    assert_eq!(task.transition, Transition::Next(aslx::asl::model::StateIndex(2)));
    assert_eq!(task.retry[0].max_delay_seconds, Some(60));
    assert_eq!(machine.top.state(task.catch[0].next).name, "Refuse");
}

#[test]
fn byte_order_mark_and_express_are_accepted() {
    let parsed = read(&format!("\u{feff}{SOUND}"));
    assert_eq!(parsed.diagnostics, []);
    let express = parse(SOUND, &ParseOptions::new(MachineType::Express));
    assert!(express.state_machine.is_some(), "{:?}", express.diagnostics);
}

#[test]
fn json_form_is_one_line() {
    let text = "{\"States\": {\"A\": {\"Type\": \"Succeed\"}}}";
    let diagnostics = Diagnostics::from(read(text).diagnostics);
    assert_eq!(
        render_json(&diagnostics, text),
        "{\"result\":\"FAIL\",\"diagnostics\":[{\"severity\":\"ERROR\",\"code\":\"SCHEMA_VALIDATION_FAILED\",\
         \"message\":\"These fields are required: [StartAt]\",\"location\":\"/\",\"line\":1,\"column\":1}]}"
    );
    assert_eq!(render_json(&Diagnostics::default(), text), "{\"result\":\"OK\",\"diagnostics\":[]}");
}

/// Every state index of a graph is one of its states.
fn assert_resolved(graph: &StateGraph) {
    let fits = |index: aslx::asl::model::StateIndex| assert!((index.0 as usize) < graph.states.len());
    let follows = |transition: &Transition| {
        if let Transition::Next(index) = transition {
            fits(*index);
        }
    };
    fits(graph.start_at);
    for state in &graph.states {
        match &state.kind {
            StateKind::Pass(pass) => follows(&pass.transition),
            StateKind::Wait(wait) => follows(&wait.transition),
            StateKind::Choice(choice) => {
                choice.rules.iter().map(|rule| rule.next).chain(choice.default).for_each(fits);
            }
            StateKind::Task(task) => {
                task.catch.iter().for_each(|catcher| fits(catcher.next));
                follows(&task.transition);
            }
            StateKind::Parallel(parallel) => {
                parallel.branches.iter().for_each(assert_resolved);
                parallel.catch.iter().for_each(|catcher| fits(catcher.next));
                follows(&parallel.transition);
            }
            StateKind::Map(map) => {
                assert_resolved(&map.processor);
                map.catch.iter().for_each(|catcher| fits(catcher.next));
                follows(&map.transition);
            }
            _ => {}
        }
    }
}

/// What holds for every text.
fn assert_laws(text: &str) {
    let parsed = read(text);
    let again = read(text);
    assert_eq!(parsed.diagnostics, again.diagnostics);
    assert_eq!(
        parsed.state_machine.as_ref().map(|machine| &machine.top),
        again.state_machine.as_ref().map(|machine| &machine.top),
    );
    for found in &parsed.diagnostics {
        assert!(text.get(found.span.start as usize..found.span.end as usize).is_some(), "{found:?}");
    }
    let diagnostics = Diagnostics::from(parsed.diagnostics);
    assert_eq!(parsed.state_machine.is_some(), !diagnostics.has_errors());
    render_text(&diagnostics, "x", text, true);
    assert!(!render_json(&diagnostics, text).contains('\n'));
    if let Some(machine) = &parsed.state_machine {
        assert_resolved(&machine.top);
    }
}

/// Replaces a few pieces of a text by others.
fn mutate(text: &str, cuts: &[(usize, usize, String)]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for (at, length, insert) in cuts {
        let at = at % (bytes.len() + 1);
        let end = (at + length).min(bytes.len());
        bytes.splice(at..end, insert.bytes());
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[\\{\\}\\[\\]\",:$%.0-9a-zé ]{0,6}",
        Just("null".to_owned()),
        Just("\"${X}\"".to_owned()),
        Just("${X}".to_owned()),
        Just("\"\\u0000\\\"\"".to_owned()),
        Just("{\"Ref\":1}".to_owned()),
        Just("\"{% 'a %}\"".to_owned()),
    ]
}

/// A machine whose one expression has this text.
fn with_expression(expression: &str) -> String {
    let expression = serde_json::Value::from(format!("{{% {expression} %}}"));
    format!(
        "{{\"QueryLanguage\":\"JSONata\",\"StartAt\":\"A\",\"States\":{{\"A\":{{\"Type\":\"Succeed\",\"Output\":{expression}}}}}}}"
    )
}

/// What `validate` accepts, the compiler can lower, and nothing is said twice.
fn assert_agreement(text: &str) {
    let found = read(text).diagnostics;
    match aslx::compile(text, &aslx::CompileOptions::default()) {
        Ok(_) => assert!(!Diagnostics::from(found.clone()).has_errors(), "{text}: {found:?}"),
        Err(refused) => {
            // Which placeholders are left matters to who wants to run it only.
            let refused = refused.into_iter().filter(|refusal| refusal.code != Code::UnfilledPlaceholder);
            assert_eq!(refused.collect::<Vec<_>>(), found, "{text}");
        }
    }
}

#[test]
fn deep_expressions_are_refused_or_run() {
    for (open, close) in
        [("(", ")"), ("[", "]"), ("{'a':", "}"), ("-", ""), ("a.(", ")"), ("$f(", ")"), ("1+", "1")]
    {
        for depth in [10, 100, 100_000] {
            let text = with_expression(&format!("{}$x{}", open.repeat(depth), close.repeat(depth)));
            assert_laws(&text);
            assert_agreement(&text);
        }
    }
}

#[test]
fn expressions_with_placeholders_wait_for_their_values() {
    let text = with_expression("${Place} + 1");
    assert!(read(&text).state_machine.is_some());
    let refused = aslx::compile(&text, &aslx::CompileOptions::default()).expect_err("unfilled");
    let errors: Vec<_> = refused.iter().filter(|found| found.severity == Severity::Error).collect();
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].code, Code::UnfilledPlaceholder);
    // Within a string it says nothing about the expression.
    assert!(
        aslx::compile(&with_expression("'arn:${AWS::Partition}:x'"), &aslx::CompileOptions::default())
            .is_ok()
    );
}

/// Replaces the value that begins at the n-th colon, so that the text stays JSON and other checks are reached.
fn replace_value(text: &str, nth: usize, value: &str) -> String {
    let colons: Vec<usize> = text.match_indices("\": ").map(|(at, _)| at + 3).collect();
    let start = colons[nth % colons.len()];
    let mut stream = serde_json::Deserializer::from_str(&text[start..]).into_iter::<serde_json::Value>();
    stream.next();
    let end = start + stream.byte_offset();
    format!("{}{value}{}", &text[..start], &text[end..])
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_text_obeys_the_laws(text in any::<String>()) {
        assert_laws(&text);
    }

    #[test]
    fn mutated_definitions_obey_the_laws(
        cuts in prop::collection::vec((any::<usize>(), 0usize..8, piece()), 1..4)
    ) {
        assert_laws(&mutate(SOUND, &cuts));
    }

    #[test]
    fn expressions_obey_the_laws(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "a", "$", "$$", "$x", "$states", ".result", "*", "**", "%", ".", "[", "]", "(", ")", "{", "}", ":", ",", ";",
                ":=", "~>", "|", "^", "@$i", "#$i", "1", "'é😀'", "\"", "`b c`", "/a/", "/(?=a)/i", "function($v)", "<n:n>",
                "$sum", "$nosuch", "?", "=", "&", "and", "-", " ", "/*", "\\", "\u{0}", "\u{2028}",
            ]),
            0..12,
        )
    ) {
        let text = with_expression(&words.concat());
        assert_laws(&text);
        assert_agreement(&text);
    }

    #[test]
    fn replaced_values_obey_the_laws(
        replaced in prop::collection::vec(
            (any::<usize>(), prop::sample::select(vec!["null", "0", "-1.5", "\"\"", "\"$.a\"", "[]", "{}", "[{}]", "\"${X}\"", "true"])),
            1..4,
        )
    ) {
        let text = replaced.iter().fold(SOUND.to_owned(), |text, (nth, value)| replace_value(&text, *nth, value));
        assert_laws(&text);
    }
}
