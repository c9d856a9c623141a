//! From items to inputs of child executions: `MaxItems`, `ItemSelector`, `ItemBatcher`.

use super::batcher::Batcher;
use super::reader::{Item, ItemSource};
use super::{MapRunContext, MapRunError};
use crate::json::write_json_string;
use crate::value::random::Random;
use crate::value::timestamp::Timestamp;
use crate::vm::{ItemSelector, MapRunRequest, Vm};

/// A child execution that is to be started.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Child {
    /// Counts from 0 in the order of the items.
    pub(crate) number: u64,
    /// How many items it processes.
    pub(crate) items: u32,
    /// Where its randomness comes from.
    pub(crate) seed: u64,
    /// When it starts, under a virtual clock.
    pub(crate) started_at: Timestamp,
    /// Its input as JSON.
    pub(crate) input: Vec<u8>,
}

/// Inputs of child executions, one by one.
pub(super) struct Feed {
    source: Box<dyn ItemSource>,
    items_max: u64,
    /// Items read so far.
    items: u64,
    selector: Option<(ItemSelector, Vm)>,
    batcher: Option<Batcher>,
    seed: u64,
    is_exhausted: bool,
}

impl Feed {
    pub(super) fn new(context: &MapRunContext, request: &MapRunRequest, source: Box<dyn ItemSource>) -> Self {
        let (program, names, limits) = (&context.program, &context.names, &context.limits);
        let selector = ItemSelector::new(program, names, request, limits.nesting_depth_max);
        let is_batched = program.map_run(request.run).is_batched;
        let batcher = || {
            let input = request.batch_input.as_deref();
            let (items_max, bytes_max) = (request.batch_items_max, request.batch_bytes_max);
            Batcher::new(input, items_max, bytes_max, limits.payload_bytes_max)
        };
        Self {
            source,
            items_max: request.items_max.unwrap_or(u64::MAX),
            items: 0,
            selector: selector.map(|selector| (selector, Vm::new(limits))),
            batcher: is_batched.then(batcher),
            seed: request.seed,
            is_exhausted: false,
        }
    }

    /// The next child's input and how many items are in it.
    pub(super) fn next(&mut self) -> Result<Option<(Vec<u8>, u32)>, MapRunError> {
        loop {
            let item = self.next_item()?;
            let Some(batcher) = &mut self.batcher else { return Ok(item.map(|item| (item, 1))) };
            let batch = match &item {
                Some(item) => batcher.add(item),
                None => batcher.take(),
            };
            match batch {
                Some(batch) => return Ok(Some((batch.text, batch.items))),
                None if item.is_none() => return Ok(None),
                None => {}
            }
        }
    }

    /// How many items there are in all, once that is known.
    pub(super) fn total(&self) -> Option<u64> {
        if self.is_exhausted {
            return Some(self.items);
        }
        self.source.total().map(|total| total.min(self.items_max))
    }

    fn next_item(&mut self) -> Result<Option<Vec<u8>>, MapRunError> {
        let item = if self.items < self.items_max && !self.is_exhausted { self.source.next()? } else { None };
        let Some(item) = item else {
            self.is_exhausted = true;
            return Ok(None);
        };
        let index = u32::try_from(self.items).unwrap_or(u32::MAX);
        self.items += 1;
        let Some((selector, vm)) = &mut self.selector else { return Ok(Some(input_of(item))) };
        let seed = Random::new(self.seed ^ !self.items).next_u64();
        let source = self.source.source();
        Ok(Some(selector.select(vm, &item.value, item.key.as_deref(), index, source, seed)?))
    }
}

/// An item as a child execution gets it: of an object's members, the pair.
fn input_of(item: Item) -> Vec<u8> {
    let Some(key) = item.key else { return item.value };
    let mut pair = b"{\"Key\":".to_vec();
    write_json_string(&key, &mut pair);
    pair.extend_from_slice(b",\"Value\":");
    pair.extend_from_slice(&item.value);
    pair.push(b'}');
    pair
}
