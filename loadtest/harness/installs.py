"""Peers are built and installed below one work folder, outside the project's own dependencies."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

LOADTEST = Path(__file__).resolve().parent.parent
PROJECT = LOADTEST.parent
PEERS = LOADTEST / "peers"


class Missing(Exception):
    """What is not there and could not be brought."""


def target_folder():
    return Path(os.environ.get("CARGO_TARGET_DIR") or PROJECT / "target").resolve()


def work_folder():
    folder = target_folder() / "loadtest"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _call(what, command, **options):
    try:
        subprocess.run([str(word) for word in command], check=True, stdout=sys.stderr, **options)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Missing(f"{what}: {error}") from error


def aslx(given=None):
    """The program itself, built as it ships; or the one that was given."""
    if given is not None:
        path = Path(given).resolve()
        if not path.is_file():
            raise Missing(f"aslx: {path} is no file")
        return path
    command = ["cargo", "build", "--release", "--locked", "--bin", "aslx", "--manifest-path", PROJECT / "Cargo.toml"]
    _call("aslx", command)
    return target_folder() / "release" / "aslx"


def crate(package, features=None):
    """A program of the workspace loadtest/peers; with some of its features only, where they are given."""
    command = ["cargo", "build", "--release", "--locked", "-p", package]
    if features is not None:
        command += ["--no-default-features", "--features", ",".join(features)]
    folder = work_folder() / "peers"
    _call(package, [*command, "--manifest-path", PEERS / "Cargo.toml", "--target-dir", folder])
    return folder / "release" / package


def node_modules():
    """The folder with the npm packages; Node itself has to be there."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise Missing(f"{program} is not installed")
    folder = work_folder() / "node"
    wanted = [PEERS / "node" / "package.json", PEERS / "node" / "package-lock.json"]

    def install():
        for path in wanted:
            shutil.copy(path, folder)
        _call("npm packages", ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=folder)

    _once(folder, wanted, install)
    return folder


def python_environment():
    """The interpreter of a virtual environment with the PyPI packages."""
    folder = work_folder() / "python"
    requirements = PEERS / "python" / "requirements.txt"
    python = folder / "venv" / "bin" / "python"

    def install():
        _call("Python packages", [sys.executable, "-m", "venv", "--clear", folder / "venv"])
        _call("Python packages", [python, "-m", "pip", "install", "--quiet", "-r", requirements])

    _once(folder, [requirements], install)
    return python


def system(program):
    """What the system's packages bring."""
    path = shutil.which(program)
    if path is None:
        raise Missing(f"{program} is not installed")
    return Path(path)


def _once(folder, wanted, install):
    """Installs where what is wanted has changed since it was last done."""
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in wanted)).hexdigest()
    stamp = folder / "installed"
    if stamp.exists() and stamp.read_text() == digest:
        return
    folder.mkdir(parents=True, exist_ok=True)
    install()
    stamp.write_text(digest)


def events(kind, count):
    """A file with as many events of a kind; it is made once."""
    path = work_folder() / "events" / f"{kind}-{count}.ndjson"
    program = crate("events")
    newest = max(source.stat().st_mtime for source in (PEERS / "events" / "src").iterdir())
    if not path.exists() or path.stat().st_mtime < newest:
        path.parent.mkdir(exist_ok=True)
        part = path.with_suffix(".part")
        with open(part, "wb") as output:
            subprocess.run([program, kind, str(count)], check=True, stdout=output)
        part.replace(path)
    return path
