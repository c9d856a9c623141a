//! The JSON front end by event size, with every kernel that the machine has (`index` is stage 1 alone), beside
//! `serde_json`'s document and `simd-json`'s tape.
//!
//! Events come from a small generator with a fixed seed, and every group runs over several of them in turn, so that
//! branch prediction cannot learn one text by heart. `serde_json` is built with `arbitrary_precision` here (the
//! tests need it), which costs it something on numbers.

use std::fmt::Write as _;
use std::hint::black_box;

use aslx::json::{Doc, Kernel, NodeId, Parser, Tape, minify, write_json_string};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

/// Name, bytes of an event, events.
const SIZES: [(&str, usize, usize); 4] =
    [("250B", 250, 256), ("1KB", 1024, 128), ("8KB", 8192, 32), ("100KB", 102_400, 8)];

/// Xorshift: the same events everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

/// An order of about `bytes` bytes: nested objects, short strings, integers, prices, a list of items.
fn event(bytes: usize, random: &mut Random) -> String {
    const WORDS: [&str; 8] =
        ["smart", "durable", "cotton kit", "wireless", "eco", "premium grade", "mini", "vintage \\u00e9"];
    let mut text = format!(
        r#"{{"orderId":"ORD-{:09}","createdAt":"2026-01-{:02}T10:{:02}:30.123Z","priority":{},"total":{}.{:02},"items":["#,
        random.below(1_000_000_000),
        1 + random.below(28),
        random.below(60),
        random.below(2) == 0,
        random.below(2000),
        random.below(100),
    );
    loop {
        let [first, second] = [(); 2].map(|()| WORDS[random.below(8) as usize]);
        let (sku, quantity, stock) = (random.below(1_000_000), random.below(12), random.below(100_000));
        let (whole, cents) = (random.below(300), random.below(100));
        let _ = write!(
            text,
            r#"{{"sku":"SKU-{sku:06}","name":"{first} {second}","price":{whole}.{cents:02},"qty":{quantity},"dims":{{"w":{stock},"note":null}}}}"#
        );
        if text.len() + 2 >= bytes {
            text.push_str("]}");
            return text;
        }
        text.push(',');
    }
}

/// What a state machine does with an event: reads three members and writes an object of their sub-trees.
fn splice(doc: Doc<'_>, out: &mut Vec<u8>) {
    out.clear();
    let mut before = b'{';
    for key in ["orderId", "total", "items"] {
        out.push(before);
        before = b',';
        write_json_string(key, out);
        out.push(b':');
        if let Some(id) = doc.member(NodeId::ROOT, key) {
            minify(doc, id, out);
        }
    }
    out.push(b'}');
}

fn by_size(criterion: &mut Criterion) {
    for (size, bytes, events) in SIZES {
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        let events: Vec<String> = (0..events).map(|_| event(bytes, &mut random)).collect();
        let total = events.iter().map(String::len).sum::<usize>();
        let mut group = criterion.benchmark_group(format!("json/{size}"));
        // One element is one event, so that the time per element is what an event costs.
        group.throughput(Throughput::ElementsAndBytes { elements: events.len() as u64, bytes: total as u64 });

        let mut tape = Tape::default();
        for kernel in Kernel::supported() {
            let name = format!("aslx {}", kernel.name());
            let mut parser = Parser::with_kernel(1024, kernel);
            group.bench_function(BenchmarkId::new(&name, "index"), |bencher| {
                bencher.iter(|| {
                    for event in &events {
                        let tokens = parser.index(event.as_bytes());
                        black_box(tokens.expect("the generator writes JSON"));
                    }
                });
            });
            group.bench_function(BenchmarkId::new(&name, "parse"), |bencher| {
                bencher.iter(|| {
                    for event in &events {
                        parser.parse(event.as_bytes(), &mut tape).expect("the generator writes JSON");
                        black_box(tape.nodes());
                    }
                });
            });
        }
        let mut parser = Parser::default();
        let mut out = Vec::new();
        group.bench_function(BenchmarkId::new("aslx", "parse and splice"), |bencher| {
            bencher.iter(|| {
                for event in &events {
                    parser.parse(event.as_bytes(), &mut tape).expect("the generator writes JSON");
                    splice(Doc::new(event.as_bytes(), &tape), &mut out);
                    black_box(&out);
                }
            });
        });
        let (mut buffers, mut copy) = (simd_json::Buffers::default(), Vec::new());
        group.bench_function(BenchmarkId::new("simd-json", "tape"), |bencher| {
            bencher.iter(|| {
                for event in &events {
                    copy.clear();
                    copy.extend_from_slice(event.as_bytes());
                    let tape = simd_json::to_tape_with_buffers(&mut copy, &mut buffers);
                    black_box(tape.expect("the generator writes JSON"));
                }
            });
        });
        group.bench_function(BenchmarkId::new("serde_json", "Value"), |bencher| {
            bencher.iter(|| {
                for event in &events {
                    let value = serde_json::from_str::<serde_json::Value>(event);
                    black_box(value.expect("the generator writes JSON"));
                }
            });
        });
        group.finish();
    }
}

criterion_group!(benches, by_size);
criterion_main!(benches);
