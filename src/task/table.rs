//! A registry resolved against one program.

use std::sync::Arc;

use super::{AsyncTaskHandler, FixedReply, TaskHandler, TestCase, UnansweredError, UnansweredTask};
use crate::bytecode::{Program, TaskId, TaskSite};

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
