"""JSONata against its other implementations, one expression at a time."""

from harness import chart, contest, installs, report
from harness.compare import AGREES
from harness.contest import Contest, Entrant

EXPRESSIONS = (
    "summary", "paths", "aggregates", "objects", "grouping", "ordering", "strings", "regex", "functions",
    "transform", "formats",
)
OURS, REFERENCE, NODE = "aslx", "serde_json", "node"
RUST = ("jsonata-core", "jsonata-rs", "seuil")
PEERS = (NODE, *RUST)
EVENTS = 50_000
TITLE = "JSONata"


def entrants(expression, peers, programs):
    """Ours, the reference and the peers that were asked for, for one expression."""
    file = installs.LOADTEST / "jsonata" / f"{expression}.jsonata"

    def rust(name):
        return Entrant(name, lambda events: [programs["rust"], name, file, events])

    found = [Entrant(REFERENCE, lambda events: [programs["reference"], "serde-json", events]), rust(OURS)]
    found += [rust(name) for name in RUST if name in peers]
    if NODE in peers:
        script = installs.PEERS / "node" / "jsonata.mjs"
        found.append(Entrant(NODE, lambda events: ["node", script, programs["node"], file, events], warms_up=True))
    return found


def run(options, progress):
    """The results, and whether ours is right everywhere."""
    peers = set(options.peers or PEERS)
    programs = {"reference": installs.crate("reference")}
    rust = [name for name in RUST if name in peers]
    options.bring(rust, peers, lambda: programs.update(rust=installs.crate("peer-jsonata", rust)))
    if "rust" not in programs:
        programs["rust"] = installs.crate("peer-jsonata", [])
    if NODE in peers:
        options.bring(NODE, peers, lambda: programs.update(node=installs.node_modules()))
    total = min(options.events or EVENTS, EVENTS)
    events = installs.events("jsonata", total)
    # The reference implementation says what is right; without it, ours is what the others are compared with.
    oracle = NODE if NODE in peers else OURS
    results = {}
    for expression in EXPRESSIONS:
        found = entrants(expression, peers, programs)
        match = Contest(expression, events, total, options.scratch, found[0], oracle, options.rounds, options.seconds)
        results[expression] = match.run(found, progress)
    return results


def problems(results):
    """What is wrong with ours; what others do is shown, and no error."""
    return [
        f"{expression}: {line}"
        for expression, found in results.items()
        for line in contest.deviations([contest.by_name(found)[OURS]])
    ]


def comparisons(found):
    """How many times faster ours is: than the fastest other in Rust that is right, than Node, than the reference."""
    named = contest.by_name(found)
    ours = named[OURS]
    others = [named[name] for name in RUST if name in named and named[name].verdict.kind == AGREES]
    timed = [other for other in others if other.is_timed]
    fastest = min(timed, key=lambda other: other.nanoseconds, default=None)

    def times(other):
        return other.nanoseconds / ours.nanoseconds if other is not None and other.is_timed and ours.is_timed else None

    return {"rust": times(fastest), "node": times(named.get(NODE)), "reference": ours.ratio}


def markdown(results, options):
    names = [result.name for result in next(iter(results.values()))]
    header = ["expression", *names, "to the fastest other in Rust", "to Node", "to serde_json"]
    rows = []
    for expression, found in results.items():
        times = comparisons(found)
        cells = [report.duration(r.nanoseconds) + report.mark(r) if r.is_timed else r.verdict.kind for r in found]
        ratios = ["–" if value is None else report.factor(value) for value in times.values()]
        rows.append([expression, *cells, *ratios])
    lines = [f"{name}: {line}" for name, found in results.items() for line in contest.deviations(found)]
    text = f"# {TITLE}\n\nCPU time of one evaluation, from bytes to bytes on one core, medians of {options.rounds} rounds; "
    text += "the last columns say how many times faster `aslx` is.\n\n"
    return text + report.table(header, rows) + report.notes("Not as the reference implementation has it:", lines)


def svg(results):
    groups = []
    for expression, found in results.items():
        bars = []
        for result in found:
            if result.name == REFERENCE:
                continue
            text = report.factor(result.ratio) + report.mark(result) if result.is_timed else result.verdict.kind
            bars.append(chart.Bar(result.name, result.ratio if result.is_timed else None, text, result.name == OURS))
        groups.append((expression, bars))
    subtitle = "evaluations in the time of one serde_json parse and serialise of the same line; longer is better"
    return chart.draw(TITLE, subtitle, groups)


def as_json(results):
    return {name: [result.as_json() for result in found] for name, found in results.items()}


def check(results):
    """Nothing here has a bound."""
    return []
