//! Map and Parallel: children are strands of the same fiber, started in order, up to the fork's limit at once.
//!
//! A child runs until it ends or suspends; only then may the next one start. Results stand in the order of the
//! items or branches, whatever the order of completion. The first failure that is not tolerated releases all
//! other children, nested ones included, before the parent's Retry and Catch see it.

use crate::bytecode::{Field, Fork, ForkId, ForkKind, Reg, Site, Tolerance};
use crate::json::Num;
use crate::value::{Value, View, to_json};
use crate::vm::effect::Effect;
use crate::vm::fault::{Fault, QUERY_EVALUATION, TOLERANCE};
use crate::vm::history::{EventDetails, EventType, Moment};
use crate::vm::machine::{Machine, STRAND_FUEL, mix};
use crate::vm::state::{Destination, Item, Parent, Register, Status};

type Outcome<T> = Result<T, Fault>;

impl<'a> Machine<'_, '_, 'a> {
    /// Prepares a Parallel's branches.
    #[inline(never)]
    pub(in crate::vm) fn start_parallel(
        &mut self,
        slot: u32,
        frame: &[Register<'a>],
        dst: Reg,
        input: Reg,
        fork: ForkId,
    ) {
        let total = match &self.program.fork(fork).kind {
            ForkKind::Parallel { branches } => branches.len() as u32,
            ForkKind::Map { .. } => 0,
        };
        let state = &mut self.state.strands[slot as usize].fork;
        state.clear();
        state.fork = Some(fork);
        state.dst = Destination(dst);
        state.input = Some(*Self::load(frame, input));
        (state.total, state.started, state.running, state.limit) = (total, 0, 0, total);
        (state.failed, state.failed_max) = (0, None);
        state.results.resize(total as usize, None);
        let started = || Moment::Event(EventType::ParallelStateStarted, EventDetails::None);
        self.start_fork(slot, started);
    }

    /// Prepares a Map's iterations.
    #[inline(never)]
    pub(in crate::vm) fn start_map(
        &mut self,
        slot: u32,
        frame: &[Register<'a>],
        dst: Reg,
        first: Reg,
        fork: ForkId,
        pc: u32,
    ) -> Outcome<()> {
        let Fork { kind: ForkKind::Map { max_concurrency, tolerance, .. }, .. } = self.program.fork(fork)
        else {
            return Ok(());
        };
        let fork_state = &mut self.state.strands[slot as usize].fork;
        let mut items = std::mem::take(&mut fork_state.items);
        let mut keys = std::mem::take(&mut fork_state.keys);
        self.read_items(*Self::load(frame, first.offset(1)), (&mut items, &mut keys), pc)?;
        let default = self.limits.map_concurrency_default;
        let given = frame[usize::from(first.0) + 2];
        let limit = self.concurrency(given, max_concurrency.as_ref(), default)?;
        let total = items.len();
        let failed_max = self.failed_max(frame, first, tolerance.as_ref(), total)?;
        let state = &mut self.state.strands[slot as usize].fork;
        state.clear();
        state.fork = Some(fork);
        state.dst = Destination(dst);
        state.input = Some(*Self::load(frame, first));
        (state.items, state.keys) = (items, keys);
        (state.total, state.started, state.running, state.limit) = (total as u32, 0, 0, limit);
        (state.failed, state.failed_max) = (0, failed_max);
        state.results.resize(total, None);
        let details = EventDetails::MapStateStarted { length: total as u32 };
        self.start_fork(slot, || Moment::Event(EventType::MapStateStarted, details));
        Ok(())
    }

    fn start_fork(&mut self, slot: u32, started: impl FnOnce() -> Moment<'a, 'a>) {
        let event = self.record(slot, started);
        self.state.strands[slot as usize].fork.started_event = event;
    }

    /// Lists a prepared fork, or finishes it at once if it has no children.
    #[inline(never)]
    pub(in crate::vm) fn begin_fork(&mut self, slot: u32) {
        if self.state.strands[slot as usize].fork.total == 0 {
            return self.complete_fork(slot);
        }
        let strand = &mut self.state.strands[slot as usize];
        strand.status = Status::Forked;
        strand.fork.listed = true;
        self.state.forking.push(slot);
    }

    /// The elements of an array, or the members of an object with their keys.
    fn read_items(
        &self,
        value: Value<'a>,
        (items, keys): (&mut Vec<Value<'a>>, &mut Vec<Value<'a>>),
        pc: u32,
    ) -> Outcome<()> {
        items.clear();
        keys.clear();
        match value.view(self.heap.docs) {
            View::Array(array) => {
                items.extend(array.iter());
                Ok(())
            }
            // TestState takes arrays alone, as recorded of AWS.
            View::Object(object) if self.state.inspection.is_none() => {
                let members = object.iter(self.heap.docs);
                let members = members.map(|(key, item)| (self.heap.text(&key.to_text()), item));
                members.for_each(|(key, item)| {
                    keys.push(key);
                    items.push(item);
                });
                Ok(())
            }
            _ => Err(self.no_items(value, pc)),
        }
    }

    /// The error of a value that has no items.
    pub(in crate::vm) fn no_items(&self, items: Value<'a>, pc: u32) -> Fault {
        let path = match self.program.site(pc) {
            Some(Site::Items) => {
                let input = to_json(items, self.heap.docs);
                let cause = format!("Map state input must be an array but was: {input}");
                return Fault::states(QUERY_EVALUATION, cause);
            }
            Some(Site::ItemsPath { path }) => path.as_str(),
            _ => "$",
        };
        // A context path is printed with one dollar.
        let path = path.strip_prefix("$$").map_or_else(|| path.to_owned(), |rest| format!("${rest}"));
        Fault::runtime(format!("Reference path \"{path}\" must point to array."))
    }

    /// How many children may run at once, given `MaxConcurrency`.
    pub(in crate::vm) fn concurrency(
        &self,
        given: Register<'a>,
        field: Option<&Field>,
        default: u32,
    ) -> Outcome<u32> {
        let (Some(value), Some(field)) = (given, field) else { return Ok(default) };
        let count = self.whole_field(value, field)?;
        Ok(match u32::try_from(count) {
            Ok(0) => default,
            Ok(count) => count,
            Err(_) if count < 0 => {
                return Err(Fault::runtime(format!(
                    "{} cannot be negative.",
                    field.name.trim_end_matches("Path")
                )));
            }
            Err(_) => u32::MAX,
        })
    }

    /// How many items may fail: the smaller of the two thresholds, or none at all.
    fn failed_max(
        &self,
        frame: &[Register<'a>],
        first: Reg,
        tolerance: Option<&Tolerance>,
        total: usize,
    ) -> Outcome<Option<f64>> {
        let Some(tolerance) = tolerance else { return Ok(None) };
        let first = usize::from(first.0);
        let (count, percentage) = self.tolerated(frame[first + 3], frame[first + 4], tolerance)?;
        let percentage = percentage.map(|percentage| percentage / 100.0 * total as f64);
        Ok(Some(count.into_iter().chain(percentage).fold(f64::INFINITY, f64::min)))
    }

    /// `ToleratedFailureCount` and `ToleratedFailurePercentage`, checked.
    pub(in crate::vm) fn tolerated(
        &self,
        count: Register<'a>,
        percentage: Register<'a>,
        tolerance: &Tolerance,
    ) -> Outcome<(Option<f64>, Option<f64>)> {
        let (mut count_max, mut percentage_max) = (None, None);
        if let (Some(field), Some(value)) = (&tolerance.count, count) {
            let count = self.whole_field(value, field)?;
            if count < 0 {
                return Err(Fault::runtime("ToleratedFailureCount cannot be negative."));
            }
            count_max = Some(count as f64);
        }
        if let (Some(field), Some(value)) = (&tolerance.percentage, percentage) {
            let percentage =
                self.numeric(value).ok_or_else(|| self.not_valid(field, value, "float"))?.as_f64();
            if !(0.0..=100.0).contains(&percentage) {
                return Err(Fault::runtime("ToleratedFailurePercentage must be between 0 and 100."));
            }
            percentage_max = Some(percentage);
        }
        Ok((count_max, percentage_max))
    }

    /// An integer, or a string that holds one.
    pub(in crate::vm) fn whole_field(&self, value: Value<'a>, field: &Field) -> Outcome<i64> {
        self.numeric(value).and_then(whole).ok_or_else(|| self.not_valid(field, value, "integer"))
    }

    /// A number, or a string that holds one: AWS takes both behind a path.
    fn numeric(&self, value: Value<'a>) -> Option<Num> {
        match value.view(self.heap.docs) {
            View::Number(number) => Some(number.read()),
            View::String(text) => {
                let text = text.to_text();
                let int = text.parse::<i64>().ok().map(Num::Int);
                int.or_else(|| text.parse::<f64>().ok().filter(|float| float.is_finite()).map(Num::Float))
            }
            _ => None,
        }
    }

    fn not_valid(&self, field: &Field, value: Value<'a>, kind: &str) -> Fault {
        let text = match value.view(self.heap.docs) {
            View::String(text) => text.to_text().into_owned(),
            _ => to_json(value, self.heap.docs),
        };
        let path = field.path.as_deref().unwrap_or_default();
        Fault::runtime(format!(
            "The {} field refers to value \"{text}\" which is not a valid {kind}: {path}",
            field.name
        ))
    }

    /// Starts the next child of a listed fork; it runs next.
    pub(in crate::vm) fn start_child(&mut self, parent: u32) -> u32 {
        let program = self.program;
        let child = self.state.acquire();
        let now = self.now;
        let [up, down] = pair(&mut self.state.strands, parent, child);
        let fork = &mut up.fork;
        let index = fork.started;
        fork.started += 1;
        fork.running += 1;
        if fork.started == fork.total || fork.running >= fork.limit {
            fork.listed = false;
            self.state.forking.pop();
        }
        let site = fork.fork.map(|id| program.fork(id));
        let (graph, item, map_input) = match site.map(|site| &site.kind) {
            Some(ForkKind::Parallel { branches }) => (branches[index as usize], None, None),
            Some(ForkKind::Map { processor, map_input, picked, .. }) => {
                (*processor, fork.items.get(index as usize).copied(), Some((*map_input, *picked)))
            }
            None => (down.graph, None, None),
        };
        let variables = site.map_or(0, |site| usize::from(site.variables));
        down.graph = graph;
        down.pc = program.graph(graph).entry.0;
        down.registers.clear();
        down.registers.resize(usize::from(program.graph(graph).registers), None);
        let key = fork.keys.get(index as usize).copied();
        down.registers[0] = match (item, key) {
            // The member itself, as AWS hands it on.
            (Some(value), Some(key)) => {
                let pair = [("Key", key), ("Value", value)];
                Some(self.heap.object(self.heap.arena.bump().alloc_slice_copy(&pair)))
            }
            (Some(_), None) => item,
            (None, _) => fork.input,
        };
        down.registers[1..=variables].copy_from_slice(&up.registers[1..=variables]);
        if let Some((map_input, picked)) = map_input {
            let (input, picked, from) =
                (usize::from(map_input.0), usize::from(picked.count), usize::from(picked.first));
            down.registers[input] = fork.input;
            down.registers[input + 1..=input + picked].copy_from_slice(&up.registers[from..from + picked]);
        }
        down.item = up.item;
        if let Some(value) = item {
            down.item = Some(Item { index, key, value });
        }
        down.parent = Some(Parent { slot: parent, index });
        down.status = Status::Ready;
        down.state = up.state;
        down.in_state = false;
        down.entered_at = now;
        down.entered_event = up.entered_event;
        down.retry_count = up.retry_count;
        down.seed = mix(mix(up.seed, up.draws), u64::from(index) + 1);
        down.draws = 0;
        if self.state.recording.is_some() {
            self.begin_chain(parent, child, index);
        }
        if item.is_some() {
            self.record(child, || Moment::IterationStarted);
        }
        self.charge(STRAND_FUEL);
        child
    }

    /// Takes a child's result; the child is released already.
    pub(in crate::vm) fn child_succeeded(&mut self, parent: u32, index: u32, result: Value<'a>) {
        let strand = &mut self.state.strands[parent as usize];
        strand.fork.results[index as usize] = Some(result);
        self.child_ended(parent);
    }

    /// Counts a child's failure; the child is released already. Returns the error that ends the fork, if one does:
    /// its other children are to be [stopped](Self::stop_children) then.
    pub(in crate::vm) fn child_failed(&mut self, parent: u32, fault: Fault) -> Option<Fault> {
        let fork = &mut self.state.strands[parent as usize].fork;
        let Some(failed_max) = fork.failed_max else { return Some(fault) };
        fork.failed += 1;
        if f64::from(fork.failed) > failed_max {
            let cause = "The specified tolerated failure threshold was exceeded".to_owned();
            return Some(Fault::reported(Some(TOLERANCE.to_owned()), Some(cause)));
        }
        self.child_ended(parent);
        None
    }

    fn child_ended(&mut self, parent: u32) {
        let fork = &mut self.state.strands[parent as usize].fork;
        fork.running -= 1;
        if fork.started == fork.total {
            if fork.running == 0 {
                self.complete_fork(parent);
            }
        } else if !fork.listed {
            fork.listed = true;
            self.state.forking.push(parent);
        }
    }

    /// All children ended: the array of their results; failed ones that are tolerated leave no element.
    fn complete_fork(&mut self, slot: u32) {
        self.record(slot, || Moment::ForkSucceeded);
        let strand = &mut self.state.strands[slot as usize];
        let mut results = self.heap.list();
        results.reserve_exact(strand.fork.results.len());
        results.extend(strand.fork.results.drain(..).flatten());
        let array = self.heap.array_in_arena(results.into_bump_slice());
        let dst = strand.fork.dst.0;
        strand.registers[usize::from(dst.0)] = Some(array);
        strand.fork.clear();
        strand.status = Status::Ready;
        self.state.ready.push_front(slot);
    }

    /// Releases all children of a strand, and theirs; but those with a task under way only once it has stopped.
    /// Returns how many these are: they are children of the strand itself from now on.
    pub(in crate::vm) fn stop_children(&mut self, slot: u32) -> u32 {
        let (mut parents, mut tasks) = (vec![slot], 0);
        while let Some(parent) = parents.pop() {
            for child in 0..self.state.strands.len() as u32 {
                let strand = &mut self.state.strands[child as usize];
                let Some(link) = strand.parent.filter(|link| link.slot == parent) else { continue };
                match strand.status {
                    Status::Free => continue,
                    Status::Task { .. } | Status::MapRun { .. } | Status::Stopping => {
                        if strand.status != Status::Stopping {
                            strand.status = Status::Stopping;
                            let strand = self.state.id(child);
                            self.state.pending.push_back(Effect::StopTask { strand });
                        }
                        self.state.strands[child as usize].parent = Some(Parent { slot, ..link });
                        tasks += 1;
                        continue;
                    }
                    Status::Ready | Status::Sleeping | Status::Forked => {}
                }
                parents.push(child);
                self.state.release(child);
                self.state.ready.retain(|ready| *ready != child);
                self.state.forking.retain(|forking| *forking != child);
                // A fork that was failing within this one has nobody left to tell.
                self.state.stopping.retain(|stopping| stopping.parent != child);
            }
            self.state.strands[parent as usize].fork.clear();
            self.state.forking.retain(|forking| *forking != parent);
        }
        tasks
    }
}

fn whole(num: Num) -> Option<i64> {
    match num {
        Num::Int(int) => Some(int),
        Num::Float(_) => None,
    }
}

/// Two different elements at once.
fn pair<T>(items: &mut [T], first: u32, second: u32) -> [&mut T; 2] {
    let (first, second) = (first as usize, second as usize);
    if first < second {
        let (left, right) = items.split_at_mut(second);
        [&mut left[first], &mut right[0]]
    } else {
        let (left, right) = items.split_at_mut(first);
        [&mut right[0], &mut left[second]]
    }
}
