//! Asking for a Map Run: the fields of a Distributed Map are checked here, all else is up to the caller.

use crate::bytecode::{Field, MapRunId, MapRunInput, MapRunSite, Reg};
use crate::value::{Value, View, to_json};
use crate::vm::effect::Effect;
use crate::vm::fault::{Fault, ITEM_READER};
use crate::vm::history::{EventDetails, EventType, Moment};
use crate::vm::machine::Machine;
use crate::vm::map_run::MapRunRequest;
use crate::vm::state::{Register, Status};

type Outcome<T> = Result<T, Fault>;

/// `MaxItems` above this is taken for this.
const ITEMS_MAX: u64 = 100_000_000;

impl<'a> Machine<'_, '_, 'a> {
    /// Asks for a Map Run; the strand waits for its end.
    pub(in crate::vm) fn start_map_run(
        &mut self,
        slot: u32,
        frame: &[Register<'a>],
        dst: Reg,
        first: Reg,
        run: MapRunId,
        pc: u32,
    ) -> Outcome<Effect> {
        let site = self.program.map_run(run);
        let input = |input: MapRunInput| frame[usize::from(first.0) + input as usize];
        let text = |of: MapRunInput| input(of).map(|value| to_json(value, self.heap.docs).into_bytes());
        let length =
            self.item_count(site, *Self::load(frame, first.offset(MapRunInput::Items as usize)), pc)?;
        let default = self.limits.map_run_concurrency_max;
        let given = input(MapRunInput::MaxConcurrency);
        let concurrency_max = self.concurrency(given, site.max_concurrency.as_ref(), default)?.min(default);
        let (tolerated_failure_count, tolerated_failure_percentage) = self.tolerated(
            input(MapRunInput::ToleratedFailureCount),
            input(MapRunInput::ToleratedFailurePercentage),
            &site.tolerance,
        )?;
        let items_max = match self.count(input(MapRunInput::MaxItems), site.max_items.as_ref())? {
            Some(count) if count < 0 => {
                let cause = "field MaxItems must be positive".to_owned();
                return Err(Fault::reported(Some(ITEM_READER.to_owned()), Some(cause)));
            }
            count => positive(count).map(|count| count.min(ITEMS_MAX)),
        };
        let batch_items_max = self.count(input(MapRunInput::BatchItemsMax), site.batch_items_max.as_ref())?;
        let batch_bytes_max = self.count(input(MapRunInput::BatchBytesMax), site.batch_bytes_max.as_ref())?;
        let mut request = MapRunRequest {
            run,
            seed: 0,
            started_at: self.now,
            entered_event: self.state.strands[slot as usize].entered_event,
            environment: None,
            items: text(MapRunInput::Items),
            reader_parameters: text(MapRunInput::ReaderParameters),
            writer_parameters: text(MapRunInput::WriterParameters),
            items_max,
            concurrency_max,
            tolerated_failure_count,
            tolerated_failure_percentage,
            batch_items_max: positive(batch_items_max),
            batch_bytes_max: positive(batch_bytes_max),
            batch_input: text(MapRunInput::BatchInput),
        };
        if let Some(selector) = site.selector {
            let variables = &frame[1..=usize::from(selector.variables)];
            request.environment = Some(self.environment(frame, first, variables));
        }
        request.seed = self.random(slot).next_u64();
        let started = EventDetails::MapStateStarted { length };
        self.record(slot, || Moment::Event(EventType::MapStateStarted, started));
        let (names, label, seed) = (self.names, site.label.as_deref(), request.seed);
        self.record(slot, || {
            let map_run_arn = names.map_run(label, seed).arn;
            Moment::Event(EventType::MapRunStarted, EventDetails::MapRun { map_run_arn, redrive_count: None })
        });
        self.state.strands[slot as usize].status = Status::MapRun { dst };
        let strand = self.state.id(slot);
        self.state.map_runs.push((strand, Box::new(request)));
        Ok(Effect::StartMapRun { strand })
    }

    /// How many items there are; what an `ItemReader` supplies is not counted yet.
    fn item_count(&self, site: &MapRunSite, items: Value<'a>, pc: u32) -> Outcome<u32> {
        if site.reader.is_some() {
            return Ok(0);
        }
        let count = match items.view(self.heap.docs) {
            View::Array(items) => items.len(),
            View::Object(members) => members.len(self.heap.docs),
            _ => return Err(self.no_items(items, pc)),
        };
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// All that an `ItemSelector` may read, as one document.
    fn environment(&self, frame: &[Register<'a>], first: Reg, variables: &[Register<'a>]) -> Vec<u8> {
        let json =
            |value: &Register<'a>| value.map_or_else(String::new, |value| to_json(value, self.heap.docs));
        let at = |input: MapRunInput| json(&frame[usize::from(first.0) + input as usize]);
        let mut text = format!("[{},{}", at(MapRunInput::EffectiveInput), at(MapRunInput::Context));
        for variable in variables {
            text.push_str(",[");
            text.push_str(&json(variable));
            text.push(']');
        }
        text.push(']');
        text.into_bytes()
    }

    fn count(&self, given: Register<'a>, field: Option<&Field>) -> Outcome<Option<i64>> {
        match (given, field) {
            (Some(value), Some(field)) => self.whole_field(value, field).map(Some),
            _ => Ok(None),
        }
    }
}

/// 0 means no limit.
fn positive(count: Option<i64>) -> Option<u64> {
    count.and_then(|count| u64::try_from(count).ok()).filter(|count| *count > 0)
}
