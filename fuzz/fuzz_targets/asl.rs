//! Any text as a definition, and a sound definition with pieces replaced: nothing panics, findings lie in the text, there
//! is a model exactly if there is no error, and every target of a model is a state beside it.
//!
//! An input that begins with `{` is a definition as it is. Any other is a list of edits to a sound one, each `AT LENGTH
//! TEXT` of two bytes, one byte, and bytes up to the next line feed.

#![no_main]

use aslx::asl::model::{MachineType, StateGraph, StateIndex, StateKind, Transition};
use aslx::asl::{ParseOptions, parse};
use aslx::diagnostic::{Diagnostics, render_json, render_text};
use libfuzzer_sys::fuzz_target;

const SOUND: &[u8] = include_bytes!("../../tests/inputs/sound.asl.json");

fuzz_target!(|data: &[u8]| {
    let bytes = if data.first() == Some(&b'{') { data.to_vec() } else { edited(data) };
    let text = String::from_utf8_lossy(&bytes);
    for machine_type in [MachineType::Standard, MachineType::Express] {
        let parsed = parse(&text, &ParseOptions::new(machine_type));
        for found in &parsed.diagnostics {
            assert!(text.get(found.span.start as usize..found.span.end as usize).is_some(), "{found:?}");
        }
        let diagnostics = Diagnostics::from(parsed.diagnostics);
        assert_eq!(parsed.state_machine.is_some(), !diagnostics.has_errors());
        let json = render_json(&diagnostics, &text);
        assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok() && !json.contains('\n'));
        assert!(!render_text(&diagnostics, "fuzz", &text, false).contains('\u{1b}'));
        if let Some(machine) = &parsed.state_machine {
            check_targets(&machine.top);
        }
    }
});

fn edited(edits: &[u8]) -> Vec<u8> {
    let mut bytes = SOUND.to_vec();
    for edit in edits.split(|byte| *byte == b'\n').take(16) {
        let &[high, low, length, ref text @ ..] = edit else { continue };
        let at = usize::from(u16::from_be_bytes([high, low])) % (bytes.len() + 1);
        let end = (at + usize::from(length)).min(bytes.len());
        bytes.splice(at..end, text.iter().copied());
    }
    bytes
}

fn check_targets(graph: &StateGraph) {
    let check = |index: StateIndex| assert!((index.0 as usize) < graph.states.len());
    let check_transition = |transition: Transition| {
        if let Transition::Next(index) = transition {
            check(index);
        }
    };
    check(graph.start_at);
    for state in &graph.states {
        match &state.kind {
            StateKind::Pass(pass) => check_transition(pass.transition),
            StateKind::Wait(wait) => check_transition(wait.transition),
            StateKind::Choice(choice) => {
                choice.rules.iter().map(|rule| rule.next).chain(choice.default).for_each(check);
            }
            StateKind::Task(task) => {
                task.catch.iter().for_each(|catcher| check(catcher.next));
                check_transition(task.transition);
            }
            StateKind::Parallel(parallel) => {
                parallel.branches.iter().for_each(check_targets);
                parallel.catch.iter().for_each(|catcher| check(catcher.next));
                check_transition(parallel.transition);
            }
            StateKind::Map(map) => {
                check_targets(&map.processor);
                map.catch.iter().for_each(|catcher| check(catcher.next));
                check_transition(map.transition);
            }
            _ => {}
        }
    }
}
