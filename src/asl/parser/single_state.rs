//! The definition of one state by itself, as `TestState` takes it.

use super::{
    definition::{ParseOptions, Parsed, not_an_object, parse_as, read_json},
    reader::Reader,
};
use crate::asl::model::{PathField, QueryLanguage, State, StateIndex, StateKind};
use crate::asl::validate::child;
use crate::diagnostic::Span;
use crate::json::{NodeId, Tag};

/// The name of a state that has none.
pub const SINGLE_STATE_NAME: &str = "StateName";

/// Reads the definition of one state, as the only one of a machine.
///
/// States that it leads to cannot be in the text. The model has them as Succeed states behind it, so that every target
/// is a state of the graph. Findings have AWS's locations (`/States/StateName/Next`); their spans are those of the
/// text within a machine's.
///
/// ```
/// use aslx::asl::{ParseOptions, parse_state};
///
/// let parsed = parse_state(r#"{"Type":"Pass","Next":"B"}"#, &ParseOptions::default());
/// let states = parsed.state_machine.unwrap().top.states;
/// assert_eq!(states.iter().map(|state| &*state.name).collect::<Vec<_>>(), ["StateName", "B"]);
/// ```
pub fn parse_state(text: &str, options: &ParseOptions) -> Parsed {
    let refuse = |diagnostic| Parsed { state_machine: None, diagnostics: vec![diagnostic] };
    // What is not JSON is told of the text itself.
    match read_json(text, options.limits.nesting_depth_max) {
        Err(diagnostic) => return refuse(*diagnostic),
        Ok((document, _)) if document.doc().tag(NodeId::ROOT) != Tag::Object => {
            return refuse(not_an_object(Span::default()));
        }
        Ok(_) => {}
    }
    let text = text.trim_start_matches('\u{feff}');
    let machine = format!(r#"{{"StartAt":"{SINGLE_STATE_NAME}","States":{{"{SINGLE_STATE_NAME}":{text}}}}}"#);
    parse_as(&machine, options, true)
}

/// A state that the only one leads to.
pub(super) fn outside(name: String, states_location: &str) -> State {
    State {
        location: child(states_location, &name),
        name,
        name_span: Span::default(),
        span: Span::default(),
        comment: None,
        query_language: QueryLanguage::JsonPath,
        input_path: PathField::Default,
        output_path: PathField::Default,
        assign: None,
        output: None,
        kind: StateKind::Succeed,
    }
}

impl Reader<'_> {
    /// Whether the workflow being read is that of a single state.
    pub(super) fn is_single_state(&self) -> bool {
        self.outside.is_some() && self.workflow_depth == 1
    }

    /// The index of a state beside the only one, which has `inside` states in its graph.
    pub(super) fn outside_target(&mut self, name: &str, inside: usize) -> Option<StateIndex> {
        if !self.is_single_state() {
            return None;
        }
        let outside = self.outside.as_mut()?;
        let known = outside.iter().position(|known| known == name);
        let index = known.unwrap_or_else(|| {
            outside.push(name.to_owned());
            outside.len() - 1
        });
        u32::try_from(inside + index).ok().map(StateIndex)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asl::model::StateMachine;
    use crate::diagnostic::Code;

    fn names(machine: &StateMachine) -> Vec<&str> {
        machine.top.states.iter().map(|state| state.name.as_str()).collect()
    }

    #[test]
    fn targets_stand_beside_the_state() {
        let check = |text: &str, expected: &[&str]| {
            let parsed = parse_state(text, &ParseOptions::default());
            assert_eq!(
                parsed.diagnostics.iter().filter(|d| d.message.contains("target")).count(),
                0,
                "{text}"
            );
            assert_eq!(names(&parsed.state_machine.expect(text)), expected, "{text}");
        };
        check(r#"{"Type":"Succeed"}"#, &["StateName"]);
        check(r#"{"Type":"Pass","Next":"StateName"}"#, &["StateName"]);
        check(
            r#"{"Type":"Choice","Choices":[{"Variable":"$.a","IsNull":true,"Next":"X"}],"Default":"Y"}"#,
            &["StateName", "X", "Y"],
        );
        check(
            r#"{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage","Next":"X",
                "Catch":[{"ErrorEquals":["States.ALL"],"Next":"X"}]}"#,
            &["StateName", "X"],
        );
    }

    #[test]
    fn findings_are_those_of_the_text() {
        let check = |text: &str, message: &str, location: Option<&str>| {
            let parsed = parse_state(text, &ParseOptions::default());
            assert!(parsed.state_machine.is_none(), "{text}");
            assert_eq!(parsed.diagnostics[0].message, message, "{text}");
            assert_eq!(parsed.diagnostics[0].location.as_deref(), location, "{text}");
        };
        check("[]", "Definition must be a valid JSON object", None);
        check(
            r#"{"Type":"Parallel","Branches":[],"End":true}"#,
            "Value cannot be empty",
            Some("/States/StateName/Branches"),
        );
        // Inside a branch a target must be there.
        check(
            r#"{"Type":"Parallel","End":true,"Branches":[{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"}}}]}"#,
            "Missing 'Next' target: B",
            Some("/States/StateName/Branches[0]/States/A/Next"),
        );
    }

    #[test]
    fn a_text_cannot_leave_its_place() {
        let parsed = parse_state(r#"{"Type":"Succeed"}},"Comment":{"a":{}"#, &ParseOptions::default());
        assert_eq!(parsed.diagnostics[0].code, Code::InvalidJsonDescription);
    }
}
