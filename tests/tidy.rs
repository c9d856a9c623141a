//! The style of the project as a test: what a reviewer would otherwise have to look for.
//!
//! Each rule is a function from a file to its problems, so that the tests at the end can show that a wrong
//! sample is caught.

#![expect(clippy::unwrap_used, reason = "a check that cannot look fails")]

use std::{fs, path::Path, process::Command};

use blank::blank_comments_and_literals;

#[path = "tidy/blank.rs"]
mod blank;

/// Who may use whom: a file may name its own module and those before it.
const MODULE_ORDER: [&str; 23] = [
    "limits",
    "diagnostic",
    "json",
    "value",
    "jsonpath",
    "intrinsic",
    "jsonata",
    "asl",
    "bytecode",
    "compiler",
    "vm",
    "telemetry",
    "task",
    "map_run",
    "executor",
    "test_state",
    "source",
    "sink",
    "pipeline",
    "error",
    "bench",
    "server",
    "cli",
];

/// The last module that must not touch the outside world.
const SANS_IO_LAST: &str = "vm";

/// Where `unsafe` may stand; everything else is denied it by the lint table too.
const UNSAFE_PLACES: [&str; 2] = ["src/json/", "src/vm/fiber.rs"];

const FILE_LINES_MAX: usize = 500;
const FUNCTION_LINES_MAX: usize = 70;

/// The whole top level; an entry that is not here needs a reason to be added.
const TOP_LEVEL: [&str; 18] = [
    ".ci",
    ".gitignore",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "benches",
    "clippy.toml",
    "deny.toml",
    "examples",
    "fuzz",
    "loadtest",
    "rustfmt.toml",
    "src",
    "tests",
];

struct Source {
    /// From the repository's root, with `/`.
    path: String,
    text: String,
    /// The text with comments and the insides of literals blanked, line by line as long as before.
    code: String,
}

impl Source {
    fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned(), code: blank_comments_and_literals(text) }
    }

    /// The folder or file directly under `src/`, without `.rs`.
    fn module(&self) -> Option<&str> {
        let rest = self.path.strip_prefix("src/")?;
        let name = rest.split('/').next()?;
        Some(name.strip_suffix(".rs").unwrap_or(name)).filter(|name| !["lib", "main"].contains(name))
    }

    fn problem(&self, offset: usize, what: &str) -> String {
        let line = self.code[..offset].matches('\n').count() + 1;
        format!("{}:{line}: {what}", self.path)
    }
}

fn rank(module: &str) -> Option<usize> {
    MODULE_ORDER.iter().position(|name| *name == module)
}

/// A module names only itself and modules further left.
fn check_module_order(source: &Source) -> Vec<String> {
    let Some(module) = source.module() else { return Vec::new() };
    let Some(own) = rank(module) else {
        return vec![format!("{}: module `{module}` is not in the order of modules", source.path)];
    };
    let mut problems = Vec::new();
    for (offset, name) in crate_paths(&source.code) {
        match rank(name) {
            Some(other) if other <= own => {}
            Some(_) => problems.push(source.problem(offset, &format!("`{module}` must not use `{name}`"))),
            None => problems.push(source.problem(offset, &format!("`crate::{name}` does not name a module"))),
        }
    }
    problems
}

/// The first segments after each `crate::`, groups included.
fn crate_paths(code: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (at, _) in words(code, "crate") {
        let Some(rest) = code[at..].strip_prefix("crate::") else { continue };
        if !rest.starts_with('{') {
            found.push((at, identifier(rest)));
            continue;
        }
        let (mut depth, mut expect_name) = (0, false);
        for (offset, character) in rest.char_indices() {
            match character {
                '{' => {
                    depth += 1;
                    expect_name = depth == 1;
                }
                '}' => depth -= 1,
                ',' => expect_name = depth == 1,
                _ if expect_name && !character.is_whitespace() => {
                    found.push((at, identifier(&rest[offset..])));
                    expect_name = false;
                }
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
    }
    found
}

fn identifier(text: &str) -> &str {
    &text[..text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len())]
}

/// Each place where `word` stands for itself, with what follows it.
fn words<'t>(code: &'t str, word: &str) -> Vec<(usize, &'t str)> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word)
        .map(|(at, _)| (at, &code[at + word.len()..]))
        .filter(|(at, after)| !code[..*at].ends_with(is_part) && !after.starts_with(is_part))
        .collect()
}

/// Nothing up to the VM reads files, sockets or clocks, or starts threads.
fn check_sans_io(source: &Source) -> Vec<String> {
    let up_to_vm = source.module().and_then(rank).is_some_and(|own| Some(own) <= rank(SANS_IO_LAST));
    if !up_to_vm {
        return Vec::new();
    }
    let shipped = source.code.split("#[cfg(test)]").next().unwrap_or_default();
    let mut problems = Vec::new();
    for name in ["fs", "net", "thread", "process", "env", "Instant", "SystemTime"] {
        for (at, _) in words(shipped, name) {
            if ["std::", "time::"].iter().any(|path| shipped[..at].ends_with(path)) {
                problems.push(source.problem(at, &format!("`std::{name}` left of the executor")));
            }
        }
    }
    problems
}

fn check_file_length(source: &Source) -> Vec<String> {
    let lines = source.text.lines().count();
    if lines <= FILE_LINES_MAX {
        return Vec::new();
    }
    vec![format!("{}: {lines} lines, at most {FILE_LINES_MAX}: split it by idea", source.path)]
}

fn check_function_length(source: &Source) -> Vec<String> {
    if source.path == "src/vm/dispatch.rs" || source.path == "src/jsonata/evaluation/dispatch.rs" {
        return Vec::new();
    }
    let mut problems = Vec::new();
    for (at, after) in words(&source.code, "fn") {
        let Some(length) = function_bytes(after) else { continue };
        let lines = after[..length].matches('\n').count() + 1;
        if lines > FUNCTION_LINES_MAX {
            let name = identifier(after.trim_start());
            let what = format!("`{name}` has {lines} lines, at most {FUNCTION_LINES_MAX}");
            problems.push(source.problem(at, &what));
        }
    }
    problems
}

/// From behind `fn` to the closing brace; `None` for a declaration or a function type.
fn function_bytes(after: &str) -> Option<usize> {
    let mut brackets = 0_i32;
    let mut braces = 0_i32;
    if !after.starts_with(' ') {
        return None;
    }
    for (offset, character) in after.char_indices() {
        match character {
            '(' | '[' => brackets += 1,
            ')' | ']' => brackets -= 1,
            ';' if brackets == 0 && braces == 0 => return None,
            '{' => braces += 1,
            '}' => {
                braces -= 1;
                if braces <= 0 {
                    return (braces == 0).then_some(offset);
                }
            }
            _ => {}
        }
    }
    None
}

/// Work left undone, and lints switched off without a reason.
fn check_marks(source: &Source) -> Vec<String> {
    let mut problems = Vec::new();
    for mark in ["todo", "unimplemented", "dbg"] {
        for (at, after) in words(&source.code, mark) {
            if after.starts_with('!') {
                problems.push(source.problem(at, &format!("`{mark}!`")));
            }
        }
    }
    for mark in [concat!("FIX", "ME"), concat!("XX", "X"), concat!("HA", "CK")] {
        for (at, _) in words(&source.text, mark) {
            problems.push(source.problem(at, &format!("`{mark}`")));
        }
    }
    for (mark, instead) in [
        (concat!("#[", "ignore"), "a test runs or goes"),
        (concat!("#[", "allow("), "`expect` with a reason"),
        (concat!("#![", "allow("), "`expect` with a reason"),
    ] {
        for (at, _) in source.code.match_indices(mark) {
            problems.push(source.problem(at, &format!("`{mark}`: {instead}")));
        }
    }
    problems
}

fn check_unsafe(source: &Source) -> Vec<String> {
    if UNSAFE_PLACES.iter().any(|place| source.path.starts_with(place)) {
        return Vec::new();
    }
    let all = words(&source.code, "unsafe");
    all.into_iter().map(|(at, _)| source.problem(at, "`unsafe` outside the files that may have it")).collect()
}

fn check_printing(source: &Source) -> Vec<String> {
    if source.module().is_none() || source.path == "src/cli/output.rs" {
        return Vec::new();
    }
    let mut problems = Vec::new();
    for name in ["print", "println", "eprint", "eprintln"] {
        for (at, after) in words(&source.code, name) {
            if after.starts_with('!') {
                problems.push(source.problem(at, &format!("`{name}!` outside cli/output.rs")));
            }
        }
    }
    problems
}

/// A `mod.rs` says what the module is for and what it offers; the work is done in its files. A constructor
/// beside its type is no work.
fn check_mod_file(source: &Source) -> Vec<String> {
    if !(source.path.starts_with("src/") && source.path.ends_with("/mod.rs")) {
        return Vec::new();
    }
    let mut problems = Vec::new();
    for (at, after) in words(&source.code, "fn") {
        let lines = function_bytes(after).map_or(0, |length| after[..length].matches('\n').count());
        if lines > 2 {
            problems.push(source.problem(at, "a function with logic in a mod.rs"));
        }
    }
    for (at, _) in words(&source.code, "macro_rules") {
        problems.push(source.problem(at, "a macro in a mod.rs"));
    }
    problems
}

/// The first two fenced blocks of the README are one command each, and the second runs all tests.
fn check_readme(text: &str) -> Vec<String> {
    let blocks: Vec<&str> = text.split("\n```").skip(1).step_by(2).take(2).collect();
    let mut problems = Vec::new();
    for block in &blocks {
        let lines = block.lines().skip(1).count();
        if lines != 1 {
            problems
                .push(format!("README.md: one of the first two fenced blocks has {lines} lines, not one"));
        }
    }
    let second = blocks.get(1).and_then(|block| block.lines().nth(1));
    if second != Some("cargo test --locked") {
        problems.push(format!("README.md: the second command is {second:?}"));
    }
    problems
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file of ours, fuzz targets, benches and examples included.
fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    let mut folders: Vec<_> = ["src", "tests", "benches", "fuzz/fuzz_targets", "examples", "loadtest"]
        .map(|f| root().join(f))
        .into();
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
                found.push(Source::new(&name, &fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(found.len() > 20, "found {} files: is {} the repository?", found.len(), root().display());
    found
}

#[track_caller]
fn assert_none(problems: &[String]) {
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn every_file_keeps_the_rules() {
    let rules = [
        check_module_order,
        check_sans_io,
        check_file_length,
        check_function_length,
        check_marks,
        check_unsafe,
        check_printing,
        check_mod_file,
    ];
    let mut problems = Vec::new();
    for source in sources() {
        problems.extend(rules.iter().flat_map(|rule| rule(&source)));
    }
    problems.sort();
    assert_none(&problems);
}

#[test]
fn readme_begins_with_two_commands() {
    assert_none(&check_readme(&fs::read_to_string(root().join("README.md")).unwrap()));
}

#[test]
fn top_level_is_as_listed() {
    let listing = Command::new("git").args(["ls-files", "-z"]).current_dir(root()).output();
    let Ok(listing) = listing.map(|output| String::from_utf8(output.stdout).unwrap()) else { return };
    let first = |path: &str| path.split('/').next().unwrap().to_owned();
    let mut unknown: Vec<_> = listing.split('\0').filter(|path| !path.is_empty()).map(first).collect();
    unknown.retain(|name| !TOP_LEVEL.contains(&name.as_str()));
    unknown.dedup();
    assert_none(&unknown);
}

/// The rule finds as many problems in a wrong sample as expected.
#[track_caller]
fn check(rule: fn(&Source) -> Vec<String>, path: &str, text: &str, expected: usize) {
    let problems = rule(&Source::new(path, text));
    assert_eq!(problems.len(), expected, "{path}: {text}\n{problems:?}");
}

#[test]
fn module_order_is_enforced() {
    let rule = check_module_order;
    check(rule, "src/json/parse.rs", "use crate::json::Tape;\nuse crate::limits::Limits;", 0);
    check(rule, "src/json/parse.rs", "use crate::value::Value;", 1);
    check(rule, "src/json/parse.rs", "use crate::{\n    limits,\n    vm::{Fiber, fuel},\n    value,\n};", 2);
    check(rule, "src/json/parse.rs", "fn f() { crate::vm::run() }", 1);
    check(rule, "src/json/parse.rs", "// crate::vm\n/* crate::vm */ const S: &str = \"crate::vm\";", 0);
    check(rule, "src/json/parse.rs", "use crate::Limits;", 1);
    check(rule, "src/unheard_of.rs", "", 1);
    check(rule, "src/lib.rs", "pub use crate::cli::main;", 0);
}

#[test]
fn the_outside_world_is_kept_out() {
    check(check_sans_io, "src/vm/fiber.rs", "let now = std::time::Instant::now();", 1);
    check(check_sans_io, "src/asl/parser.rs", "std::fs::read(path)", 1);
    check(check_sans_io, "src/asl/parser.rs", "#[cfg(test)] mod tests { use std::fs; }", 0);
    check(check_sans_io, "src/executor/worker.rs", "std::thread::scope(|_| ())", 0);
}

#[test]
fn lengths_are_bounded() {
    let body = "    step();\n".repeat(69);
    check(check_function_length, "src/vm/fuel.rs", &format!("fn short() {{\n{}}}", &body[12..]), 0);
    check(check_function_length, "src/vm/fuel.rs", &format!("fn long(a: [u8; 4]) {{\n{body}}}"), 1);
    check(check_function_length, "src/vm/dispatch.rs", &format!("fn long() {{\n{body}}}"), 0);
    check(
        check_function_length,
        "src/vm/fuel.rs",
        &format!("const S: &str = \"}}\";\nfn l() {{\n{body}}}"),
        1,
    );
    check(check_file_length, "src/vm/fuel.rs", &"\n".repeat(500), 0);
    check(check_file_length, "src/vm/fuel.rs", &"\n".repeat(501), 1);
}

#[test]
fn marks_are_caught() {
    for mark in ["todo!()", "unimplemented!()", "// FIXTHIS".replace("THIS", "ME").as_str(), "dbg!(1)"] {
        check(check_marks, "tests/cli.rs", mark, 1);
    }
    check(check_marks, "tests/cli.rs", concat!("#[", "ignore]\n#![", "allow(dead_code)]"), 2);
    check(check_marks, "tests/cli.rs", "let todo = \"todo!\"; // dbg!", 0);
}

#[test]
fn unsafe_and_printing_have_their_places() {
    check(check_unsafe, "src/vm/retry.rs", "unsafe { f() }", 1);
    check(check_unsafe, "src/vm/fiber.rs", "unsafe { f() }", 0);
    check(check_unsafe, "src/vm/retry.rs", "#![deny(unsafe_code)] // unsafe", 0);
    check(check_printing, "src/vm/retry.rs", "println!(\"x\")", 1);
    check(check_printing, "src/cli/output.rs", "eprintln!(\"x\")", 0);
    check(check_mod_file, "src/vm/mod.rs", "pub fn run() {\n    a();\n    b();\n}", 1);
    check(check_mod_file, "src/vm/mod.rs", "pub fn new() -> Self {\n    Self\n}", 0);
    check(check_mod_file, "src/vm/mod.rs", "mod fuel;\npub use fuel::Fuel;", 0);
}

#[test]
fn readme_commands_are_checked() {
    let good = "# t\n\n```sh\ncargo run\n```\n\n```sh\ncargo test --locked\n```\n";
    assert_none(&check_readme(good));
    assert_eq!(check_readme(&good.replace("cargo run", "cargo\nrun")).len(), 1);
    assert_eq!(check_readme(&good.replace(" --locked", "")).len(), 1);
}
