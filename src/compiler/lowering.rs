//! What every part of the lowering shares, and the walk over graphs.

use std::collections::VecDeque;

use super::one_state::Given;
use super::pick::Picked;
use super::register::Registers;
use super::scope::Scope;
use super::selected_item::SelectedItem;
use crate::asl::model::{Map, PayloadTemplate, QueryLanguage, State, StateGraph, StateIndex, StateMachine};
use crate::bytecode::{
    Graph, GraphId, ItemSelection, Label, Op, PendingLabel, ProgramBuilder, Reg, StateId, StateInfo,
};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Span};
use crate::json::Doc;

/// A graph that still has to be lowered: graphs are contiguous in the code, so children wait.
struct Waiting<'m> {
    id: GraphId,
    graph: &'m StateGraph,
    scope: Scope,
    /// A Map's `ItemSelector`, and the register with the Map's effective input.
    item_selector: Option<&'m PayloadTemplate>,
    map_input: Option<Reg>,
    /// The members of that input that are in the registers after it.
    picked: Vec<String>,
    /// The state that the graph is in.
    around: Around,
}

/// What the fields of a state are lowered by.
#[derive(Debug, Clone)]
struct Around {
    language: QueryLanguage,
    location: String,
}

/// An `ItemSelector` of a Distributed Map that still has to be lowered.
struct WaitingSelector<'m> {
    id: GraphId,
    template: &'m PayloadTemplate,
    scope: Scope,
    map_input: Reg,
    around: Around,
}

/// The lowering of one machine.
pub(super) struct Lowering<'m, 'd> {
    pub machine: &'m StateMachine,
    pub source: Doc<'m>,
    pub builder: ProgramBuilder,
    pub diagnostics: &'d mut Diagnostics,
    pub refused: bool,
    pub registers: Registers,
    pub scope: Scope,
    /// What the graph's `ItemSelector` has left in registers, if it has one.
    pub selected_item: SelectedItem,
    /// What the state being lowered has picked of its input.
    pub picked: Picked,
    /// The state being lowered.
    pub state_id: StateId,
    /// Its language.
    pub language: QueryLanguage,
    /// Its location.
    pub state_location: String,
    /// What is given to a state that is compiled by itself.
    pub given: Option<&'m Given<'m>>,
    /// A Map that is compiled by itself and whose `ItemSelector` waits.
    pub selection: Option<&'m Map>,
    pub(super) labels: Vec<PendingLabel>,
    waiting: VecDeque<Waiting<'m>>,
    selectors: VecDeque<WaitingSelector<'m>>,
}

impl<'m, 'd> Lowering<'m, 'd> {
    pub(super) fn new(machine: &'m StateMachine, diagnostics: &'d mut Diagnostics) -> Self {
        Self {
            machine,
            source: machine.source.doc(),
            builder: ProgramBuilder::default(),
            diagnostics,
            refused: false,
            registers: Registers::default(),
            scope: Scope::default(),
            selected_item: SelectedItem::default(),
            picked: Picked::default(),
            state_id: StateId(0),
            language: QueryLanguage::JsonPath,
            state_location: String::new(),
            given: None,
            selection: None,
            labels: Vec::new(),
            waiting: VecDeque::new(),
            selectors: VecDeque::new(),
        }
    }

    /// Lowers the machine; `None` if something was refused.
    pub(super) fn run(mut self) -> Option<ProgramBuilder> {
        self.builder.set_timeout_seconds(self.machine.timeout_seconds);
        let scope = Scope::of(&self.machine.top, &Scope::default(), self.source);
        self.enqueue(&self.machine.top, scope, None, None);
        while let Some(next) = self.waiting.pop_front() {
            self.graph(next);
            while let Some(selector) = self.selectors.pop_front() {
                self.selector(selector);
            }
        }
        self.finish()
    }

    /// The builder, unless something was refused.
    pub(super) fn finish(self) -> Option<ProgramBuilder> {
        (!self.refused && !self.diagnostics.has_errors()).then_some(self.builder)
    }

    fn around(&self) -> Around {
        Around { language: self.language, location: self.state_location.clone() }
    }

    fn stand_in(&mut self, around: Around) {
        Around { language: self.language, location: self.state_location } = around;
    }

    /// Has a child graph lowered later. Returns its id, and for a Map the register of the Map's input.
    pub(super) fn child(&mut self, graph: &'m StateGraph) -> GraphId {
        let scope = Scope::of(graph, &self.scope, self.source);
        self.enqueue(graph, scope, None, None)
    }

    /// As `child`, for a Map's item processor.
    pub(super) fn item_processor(
        &mut self,
        graph: &'m StateGraph,
        item_selector: Option<&'m PayloadTemplate>,
        picked: Vec<String>,
    ) -> (GraphId, Reg) {
        let scope = Scope::of(graph, &self.scope, self.source);
        let map_input = Reg::INPUT.offset(scope.names.len() + 1);
        let id = self.enqueue(graph, scope, item_selector, Some(map_input));
        if let Some(waiting) = self.waiting.back_mut() {
            waiting.picked = picked;
        }
        (id, map_input)
    }

    /// As `child`, for the item processor of a Distributed Map: its executions see no variables of others.
    pub(super) fn child_execution(&mut self, graph: &'m StateGraph) -> GraphId {
        let scope = Scope::of(graph, &Scope::default(), self.source);
        self.enqueue(graph, scope, None, None)
    }

    /// As `child`, for an `ItemSelector` that runs by itself.
    pub(super) fn selection(&mut self, template: &'m PayloadTemplate) -> ItemSelection {
        let mut scope = self.scope.clone();
        scope.outer = scope.names.len();
        let variables = self.visible_variables();
        let map_input = Reg::INPUT.offset(scope.names.len() + 1);
        let id = self.builder.add_graph(Graph {
            entry: Label(0),
            registers: 0,
            variables: scope.names.clone(),
            variables_outer: variables,
        });
        let around = self.around();
        self.selectors.push_back(WaitingSelector { id, template, scope, map_input, around });
        ItemSelection { graph: id, variables, map_input }
    }

    fn selector(&mut self, waiting: WaitingSelector<'m>) {
        let WaitingSelector { id, template, scope, map_input, around } = waiting;
        self.stand_in(around);
        self.registers = Registers::new(2 + scope.names.len());
        self.scope = scope;
        self.selected_item = SelectedItem::default();
        self.builder.graph_mut(id).entry = self.builder.here();
        self.template(template, map_input, "ItemSelector", Reg::INPUT);
        self.builder.emit(Op::Return { output: Reg::INPUT });
        self.set_frame(id);
    }

    fn enqueue(
        &mut self,
        graph: &'m StateGraph,
        scope: Scope,
        item_selector: Option<&'m PayloadTemplate>,
        map_input: Option<Reg>,
    ) -> GraphId {
        let id = self.builder.add_graph(Graph {
            entry: Label(0),
            registers: 0,
            variables: scope.names.clone(),
            variables_outer: u16::try_from(scope.outer).unwrap_or(u16::MAX),
        });
        let around = self.around();
        let picked = Vec::new();
        self.waiting.push_back(Waiting { id, graph, scope, item_selector, map_input, picked, around });
        id
    }

    fn graph(&mut self, waiting: Waiting<'m>) {
        let Waiting { id, graph, scope, item_selector, map_input, picked, around } = waiting;
        self.stand_in(around);
        let fixed = 1 + scope.names.len() + usize::from(map_input.is_some()) + picked.len();
        self.registers = Registers::new(fixed);
        self.scope = scope;
        self.selected_item = SelectedItem::default();
        self.labels = graph.states.iter().map(|_| self.builder.pending()).collect();
        self.builder.graph_mut(id).entry = self.builder.here();
        if let (Some(template), Some(map_input)) = (item_selector, map_input) {
            self.assume_picked(&picked, map_input);
            self.select_item(template, map_input, graph);
            self.forget_picked(0);
        }
        let fixed = self.registers.mark();
        let start = self.label(graph.start_at);
        if graph.start_at.0 != 0 {
            self.builder.emit_jump(start, |target| Op::Jump { target });
        }
        for (index, state) in graph.states.iter().enumerate() {
            self.builder.bind(self.labels[index]);
            self.registers.release(fixed);
            self.selected_item.turn_to(index);
            self.state(id, state);
        }
        self.set_frame(id);
    }

    /// Gives a graph that has been lowered the registers it needs.
    pub(super) fn set_frame(&mut self, id: GraphId) {
        let registers = self.registers.most();
        match u16::try_from(registers) {
            Ok(registers) => self.builder.graph_mut(id).registers = registers,
            Err(_) => self.builder.refuse("registers in one branch", registers, usize::from(u16::MAX)),
        }
    }

    fn state(&mut self, graph: GraphId, state: &'m State) {
        self.enter(graph, state);
        self.body(state);
    }

    /// Adds a state and enters it.
    pub(super) fn enter(&mut self, graph: GraphId, state: &State) {
        self.state_id = self.builder.add_state(StateInfo {
            name: state.name.clone(),
            kind: super::state::state_type(&state.kind),
            graph,
            body: Label(0),
            retriers: Vec::new(),
            catchers: Vec::new(),
        });
        let enter = self.builder.emit(Op::Enter { state: self.state_id });
        self.builder.state_mut(self.state_id).body = Label(enter.0 + 1);
    }

    /// Lowers what follows a state's `Enter`.
    pub(super) fn body(&mut self, state: &'m State) {
        self.language = state.query_language;
        self.state_location.clone_from(&state.location);
        self.lower_kind(state);
    }

    /// The target of a transition inside the graph being lowered.
    pub(super) fn label(&self, index: StateIndex) -> PendingLabel {
        self.labels[index.0 as usize]
    }

    /// Reports something valid that cannot be run.
    pub(super) fn refuse(&mut self, message: impl Into<String>, span: Span, location: &str) {
        self.refused = true;
        self.diagnostics.push(Diagnostic::error(Code::NotCompiled, message, span).at(location));
    }
}
