//! Map and Parallel without what they run inside (`TestState`): somebody else says what it came to.

use super::map::{int_name, tolerance};
use super::task::AfterWork;
use crate::asl::model::{Map, Parallel, State};
use crate::bytecode::{
    Aspect, Fork, ForkId, ForkKind, GraphId, Label, Op, PickedMembers, Reg, Site, StateInfo, StateType,
    TaskKind, TaskSite, Tolerance,
};
use crate::compiler::lowering::Lowering;
use crate::compiler::register::Registers;

impl<'m> Lowering<'m, '_> {
    pub(super) fn parallel_by_itself(&mut self, state: &State, parallel: &Parallel) {
        let effective = self.effective_input(state);
        let first = self.registers.one();
        match parallel.parameters.as_ref().or(parallel.arguments.as_ref()) {
            Some(template) => self.template(template, effective, "Parameters", first),
            None => {
                self.builder.emit(Op::Move { dst: first, src: effective });
            }
        }
        let result = self.ask_for_result(state, first);
        self.after_work(
            state,
            result,
            &AfterWork {
                result_selector: parallel.result_selector.as_ref(),
                result_path: &parallel.result_path,
                retry: &parallel.retry,
                catch: &parallel.catch,
                transition: parallel.transition,
            },
        );
    }

    /// The fields of the Map are evaluated and checked as ever, by a fork whose iterations end with their inputs.
    pub(super) fn map_by_itself(&mut self, state: &State, map: &'m Map) {
        let effective = self.effective_input(state);
        let first = self.registers.block(5);
        self.builder.emit(Op::Move { dst: first, src: effective });
        let site = match self.given.and_then(|given| given.items) {
            Some(items) => {
                self.constant(items, first.offset(1));
                Site::ItemsPath { path: "$".to_owned() }
            }
            None => self.items(map, effective, first.offset(1)),
        };
        self.int_field(map.max_concurrency.as_ref(), effective, first.offset(2));
        self.int_field(map.tolerated_failure_count.as_ref(), effective, first.offset(3));
        self.float_field(map.tolerated_failure_percentage.as_ref(), effective, first.offset(4));
        let selected = self.registers.one();
        let fork = self.add_selection(map);
        self.builder.emit_at(Op::Map { dst: selected, first, fork }, site);
        self.inspect(Aspect::AfterItemsPath, first.offset(1));
        if map.item_selector.is_some() && !self.is_jsonata() {
            self.inspect(Aspect::AfterItemSelector, selected);
        }
        self.inspect(Aspect::MaxConcurrency, first.offset(2));
        self.inspect(Aspect::ToleratedFailureCount, first.offset(3));
        self.inspect(Aspect::ToleratedFailurePercentage, first.offset(4));
        let asked = self.registers.one();
        self.builder.emit(Op::Move { dst: asked, src: effective });
        let result = self.ask_for_result(state, asked);
        self.after_work(
            state,
            result,
            &AfterWork {
                result_selector: map.result_selector.as_ref(),
                result_path: &map.result_path,
                retry: &map.retry,
                catch: &map.catch,
                transition: map.transition,
            },
        );
    }

    /// Asks for a task in the state's name; `first` holds its effective input.
    fn ask_for_result(&mut self, state: &State, first: Reg) -> Reg {
        let task = self.builder.add_task(TaskSite {
            resource: state.name.clone(),
            kind: TaskKind::Function,
            state: state.name.clone(),
            state_id: self.state_id,
            is_timed: false,
            parameters: None,
        });
        self.builder.set_may_suspend();
        let dst = self.registers.one();
        self.builder.emit(Op::Task { dst, first, task });
        dst
    }

    fn add_selection(&mut self, map: &'m Map) -> ForkId {
        let tolerance = tolerance(map);
        let tolerance = (tolerance != Tolerance::default()).then_some(tolerance);
        let kind = ForkKind::Map {
            // The next graph; it is lowered last.
            processor: GraphId(1),
            map_input: Reg::INPUT.offset(self.scope.names.len() + 1),
            picked: PickedMembers::default(),
            max_concurrency: map.max_concurrency.as_ref().map(|field| int_name("MaxConcurrency", field)),
            tolerance,
        };
        let variables = self.visible_variables();
        self.selection = Some(map);
        self.builder.add_fork(Fork { kind, variables })
    }

    /// Lowers the iterations of `map_by_itself`: an item goes through `ItemSelector`, and that is all.
    pub(in crate::compiler) fn item_selection(&mut self) {
        let Some(map) = self.selection.take() else { return };
        self.given = None; // here `$$.Map.Item` is the iteration's own
        self.registers = Registers::new(2 + self.scope.names.len());
        let graph = self.add_graph(self.visible_variables());
        if let Some(template) = &map.item_selector {
            let map_input = Reg::INPUT.offset(self.scope.names.len() + 1);
            self.template(template, map_input, "ItemSelector", Reg::INPUT);
        }
        let body = Label(self.builder.here().0 + 1);
        let state = self.builder.add_state(StateInfo {
            name: String::new(), // no state of a definition is called so
            kind: StateType::Pass,
            graph,
            body,
            retriers: Vec::new(),
            catchers: Vec::new(),
        });
        self.builder.emit(Op::Enter { state });
        self.builder.emit(Op::End { output: Reg::INPUT });
        self.set_frame(graph);
    }
}
