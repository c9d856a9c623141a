//! Throughput: rounds of the same run, each next to the loops it is measured against.

use std::time::Duration;

use super::lines::Lines;
use super::reference::Loop;
use super::resources::cpu_time;
use super::stop::Stop;
use super::workload::{Pass, Workload};
use crate::executor::SystemClock;
use crate::pipeline::RunError;

/// Most times that a round goes over its lines.
const PASSES_MAX: f64 = 4096.0;

/// How long to measure.
#[derive(Debug, Clone, Copy)]
pub(super) struct Schedule {
    pub(super) workers: usize,
    /// Rounds at most.
    pub(super) rounds: u32,
    /// Time to spend before the first round.
    pub(super) warm_up: Duration,
    /// Time after which no further round begins; a round is made as long as this allows for all.
    pub(super) time: Duration,
}

/// What the rounds gave.
#[derive(Debug, Default)]
pub(super) struct Rounds {
    pub(super) rounds: Vec<Round>,
    /// How many times a round goes over its lines.
    pub(super) passes: u32,
}

/// One round: three times the same lines.
#[derive(Debug, Clone, Copy)]
pub(super) struct Round {
    pub(super) executions: u64,
    pub(super) bytes: u64,
    pub(super) elapsed: Duration,
    /// Time on processors, of all threads.
    pub(super) cpu: Option<Duration>,
    /// How long the reference took for as many lines.
    pub(super) reference: Duration,
    /// How long the floor took for as many lines.
    pub(super) floor: Duration,
}

impl Round {
    pub(super) fn per_second(&self, count: u64) -> f64 {
        count as f64 / seconds(self.elapsed)
    }
}

/// Never zero: a clock may be too coarse for what it measures.
pub(super) fn seconds(duration: Duration) -> f64 {
    duration.as_secs_f64().max(1e-9)
}

/// Warms up, then measures; fewer rounds than asked for, or none, if time is up or the measurement is stopped.
///
/// `warm` is called when the workload, and nothing else, has run.
pub(super) fn measure_rounds(
    workload: &Workload,
    lines: &Lines,
    schedule: Schedule,
    stop: &Stop,
    warm: impl FnOnce(),
) -> Result<Rounds, RunError> {
    let clock = SystemClock::new();
    let workers = schedule.workers;
    let mut one = loop {
        let Some(round) = run_workload(workload, lines, 1, workers, stop)? else {
            return Ok(Rounds::default());
        };
        if clock.elapsed() >= schedule.warm_up {
            break round;
        }
    };
    warm();
    run_loops(&mut one, lines, 1, workers, &clock);
    let passes = passes(&one, schedule);
    let (began, mut rounds) = (clock.elapsed(), Vec::new());
    while rounds.len() < schedule.rounds as usize {
        if !rounds.is_empty() && clock.elapsed().saturating_sub(began) >= schedule.time {
            break;
        }
        // What is slow for a while should not hit the same side every time.
        let is_first = rounds.len() % 2 == 0;
        let mut round = one;
        if !is_first {
            run_loops(&mut round, lines, passes, workers, &clock);
        }
        let loops = round;
        let Some(measured) = run_workload(workload, lines, passes, workers, stop)? else { break };
        round = Round { reference: loops.reference, floor: loops.floor, ..measured };
        if is_first {
            run_loops(&mut round, lines, passes, workers, &clock);
        }
        rounds.push(round);
    }
    Ok(Rounds { rounds, passes })
}

fn run_workload(
    workload: &Workload,
    lines: &Lines,
    passes: u32,
    workers: usize,
    stop: &Stop,
) -> Result<Option<Round>, RunError> {
    let before = cpu_time();
    let Some(summary) = workload.run(Pass { lines, passes, workers }, None, stop)? else { return Ok(None) };
    let cpu = cpu_time().zip(before).map(|(after, before)| after.saturating_sub(before));
    Ok(Some(Round {
        executions: summary.lines,
        bytes: summary.bytes_in,
        elapsed: summary.elapsed,
        cpu,
        reference: Duration::ZERO,
        floor: Duration::ZERO,
    }))
}

fn run_loops(round: &mut Round, lines: &Lines, passes: u32, threads: usize, clock: &SystemClock) {
    let timed = |which: Loop| {
        let began = clock.elapsed();
        which.run(&lines.bytes, passes, threads);
        clock.elapsed().saturating_sub(began)
    };
    (round.reference, round.floor) = (timed(Loop::ParseAndWrite), timed(Loop::Copy));
}

/// How many passes a round may have for all rounds to fit, by what one of each took.
fn passes(one: &Round, schedule: Schedule) -> u32 {
    let round = schedule.time.as_secs_f64() / f64::from(schedule.rounds.max(1));
    let pass = seconds(one.elapsed + one.reference + one.floor);
    (round / pass).clamp(1.0, PASSES_MAX) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_is_as_long_as_its_share_of_the_time() {
        let one = |millis| Round {
            executions: 1,
            bytes: 1,
            elapsed: Duration::from_millis(millis),
            cpu: None,
            reference: Duration::from_millis(millis),
            floor: Duration::ZERO,
        };
        let check = |millis, rounds, seconds, expected| {
            let time = Duration::from_secs(seconds);
            let schedule = Schedule { workers: 1, rounds, warm_up: Duration::ZERO, time };
            assert_eq!(passes(&one(millis), schedule), expected, "{millis} ms, {rounds} rounds, {seconds} s");
        };
        check(5, 10, 10, 100);
        check(500, 10, 10, 1);
        check(9_000, 10, 10, 1);
        check(0, 10, 10, 4096);
        check(5, 10, 0, 1);
    }
}
