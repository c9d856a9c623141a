//! Which handler answers which Resource.

use std::fmt;
use std::sync::Arc;

use super::callback::{ActivityTask, Awaited, Callbacks};
use super::lambda::{LambdaInvoke, function_name_in};
use super::pattern::Pattern;
use super::table::{Route, TaskTable};
use super::{
    AsyncTaskHandler, BatchOptions, BatchTaskHandler, Batched, FixedReply, Integration, IntegrationPattern,
    Reply, Resource, TaskCall, TaskError, TaskFuture, TaskHandler, TestCase,
};
#[cfg(feature = "cli")]
use super::{Bulkhead, BulkheadOptions, ProcessLog, immediate::Immediate};
use crate::bytecode::{Program, TaskSite, function_name};
use crate::json::Document;
use crate::vm::TokenKey;

/// Handlers by Resource pattern, and the mocked states of a test case.
///
/// Of several patterns that match, the first one added answers. A mocked state is answered by its test case
/// whatever its Resource.
#[derive(Debug, Default, Clone)]
pub struct TaskRegistry {
    entries: Vec<Entry>,
    test_case: Option<Arc<TestCase>>,
    /// Where the programs that a task file names log.
    #[cfg(feature = "cli")]
    process_log: ProcessLog,
    callbacks: Option<Callbacks>,
}

/// A pattern and its handler.
#[derive(Clone)]
pub(super) struct Entry {
    pattern: Pattern,
    handler: Handler,
}

/// A handler of either kind.
#[derive(Clone)]
pub(super) enum Handler {
    /// Answers on the thread that runs the execution.
    Sync(Arc<dyn TaskHandler>),
    /// Answers later, while the execution waits off its worker.
    Async(Arc<dyn AsyncTaskHandler>),
}

impl Handler {
    /// Has the handler answer, off the thread of whoever waits if it may take its time.
    pub(super) fn start(&self, call: TaskCall) -> TaskFuture {
        let handler = match self {
            Self::Async(handler) => return handler.call(call),
            Self::Sync(handler) => Arc::clone(handler),
        };
        Box::pin(async move {
            let answered = tokio::task::spawn_blocking(move || {
                let mut answer = Reply::default();
                handler.call(&call.as_request(), &mut answer).map(|()| answer)
            });
            answered.await.unwrap_or_else(|error| match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(error) => Err(TaskError::new("States.Runtime", error.to_string())),
            })
        })
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Entry").field(&self.pattern.text()).finish()
    }
}

impl TaskRegistry {
    /// A registry that answers nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets `handler` answer the Resources that `pattern` matches; `*` stands for any run of characters.
    ///
    /// A Lambda function may be given by its ARN or its name alone. `arn:aws:states:::lambda:invoke` is
    /// answered by the handler of the function that `FunctionName` names.
    pub fn handle(&mut self, pattern: &str, handler: impl TaskHandler + 'static) -> &mut Self {
        self.handle_shared(pattern, Arc::new(handler))
    }

    /// As [`handle`](Self::handle), for a handler that is used elsewhere too.
    pub fn handle_shared(&mut self, pattern: &str, handler: Arc<dyn TaskHandler>) -> &mut Self {
        self.add(pattern, Handler::Sync(handler))
    }

    /// As [`handle`](Self::handle), for a handler that answers later: while it does, the execution waits off its
    /// worker. Executors and pipelines drive such handlers; a [`Runner`](crate::executor::Runner) refuses them.
    ///
    /// ```
    /// use aslx::task::{TaskCall, TaskRegistry};
    ///
    /// let mut tasks = TaskRegistry::new();
    /// tasks.handle_async("arn:aws:lambda:*:function:Price", |call: TaskCall| async move {
    ///     tokio::task::yield_now().await; // a request to somewhere else
    ///     Ok(format!(r#"{{"priced":{}}}"#, call.payload().len()))
    /// });
    /// ```
    pub fn handle_async(&mut self, pattern: &str, handler: impl AsyncTaskHandler + 'static) -> &mut Self {
        self.handle_async_shared(pattern, Arc::new(handler))
    }

    /// As [`handle_async`](Self::handle_async), for a handler that is used elsewhere too.
    pub fn handle_async_shared(&mut self, pattern: &str, handler: Arc<dyn AsyncTaskHandler>) -> &mut Self {
        self.add(pattern, Handler::Async(handler))
    }

    /// As [`handle_async`](Self::handle_async), for a handler that answers many requests at once.
    ///
    /// ```
    /// use std::time::Duration;
    /// use aslx::task::{BatchOptions, TaskError, TaskRegistry, TaskRequest};
    ///
    /// let mut tasks = TaskRegistry::new();
    /// let options = BatchOptions::new(100, Duration::from_millis(2));
    /// tasks.handle_batch("*:function:Price", options, |requests: &[TaskRequest<'_>]| {
    ///     let total = requests.len(); // one query for all of them
    ///     requests.iter().map(|_| Ok::<_, TaskError>(format!("{total}"))).collect()
    /// });
    /// ```
    pub fn handle_batch(
        &mut self,
        pattern: &str,
        options: BatchOptions,
        handler: impl BatchTaskHandler + 'static,
    ) -> &mut Self {
        self.handle_async(pattern, Batched::new(options, handler))
    }

    fn add(&mut self, pattern: &str, handler: Handler) -> &mut Self {
        self.entries.push(Entry { pattern: Pattern::new(pattern), handler });
        self
    }

    /// Puts bounds around the handler added last.
    #[cfg(feature = "cli")]
    pub(super) fn bound_last(&mut self, options: BulkheadOptions) {
        let Some(entry) = self.entries.last_mut() else { return };
        let handler: Arc<dyn AsyncTaskHandler> = match &entry.handler {
            Handler::Sync(handler) => Arc::new(Immediate(Arc::clone(handler))),
            Handler::Async(handler) => Arc::clone(handler),
        };
        entry.handler = Handler::Async(Arc::new(Bulkhead::shared(options, handler)));
    }

    /// Where the programs that a task file names log: what they write beside their answers, until this is set nowhere.
    #[cfg(feature = "cli")]
    pub fn process_log(&self) -> &ProcessLog {
        &self.process_log
    }

    /// Answers the states that a mock file's test case names.
    pub fn mock(&mut self, test_case: TestCase) -> &mut Self {
        self.test_case = Some(Arc::new(test_case));
        self
    }

    /// Has `.waitForTaskToken` states wait for their tokens, and activities for workers.
    ///
    /// Whoever answers the Resource of such a state is asked first, and what it answers is not the task's result; a job's
    /// answer (`.sync`) is, unless its token comes back before. Without callbacks, handlers answer for good.
    pub fn callbacks(&mut self, callbacks: &Callbacks) -> &mut Self {
        self.callbacks = Some(callbacks.clone());
        self
    }

    /// The same without mocked states.
    #[must_use]
    pub(crate) fn without_test_case(self) -> Self {
        Self { test_case: None, ..self }
    }

    /// Adds all of `other` behind what is there; its test case takes the place of this one's.
    pub fn extend(&mut self, other: Self) -> &mut Self {
        self.entries.extend(other.entries);
        if other.test_case.is_some() {
            self.test_case = other.test_case;
        }
        if other.callbacks.is_some() {
            self.callbacks = other.callbacks;
        }
        self
    }

    /// Whether any handler answers later.
    pub(crate) fn is_async(&self) -> bool {
        self.callbacks.is_some()
            || self.entries.iter().any(|entry| matches!(entry.handler, Handler::Async(_)))
    }

    /// What task tokens are made with.
    pub(crate) fn token_key(&self) -> Option<TokenKey> {
        self.callbacks.as_ref().map(|callbacks| callbacks.key().clone())
    }

    #[cfg(test)]
    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Finds the handler of every task of a program, once.
    pub(crate) fn resolve(&self, program: &Program) -> TaskTable {
        let entries: Arc<[Entry]> = self.entries.as_slice().into();
        let routes = program.tasks().iter().map(|site| self.route(site, &entries)).collect();
        TaskTable::new(routes, self.test_case.clone())
    }

    fn route(&self, site: &TaskSite, entries: &Arc<[Entry]>) -> Route {
        if let Some(mock) = self.test_case.as_ref().and_then(|case| case.position(&site.state)) {
            return Route::Mock(mock);
        }
        let resource = Resource::parse(&site.resource);
        let route = route_resource(site, resource, entries);
        let Some(callbacks) = &self.callbacks else { return route };
        match (resource, route) {
            (Resource::Activity { .. }, Route::Unanswered) => {
                callbacks.declare_activity(&site.resource);
                Route::Start(Arc::new(ActivityTask::new(callbacks.clone())))
            }
            (Resource::Integration(Integration { pattern, .. }), route) => {
                let takes_answer = match pattern {
                    IntegrationPattern::RequestResponse => return route,
                    IntegrationPattern::RunJob | IntegrationPattern::RunJobJson => true,
                    IntegrationPattern::WaitForTaskToken => false,
                };
                let handler = match route {
                    Route::Call(handler) => Handler::Sync(handler),
                    Route::Start(handler) => Handler::Async(handler),
                    // Nobody is asked who could have sent the token away: such an answer is the task's result.
                    Route::Fixed(_) | Route::Mock(_) | Route::Unanswered => return route,
                };
                Route::Start(Arc::new(Awaited::new(handler, callbacks.clone(), takes_answer)))
            }
            (_, route) => route,
        }
    }
}

/// What answers a task by itself: without callbacks.
fn route_resource(site: &TaskSite, resource: Resource<'_>, entries: &Arc<[Entry]>) -> Route {
    if resource.is_lambda_invoke() {
        return route_invoke(site, resource, entries);
    }
    let handler = match resource {
        Resource::Function { .. } => Entry::find_function(entries, &site.resource),
        _ => Entry::find(entries, &site.resource),
    };
    match handler {
        None => Route::Unanswered,
        Some(Handler::Async(handler)) => Route::Start(Arc::clone(handler)),
        Some(Handler::Sync(handler)) => match handler.fixed_reply() {
            Some(reply) => Route::Fixed(reply),
            None => Route::Call(Arc::clone(handler)),
        },
    }
}

/// A function named in the definition is looked up now, one named by the request when it is made.
fn route_invoke(site: &TaskSite, resource: Resource<'_>, entries: &Arc<[Entry]>) -> Route {
    let parameters = site.parameters.as_ref().and_then(|json| Document::parse(json.as_bytes(), 1024).ok());
    let name = parameters.as_ref().and_then(|parameters| function_name_in(parameters.doc()));
    let handler = match name {
        Some(name) => {
            let found = Entry::find_function(entries, &name);
            let Some(handler) = found.or_else(|| Entry::find(entries, &site.resource)) else {
                return Route::Unanswered;
            };
            Some(handler.clone())
        }
        None if entries.is_empty() => return Route::Unanswered,
        None => None,
    };
    let fixed = match &handler {
        Some(Handler::Sync(handler)) => handler.fixed_reply(),
        _ => None,
    };
    if let Some(FixedReply::Document(document)) = fixed {
        let mut response = Vec::new();
        LambdaInvoke::wrap(document.doc().bytes(), &mut response);
        if let (Ok(document), true) = (Document::parse(response, 1024), resource.has_response_envelope()) {
            return Route::Fixed(FixedReply::Document(Arc::new(document)));
        }
    }
    // A function that only the request names may turn out to have a handler that answers later.
    let is_async = |handler: &Handler| matches!(handler, Handler::Async(_));
    let may_wait = match &handler {
        Some(handler) => is_async(handler),
        None => entries.iter().any(|entry| is_async(&entry.handler)),
    };
    let invoke = LambdaInvoke::new(resource, handler, Arc::clone(entries));
    if may_wait { Route::Start(Arc::new(Arc::new(invoke))) } else { Route::Call(Arc::new(invoke)) }
}

impl Entry {
    /// The first handler whose pattern matches the text.
    pub(super) fn find<'e>(entries: &'e [Self], text: &str) -> Option<&'e Handler> {
        entries.iter().find(|entry| entry.pattern.matches(text)).map(|entry| &entry.handler)
    }

    /// The first handler for a Lambda function given by name, partial or full ARN.
    pub(super) fn find_function<'e>(entries: &'e [Self], text: &str) -> Option<&'e Handler> {
        let name = function_name(text);
        let is_match = |entry: &&Self| {
            entry.pattern.matches(text) || name.is_some_and(|name| entry.matches_function(text, name))
        };
        entries.iter().find(is_match).map(|entry| &entry.handler)
    }

    /// A bare name says nothing of account and region, so either side may leave them out.
    fn matches_function(&self, text: &str, name: &str) -> bool {
        let pattern = self.pattern.text();
        match pattern.split_once(":function:") {
            Some((_, after)) => !text.starts_with("arn:") && Pattern::new(after).matches(name),
            None => self.pattern.matches(name),
        }
    }
}
