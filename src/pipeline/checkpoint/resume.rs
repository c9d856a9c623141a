//! Whether a run may go on from a checkpoint, and where.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::content::{Checkpoint, OutputIdentity, Position, Totals, VERSION};
use super::error::CheckpointError;
use super::journal::{Elapsed, Journal};
use super::options::CheckpointOptions;
use crate::pipeline::error::RunError;
use crate::pipeline::same_file::is_same_file;
use crate::sink::{Sink, path_beside};
use crate::source::Feed;

/// What a run found of one before it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Resumption {
    /// The input that the run goes on in.
    pub source: String,
    /// The line of it that is the next.
    pub line: u64,
    /// Whether nothing is left to do.
    pub is_finished: bool,
}

/// A run as it would be from the start.
pub(in crate::pipeline) struct Fresh<'r> {
    pub(in crate::pipeline) feed: &'r Feed,
    pub(in crate::pipeline) output: &'r Sink,
    pub(in crate::pipeline) failures: Option<&'r Sink>,
    pub(in crate::pipeline) is_ordered: bool,
    /// What results depend on beside inputs, definition, seed and handlers, by name.
    pub(in crate::pipeline) facts: BTreeMap<String, String>,
    pub(in crate::pipeline) seed: u64,
    /// Whether no other seed will do.
    pub(in crate::pipeline) is_seed_fixed: bool,
    pub(in crate::pipeline) clock_start_ms: Option<i64>,
}

/// Takes the output for this run alone.
pub(in crate::pipeline) fn lock_output(output: &mut Sink) -> Result<(), CheckpointError> {
    if output.is_in_use() { Err(CheckpointError::in_use(output.name())) } else { Ok(()) }
}

/// Compares a run with its checkpoint, if there is one already. Nothing is written yet.
pub(in crate::pipeline) fn open(
    options: &CheckpointOptions,
    fresh: &Fresh<'_>,
    elapsed: Elapsed,
) -> Result<Journal, RunError> {
    let path = &options.path;
    refuse_unfit(path, fresh)?;
    let mut checkpoint = Checkpoint {
        version: VERSION,
        definition_sha256: options.definition_sha256.clone(),
        inputs: fresh.feed.identities()?,
        output: OutputIdentity::new(fresh.output),
        failures: fresh.failures.map(OutputIdentity::new),
        facts: fresh.facts.clone(),
        seed: fresh.seed,
        clock_start_ms: fresh.clock_start_ms,
        position: Position::default(),
        totals: Totals::default(),
        finished: false,
    };
    let before = read(path)?;
    if let Some(before) = &before {
        if let Some(difference) = before.difference(&checkpoint, fresh)? {
            return Err(CheckpointError::mismatch(path, &difference).into());
        }
        checkpoint.position = before.position;
        checkpoint.totals = before.totals;
        (checkpoint.seed, checkpoint.clock_start_ms) = (before.seed, before.clock_start_ms);
        checkpoint.finished = before.finished && !before.has_grown(&checkpoint);
    }
    Ok(Journal::new((path.clone(), options.interval), elapsed, checkpoint, before.is_some()))
}

/// What no run with a checkpoint can have.
fn refuse_unfit(path: &Path, fresh: &Fresh<'_>) -> Result<(), RunError> {
    if !fresh.is_ordered {
        return Err(CheckpointError::unordered().into());
    }
    let outputs = std::iter::once(fresh.output).chain(fresh.failures);
    let irregular = outputs.filter(|sink| sink.as_file().is_none()).map(Sink::name);
    if let Some(name) = irregular.chain(fresh.feed.first_irregular()).next() {
        return Err(CheckpointError::irregular(name).into());
    }
    refuse_own_files(path, fresh)?;
    Ok(())
}

/// The checkpoint, if there is one.
fn read(path: &Path) -> Result<Option<Checkpoint>, CheckpointError> {
    let unreadable = |error| CheckpointError::unreadable(path, error);
    let metadata = match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other.map_err(unreadable)?,
    };
    if metadata.is_dir() {
        return Err(unreadable(io::Error::from(io::ErrorKind::IsADirectory)));
    }
    if !metadata.is_file() {
        return Err(unreadable(io::Error::other("it is no regular file")));
    }
    let json = fs::read(path).map_err(unreadable)?;
    Checkpoint::decode(&json).map(Some).map_err(|reason| CheckpointError::undecodable(path, reason))
}

/// The checkpoint, or what is written beside it first, would replace a file of the run's.
fn refuse_own_files(path: &Path, fresh: &Fresh<'_>) -> Result<(), RunError> {
    for path in [path, &path_beside(path)] {
        let Ok(own) = File::open(path) else { continue };
        let outputs = std::iter::once(fresh.output).chain(fresh.failures);
        let outputs = outputs.filter_map(|sink| sink.as_file().map(|file| (sink.name(), file)));
        if let Some((name, _)) = fresh.feed.files().chain(outputs).find(|(_, file)| is_same_file(file, &own))
        {
            let (first, second) = (path.display().to_string(), name.to_owned());
            return Err(RunError::SameFile { first, second });
        }
    }
    Ok(())
}

impl Checkpoint {
    /// Why a run cannot go on from the checkpoint; `None` if it can.
    fn difference(&self, now: &Self, fresh: &Fresh<'_>) -> Result<Option<String>, RunError> {
        let asked = self.different_definition(now, fresh.is_seed_fixed).or_else(|| self.renamed_input(now));
        if let Some(difference) = asked.or_else(|| self.different_output(now)) {
            return Ok(Some(difference));
        }
        for (identity, sink, bytes) in self.outputs(fresh) {
            let length = sink.as_file().and_then(|file| file.metadata().ok()).map_or(0, |it| it.len());
            if length < bytes {
                let name = &identity.name;
                return Ok(Some(format!("{bytes} bytes were written to {name}, and it has {length} now")));
            }
        }
        for (source, identity) in self.inputs.iter().enumerate() {
            if let Some(difference) = identity.difference(source, fresh.feed)? {
                return Ok(Some(difference));
            }
        }
        self.lateness(now, fresh.feed)
    }

    /// How what is asked for differs.
    fn different_definition(&self, now: &Self, is_seed_fixed: bool) -> Option<String> {
        if self.definition_sha256 != now.definition_sha256 {
            return Some("the definition is another one now".to_owned());
        }
        if is_seed_fixed && self.seed != now.seed {
            return Some(format!("the seed was {} and is {} now", self.seed, now.seed));
        }
        let mut names = self.facts.keys().chain(now.facts.keys());
        let name = names.find(|name| self.facts.get(*name) != now.facts.get(*name))?;
        let [before, now] = [self, now].map(|run| run.facts.get(name).map_or("nothing", String::as_str));
        Some(format!("the {name} was {before} and is {now} now"))
    }

    fn renamed_input(&self, now: &Self) -> Option<String> {
        let (before, count) = (self.inputs.len(), now.inputs.len());
        if before != count {
            return Some(format!("it had {before} inputs and has {count} now"));
        }
        let renamed = self.inputs.iter().zip(&now.inputs).find(|(before, now)| before.name != now.name);
        renamed.map(|(before, now)| format!("{} was an input and is {} now", before.name, now.name))
    }

    fn different_output(&self, now: &Self) -> Option<String> {
        let pairs =
            [(Some(&self.output), Some(&now.output)), (self.failures.as_ref(), now.failures.as_ref())];
        pairs.into_iter().find_map(|pair| match pair {
            (None, None) => None,
            (Some(before), Some(now)) if before.is_same(now) => None,
            (Some(before), Some(now)) if before.name == now.name => {
                Some(format!("{} is another file now", now.name))
            }
            (Some(before), Some(now)) => Some(format!("it wrote to {}, not to {}", before.name, now.name)),
            (Some(before), None) => Some(format!("it wrote failures to {}", before.name)),
            (None, Some(_)) => Some("it wrote failures nowhere".to_owned()),
        })
    }

    /// What has been added to inputs too late for the run to take notice.
    fn lateness(&self, now: &Self, feed: &Feed) -> Result<Option<String>, RunError> {
        let Position { input, offset, .. } = self.position;
        let done = self.inputs.iter().zip(&now.inputs).take(input as usize);
        for (before, now) in done {
            if before.bytes != now.bytes {
                return Ok(Some(format!("{} has grown after the run was through with it", before.name)));
            }
        }
        let name = &now.inputs[input as usize].name;
        let is_inside = feed.is_inside_line(input as usize, offset)?;
        Ok(is_inside.then(|| format!("{name} had a last line without a line break, which has grown since")))
    }

    fn has_grown(&self, now: &Self) -> bool {
        self.inputs.iter().zip(&now.inputs).any(|(before, now)| before.bytes < now.bytes)
    }

    /// The outputs, and how long they were.
    fn outputs<'c>(&'c self, fresh: &Fresh<'c>) -> impl Iterator<Item = (&'c OutputIdentity, &'c Sink, u64)> {
        let failures = self.failures.as_ref().zip(fresh.failures);
        let failures = failures.map(|(identity, sink)| (identity, sink, self.totals.failures_bytes));
        std::iter::once((&self.output, fresh.output, self.totals.output_bytes)).chain(failures)
    }
}
