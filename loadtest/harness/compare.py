"""Outputs of two programs, line by line, as JSON values."""

import itertools
import json
from dataclasses import dataclass

LINES_MAX = 2_000
BYTES_MAX = 16 << 20

# Numbers that agree to so many digits are the same: not every parser rounds the last one.
RELATIVE_ERROR_MAX = 1e-12

AGREES, DIFFERS, FAILS = "agrees", "differs", "fails"


@dataclass(frozen=True)
class Verdict:
    kind: str
    detail: str = ""


def equal(left, right):
    """JSON equality: members in any order, numbers by value, `true` is not 1."""
    pending = [(left, right)]
    while pending:
        a, b = pending.pop()
        if isinstance(a, bool) or isinstance(b, bool) or a is None or b is None or isinstance(a, str):
            if type(a) is not type(b) or a != b:
                return False
        elif isinstance(a, (int, float)):
            if not isinstance(b, (int, float)) or abs(a - b) > RELATIVE_ERROR_MAX * max(abs(a), abs(b)):
                return False
        elif type(a) is not type(b) or len(a) != len(b):
            return False
        elif isinstance(a, list):
            pending.extend(zip(a, b))
        else:
            if a.keys() != b.keys():
                return False
            pending.extend((a[name], b[name]) for name in a)
    return True


def same_line(left, right):
    if left == right:
        return True
    try:
        return equal(json.loads(left), json.loads(right))
    except ValueError:
        return False


def compare(expected_lines, actual_lines, count):
    """Compares the first `count` lines; both are iterables of text."""
    compared = different = failed = size = 0
    first = ""
    for expected, actual in itertools.islice(
        itertools.zip_longest(expected_lines, actual_lines, fillvalue=None), min(count, LINES_MAX)
    ):
        compared += 1
        size += len(expected or "") + len(actual or "")
        if expected is None or actual is None:
            return Verdict(DIFFERS, f"it has {'more' if expected is None else 'fewer'} lines")
        expected, actual = expected.rstrip("\n"), actual.rstrip("\n")
        if not same_line(expected, actual):
            is_failure = actual.startswith("!")
            failed += is_failure
            different += 1
            first = first or f"line {compared}: {actual[1:160] if is_failure else _difference(expected, actual)}"
        if size > BYTES_MAX:
            break
    if compared == 0 and count > 0:
        return Verdict(FAILS, "no output")
    if different == 0:
        return Verdict(AGREES)
    if failed == compared:
        return Verdict(FAILS, first)
    return Verdict(DIFFERS, f"{different} of {compared} lines; {first}")


def compare_files(expected, actual, count):
    with open(expected, encoding="utf-8") as left, open(actual, encoding="utf-8") as right:
        # Whoever ran longer has more lines; only the first ones are compared.
        return compare(itertools.islice(left, count), itertools.islice(right, count), count)


def _difference(expected, actual):
    """The first member that differs, or the beginning of both."""
    try:
        left, right = json.loads(expected), json.loads(actual)
        if isinstance(left, dict) and isinstance(right, dict):
            for name in [*left, *(name for name in right if name not in left)]:
                if name not in left or name not in right or not equal(left[name], right[name]):
                    return f"`{name}` is {_short(right.get(name))}, not {_short(left.get(name))}"
    except ValueError:
        pass
    return f"{actual[:60]!r}, not {expected[:60]!r}"


def _short(value):
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."
