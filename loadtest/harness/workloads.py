"""State machines against what users would run instead, one workload at a time."""

import json
import tomllib

from harness import chart, contest, installs, report
from harness.contest import Contest, Entrant

# For each workload: how many events at most, and how many times as fast as the reference it has to be.
WORKLOADS = {
    "pass": (600_000, 6.0),
    "order": (120_000, 4.5),
    "etl": (150_000, 3.0),
    "choice16": (250_000, 5.5),
    "map": (16_000, 2.5),
    "jsonata": (60_000, 3.0),
    "large": (1_200, 6.0),
}
OURS, REFERENCE, FLOOR = "aslx", "serde_json", "floor"
NODE_ASL, MOTO, VRL, JAQ, JQ = "aws-local-stepfunctions", "moto", "vrl", "jaq", "jq"
JSONATA = {"jsonata-js": None, "jsonata-core": "jsonata-core", "jsonata-rs": "jsonata-rs", "seuil": "seuil"}
PEERS = (NODE_ASL, MOTO, VRL, JAQ, JQ, *JSONATA)
TITLE = "State machines"

# What a peer has no way to do.
CANNOT = {
    (NODE_ASL, "jsonata"): "JSONata is not supported, and its input is returned",
    (MOTO, "jsonata"): "JSONata needs a Java virtual machine",
    (JQ, "etl"): "there is no SHA-256",
    (JAQ, "etl"): "there is no SHA-256",
}


class Programs:
    """Brings what the peers need, each once."""

    def __init__(self, options, peers):
        self.aslx = installs.aslx(options.aslx)
        self.reference = installs.crate("reference")
        bring = options.bring
        if NODE_ASL in peers or "jsonata-js" in peers:
            bring((NODE_ASL, "jsonata-js"), peers, lambda: setattr(self, "node", installs.node_modules()))
        if MOTO in peers:
            bring(MOTO, peers, lambda: setattr(self, "python", installs.python_environment()))
        if JQ in peers:
            bring(JQ, peers, lambda: setattr(self, "jq", installs.system("jq")))
        if VRL in peers:
            bring(VRL, peers, lambda: setattr(self, "vrl", installs.crate("peer-vrl")))
        if JAQ in peers:
            bring(JAQ, peers, lambda: setattr(self, "jaq", installs.crate("peer-jaq")))
        rust = [name for name in JSONATA.values() if name and name in peers]
        if rust:
            bring(rust, peers, lambda: setattr(self, "jsonata", installs.crate("peer-jsonata", rust)))


def tasks_of(workload):
    """Who answers which Resource, as the peers take it; nothing for a workload without tasks."""
    path = installs.LOADTEST / "workloads" / f"{workload}.tasks.toml"
    if not path.exists():
        return None, "{}"
    with open(path, "rb") as file:
        found = {task["resource"]: task["handler"] for task in tomllib.load(file)["task"]}
    return path, json.dumps(found)


def entrants(workload, peers, programs):
    folder = installs.LOADTEST / "workloads"
    definition = folder / f"{workload}.asl.json"
    expression = installs.LOADTEST / "jsonata" / "summary.jsonata"
    tasks_file, tasks = tasks_of(workload)

    def ours(events):
        command = [programs.aslx, "run", definition, events, "--workers", "1", "-q"]
        return command if tasks_file is None else [*command, "--tasks", tasks_file]

    node = installs.PEERS / "node"
    found = [
        Entrant(FLOOR, lambda events: [programs.reference, "floor", events]),
        Entrant(REFERENCE, lambda events: [programs.reference, "serde-json", events]),
        Entrant(OURS, ours),
    ]
    commands = {
        NODE_ASL: lambda events: ["node", node / "asl.mjs", programs.node, definition, tasks, events],
        MOTO: lambda events: [programs.python, installs.PEERS / "python" / "asl.py", definition, tasks, events],
        VRL: lambda events: [programs.vrl, folder / "vrl" / f"{workload}.vrl", events],
        JAQ: lambda events: [programs.jaq, folder / "jq" / f"{workload}.jq", events],
        JQ: lambda events: [programs.jq, "-c", "-f", folder / "jq" / f"{workload}.jq", events],
    }
    if workload == "jsonata":
        commands["jsonata-js"] = lambda events: ["node", node / "jsonata.mjs", programs.node, expression, events]
        for name in filter(None, JSONATA.values()):
            commands[name] = lambda events, name=name: [programs.jsonata, name, expression, events]
    found += [
        Entrant(name, command, warms_up=name in (NODE_ASL, "jsonata-js"))
        for name, command in commands.items()
        if name in peers and (name, workload) not in CANNOT
    ]
    return found


def run(options, progress):
    peers = set(options.peers or PEERS)
    programs = Programs(options, peers)
    results = {}
    for workload, (events_max, _) in WORKLOADS.items():
        if options.only and workload not in options.only:
            continue
        total = min(options.events or events_max, events_max)
        events = installs.events(workload, total)
        found = entrants(workload, peers, programs)
        match = Contest(workload, events, total, options.scratch, found[1], OURS, options.rounds, options.seconds)
        results[workload] = match.run(found, progress)
    return results


def problems(results):
    """The programs of the peers are the project's own: all of them have to do the same."""
    return [f"{name}: {line}" for name, found in results.items() for line in contest.deviations(found)]


def check(results):
    """The bounds that are not kept."""
    missed = []
    for workload, found in results.items():
        ratio, bound = contest.by_name(found)[OURS].ratio, WORKLOADS[workload][1]
        if ratio is None or ratio < bound:
            missed.append(f"{workload}: {report.factor(ratio or 0)} times the reference, and not {bound}")
    return missed


def markdown(results, options):
    names = [name for name in (FLOOR, REFERENCE, OURS, *PEERS) if any(name in contest.by_name(f) for f in results.values())]
    rows = []
    for name in names:
        cells = []
        for workload, found in results.items():
            result = contest.by_name(found).get(name)
            if result is None:
                cells.append("no" if (name, workload) in CANNOT else "–")
            elif not result.is_timed:
                cells.append(result.verdict.kind)
            else:
                cells.append(f"{report.rate(1e9 / result.nanoseconds)} ({report.factor(result.ratio)})")
                cells[-1] += report.mark(result)
        rows.append([name, *cells])
    rows.append(["bound of `--check`", *(f"({WORKLOADS[workload][1]})" for workload in results)])
    text = f"# {TITLE}\n\nExecutions in a second of CPU time, one worker, medians of {options.rounds} rounds; in brackets "
    text += "the ratio to a loop of serde_json that parses and serialises the same lines.\n\n"
    cannot = [f"{name}, {workload}: {why}" for (name, workload), why in CANNOT.items() if workload in results and name in names]
    text += report.table(["", *results], rows) + report.notes("No:", cannot)
    return text + report.notes("Not as `aslx` has it:", problems(results))


def svg(results):
    groups = []
    for workload, found in results.items():
        bars = []
        for result in found:
            if result.name == REFERENCE:
                continue
            text = report.factor(result.ratio) + report.mark(result) if result.is_timed else result.verdict.kind
            bars.append(chart.Bar(result.name, result.ratio if result.is_timed else None, text, result.name == OURS))
        bars += [
            chart.Bar(name, None, "no: " + why)
            for (name, other), why in CANNOT.items()
            if other == workload and any(name in contest.by_name(f) for f in results.values())
        ]
        groups.append((workload, bars))
    subtitle = "executions in the time of one serde_json parse and serialise of the same line; longer is better"
    return chart.draw(TITLE, subtitle, groups)


def as_json(results):
    return {name: [result.as_json() for result in found] for name, found in results.items()}
