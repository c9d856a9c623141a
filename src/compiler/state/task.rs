//! Task.

use crate::asl::model::{Catcher, IntField, PathField, PayloadTemplate, Retrier, State, Task, Transition};
use crate::bytecode::Expected;
use crate::bytecode::{Aspect, Op, Reg, Resource, Site, TaskSite};
use crate::compiler::lowering::Lowering;
use crate::compiler::query::States;
use crate::compiler::query::has_expression;
use crate::compiler::template::constant_text;
use crate::json::Tag;

/// What Task, Parallel and Map have in common once their work is done.
pub(super) struct AfterWork<'s> {
    pub result_selector: Option<&'s PayloadTemplate>,
    pub result_path: &'s PathField,
    pub retry: &'s [Retrier],
    pub catch: &'s [Catcher],
    pub transition: Transition,
}

impl Lowering<'_, '_> {
    pub(super) fn task(&mut self, state: &State, task: &Task) {
        let effective = self.effective_input(state);
        let parameters = task.parameters.as_ref().or(task.arguments.as_ref());
        let is_timed = task.timeout_seconds.is_some() || task.heartbeat_seconds.is_some();
        let first = match parameters {
            None if !is_timed => effective,
            _ => self.registers.block(if is_timed { 3 } else { 1 }),
        };
        match parameters {
            Some(template) => self.template(template, effective, "Parameters", first),
            None if is_timed => {
                self.builder.emit(Op::Move { dst: first, src: effective });
            }
            None => {}
        }
        let aspect = if self.is_jsonata() { Aspect::AfterArguments } else { Aspect::AfterParameters };
        self.inspect(aspect, first);
        if is_timed {
            self.int_field(task.timeout_seconds.as_ref(), effective, first.offset(1));
            self.int_field(task.heartbeat_seconds.as_ref(), effective, first.offset(2));
        }
        let id = self.builder.add_task(TaskSite {
            resource: task.resource.text.clone(),
            kind: Resource::parse(&task.resource.text).task_kind(),
            state: state.name.clone(),
            state_id: self.state_id,
            is_timed,
            parameters: parameters.map(|template| self.literal_members(template)),
        });
        self.builder.set_may_suspend();
        let dst = self.registers.one();
        self.builder.emit(Op::Task { dst, first, task: id });
        self.inspect(Aspect::Result, dst);
        self.after_work(
            state,
            dst,
            &AfterWork {
                result_selector: task.result_selector.as_ref(),
                result_path: &task.result_path,
                retry: &task.retry,
                catch: &task.catch,
                transition: task.transition,
            },
        );
    }

    /// `Assign`, `ResultSelector`, `ResultPath`, `OutputPath`, then the handlers. `Assign` sees the result as the
    /// work produced it.
    pub(super) fn after_work(&mut self, state: &State, result: Reg, after: &AfterWork<'_>) {
        if self.is_jsonata() {
            let states = States { result: Some(result), ..States::of_input(Reg::INPUT) };
            let leave = self.transition(after.transition);
            self.leave_by_query(state.assign.as_ref(), state.output.as_ref(), states, result, leave);
            return self.handlers(after.retry, after.catch);
        }
        let assignments = self.assign(state.assign.as_ref(), result);
        let selected = match after.result_selector {
            Some(template) => {
                let dst = self.registers.one();
                self.template(template, result, "ResultSelector", dst);
                dst
            }
            None => result,
        };
        self.inspect(Aspect::AfterResultSelector, selected);
        let combined = self.combine(after.result_path, selected);
        self.inspect(Aspect::AfterResultPath, combined);
        let leave = self.transition(after.transition);
        self.leave(state, combined, &assignments, leave);
        self.handlers(after.retry, after.catch);
    }

    /// A number or the path to one, into a register that is empty if the field is absent.
    pub(super) fn int_field(&mut self, field: Option<&IntField>, input: Reg, dst: Reg) {
        match field {
            None => {
                self.builder.emit(Op::Clear { dst });
            }
            Some(IntField::Literal(value)) => self.constant(&value.to_string(), dst),
            Some(IntField::Path(text)) => {
                if let Some(path) = self.parse_path(text) {
                    self.path_into(&path, input, &Site::InvalidPath, dst);
                }
            }
            Some(IntField::Expression(text)) => {
                self.query(text, States::of_input(input), Expected::Number, dst);
            }
        }
    }

    /// The members of a template whose values the definition gives, as a JSON object.
    fn literal_members(&self, template: &PayloadTemplate) -> String {
        if self.source.tag(template.node) != Tag::Object {
            return "{}".to_owned();
        }
        let mut members = Vec::new();
        for (key, value) in self.source.members(template.node) {
            let is_dynamic = self.source.string(key).to_text().ends_with(".$")
                || (self.is_jsonata() && has_expression(self.source, value));
            if !is_dynamic {
                let key = String::from_utf8_lossy(self.source.raw(key));
                members.push(format!("{key}:{}", constant_text(self.source, value)));
            }
        }
        format!("{{{}}}", members.join(","))
    }
}
