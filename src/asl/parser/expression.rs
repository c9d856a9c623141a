//! Strings of `JSONata` states: expressions, or text.

use super::{object::Field, placeholder, reader::Reader};
use crate::asl::model::{QueryLanguage, Text};
use crate::asl::validate::{check_jsonata, is_jsonata, locate, place_in};
use crate::diagnostic::{Code, Diagnostic};
use crate::json::NodeId;

impl Reader<'_> {
    /// A `{% %}` string, checked. `None` for every other value, about which nothing is said.
    pub(super) fn expression(&mut self, field: &Field, language: QueryLanguage) -> Option<Text> {
        if language != QueryLanguage::Jsonata
            || !self.is_string(field.node)
            || !is_jsonata(&self.text_of(field.node))
        {
            return None;
        }
        let text = self.text(field)?;
        self.check_expression(field.node, &text.text, &field.location);
        Some(text)
    }

    /// Reports what is wrong with a string that should be an expression.
    pub(super) fn check_expression(&mut self, node: NodeId, text: &str, location: &str) {
        let problems = check_jsonata(text);
        if !problems.is_empty() && placeholder::is_in(text) {
            // What it will be is not known yet.
            return self.substitute(node, location);
        }
        for problem in problems {
            let span = place_in(self.doc.bytes(), self.span(node), problem.place);
            let mut diagnostic = Diagnostic::error(problem.code, problem.message, span).at(location);
            diagnostic.help = problem.help;
            if problem.code == Code::SchemaValidationFailed {
                diagnostic.span = self.span(node);
            }
            self.report(diagnostic);
        }
    }

    /// Every string of a `JSONata` state's template.
    pub(super) fn check_expressions(&mut self, root: NodeId, location: &str) {
        for index in root.0..self.doc.node(root).next {
            let node = NodeId(index);
            if !self.is_string(node) {
                continue;
            }
            let text = self.text_of(node);
            if !text.contains("{%") && !text.contains("%}")
                || is_jsonata(&text) && check_jsonata(&text).is_empty()
            {
                continue;
            }
            // Of one finding among very many the template's own location will do.
            let own = if self.is_hopeless() { None } else { Some(locate(self.doc, root, node, location)) };
            match own {
                // A key.
                Some(None) => {}
                Some(Some(own)) => self.check_text(node, &own),
                None => self.check_text(node, location),
            }
        }
    }

    /// A string that may be an expression or plain text.
    pub(super) fn check_text(&mut self, node: NodeId, location: &str) {
        let text = self.text_of(node);
        if text.starts_with("{%") {
            self.check_expression(node, &text, location);
        } else if text.contains("{%") || text.contains("%}") {
            let message = "The string is not evaluated: an expression must be the whole string";
            self.report(
                Diagnostic::warning(Code::PartialExpression, message, self.span(node))
                    .at(location)
                    .help("write `{% 'text ' & expression %}`"),
            );
        }
    }

    /// Whether a template is one expression as a whole, sound or not.
    pub(super) fn is_expression(&self, node: NodeId, language: QueryLanguage) -> bool {
        language == QueryLanguage::Jsonata && self.is_string(node) && self.text_of(node).starts_with("{%")
    }
}
