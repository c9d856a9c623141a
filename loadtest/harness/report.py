"""Results as Markdown, and figures as people read them."""

import math

from harness.compare import AGREES


def rate(per_second):
    """Three digits: 1.23M, 45.6k, 789, 1.2."""
    for unit, suffix in ((1e6, "M"), (1e3, "k")):
        if per_second >= unit:
            return _digits(per_second / unit) + suffix
    return _digits(per_second)


def duration(nanoseconds):
    for unit, suffix in ((1e9, "s"), (1e6, "ms"), (1e3, "µs")):
        if nanoseconds >= unit:
            return f"{_digits(nanoseconds / unit)} {suffix}"
    return f"{_digits(nanoseconds)} ns"


def size(amount):
    for unit, suffix in ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")):
        if amount >= unit:
            return f"{_digits(amount / unit)} {suffix}"
    return f"{amount} B"


def factor(ratio):
    """Two digits of what is small, three of what is not, and never an exponent."""
    if 0 < ratio < 0.1:
        return f"{ratio:.{1 - math.floor(math.log10(ratio))}f}"
    return _digits(ratio)


def _digits(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(header, rows):
    """A Markdown table; all columns but the first are right-aligned."""
    lines = ["| " + " | ".join(header) + " |", "| --- |" + " ---: |" * (len(header) - 1)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def mark(result):
    """What stands behind a figure that is not of the right output."""
    return "" if result.verdict.kind == AGREES else " (differs)"


def notes(title, lines):
    return f"\n{title}\n\n" + "".join(f"- {line}\n" for line in lines) if lines else ""
