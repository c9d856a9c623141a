//! A registry resolved against one program.

use std::sync::Arc;

use super::{AsyncTaskHandler, FixedReply, TaskHandler, TestCase, UnansweredError, UnansweredTask};
use crate::bytecode::{GivenAnswer, Program, TaskId, TaskSite};
use crate::json::{NodeId, minify};

/// What answers one task of a program.
pub(crate) enum Route {
    /// The same reply always.
    Fixed(FixedReply),
    /// A handler that answers at once.
    Call(Arc<dyn TaskHandler>),
    /// A handler that answers later.
    Start(Arc<dyn AsyncTaskHandler>),
    /// A mocked state, by its position in the test case.
    Mock(usize),
    /// Nothing.
    Unanswered,
}

/// The routes of a program's tasks by [`TaskId`].
pub(crate) struct TaskTable {
    routes: Vec<Route>,
    test_case: Option<Arc<TestCase>>,
}

impl std::fmt::Debug for TaskTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TaskTable").field("routes", &self.routes.len()).finish_non_exhaustive()
    }
}

impl TaskTable {
    pub(super) fn new(routes: Vec<Route>, test_case: Option<Arc<TestCase>>) -> Self {
        Self { routes, test_case }
    }

    /// What answers a task.
    #[inline]
    pub(crate) fn route(&self, task: TaskId) -> &Route {
        &self.routes[task.index()]
    }

    /// The program with those answers that are known before a task is asked.
    pub(crate) fn link(&self, program: &Arc<Program>) -> Arc<Program> {
        let is_fixed = |route: &Route| matches!(route, Route::Fixed(_));
        if !self.routes.iter().any(is_fixed) {
            return Arc::clone(program);
        }
        let answers: Vec<GivenAnswer> = self.routes.iter().map(known_answer).collect();
        Arc::new(program.with_answers(&answers))
    }

    /// The mocked states, if there are any.
    pub(crate) fn test_case(&self) -> Option<&TestCase> {
        self.test_case.as_deref()
    }

    /// Whether no handler runs code that could take time.
    pub(crate) fn is_instant(&self) -> bool {
        !self.routes.iter().any(|route| matches!(route, Route::Call(_) | Route::Start(_)))
    }

    /// The first task of the program whose handler answers later: then there must be something to drive it.
    pub(crate) fn first_async<'p>(&self, program: &'p Program) -> Option<&'p TaskSite> {
        let at = self.routes.iter().position(|route| matches!(route, Route::Start(_)))?;
        program.tasks().get(at)
    }

    /// Whether any handler runs code on a worker's thread.
    pub(crate) fn may_block(&self) -> bool {
        self.routes.iter().any(|route| matches!(route, Route::Call(_)))
    }

    /// Refuses a program with a task that nothing answers.
    pub(crate) fn require_answers(&self, program: &Program) -> Result<(), UnansweredError> {
        let sites = program.tasks().iter().zip(&self.routes);
        let tasks: Vec<_> = sites
            .filter(|(_, route)| matches!(route, Route::Unanswered))
            .map(|(site, _)| UnansweredTask { state: site.state.clone(), resource: site.resource.clone() })
            .collect();
        if tasks.is_empty() { Ok(()) } else { Err(UnansweredError { tasks }) }
    }
}

fn known_answer(route: &Route) -> GivenAnswer {
    match route {
        Route::Fixed(FixedReply::Payload) => GivenAnswer::Payload,
        Route::Fixed(FixedReply::Document(document)) => {
            let mut text = Vec::new();
            minify(document.doc(), NodeId::ROOT, &mut text);
            GivenAnswer::Json(text)
        }
        _ => GivenAnswer::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytecode::TaskAnswer;
    use crate::compiler::{CompileOptions, compile};
    use crate::task::{Constant, Echo, TaskRegistry, TaskRequest};

    const DEFINITION: &str = r#"{"StartAt":"A","States":{
        "A":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:F","Next":"B"},
        "B":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:G","Next":"C"},
        "C":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:123456789012:function:H","Next":"D"},
        "D":{"Type":"Pass","Result":{"kept":[1,2]},"End":true}}}"#;

    #[test]
    fn fixed_replies_become_constants_and_move_none_of_the_others() {
        let program = Arc::new(compile(DEFINITION, &CompileOptions::default()).expect("a valid definition"));
        let mut tasks = TaskRegistry::new();
        tasks.handle("*:F", Constant::new(*br#"{ "said": true }"#, 9).expect("JSON"));
        tasks.handle("*:G", Echo);
        tasks.handle("*:H", |_: &TaskRequest<'_>| Ok("null".to_owned()));
        let linked = tasks.resolve(&program).link(&program);
        let doc = linked.constants.doc();
        let TaskAnswer::Constant(node) = linked.answer(TaskId(0)) else { panic!("it is known") };
        assert_eq!(doc.raw(node), br#"{"said":true}"#);
        assert_eq!(linked.answer(TaskId(1)), TaskAnswer::Payload);
        assert_eq!(linked.answer(TaskId(2)), TaskAnswer::Unknown);
        for (before, after) in program.constant_nodes.iter().zip(&linked.constant_nodes) {
            assert_eq!(program.constants.doc().raw(*before), doc.raw(*after));
        }
    }
}
