#!/usr/bin/env python3
"""The load test: `python3 loadtest/run.py jsonata|workloads|growth`. See README.md beside this file."""

import argparse
import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from harness import growth, installs, jsonata, workloads  # noqa: E402

COMMANDS = {"jsonata": jsonata, "workloads": workloads, "growth": growth}


def arguments(words):
    parser = argparse.ArgumentParser(prog="run.py", description="Measures aslx next to what others use.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, module in COMMANDS.items():
        one = commands.add_parser(name, help=module.__doc__.splitlines()[0])
        one.add_argument("--rounds", type=int, default=5, help="timed runs of each program, in turns (0: only outputs)")
        one.add_argument("--events", type=int, help="events at most")
        one.add_argument("--json", action="store_true", help="all figures as JSON on stdout")
        if name != "jsonata":
            one.add_argument("--aslx", help="the program to measure (default: it is built)")
        if name != "growth":
            one.add_argument("--seconds", type=float, default=1.0, help="CPU time of one timed run, at most")
            one.add_argument("--peers", type=lambda text: text.split(","), help=",".join(module.PEERS))
            one.add_argument("--skip-missing", action="store_true", help="go on without peers that cannot be installed")
        if name == "workloads":
            one.add_argument("--only", type=lambda text: text.split(","), help=",".join(module.WORKLOADS))
            one.add_argument("--check", action="store_true", help="fail where a ratio is below its bound")
    options = parser.parse_args(words)
    for given, known in ((getattr(options, "peers", None), "PEERS"), (getattr(options, "only", None), "WORKLOADS")):
        for word in given or ():
            if word not in getattr(COMMANDS[options.command], known):
                parser.error(f"{word}: there is no such name")
    return options


def bring(options):
    """Installs for peers; one that cannot be had is an error, or is left out."""

    def attempt(names, peers, install):
        try:
            install()
        except installs.Missing as missing:
            if not options.skip_missing:
                raise installs.Missing(f"{missing} (--skip-missing goes on without)") from missing
            print(f"left out: {missing}", file=sys.stderr)
            peers.difference_update([names] if isinstance(names, str) else names)

    return attempt


def progress(text):
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def main(words):
    options = arguments(words)
    options.bring = bring(options)
    module = COMMANDS[options.command]
    try:
        # A folder of its own: two of these may run at the same time.
        with tempfile.TemporaryDirectory(dir=installs.work_folder()) as scratch:
            options.scratch = Path(scratch)
            results = module.run(options, progress)
    except (installs.Missing, RuntimeError, TimeoutError) as error:
        print(f"\nerror: {error}", file=sys.stderr)
        return 2
    progress("")
    folder = installs.work_folder()
    text = module.markdown(results, options)
    (folder / f"{options.command}.md").write_text(text, encoding="utf-8")
    (folder / f"{options.command}.svg").write_text(module.svg(results), encoding="utf-8")
    figures = json.dumps(module.as_json(results), indent=1)
    (folder / f"{options.command}.json").write_text(figures + "\n", encoding="utf-8")
    print(figures if options.json else text)
    wrong = module.problems(results)
    if getattr(options, "check", False):
        wrong += module.check(results)
    for line in wrong:
        print(f"error: {line}", file=sys.stderr)
    print(f"written: {folder / options.command}.{{md,svg,json}}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
