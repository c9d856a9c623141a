"""Cost as the work grows: executions, bytes of an event, items of a Map, states, branches."""

import itertools
import json
import statistics
from dataclasses import asdict, dataclass

from harness import chart, installs, process, report

TITLE = "Growth"

# A unit of work costs more where it all leaves a cache, and where memory has to be asked for: so many times what it
# costs with the size before, and so many times what it costs with any smaller one. What is quadratic is ten times as
# dear with ten times as much.
STEP_FACTOR_MAX = 4.0
COST_FACTOR_MAX = 10.0
# Memory must not depend on the number of executions: what is between two counts is noise of the allocator.
MEMORY_FACTOR_MAX = 1.5
MEMORY_SLACK_BYTES = 8 << 20
MEMORY_STEADY_FROM = 100_000

START_SECONDS_MAX = 0.010
START_RUNS = 41
PEAK_BYTES_MAX = 64 << 20
PEAK_EXECUTIONS = 1_000_000

BLOCK_BYTES = 1 << 20
# What one run of a series does, so that it can be measured: bytes of input.
RUN_BYTES = 24 << 20


@dataclass(frozen=True)
class Series:
    name: str
    unit: str  # what the cost is of
    sizes: tuple
    definition: object  # from a size to a definition
    event: object  # from a size to the text of an event
    units: object  # how many units of work one event of a size has


@dataclass
class Point:
    size: int
    executions: int
    nanoseconds: float  # for one unit
    peak_bytes: int


def _machine(states, first):
    return {"StartAt": first, "States": states}


def _route(_size):
    """A little of everything: a Choice, then a template with a function."""
    label = {"id.$": "$.id", "label.$": "States.Format('{}/{}', $.kind, $.id)", "amount.$": "$.amount"}
    rule = {"Variable": "$.amount", "NumericGreaterThan": 50, "Next": "Shape"}
    states = {
        "Route": {"Type": "Choice", "Choices": [rule], "Default": "Keep"},
        "Shape": {"Type": "Pass", "Parameters": label, "End": True},
        "Keep": {"Type": "Pass", "End": True},
    }
    return _machine(states, "Route")


def _map(_size):
    item = {"n.$": "$$.Map.Item.Index", "value.$": "$$.Map.Item.Value"}
    each = {"ProcessorConfig": {"Mode": "INLINE"}} | _machine({"Keep": {"Type": "Pass", "End": True}}, "Keep")
    states = {"Each": {"Type": "Map", "ItemsPath": "$.items", "ItemSelector": item, "ItemProcessor": each, "End": True}}
    return _machine(states, "Each")


def _chain(size):
    """So many Pass states, each of which makes its output anew."""
    template = {"id.$": "$.id", "kind.$": "$.kind", "count.$": "States.MathAdd($.count, 1)"}
    states = {f"S{n}": {"Type": "Pass", "Parameters": template, "Next": f"S{n + 1}"} for n in range(size - 1)}
    states[f"S{size - 1}"] = {"Type": "Pass", "Parameters": template, "End": True}
    return _machine(states, "S0")


def _parallel(size):
    template = {"id.$": "$.id", "count.$": "States.MathAdd($.count, 1)"}
    branches = [_machine({f"B{n}": {"Type": "Pass", "Parameters": template, "End": True}}, f"B{n}") for n in range(size)]
    return _machine({"Fork": {"Type": "Parallel", "Branches": branches, "End": True}}, "Fork")


def _small(_size):
    return '{"id":"e-4711","kind":"reading","amount":75.25,"count":1,"text":"some words that are passed on"}'


def _large(size):
    record = '{"id":"r-1","name":"copper lantern","value":12.5,"flags":[true,false,null],"note":"a few words"},'
    head = '{"id":"e-4711","kind":"reading","amount":20,"records":['
    body = (record * (size // len(record) + 1))[: max(0, (size - len(head)) // len(record)) * len(record)]
    return head + body.rstrip(",") + "]}"


def _items(size):
    return '{"items":[' + ",".join(str(n % 1000) for n in range(size)) + "]}"


SERIES = (
    Series("executions", "execution", (1_000, 10_000, 100_000, 1_000_000, 10_000_000), _route, _small, lambda _: 1),
    Series("event bytes", "byte", (100, 1_000, 10_000, 100_000, 1_000_000), _route, _large, lambda size: size),
    Series("Map items", "item", (1, 10, 100, 1_000, 10_000, 100_000, 1_000_000), _map, _items, lambda size: size),
    Series("states", "state", (1, 2, 5, 10, 20, 50, 100, 200), _chain, _small, lambda size: size),
    Series("Parallel branches", "branch", (1, 2, 4, 8, 16, 32, 64), _parallel, _small, lambda size: size),
)


def blocks(event, count):
    """So many lines of the same event, in blocks; no more than one of them is ever held."""
    line = event.encode() + b"\n"
    in_block = max(1, min(count, BLOCK_BYTES // len(line)))
    block = line * in_block
    yield from itertools.repeat(block, count // in_block)
    if count % in_block:
        yield line * (count % in_block)


class Runs:
    def __init__(self, program, folder):
        self.program, self.folder = program, folder

    def cost(self, definition, event, count):
        path = self.folder / "growth.asl.json"
        path.write_text(json.dumps(definition))
        command = [self.program, "run", path, "--workers", "1", "-q", "--payload-bytes-max", "none"]
        cost = process.run([*command, "-o", "/dev/null"], feed=blocks(event, count))
        if cost.failure:
            raise RuntimeError(f"growth: {cost.failure}")
        return cost


def measure(series, runs, options, progress):
    points = []
    sizes = series.sizes
    if series.name == "executions" and options.events:
        sizes = tuple(size for size in sizes if size <= options.events) or (options.events,)
    for size in sizes:
        definition, event = series.definition(size), series.event(size)
        if series.name == "executions":
            count = size
        else:
            # At least a few; as many as there is work for, both by bytes and by units.
            work = len(event) + 200 * series.units(size) if series.name != "event bytes" else len(event)
            count = max(3, RUN_BYTES // work)
            count = min(count, options.events or count)
        found, empty = [], []
        # A run of seconds is not noisy, and the longest need not be done so often.
        for index in range(max(1, options.rounds if count * len(event) < 1 << 28 else 1)):
            progress(f"{series.name}: {size}, round {index + 1}")
            empty.append(runs.cost(definition, event, 0).cpu_seconds)
            found.append(runs.cost(definition, event, count))
        spent = statistics.median(cost.cpu_seconds for cost in found) - statistics.median(empty)
        unit = max(spent, 1e-6) / (count * series.units(size)) * 1e9
        points.append(Point(size, count, unit, max(cost.peak_bytes for cost in found)))
    return points


def run(options, progress):
    runs = Runs(installs.aslx(options.aslx), options.scratch)
    starts = []
    for _ in range(START_RUNS if options.rounds > 1 else 5):
        progress("start")
        starts.append(runs.cost(_route(0), _small(0), 0).wall_seconds)
    results = {"start_seconds": statistics.median(starts), "start_seconds_least": min(starts), "series": {}}
    for series in SERIES:
        results["series"][series.name] = measure(series, runs, options, progress)
    return results


def not_linear(points):
    """The points that cost too much more for each unit than smaller sizes do, and how much more."""
    found = []
    for index, point in enumerate(points[1:], 1):
        step = point.nanoseconds / points[index - 1].nanoseconds
        overall = point.nanoseconds / min(earlier.nanoseconds for earlier in points[:index])
        if step > STEP_FACTOR_MAX or overall > COST_FACTOR_MAX:
            found.append((point, overall))
    return found


def memory_grows(points):
    """The last point, if it takes more memory than a count from which on nothing should be added."""
    steady = [point for point in points if point.size >= MEMORY_STEADY_FROM]
    if len(steady) < 2:
        return None
    bound = MEMORY_FACTOR_MAX * steady[0].peak_bytes + MEMORY_SLACK_BYTES
    return steady[-1] if steady[-1].peak_bytes > bound else None


def problems(results):
    found = []
    for series in SERIES:
        points = results["series"][series.name]
        for point, factor in not_linear(points):
            what = f"one {series.unit} costs {report.factor(factor)} times as much as with fewer"
            found.append(f"{series.name}: with {point.size:,} {what}")
    executions = results["series"]["executions"]
    if worst := memory_grows(executions):
        found.append(f"{worst.size:,} executions take {report.size(worst.peak_bytes)}: memory grows with their number")
    for point in executions:
        if point.size == PEAK_EXECUTIONS and point.peak_bytes > PEAK_BYTES_MAX:
            bound = f"{report.size(point.peak_bytes)}, not at most {report.size(PEAK_BYTES_MAX)}"
            found.append(f"{point.size:,} executions take {bound}")
    # The quickest: this is wall time, and other load must not count.
    if results["start_seconds_least"] > START_SECONDS_MAX:
        least = report.duration(results["start_seconds_least"] * 1e9)
        found.append(f"an empty run takes {least} at the least, not at most 10 ms")
    return found


def markdown(results, options):
    text = f"# {TITLE}\n\n`aslx run` with one worker; CPU time less that of an empty run, medians of {options.rounds} rounds.\n\n"
    start = report.duration(results["start_seconds"] * 1e9)
    least = report.duration(results["start_seconds_least"] * 1e9)
    text += f"A run over an empty input takes {start} (at the least {least}, which is bound to 10 ms).\n"
    for series in SERIES:
        points = results["series"][series.name]
        rows = [
            [f"{p.size:,}", f"{p.executions:,}", report.duration(p.nanoseconds), report.size(p.peak_bytes)]
            for p in points
        ]
        header = [series.name, "executions in a run", f"CPU time for one {series.unit}", "peak memory"]
        text += f"\n## {series.name[0].upper() + series.name[1:]}\n\n" + report.table(header, rows)
    bound = f"{PEAK_EXECUTIONS:,} executions may take {report.size(PEAK_BYTES_MAX)}"
    linear = f"a unit may cost {STEP_FACTOR_MAX:g} times what it does with the size before"
    linear += f" and {COST_FACTOR_MAX:g} times what it does with any smaller one"
    return text + f"\nBounds: {linear}; {bound}.\n"


def svg(results):
    groups = []
    for series in SERIES:
        points = results["series"][series.name]
        first = points[0].nanoseconds
        bars = [
            chart.Bar(f"{p.size:,}", p.nanoseconds / first, f"{report.duration(p.nanoseconds)}", True) for p in points
        ]
        groups.append((f"{series.name}: CPU time for one {series.unit}", bars))
    return chart.draw(TITLE, "cost for one unit of work, relative to the smallest size; level or falling is linear", groups)


def as_json(results):
    series = {name: [asdict(point) for point in points] for name, points in results["series"].items()}
    return results | {"series": series}
