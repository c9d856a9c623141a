//! Constants, paths, templates, intrinsics.

use crate::bytecode::{CallId, ConstantId, PathId, Reg, Site};
use crate::intrinsic;
use crate::jsonpath;
use crate::value::{DocId, ShapeId, Value, rendered_len, to_json};
use crate::vm::fault::{Fault, INTRINSIC, RESULT_PATH};
use crate::vm::fuel;
use crate::vm::machine::Machine;
use crate::vm::state::Register;
use smallvec::SmallVec;

type Outcome<T> = Result<T, Fault>;

/// What a function makes of a byte of its arguments, about: `[1,1,1]` in partitions, `,,,` split.
const BYTES_PER_ARGUMENT_BYTE: usize = 8;

/// Values that fit here need no memory beyond the Rust stack.
type Few<'a> = SmallVec<[Value<'a>; 8]>;

impl<'a> Machine<'_, '_, 'a> {
    #[inline]
    pub(in crate::vm) fn constant(&self, constant: ConstantId) -> Value<'a> {
        Value::Node { doc: DocId::CONSTANTS, node: self.program.constant(constant) }
    }

    /// A register's value; an empty one is a variable that was never assigned.
    #[inline]
    pub(in crate::vm) fn copy(&self, frame: &[Register<'a>], src: Reg, pc: u32) -> Outcome<Value<'a>> {
        frame[usize::from(src.0)].ok_or_else(|| self.empty(frame, pc))
    }

    /// The value that a path leads to, if it leads to one.
    #[inline]
    pub(in crate::vm) fn find(&self, frame: &[Register<'a>], src: Reg, path: PathId) -> Register<'a> {
        jsonpath::find(self.program.path(path), frame[usize::from(src.0)]?, self.heap)
    }

    /// Several members of an object. A call of its own, as the other large ops: what is merged into the one match
    /// takes its registers.
    #[inline(never)]
    pub(in crate::vm) fn pick(&self, frame: &mut [Register<'a>], dst: Reg, src: Reg, shape: u16) {
        let shape = &self.program.shapes[usize::from(shape)];
        let object = frame[usize::from(src.0)];
        let into = &mut frame[usize::from(dst.0)..][..shape.len()];
        into.fill(None);
        if let Some(object) = object {
            object.pick(shape, self.heap.docs, |index, value| into[index] = Some(value));
        }
    }

    /// Whether what `find` may have gathered still leaves the execution within its memory.
    #[inline]
    pub(in crate::vm) fn check_found(&self, path: PathId) -> Outcome<()> {
        if self.program.path(path).is_definite() { Ok(()) } else { self.check_room(0) }
    }

    /// Fails if `bytes` more would be more than an execution may hold. Between two states nothing is collected, so
    /// garbage counts.
    #[inline]
    fn check_room(&self, bytes: usize) -> Outcome<()> {
        let needed = self.heap.arena.bytes_held().saturating_add(bytes) as u64;
        if needed <= self.limits.arena_bytes_max { Ok(()) } else { Err(self.no_room(needed)) }
    }

    #[cold]
    fn no_room(&self, needed: u64) -> Fault {
        let limit = self.limits.arena_bytes_max;
        Fault::runtime(format!("The state needs {needed} bytes of memory, more than its limit of {limit}."))
    }

    /// Why `find` found nothing.
    #[cold]
    pub(in crate::vm) fn not_found(&self, frame: &[Register<'a>], src: Reg, path: PathId, pc: u32) -> Fault {
        let Some(root) = frame[usize::from(src.0)] else { return self.empty(frame, pc) };
        let path = self.program.path(path);
        let reason = jsonpath::select(path, root, self.heap).err().map(|error| error.to_string());
        self.missing(frame, path.text(), &reason.unwrap_or_default(), pc)
    }

    /// The error text of a path that found nothing, by the field it stands in.
    fn missing(&self, frame: &[Register<'a>], path: &str, tail: &str, pc: u32) -> Fault {
        Fault::runtime(match self.program.site(pc) {
            Some(Site::Template { field, path, input }) => {
                let input = to_json(*Self::load(frame, *input), self.heap.docs);
                format!(
                    "The JSONPath '{path}' specified for the field '{field}' could not be found in the input '{input}'"
                )
            }
            Some(Site::WaitPath { path }) => {
                format!("The SecondsPath parameter does not reference an input value: {path}")
            }
            Some(Site::TimestampPath { path }) => {
                format!("The TimestampPath parameter does not reference an input value: {path}")
            }
            _ => format!("Invalid path '{path}' : {tail}"),
        })
    }

    /// Why a register is empty that a path starts at: a variable that was never assigned, or a member that the
    /// input lacks.
    #[cold]
    fn empty(&self, frame: &[Register<'a>], pc: u32) -> Fault {
        match self.program.site(pc) {
            Some(Site::Template { path, .. }) if path.starts_with("$.") || path.starts_with("$[") => {
                self.missing(frame, path, "", pc)
            }
            _ => self.unassigned(pc),
        }
    }

    fn unassigned(&self, pc: u32) -> Fault {
        let name = match self.program.site(pc) {
            Some(Site::Variable { name }) => name.as_str(),
            Some(Site::Template { path, .. }) => path.trim_start_matches('$'),
            _ => "",
        };
        Fault::runtime(format!("The variable '${name}' was read before a value was assigned to it"))
    }

    #[inline(never)]
    pub(in crate::vm) fn object(&self, frame: &[Register<'a>], first: Reg, shape: u16) -> Value<'a> {
        let keys = &self.program.shapes[usize::from(shape)];
        let from = &frame[usize::from(first.0)..][..keys.len()];
        let docs = self.heap.docs;
        let mut len = 2 + keys.len_rendered();
        let values = self.heap.arena.bump().alloc_slice_fill_with(from.len(), |index| {
            let value = *from[index].as_ref().unwrap_or(&Value::Null);
            len = len.saturating_add(rendered_len(value, docs));
            value
        });
        self.heap.shaped_within(ShapeId(u32::from(shape)), values, len)
    }

    pub(in crate::vm) fn array(&self, frame: &[Register<'a>], first: Reg, count: u16) -> Value<'a> {
        self.heap.array_in_arena(self.gather_in_arena(frame, first, usize::from(count)))
    }

    /// Consecutive registers as values that live in the arena.
    #[inline]
    fn gather_in_arena(&self, frame: &[Register<'a>], first: Reg, count: usize) -> &'a [Value<'a>] {
        let from = &frame[usize::from(first.0)..][..count];
        let value = |index: usize| *from[index].as_ref().unwrap_or(&Value::Null);
        self.heap.arena.bump().alloc_slice_fill_with(count, value)
    }

    #[inline(never)]
    pub(in crate::vm) fn intrinsic(
        &mut self,
        slot: u32,
        frame: &[Register<'a>],
        first: Reg,
        call: CallId,
        pc: u32,
    ) -> Outcome<Value<'a>> {
        let site = self.program.call(call);
        let arguments = gather(frame, first, usize::from(site.argument_count));
        let bytes =
            arguments.iter().map(|value| rendered_len(*value, self.heap.docs)).fold(0, usize::saturating_add);
        self.charge(fuel::for_bytes(bytes));
        self.check_room(bytes.saturating_mul(BYTES_PER_ARGUMENT_BYTE))?;
        let mut random = self.random(slot);
        intrinsic::call(site.function, &arguments, self.heap, &mut random).map_err(|error| {
            let text = match self.program.site(pc) {
                Some(Site::Call { text }) => text.as_str(),
                _ => site.function.name(),
            };
            Fault::states(INTRINSIC, format!("The function '{text}' had the following error: {error}"))
        })
    }

    #[inline(never)]
    pub(in crate::vm) fn set_path(
        &self,
        frame: &[Register<'a>],
        value: Reg,
        path: PathId,
    ) -> Outcome<Value<'a>> {
        self.check_room(0)?;
        let (value, base) = (*Self::load(frame, value), *Self::load(frame, Reg::INPUT));
        jsonpath::set(self.program.path(path), base, value, self.heap)
            .map_err(|error| Fault::states(RESULT_PATH, error.to_string()))
    }
}

/// Consecutive registers as values.
#[inline]
fn gather<'a>(frame: &[Register<'a>], first: Reg, count: usize) -> Few<'a> {
    let first = usize::from(first.0);
    frame[first..first + count].iter().map(|register| *register.as_ref().unwrap_or(&Value::Null)).collect()
}
