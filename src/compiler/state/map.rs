//! Map, inline.

use super::task::AfterWork;
use crate::asl::model::{FloatField, IntField, Map, PathField, ProcessorMode, State};
use crate::bytecode::Expected;
use crate::bytecode::{Field, Fork, ForkKind, Op, Reg, Site, Tolerance};
use crate::compiler::lowering::Lowering;
use crate::compiler::query::States;

impl<'m> Lowering<'m, '_> {
    pub(super) fn map(&mut self, state: &'m State, map: &'m Map) {
        if let ProcessorMode::Distributed { execution_type } = map.mode {
            return self.distributed_map(state, map, execution_type);
        }
        let effective = self.effective_input(state);
        // Effective input, items, concurrency, tolerated count, tolerated percentage.
        let first = self.registers.block(5);
        self.builder.emit(Op::Move { dst: first, src: effective });
        let site = self.items(map, effective, first.offset(1));
        self.int_field(map.max_concurrency.as_ref(), effective, first.offset(2));
        self.int_field(map.tolerated_failure_count.as_ref(), effective, first.offset(3));
        self.float_field(map.tolerated_failure_percentage.as_ref(), effective, first.offset(4));
        let (picked, names) = self.pick_for_items(map.item_selector.as_ref(), first);
        let (processor, map_input) = self.item_processor(&map.processor, map.item_selector.as_ref(), names);
        let tolerance = tolerance(map);
        let tolerance = (tolerance != Tolerance::default()).then_some(tolerance);
        let max_concurrency = map.max_concurrency.as_ref().map(|field| int_name("MaxConcurrency", field));
        let kind = ForkKind::Map { processor, map_input, picked, max_concurrency, tolerance };
        let variables = self.visible_variables();
        let fork = self.builder.add_fork(Fork { kind, variables });
        let dst = self.registers.one();
        self.builder.emit_at(Op::Map { dst, first, fork }, site);
        self.after_work(
            state,
            dst,
            &AfterWork {
                result_selector: map.result_selector.as_ref(),
                result_path: &map.result_path,
                retry: &map.retry,
                catch: &map.catch,
                transition: map.transition,
            },
        );
    }

    pub(super) fn items(&mut self, map: &Map, effective: Reg, dst: Reg) -> Site {
        if let Some(items) = &map.items {
            let states = States::of_input(effective);
            self.query_template_as(items.node, &items.location, states, Expected::Items, dst);
            return Site::Items;
        }
        let PathField::Path(text) = &map.items_path else {
            if self.is_jsonata() {
                self.builder.emit(Op::Move { dst, src: effective });
                return Site::Items;
            }
            self.builder.emit(Op::Move { dst, src: effective });
            return Site::ItemsPath { path: "$".to_owned() };
        };
        if let Some(path) = self.parse_path(text) {
            self.path_into(&path, effective, &Site::InvalidPath, dst);
        }
        Site::ItemsPath { path: text.text.clone() }
    }

    pub(super) fn float_field(&mut self, field: Option<&FloatField>, input: Reg, dst: Reg) {
        match field {
            None => {
                self.builder.emit(Op::Clear { dst });
            }
            Some(FloatField::Literal(value)) => {
                let mut text = Vec::new();
                crate::json::format_f64(*value, &mut text);
                self.constant(&String::from_utf8_lossy(&text), dst);
            }
            Some(FloatField::Path(text)) => {
                if let Some(path) = self.parse_path(text) {
                    self.path_into(&path, input, &Site::InvalidPath, dst);
                }
            }
            Some(FloatField::Expression(text)) => {
                self.query(text, States::of_input(input), Expected::Number, dst);
            }
        }
    }
}

/// How a Map's tolerances are given.
pub(super) fn tolerance(map: &Map) -> Tolerance {
    Tolerance {
        count: map.tolerated_failure_count.as_ref().map(|field| int_name("ToleratedFailureCount", field)),
        percentage: map.tolerated_failure_percentage.as_ref().map(percentage_name),
    }
}

pub(super) fn int_name(name: &str, field: &IntField) -> Field {
    match field {
        IntField::Path(text) => Field { name: format!("{name}Path"), path: Some(text.text.clone()) },
        _ => Field { name: name.to_owned(), path: None },
    }
}

fn percentage_name(field: &FloatField) -> Field {
    match field {
        FloatField::Path(text) => {
            Field { name: "ToleratedFailurePercentagePath".to_owned(), path: Some(text.text.clone()) }
        }
        _ => Field { name: "ToleratedFailurePercentage".to_owned(), path: None },
    }
}
