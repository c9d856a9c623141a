//! Copying what is alive into another arena.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::value::{Arena, ArenaDoc, Array, Members, Object, ShapeId, Text, Value};

/// A container whose children are being copied; what it needs of them is on the stack of results.
enum Work<'a> {
    Visit(Value<'a>),
    Array(&'a Array<'a>),
    Object(&'a Object<'a>),
}

struct Copier<'b> {
    to: &'b Arena,
    /// Copies by the address of the original, so that what was shared stays shared.
    done: HashMap<usize, Value<'b>, RandomState>,
    docs: HashMap<usize, &'b ArenaDoc<'b>, RandomState>,
    results: Vec<Value<'b>>,
}

/// Copies values, in order, into `to`. Handles into documents outside the arena stay as they are.
pub(super) fn copy<'b>(roots: &[Value<'_>], to: &'b Arena) -> Vec<Value<'b>> {
    let mut copier = Copier { to, done: HashMap::default(), docs: HashMap::default(), results: Vec::new() };
    roots.iter().map(|root| copier.copy(*root)).collect()
}

fn address<T>(reference: &T) -> usize {
    std::ptr::from_ref(reference).addr()
}

impl<'b> Copier<'b> {
    fn copy(&mut self, root: Value<'_>) -> Value<'b> {
        // An explicit stack: values may be nested more deeply than the Rust stack allows.
        let mut work = vec![Work::Visit(root)];
        while let Some(next) = work.pop() {
            match next {
                Work::Visit(value) => self.visit(value, &mut work),
                Work::Array(array) => {
                    let items = self.take(array.items.len());
                    let copied = self.to.bump().alloc(Array { items, len_rendered: array.len_rendered });
                    self.finish(address(array), Value::Array(copied));
                }
                Work::Object(object) => {
                    let members = self.members(&object.members);
                    let copied = self.to.bump().alloc(Object { members, len_rendered: object.len_rendered });
                    self.finish(address(object), Value::Object(copied));
                }
            }
        }
        self.results.pop().unwrap_or(Value::Null)
    }

    fn visit<'a>(&mut self, value: Value<'a>, work: &mut Vec<Work<'a>>) {
        let known = match value {
            Value::Text(text) => self.done.get(&address(text)),
            Value::Array(array) => self.done.get(&address(array)),
            Value::Object(object) => self.done.get(&address(object)),
            _ => None,
        };
        if let Some(copied) = known {
            self.results.push(*copied);
            return;
        }
        match value {
            Value::Null => self.results.push(Value::Null),
            Value::Bool(bool) => self.results.push(Value::Bool(bool)),
            Value::Int(int) => self.results.push(Value::Int(int)),
            Value::Float(float) => self.results.push(Value::Float(float)),
            Value::Node { doc, node } => self.results.push(Value::Node { doc, node }),
            Value::ArenaNode { node, doc } => {
                let doc = self.doc(doc);
                self.results.push(Value::ArenaNode { node, doc });
            }
            Value::Text(text) => {
                let copied = self.to.bump().alloc_str(text.text);
                let copied = self.to.bump().alloc(Text { text: copied, len_rendered: text.len_rendered });
                self.finish(address(text), Value::Text(copied));
            }
            Value::Array(array) => {
                work.push(Work::Array(array));
                work.extend(array.items.iter().rev().map(|item| Work::Visit(*item)));
            }
            Value::Object(object) => {
                work.push(Work::Object(object));
                match &object.members {
                    Members::Shaped { values, .. } => {
                        work.extend(values.iter().rev().map(|v| Work::Visit(*v)));
                    }
                    Members::Listed(members) => {
                        work.extend(members.iter().rev().map(|(_, v)| Work::Visit(*v)));
                    }
                    Members::Overlay { base, changes } => {
                        work.extend(changes.iter().rev().map(|(_, v)| Work::Visit(*v)));
                        work.push(Work::Visit(*base));
                    }
                }
            }
        }
    }

    fn members(&mut self, members: &Members<'_>) -> Members<'b> {
        match members {
            Members::Shaped { shape: ShapeId(shape), values } => {
                Members::Shaped { shape: ShapeId(*shape), values: self.take(values.len()) }
            }
            Members::Listed(listed) => Members::Listed(self.take_named(listed)),
            Members::Overlay { changes, .. } => {
                let changes = self.take_named(changes);
                Members::Overlay { base: self.results.pop().unwrap_or(Value::Null), changes }
            }
        }
    }

    /// The last `count` results, in order.
    fn take(&mut self, count: usize) -> &'b [Value<'b>] {
        let at = self.results.len().saturating_sub(count);
        let taken = self.to.bump().alloc_slice_copy(&self.results[at..]);
        self.results.truncate(at);
        taken
    }

    fn take_named(&mut self, named: &[(&str, Value<'_>)]) -> &'b [(&'b str, Value<'b>)] {
        let values = self.take(named.len());
        let to = self.to;
        let members = named.iter().zip(values).map(|((key, _), value)| (&*to.bump().alloc_str(key), *value));
        to.bump().alloc_slice_fill_iter(members.collect::<Vec<_>>())
    }

    fn doc(&mut self, doc: &ArenaDoc<'_>) -> &'b ArenaDoc<'b> {
        let to = self.to;
        self.docs.entry(address(doc)).or_insert_with(|| {
            to.bump().alloc(ArenaDoc {
                bytes: to.bump().alloc_slice_copy(doc.bytes),
                nodes: to.bump().alloc_slice_copy(doc.nodes),
                flags: doc.flags,
            })
        })
    }

    fn finish(&mut self, original: usize, copied: Value<'b>) {
        self.done.insert(original, copied);
        self.results.push(copied);
    }
}
