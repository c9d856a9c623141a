//! Map, distributed: what its fields come to goes into registers, and a Map Run does the rest.

use super::map::{int_name, tolerance};
use super::task::AfterWork;
use crate::asl::model::{ExecutionType, IntField, ItemBatcher, MachineType, Map, PayloadTemplate, State};
use crate::bytecode::{ContextField, MapRunInput, MapRunSite, Op, Reg};
use crate::compiler::lowering::Lowering;

impl<'m> Lowering<'m, '_> {
    pub(super) fn distributed_map(&mut self, state: &'m State, map: &'m Map, execution_type: ExecutionType) {
        let effective = self.effective_input(state);
        let first = self.registers.block(MapRunInput::COUNT);
        let at = |input: MapRunInput| first.offset(input as usize);
        self.builder.emit(Op::Move { dst: at(MapRunInput::EffectiveInput), src: effective });
        let items = at(MapRunInput::Items);
        let site = if map.item_reader.is_none() {
            Some(self.items(map, effective, items))
        } else {
            // AWS ignores an ItemsPath beside an ItemReader altogether.
            self.builder.emit(Op::Clear { dst: items });
            None
        };
        let (reader, batcher, writer) = (&map.item_reader, &map.item_batcher, &map.result_writer);
        let parameters = reader.as_ref().and_then(|reader| reader.parameters.as_ref());
        self.optional_template(parameters, effective, at(MapRunInput::ReaderParameters));
        let parameters = writer.as_ref().and_then(|writer| writer.parameters.as_ref());
        self.optional_template(parameters, effective, at(MapRunInput::WriterParameters));
        let input = batcher.as_ref().and_then(|batcher| batcher.input.as_ref());
        self.optional_template(input, effective, at(MapRunInput::BatchInput));
        for (field, input) in int_fields(map) {
            self.int_field(field, effective, at(input));
        }
        let percentage = at(MapRunInput::ToleratedFailurePercentage);
        self.float_field(map.tolerated_failure_percentage.as_ref(), effective, percentage);
        if map.item_selector.is_some() {
            self.builder.set_needs_clock();
            self.builder.emit(Op::Context { dst: at(MapRunInput::Context), field: ContextField::Whole });
        } else {
            self.builder.emit(Op::Clear { dst: at(MapRunInput::Context) });
        }
        let run = self.map_run_site(map, execution_type);
        let run = self.builder.add_map_run(run);
        self.builder.set_may_suspend();
        let dst = self.registers.one();
        let op = Op::MapRun { dst, first, run };
        match site {
            Some(site) => self.builder.emit_at(op, site),
            None => self.builder.emit(op),
        };
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

    fn map_run_site(&mut self, map: &'m Map, execution_type: ExecutionType) -> MapRunSite {
        let (reader, batcher) = (map.item_reader.as_deref(), map.item_batcher.as_deref());
        let name = |name, field: Option<&IntField>| field.map(|field| int_name(name, field));
        MapRunSite {
            state: self.state_id,
            label: map.label.clone(),
            processor: self.child_execution(&map.processor),
            selector: map.item_selector.as_ref().map(|template| self.selection(template)),
            execution_type: match execution_type {
                ExecutionType::Standard => MachineType::Standard,
                ExecutionType::Express => MachineType::Express,
            },
            reader: reader.map(|reader| reader.config.clone()),
            writer: map.result_writer.as_ref().map(|writer| writer.config),
            is_batched: batcher.is_some(),
            max_items: name("MaxItems", reader.and_then(|reader| reader.max_items.as_ref())),
            max_concurrency: name("MaxConcurrency", map.max_concurrency.as_ref()),
            batch_items_max: name("MaxItemsPerBatch", items_max(batcher)),
            batch_bytes_max: name("MaxInputBytesPerBatch", bytes_max(batcher)),
            tolerance: tolerance(map),
        }
    }

    /// A template into a register that is empty if the field is absent.
    fn optional_template(&mut self, template: Option<&PayloadTemplate>, input: Reg, dst: Reg) {
        match template {
            Some(template) => self.template(template, input, "Parameters", dst),
            None => {
                self.builder.emit(Op::Clear { dst });
            }
        }
    }
}

fn int_fields(map: &Map) -> [(Option<&IntField>, MapRunInput); 5] {
    [
        (map.item_reader.as_ref().and_then(|reader| reader.max_items.as_ref()), MapRunInput::MaxItems),
        (map.max_concurrency.as_ref(), MapRunInput::MaxConcurrency),
        (map.tolerated_failure_count.as_ref(), MapRunInput::ToleratedFailureCount),
        (items_max(map.item_batcher.as_deref()), MapRunInput::BatchItemsMax),
        (bytes_max(map.item_batcher.as_deref()), MapRunInput::BatchBytesMax),
    ]
}

fn items_max(batcher: Option<&ItemBatcher>) -> Option<&IntField> {
    batcher.and_then(|batcher| batcher.items_max.as_ref())
}

fn bytes_max(batcher: Option<&ItemBatcher>) -> Option<&IntField> {
    batcher.and_then(|batcher| batcher.bytes_max.as_ref())
}
