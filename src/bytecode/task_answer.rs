//! Answers that are known before a task is asked: a run whose handlers always say the same need not ask them.

use std::sync::Arc;

use super::{Program, TaskId};
use crate::json::{Document, NodeId};

/// What is known of a task's answer before it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum TaskAnswer {
    /// Nothing.
    #[default]
    Unknown,
    /// It is the request's payload.
    Payload,
    /// It is always this node of the constants.
    Constant(NodeId),
}

impl Program {
    /// What is known of a task's answer.
    #[inline]
    pub(crate) fn answer(&self, task: TaskId) -> TaskAnswer {
        self.answers.get(task.index()).copied().unwrap_or_default()
    }

    /// The same program with answers to its tasks, by [`TaskId`]. As it is if they do not form a document.
    pub(crate) fn with_answers(&self, given: &[GivenAnswer]) -> Self {
        let own = self.constants.doc().bytes();
        let mut text = own.strip_suffix(b"]").unwrap_or(own).to_vec();
        let mut count = self.constants.doc().count(NodeId::ROOT);
        let mut places = Vec::new();
        for answer in given {
            places.push(count);
            if let GivenAnswer::Json(json) = answer {
                text.extend_from_slice(if count == 0 { b"" } else { b"," });
                text.extend_from_slice(json);
                count += 1;
            }
        }
        text.push(b']');
        let Ok(constants) = Document::parse(text, u32::MAX) else { return self.clone() };
        // What stands before them keeps its nodes.
        let nodes: Vec<NodeId> = constants.doc().elements(NodeId::ROOT).collect();
        let answers = given.iter().zip(places).map(|(answer, place)| match answer {
            GivenAnswer::Unknown => TaskAnswer::Unknown,
            GivenAnswer::Payload => TaskAnswer::Payload,
            GivenAnswer::Json(_) => TaskAnswer::Constant(nodes[place]),
        });
        Self { answers: answers.collect(), constants: Arc::new(constants), ..self.clone() }
    }
}

/// What a task is known to answer, before it is part of a program.
#[derive(Debug)]
pub(crate) enum GivenAnswer {
    /// Nothing is known.
    Unknown,
    /// The request's payload.
    Payload,
    /// A JSON value, minified.
    Json(Vec<u8>),
}
