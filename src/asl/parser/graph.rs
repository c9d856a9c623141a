//! `StartAt` and `States`: of the machine, of a branch, of an item processor.

use foldhash::quality::RandomState;
use hashbrown::HashMap;

use super::{
    object::{Field, Object},
    placeholder,
    reader::Reader,
    single_state, state,
};
use crate::asl::model::{QueryLanguage, StateGraph, StateIndex};
use crate::asl::validate::{NAME_CHARACTERS_MAX, Outgoing, Walk, child, did_you_mean, walk};
use crate::diagnostic::{Code, Diagnostic};
use crate::json::{NodeId, Tag};

/// Most workflows inside one another. The service has a bound too (`TOO_DEEPLY_NESTED`) but does not tell it.
const WORKFLOW_DEPTH_MAX: u32 = 64;

/// The states of one graph by name.
pub(super) type StateNames = HashMap<String, StateIndex, RandomState>;

/// What the fields of one state are read against.
#[derive(Debug)]
pub(super) struct Scope<'g> {
    /// The states that it may lead to.
    pub(super) names: &'g StateNames,
    /// The state's language.
    pub(super) language: QueryLanguage,
    /// Where it leads, as found so far.
    pub(super) outgoing: Outgoing,
}

/// Reads the graph in `object`, whose other fields are the caller's.
pub(super) fn read(reader: &mut Reader<'_>, object: &Object<'_>) -> Option<StateGraph> {
    if reader.workflow_depth == WORKFLOW_DEPTH_MAX {
        let message = format!("The states are too deeply nested: more than {WORKFLOW_DEPTH_MAX} levels");
        let diagnostic = Diagnostic::error(Code::TooDeeplyNested, message, object.opening());
        reader.report(diagnostic.at(object.location.clone()));
        return None;
    }
    reader.workflow_depth += 1;
    let graph = read_states(reader, object);
    reader.workflow_depth -= 1;
    graph
}

fn read_states(reader: &mut Reader<'_>, object: &Object<'_>) -> Option<StateGraph> {
    let complete = reader.require(object, &["States", "StartAt"]);
    let field = object.get("States")?;
    if reader.doc.tag(field.node) != Tag::Object {
        reader.wrong_type(&field, "Object");
        return None;
    }
    let members: Vec<(NodeId, NodeId)> = reader.doc.members(field.node).collect();
    if members.is_empty() {
        let span = reader.span(field.node);
        reader.schema_error(span, &field.location, "Value cannot be empty");
        return None;
    }
    let names = index_names(reader, &members, &field.location);
    let mut start_scope = Scope::new(&names, QueryLanguage::default());
    let start_at = object.get("StartAt").and_then(|start| reader.target(&start, &mut start_scope));
    let mut states = Vec::with_capacity(members.len());
    let mut outgoing = Vec::with_capacity(members.len());
    for &(key, value) in &members {
        let scope = Scope::new(&names, reader.machine_language);
        let (state, leads_to) = state::read(reader, key, value, &field.location, scope);
        states.push(state);
        outgoing.push(leads_to);
    }
    if reader.is_single_state() {
        let outside = reader.outside.take().unwrap_or_default();
        states.extend(
            outside.into_iter().map(|name| Some(single_state::outside(name, field.location.as_str()))),
        );
    } else if complete && !start_scope.outgoing.unknown {
        report_walk(reader, walk(start_at, &outgoing), &members, &names, &field);
    }
    let states: Option<Vec<_>> = states.into_iter().collect();
    Some(StateGraph {
        start_at: start_at?,
        states: states?,
        span: object.span,
        location: object.location.clone(),
    })
}

/// Gives every state its index, and checks the names themselves.
fn index_names(reader: &mut Reader<'_>, members: &[(NodeId, NodeId)], location: &str) -> StateNames {
    let mut names = StateNames::default();
    for (index, &(key, _)) in members.iter().enumerate() {
        let name = reader.text_of(key).into_owned();
        let span = reader.span(key);
        let location = child(location, &name);
        let characters = name.chars().count();
        if characters == 0 || characters > NAME_CHARACTERS_MAX {
            let message =
                format!("State names have 1 to {NAME_CHARACTERS_MAX} characters, this one has {characters}");
            reader.report(Diagnostic::error(Code::InvalidStateName, message, span).at(location.clone()));
        }
        if !reader.state_names.insert(name.clone()) {
            let message = format!("Duplicate State name: {name}");
            reader.report(
                Diagnostic::error(Code::DuplicateStateName, message, span)
                    .at(location)
                    .help("names are unique in the whole machine, branches and item processors included"),
            );
        }
        names.entry(name).or_insert(StateIndex(index as u32));
    }
    names
}

/// Reports what AWS reports about a graph as a whole.
fn report_walk(
    reader: &mut Reader<'_>,
    walk: Walk,
    members: &[(NodeId, NodeId)],
    names: &StateNames,
    states: &Field,
) {
    match walk {
        Walk::Sound => {}
        Walk::Endless => {
            let span = reader.span(states.key);
            reader.report_graph(
                Diagnostic::error(Code::MissingEndState, "Workflow has no terminal state", span)
                    .help("end it with `\"End\": true`, or with a Succeed or Fail state"),
            );
        }
        Walk::Unreachable(indices) => {
            for index in indices {
                let (key, _) = members[index.0 as usize];
                let name = reader.text_of(key).into_owned();
                if names.get(&name) != Some(&index) {
                    continue; // a second state of that name, reported as such
                }
                let message = format!("State \"{name}\" is not reachable.");
                reader.report_graph(
                    Diagnostic::error(Code::MissingTransitionTarget, message, reader.span(key))
                        .at(child(&states.location, &name)),
                );
            }
        }
    }
}

impl<'g> Scope<'g> {
    fn new(names: &'g StateNames, language: QueryLanguage) -> Self {
        Self { names, language, outgoing: Outgoing::default() }
    }
}

impl Reader<'_> {
    /// The state that a `StartAt`, `Next` or `Default` names, which must be in the same graph. A placeholder stands for
    /// the first state: such a machine is never run.
    pub(super) fn target(&mut self, field: &Field, scope: &mut Scope<'_>) -> Option<StateIndex> {
        if !self.is_string(field.node) {
            scope.outgoing.unknown = true;
            self.wrong_type(field, "String");
            return None;
        }
        let name = self.text_of(field.node);
        if let Some(&index) = scope.names.get(&*name) {
            scope.outgoing.targets.push(index);
            return Some(index);
        }
        if let Some(index) = self.outside_target(&name, scope.names.len()) {
            return Some(index);
        }
        if placeholder::is_in(&name) {
            self.substitute(field.node, &field.location);
            scope.outgoing.unknown = true;
            return Some(StateIndex(0));
        }
        let message = format!("Missing 'Next' target: {name}");
        let mut diagnostic = Diagnostic::error(Code::MissingTransitionTarget, message, self.span(field.node))
            .at(field.location.clone());
        if !self.is_hopeless() {
            diagnostic.help = did_you_mean(&name, scope.names.keys().map(String::as_str));
        }
        if diagnostic.help.is_none() && self.state_names.contains(&*name) {
            diagnostic.help = Some("a state may only lead to states of the same `States` object".to_owned());
        }
        self.report_target(diagnostic);
        None
    }
}
