//! When a checkpoint is written, and what it says then.

use std::path::PathBuf;
use std::time::Duration;

use super::content::{Checkpoint, Position, Totals};
use super::resume::Resumption;
use crate::sink::{Sink, SinkError, replace_file};

/// Tells how much time has passed since some fixed point.
pub(super) type Elapsed = Box<dyn Fn() -> Duration + Send>;

/// How far a run is, and how far its checkpoint says it is. It belongs to whoever has the writer's part.
pub(in crate::pipeline) struct Journal {
    path: PathBuf,
    interval: Duration,
    elapsed: Elapsed,
    /// At the end of the last chunk that is committed.
    checkpoint: Checkpoint,
    /// What is written, lines behind that chunk included.
    written: Totals,
    is_resumed: bool,
    /// Whether the file says less than is known.
    is_behind: bool,
    /// A checkpoint could not be written: none may be from now on.
    is_broken: bool,
    /// When the last one was written.
    last: Duration,
}

impl Journal {
    pub(super) fn new(
        (path, interval): (PathBuf, Duration),
        elapsed: Elapsed,
        checkpoint: Checkpoint,
        is_resumed: bool,
    ) -> Self {
        let (written, last) = (checkpoint.totals, elapsed());
        let (is_behind, is_broken) = (true, false);
        Self { path, interval, elapsed, checkpoint, written, is_resumed, is_behind, is_broken, last }
    }

    /// Where the run is.
    pub(in crate::pipeline) fn position(&self) -> Position {
        self.checkpoint.position
    }

    /// What the lines before the position gave.
    pub(in crate::pipeline) fn totals(&self) -> Totals {
        self.checkpoint.totals
    }

    /// The run's seed.
    pub(in crate::pipeline) fn seed(&self) -> u64 {
        self.checkpoint.seed
    }

    /// Where a virtual clock starts, in milliseconds since 1970.
    pub(in crate::pipeline) fn clock_start_ms(&self) -> Option<i64> {
        self.checkpoint.clock_start_ms
    }

    /// The run that this one goes on from, if it was there.
    pub(in crate::pipeline) fn resumption(&self) -> Option<Resumption> {
        let Checkpoint { inputs, position, finished, .. } = &self.checkpoint;
        let source = inputs.get(position.input as usize).filter(|_| self.is_resumed)?.name.clone();
        Some(Resumption { source, line: position.lines + 1, is_finished: *finished })
    }

    /// Writes the first checkpoint, then makes the outputs ready to go on: if it cannot be written, they are as
    /// they were.
    pub(in crate::pipeline) fn begin(
        &mut self,
        output: &mut Sink,
        failures: Option<&mut Sink>,
    ) -> Result<(), SinkError> {
        let Totals { output_bytes, failures_bytes, .. } = self.checkpoint.totals;
        output.sync_name()?;
        failures.as_deref().map_or(Ok(()), Sink::sync_name)?;
        self.replace()?;
        output.resume(output_bytes)?;
        failures.map_or(Ok(()), |failures| failures.resume(failures_bytes))
    }

    /// Notes what was written: the rest of the chunks before a place, then something of the next one.
    pub(in crate::pipeline) fn advance(&mut self, chunks: Option<(Totals, Position)>, next: Totals) {
        if let Some((totals, position)) = chunks {
            self.written += totals;
            (self.checkpoint.totals, self.checkpoint.position) = (self.written, position);
            self.is_behind = true;
        }
        self.written += next;
    }

    /// Notes that all of the inputs is committed; `end` is where they end.
    pub(in crate::pipeline) fn finish(&mut self, end: Position) {
        (self.checkpoint.position, self.checkpoint.finished) = (end, true);
        self.is_behind = true;
    }

    /// Whether there is something new to say, and the last checkpoint is old enough.
    pub(in crate::pipeline) fn is_due(&self) -> bool {
        self.is_behind && !self.is_broken && (self.elapsed)().saturating_sub(self.last) >= self.interval
    }

    /// Syncs the outputs, then writes a checkpoint, if there is something new to say.
    pub(in crate::pipeline) fn write(
        &mut self,
        output: &Sink,
        failures: Option<&Sink>,
    ) -> Result<(), SinkError> {
        if !self.is_behind || self.is_broken {
            return Ok(());
        }
        self.is_broken = true;
        output.sync()?;
        failures.map_or(Ok(()), Sink::sync)?;
        self.replace()?;
        self.is_broken = false;
        Ok(())
    }

    fn replace(&mut self) -> Result<(), SinkError> {
        replace_file(&self.path, &self.checkpoint.encode())?;
        self.is_behind = false;
        self.last = (self.elapsed)();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::super::content::tests::SAMPLE;
    use super::*;

    struct Bench {
        folder: tempfile::TempDir,
        now_ms: Arc<AtomicU64>,
        output: Sink,
        failures: Sink,
        journal: Journal,
    }

    /// A journal at the start of a run, with a second between checkpoints, and outputs in a folder.
    fn bench() -> Bench {
        let folder = tempfile::tempdir().expect("a folder");
        let now_ms = Arc::new(AtomicU64::new(5_000));
        let elapsed = {
            let now_ms = Arc::clone(&now_ms);
            Box::new(move || Duration::from_millis(now_ms.load(Ordering::Relaxed)))
        };
        let mut checkpoint = Checkpoint::decode(SAMPLE.as_bytes()).expect("a checkpoint");
        (checkpoint.position, checkpoint.totals) = (Position::default(), Totals::default());
        let path = folder.path().join("run.checkpoint");
        let sink = |name: &str| {
            fs::write(folder.path().join(name), "of a run before\n").expect("room");
            Sink::file(&folder.path().join(name)).expect("writable")
        };
        let (output, failures) = (sink("out"), sink("failed"));
        let journal = Journal::new((path, Duration::from_secs(1)), elapsed, checkpoint, false);
        Bench { folder, now_ms, output, failures, journal }
    }

    impl Bench {
        fn begin(&mut self) {
            self.journal.begin(&mut self.output, Some(&mut self.failures)).expect("room");
        }

        fn write(&mut self) -> Result<(), SinkError> {
            self.journal.write(&self.output, Some(&self.failures))
        }

        fn saved(&self) -> Checkpoint {
            let json = fs::read(self.folder.path().join("run.checkpoint")).expect("it is written");
            Checkpoint::decode(&json).expect("a checkpoint")
        }

        fn length(&self, name: &str) -> u64 {
            Path::metadata(&self.folder.path().join(name)).expect("it is there").len()
        }
    }

    const LINE: Totals = Totals { succeeded: 1, failed: 0, output_bytes: 2, failures_bytes: 0 };

    fn at(lines: u64) -> Position {
        Position { input: 0, offset: 2 * lines, lines, bytes_in: 2 * lines }
    }

    #[test]
    fn a_run_begins_with_empty_outputs_and_a_checkpoint() {
        let mut bench = bench();
        bench.begin();
        assert_eq!((bench.length("out"), bench.length("failed")), (0, 0));
        assert_eq!(bench.saved().position, Position::default());
        assert!(!bench.journal.is_due());
    }

    #[test]
    fn lines_behind_the_last_whole_chunk_do_not_count() {
        let mut bench = bench();
        bench.begin();
        bench.journal.advance(None, LINE);
        bench.journal.advance(Some((LINE, at(2))), LINE);
        bench.write().expect("room");
        assert_eq!((bench.saved().position, bench.saved().totals.succeeded), (at(2), 2));
        bench.journal.advance(Some((Totals::default(), at(3))), Totals::default());
        bench.write().expect("room");
        assert_eq!((bench.saved().position, bench.saved().totals.output_bytes), (at(3), 6));
        assert!(!bench.saved().finished);
        bench.journal.finish(at(3));
        bench.write().expect("room");
        assert!(bench.saved().finished);
    }

    #[test]
    fn a_checkpoint_is_due_when_there_is_news_and_time_has_passed() {
        let mut bench = bench();
        bench.begin();
        let later = |bench: &Bench, ms| bench.now_ms.fetch_add(ms, Ordering::Relaxed);
        later(&bench, 5_000);
        bench.journal.advance(None, LINE);
        assert!(!bench.journal.is_due(), "a chunk that is not at its end is no news");
        bench.journal.advance(Some((LINE, at(2))), Totals::default());
        assert!(bench.journal.is_due());
        bench.write().expect("room");
        bench.journal.advance(Some((LINE, at(3))), Totals::default());
        later(&bench, 999);
        assert!(!bench.journal.is_due());
        later(&bench, 1);
        assert!(bench.journal.is_due());
    }

    #[test]
    fn after_a_failure_the_checkpoint_before_it_stays() {
        let mut bench = bench();
        bench.begin();
        let in_the_way = bench.folder.path().join("run.checkpoint.tmp");
        fs::create_dir(&in_the_way).expect("room");
        bench.journal.advance(Some((LINE, at(1))), Totals::default());
        let error = bench.write().expect_err("a folder is in the way").to_string();
        assert!(error.starts_with("failed to write ") && error.contains("run.checkpoint: "), "{error}");
        fs::remove_dir(&in_the_way).expect("it is empty");
        bench.write().expect("nothing is done");
        assert_eq!(bench.saved().position, Position::default());
    }
}
