//! `Retry` and `Catch`.

use super::{
    field_table::StateType,
    graph::Scope,
    object::{Field, Object},
    path::PathRule,
    placeholder,
    reader::{Names, Reader},
    simple_states::SECONDS_MAX,
    template::TemplateKind,
};
use crate::asl::model::{Catcher, ErrorName, JitterStrategy, QueryLanguage, Retrier};
use crate::asl::validate::{did_you_mean_error, is_reserved_error, is_workflow_error};
use crate::diagnostic::{Code, Diagnostic};

/// Most attempts of a retrier.
const ATTEMPTS_MAX: i64 = 99_999_999;
/// Longest `MaxDelaySeconds`: a year.
const DELAY_SECONDS_MAX: i64 = 31_622_400;

/// Takes whatever a task reports but `States.Timeout` (AWS docs, "Error names").
const TASK_FAILED: &str = "States.TaskFailed";

/// Whether `States.TaskFailed` takes this error, too.
fn is_task_failure(name: &str, state_type: StateType) -> bool {
    state_type == StateType::Task
        && !matches!(name, "States.Timeout" | ErrorName::ALL)
        && !placeholder::is_in(name)
}

/// Whether no handler of such a state is ever asked about this error: `States.Runtime` ends the execution even where
/// it is named, and errors of Map, Parallel and Choice do not come from a task.
fn is_never_matched(name: &str, state_type: StateType) -> bool {
    name == "States.Runtime" || (state_type == StateType::Task && is_workflow_error(name))
}

/// One entry of `Retry` or `Catch`.
struct Handler<'d> {
    object: Object<'d>,
    error_equals: Option<Vec<ErrorName>>,
}

impl<'d> Reader<'d> {
    /// `Retry` and `Catch` of a state; absent ones are empty.
    pub(super) fn error_handlers(
        &mut self,
        object: &Object<'_>,
        scope: &mut Scope<'_>,
        state_type: StateType,
    ) -> (Option<Vec<Retrier>>, Option<Vec<Catcher>>) {
        let retry = self.handlers(object, "Retry", state_type).and_then(|handlers| {
            let retry: Vec<_> = handlers.into_iter().map(|handler| self.retrier(handler?)).collect();
            retry.into_iter().collect()
        });
        let catch = self.handlers(object, "Catch", state_type).and_then(|handlers| {
            let catch: Vec<_> = handlers.into_iter().map(|handler| self.catcher(handler?, scope)).collect();
            catch.into_iter().collect()
        });
        (retry, catch)
    }

    /// The entries of `Retry` or `Catch` with what both have: `ErrorEquals`.
    fn handlers(
        &mut self,
        object: &Object<'_>,
        name: &str,
        state_type: StateType,
    ) -> Option<Vec<Option<Handler<'d>>>> {
        let Some(field) = object.get(name) else { return Some(Vec::new()) };
        let elements = self.elements(&field)?;
        let mut taken = Names::default();
        let mut handlers = Vec::with_capacity(elements.len());
        for (index, element) in elements.iter().enumerate() {
            let Some(object) = self.object_field(element) else {
                handlers.push(None);
                continue;
            };
            self.comment(&object);
            self.require(&object, &["ErrorEquals"]);
            let is_last = index + 1 == elements.len();
            let field = object.get("ErrorEquals");
            let error_equals = field.and_then(|field| self.error_equals(&field, is_last));
            if let Some(names) = &error_equals {
                self.warn_of_idle_handler(&object, names, &mut taken, state_type);
            }
            handlers.push(Some(Handler { object, error_equals }));
        }
        Some(handlers)
    }

    fn error_equals(&mut self, field: &Field, is_last_handler: bool) -> Option<Vec<ErrorName>> {
        let elements = self.filled_array(field)?;
        let names: Vec<Option<String>> = elements.iter().map(|element| self.string(element)).collect();
        let names: Vec<ErrorName> =
            names.into_iter().collect::<Option<Vec<_>>>()?.into_iter().map(ErrorName).collect();
        let has_wildcard = names.iter().any(|name| name.0 == ErrorName::ALL);
        if has_wildcard && (names.len() > 1 || !is_last_handler) {
            let message = "States.ALL must appear alone and at end of list";
            self.schema_error(self.span(field.node), &field.location, message);
            return None;
        }
        for (name, element) in names.iter().zip(&elements) {
            self.check_error_name(&name.0, element);
        }
        Some(names)
    }

    /// Names in `States.` are the language's own; others are ordinary names even if they look like one.
    fn check_error_name(&mut self, name: &str, element: &Field) {
        if placeholder::is_in(name) || is_reserved_error(name) {
            return;
        }
        let help = did_you_mean_error(name);
        if name.starts_with("States.") || help.is_some() {
            let message = format!("The error name '{name}' is not one that Step Functions reports");
            let mut diagnostic =
                Diagnostic::warning(Code::UnknownErrorName, message, self.span(element.node))
                    .at(element.location.clone());
            diagnostic.help = help;
            self.report(diagnostic);
        }
    }

    /// Of the handlers in a list the first that matches is used, and some errors are never matched.
    fn warn_of_idle_handler(
        &mut self,
        handler: &Object<'_>,
        names: &[ErrorName],
        taken: &mut Names,
        state_type: StateType,
    ) {
        let takes_failures = taken.contains(TASK_FAILED);
        let is_taken =
            |name: &str| taken.contains(name) || (takes_failures && is_task_failure(name, state_type));
        let (code, message) = if names.iter().all(|name| is_taken(&name.0)) {
            (Code::UnreachableErrorHandler, "This entry is never used: earlier ones take all its errors")
        } else if names.iter().all(|name| is_never_matched(&name.0, state_type)) {
            (Code::NeverMatchingHandler, "This entry is never used: no such error can be handled here")
        } else {
            taken.extend(names.iter().map(|name| name.0.clone()));
            return;
        };
        let mut diagnostic =
            Diagnostic::warning(code, message, handler.opening()).at(handler.location.clone());
        if names.iter().any(|name| name.0 == "States.Runtime") {
            diagnostic.help = Some(
                "Step Functions ends the execution at States.Runtime, whatever Retry and Catch say"
                    .to_owned(),
            );
        }
        self.report(diagnostic);
    }

    fn retrier(&mut self, handler: Handler<'_>) -> Option<Retrier> {
        let Handler { object, error_equals } = handler;
        let object = &object;
        self.refuse_unknown_fields(
            object,
            &[
                "ErrorEquals",
                "IntervalSeconds",
                "MaxAttempts",
                "BackoffRate",
                "MaxDelaySeconds",
                "JitterStrategy",
                "Comment",
            ],
        );
        let mut integer = |name, range, default| {
            let value = object.get(name).and_then(|field| self.integer(&field, range));
            value.map_or(default, |value| u32::try_from(value).ok())
        };
        // The service accepts an interval of 0, although the specification asks for a positive one.
        let interval_seconds = integer("IntervalSeconds", 0..=SECONDS_MAX, Some(1));
        let max_attempts = integer("MaxAttempts", 0..=ATTEMPTS_MAX, Some(3));
        let max_delay_seconds = integer("MaxDelaySeconds", 1..=DELAY_SECONDS_MAX, None);
        let backoff_rate = object.get("BackoffRate").and_then(|field| self.number(&field, 1.0..=f64::MAX));
        let jitter = object.get("JitterStrategy").and_then(|field| self.one_of(&field, &["NONE", "FULL"]));
        Some(Retrier {
            error_equals: error_equals?,
            interval_seconds: interval_seconds?,
            max_attempts: max_attempts?,
            backoff_rate: backoff_rate.unwrap_or(2.0),
            max_delay_seconds,
            jitter_strategy: if jitter == Some(1) { JitterStrategy::Full } else { JitterStrategy::None },
            span: object.span,
        })
    }

    fn catcher(&mut self, handler: Handler<'_>, scope: &mut Scope<'_>) -> Option<Catcher> {
        let Handler { object, error_equals } = handler;
        let object = &object;
        let language = scope.language;
        let known = ["ErrorEquals", "Next", "ResultPath", "Assign", "Output", "Comment"];
        self.refuse_unknown_fields(object, &known);
        self.require(object, &["Next"]);
        let next = object.get("Next").and_then(|field| self.target(&field, scope));
        let foreign = match language {
            QueryLanguage::JsonPath => "Output",
            QueryLanguage::Jsonata => "ResultPath",
        };
        if object.has(foreign) {
            self.other_language_field(object, foreign, language);
        }
        let result_path = self.path_field(object, "ResultPath", PathRule::ResultPath);
        let assign = self.template(object, "Assign", language, TemplateKind::Assign);
        let output = self.template(object, "Output", language, TemplateKind::Any);
        Some(Catcher {
            error_equals: error_equals?,
            next: next?,
            result_path,
            assign,
            output,
            span: object.span,
            location: object.location.clone(),
        })
    }
}
