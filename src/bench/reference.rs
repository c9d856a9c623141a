//! What aslx is measured against: loops over the same lines, on as many threads.

use super::lines::{each_line, parts};

/// Output that is kept; as long as this, it is thrown away.
const OUT_BYTES: usize = 1 << 20;

/// What is done with each line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Loop {
    /// Parse it into a `serde_json::Value`, do nothing with that, write it again: what a program in Rust would begin
    /// with. A line that is not JSON is left out.
    ParseAndWrite,
    /// Copy it: less cannot be done.
    Copy,
}

impl Loop {
    /// Goes over the lines so many times.
    pub(super) fn run(self, lines: &[u8], passes: u32, threads: usize) {
        let parts = parts(lines, threads);
        std::thread::scope(|scope| {
            let mut rest = parts.iter();
            let own = rest.next();
            for part in rest {
                scope.spawn(move || self.repeat(part, passes));
            }
            if let Some(part) = own {
                self.repeat(part, passes);
            }
        });
    }

    fn repeat(self, lines: &[u8], passes: u32) {
        let mut out = Vec::with_capacity(2 * OUT_BYTES);
        for _ in 0..passes {
            self.pass(lines, &mut out, |out| {
                if out.len() >= OUT_BYTES {
                    std::hint::black_box(&*out);
                    out.clear();
                }
            });
        }
    }

    /// Appends what each line gives to `out`, which `full` may empty after each.
    fn pass(self, lines: &[u8], out: &mut Vec<u8>, mut full: impl FnMut(&mut Vec<u8>)) {
        for line in each_line(lines) {
            match self {
                Self::ParseAndWrite => {
                    let Ok(value) = serde_json::from_slice::<serde_json::Value>(line) else { continue };
                    let mark = out.len();
                    if serde_json::to_writer(&mut *out, &value).is_err() {
                        out.truncate(mark);
                        continue;
                    }
                }
                Self::Copy => out.extend_from_slice(line),
            }
            out.push(b'\n');
            full(out);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::compiler::{CompileOptions, compile};
    use crate::pipeline::Pipeline;
    use crate::sink::Sink;
    use crate::source::Input;

    const LINES: &[u8] = b"{\"b\": [1, 2.50, \"x\\n\"], \"a\": null}\n\nnot JSON\n  true \n";

    fn outputs(reference: Loop) -> String {
        let mut out = Vec::new();
        reference.pass(LINES, &mut out, |_| {});
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn the_reference_writes_what_it_parsed() {
        assert_eq!(outputs(Loop::ParseAndWrite), "{\"a\":null,\"b\":[1,2.5,\"x\\n\"]}\ntrue\n");
    }

    #[test]
    fn the_floor_copies() {
        assert_eq!(outputs(Loop::Copy), "{\"b\": [1, 2.50, \"x\\n\"], \"a\": null}\nnot JSON\ntrue\n");
    }

    #[derive(Debug, Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("not poisoned").extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Both sides of the comparison do the same work: a Pass gives the values that the reference gives.
    #[test]
    fn reference_and_pipeline_agree_on_values() {
        let definition = r#"{"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}}"#;
        let program = compile(definition, &CompileOptions::default()).expect("a valid definition");
        let out = Shared::default();
        let mut builder = Pipeline::builder(program);
        builder.input(Input::memory("in", LINES)).output(Sink::stream("out", out.clone())).workers(1);
        builder.build().expect("no tasks").run().expect("memory");
        let values = |text: &[u8]| -> Vec<serde_json::Value> {
            each_line(text).map(|line| serde_json::from_slice(line).expect("JSON")).collect()
        };
        let ours = values(&out.0.lock().expect("not poisoned"));
        assert_eq!(ours, values(outputs(Loop::ParseAndWrite).as_bytes()));
        assert_eq!(ours.len(), 2);
    }

    #[test]
    fn any_number_of_threads_goes_over_everything() {
        for threads in [1, 2, 7] {
            Loop::ParseAndWrite.run(LINES, 2, threads);
            Loop::Copy.run(LINES, 2, threads);
        }
    }
}
