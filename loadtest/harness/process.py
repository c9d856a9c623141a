"""Processes and what they cost, as the kernel counts it."""

import os
import subprocess
import tempfile
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Cost:
    """One run of a process, its threads included."""

    cpu_seconds: float
    wall_seconds: float
    peak_bytes: int
    exit_code: int
    stderr: str

    @property
    def failure(self):
        """Why the run is no good, or None."""
        if self.exit_code == 0:
            return None
        lines = [line for line in self.stderr.splitlines() if line.strip()]
        # Python gives its reason last, Rust and Node first; a panic's first line says only where.
        if lines and lines[0].startswith("Traceback"):
            lines.reverse()
        reason = next((line for line in lines if not line.startswith("thread ")), "no message")
        return f"exit code {self.exit_code}: {reason.strip()[:160]}"


def run(command, stdout=None, feed=None, timeout_seconds=600):
    """Runs a command to its end. `stdout` is a path (default: nowhere), `feed` gives the blocks of its stdin."""
    with tempfile.TemporaryFile() as errors, open(stdout or os.devnull, "wb") as output:
        started = time.perf_counter()
        process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL if feed is None else subprocess.PIPE,
            stdout=output,
            stderr=errors,
        )
        memory = Memory(process.pid)
        try:
            if feed is not None:
                _feed(process.stdin, feed, memory)
            status, usage = _wait(process.pid, started + timeout_seconds, memory)
        except BaseException:
            process.kill()
            process.wait()
            raise
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - started
        errors.seek(0)
        stderr = errors.read(1 << 16).decode("utf-8", "replace")
    return Cost(usage.ru_utime + usage.ru_stime, wall, memory.peak_bytes or usage.ru_maxrss * 1024, process.returncode, stderr)


class Memory:
    """The peak of a process, looked at while it runs: what the kernel says in the end is at least what the process
    had that started it."""

    def __init__(self, pid):
        self.status, self.peak_bytes = f"/proc/{pid}/status", 0

    def look(self):
        try:
            with open(self.status, encoding="ascii") as file:
                for line in file:
                    if line.startswith("VmHWM:"):
                        self.peak_bytes = max(self.peak_bytes, int(line.split()[1]) * 1024)
        except (OSError, ProcessLookupError):
            pass  # there is no such file, or no such process any more


def _feed(pipe, blocks, memory):
    try:
        for block in blocks:
            pipe.write(block)
            memory.look()
        pipe.close()
    except BrokenPipeError:
        pass  # it has ended early; its exit code says why


def _wait(pid, deadline, memory):
    """Waits for the process itself: only then the kernel gives its own figures, not those of all children."""
    pause = 0.0002
    while True:
        memory.look()
        found, status, usage = os.wait4(pid, os.WNOHANG)
        if found:
            return status, usage
        if time.perf_counter() > deadline:
            raise TimeoutError("a run has not ended in time")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.01)
