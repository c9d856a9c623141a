"""A contest: programs that do the same over the same events, measured in turns."""

import itertools
import statistics
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

from harness import compare, process
from harness.compare import AGREES, DIFFERS, FAILS, Verdict

EMPTY_RUNS = 3
START_FACTOR = 2
WARM_UP_SECONDS = 1.0
# A trial foretells how many events a round should have, and its output is what is compared: it grows until it is
# long enough for the first and has lines enough for the second, but never far beyond the time of some rounds.
TRIAL_SHARE = 0.2
TRIAL_SHARE_MAX = 5
TRIAL_LINES = 1_000
TRIAL_GROWTH = 10


@dataclass(frozen=True)
class Entrant:
    """A program: `command(events)` reads events from a file and writes a line for each to stdout."""

    name: str
    command: Callable[[Path], list]
    # It compiles as it goes: what it takes until it is warm is no more measured than its start is.
    warms_up: bool = False


@dataclass
class Result:
    name: str
    verdict: Verdict
    events: int = 0  # of one run, behind those that are taken off
    warm_up: int = 0  # events whose cost is taken off, with that of the start
    empty_seconds: float = 0.0  # what is taken off
    seconds: list = field(default_factory=list)  # CPU time of each round
    ratios: list = field(default_factory=list)  # to the reference, of each round

    @property
    def is_timed(self):
        return bool(self.seconds)

    @property
    def nanoseconds(self):
        """CPU time of one event."""
        return statistics.median(self.seconds) / self.events * 1e9

    @property
    def ratio(self):
        return statistics.median(self.ratios) if self.ratios else None

    def as_json(self):
        shown = {"name": self.name, "verdict": self.verdict.kind, "detail": self.verdict.detail}
        if self.is_timed:
            shown |= {"events": self.events, "warm_up": self.warm_up, "empty_seconds": self.empty_seconds, "seconds": self.seconds}
            shown |= {"nanoseconds_per_event": self.nanoseconds, "ratios": self.ratios, "ratio": self.ratio}
        return shown


def round_number(events):
    """1, 2 or 5 and zeros, at most `events`: few different files are cut."""
    if events < 1:
        return 1
    power = 10 ** (len(str(int(events))) - 1)
    return max(step * power for step in (1, 2, 5) if step * power <= events)


class Contest:
    """One workload. The reference is timed as the others are, and is what their ratios are to."""

    def __init__(self, name, events, total, folder, reference, oracle, rounds, seconds):
        self.name, self.events, self.total, self.folder = name, Path(events), total, Path(folder)
        self.reference, self.oracle, self.rounds, self.seconds = reference, oracle, rounds, seconds

    def run(self, entrants, progress):
        """Everybody's result. An oracle, where there is one, says what the outputs have to be."""
        results = {}
        ordered = sorted(entrants, key=lambda entrant: entrant.name != self.oracle)
        for entrant in ordered:
            progress(f"{self.name}: {entrant.name}")
            results[entrant.name] = self._try(entrant)
        timed = [entrant for entrant in entrants if results[entrant.name].verdict.kind != FAILS]
        for round_index in range(self.rounds):
            progress(f"{self.name}: round {round_index + 1} of {self.rounds}")
            for entrant in timed:
                self._time(entrant, results[entrant.name])
        self._relate(results)
        for path in self.folder.glob("*.ndjson"):
            path.unlink()
        return [results[entrant.name] for entrant in entrants]

    def head(self, count):
        """A file with the first events."""
        if count >= self.total:
            return self.events
        path = self.folder / f"events-{count}.ndjson"
        if not path.exists():
            with open(self.events, "rb") as source, open(path, "wb") as target:
                target.writelines(itertools.islice(source, count))
        return path

    def _try(self, entrant):
        """What the program costs without events, whether it is right, and how many events it can do in time."""
        empty = [process.run(entrant.command(self.head(0))) for _ in range(EMPTY_RUNS)]
        if failure := empty[0].failure:
            return Result(entrant.name, Verdict(FAILS, failure))
        result = Result(entrant.name, Verdict(AGREES))
        result.empty_seconds = statistics.median(cost.cpu_seconds for cost in empty)
        output = self.folder / f"output-{entrant.name}.ndjson"
        count = min(TRIAL_GROWTH, self.total)
        while True:
            cost = process.run(entrant.command(self.head(count)), stdout=output)
            if cost.failure:
                result.verdict = Verdict(FAILS, cost.failure)
                return result
            spent = max(cost.cpu_seconds - result.empty_seconds, 1e-6)
            is_enough = spent >= TRIAL_SHARE * self.seconds and count >= TRIAL_LINES
            if is_enough or spent * TRIAL_GROWTH > TRIAL_SHARE_MAX * self.seconds or count >= self.total:
                break
            count = min(self.total, count * TRIAL_GROWTH)
        result.verdict = self._judge(entrant.name, output, count)
        # What it costs to start is taken off: it must not be most of what is measured.
        possible = count / spent * max(self.seconds, START_FACTOR * result.empty_seconds)
        result.events = self.total if possible >= self.total else round_number(possible)
        if entrant.warms_up and self.rounds > 0:
            self._warm_up(entrant, result, count / spent)
        return result

    def _warm_up(self, entrant, result, per_second):
        """Takes the first events off, where there are enough to have some left."""
        warm_up = round_number(per_second * WARM_UP_SECONDS)
        if 2 * warm_up > self.total:
            return
        result.warm_up = warm_up
        result.events = min(result.events, self.total - warm_up)
        runs = [process.run(entrant.command(self.head(warm_up))) for _ in range(EMPTY_RUNS)]
        result.empty_seconds = statistics.median(cost.cpu_seconds for cost in runs)

    def _judge(self, name, output, count):
        if self.oracle is None or name == self.reference.name or name == "floor":
            return Verdict(AGREES)
        expected = self.folder / f"output-{self.oracle}.ndjson"
        if name == self.oracle:
            self._oracle_lines = count
            with open(output, encoding="utf-8") as lines:
                failed = next((line for line in itertools.islice(lines, compare.LINES_MAX) if line[:1] == "!"), None)
            return Verdict(FAILS, failed[1:160].strip()) if failed else Verdict(AGREES)
        if not expected.exists():
            return Verdict(FAILS, f"{self.oracle}, which it is compared with, has failed")
        return compare.compare_files(expected, output, min(count, self._oracle_lines))

    def _time(self, entrant, result):
        cost = process.run(entrant.command(self.head(result.warm_up + result.events)))
        if cost.failure:
            raise RuntimeError(f"{self.name}: {entrant.name}: {cost.failure}")
        result.seconds.append(max(cost.cpu_seconds - result.empty_seconds, 1e-6))

    def _relate(self, results):
        reference = results[self.reference.name]
        for result in results.values():
            for ours, theirs in zip(result.seconds, reference.seconds):
                result.ratios.append((theirs / reference.events) / (ours / result.events))


def by_name(results):
    return {result.name: result for result in results}


def deviations(results):
    """Lines about those that are not as they should be."""
    return [
        f"{result.name} {result.verdict.kind}: {result.verdict.detail}"
        for result in results
        if result.verdict.kind in (DIFFERS, FAILS)
    ]
