"""How runs are sized and figures are made of them."""

import sys
import tempfile
import unittest
from pathlib import Path

from harness import jsonata, workloads
from harness.compare import AGREES, DIFFERS, FAILS, Verdict
from harness.contest import Contest, Entrant, Result, deviations, round_number


def result(name, seconds, events=1_000, verdict=AGREES, ratios=()):
    return Result(name, Verdict(verdict), events, seconds=list(seconds), ratios=list(ratios))


class Figures(unittest.TestCase):
    def test_round_numbers(self):
        cases = {0: 1, 0.4: 1, 1: 1, 3: 2, 7: 5, 19.9: 10, 20: 20, 99: 50, 1_234: 1_000, 5_000: 5_000}
        self.assertEqual({given: round_number(given) for given in cases}, cases)

    def test_the_median_counts(self):
        self.assertAlmostEqual(result("a", [0.001, 0.9, 0.002]).nanoseconds, 2_000)

    def test_ratios_are_to_the_reference_of_the_same_round(self):
        match = Contest("w", "events", 10, tempfile.gettempdir(), Entrant("serde_json", list), None, 2, 1)
        results = {"serde_json": result("serde_json", [1.0, 3.0], 1_000), "x": result("x", [1.0, 1.0], 2_000)}
        match._relate(results)
        self.assertEqual(results["x"].ratios, [2.0, 6.0])
        self.assertEqual(results["x"].ratio, 4.0)

    def test_only_deviations_are_told(self):
        found = [result("a", []), Result("b", Verdict(FAILS, "why"))]
        self.assertEqual(deviations(found), ["b fails: why"])

    def test_a_peer_that_is_wrong_is_no_measure(self):
        found = [
            result("serde_json", [1.0]),
            result("aslx", [2.0], ratios=[0.5]),
            result("jsonata-core", [4.0], verdict=DIFFERS),
            result("seuil", [6.0]),
            result("node", [100.0]),
        ]
        self.assertEqual(jsonata.comparisons(found), {"rust": 3.0, "node": 50.0, "reference": 0.5})

    def test_bounds(self):
        good = {"pass": [result("aslx", [1.0], ratios=[6.1])]}
        bad = {"pass": [result("aslx", [1.0], ratios=[5.9])]}
        self.assertEqual(workloads.check(good), [])
        self.assertEqual(workloads.check(bad), ["pass: 5.90 times the reference, and not 6.0"])


class WarmUp(unittest.TestCase):
    """What comes first is taken off, where enough is left."""

    def warmed(self, total, per_second):
        with tempfile.TemporaryDirectory() as folder:
            events = Path(folder) / "all"
            events.write_text("{}\n" * total)
            entrant = Entrant("node", lambda events: ["true", events], warms_up=True)
            match = Contest("w", events, total, folder, entrant, None, 1, 1)
            found = result("node", [], events=total)
            match._warm_up(entrant, found, per_second)
        return found.warm_up, found.events

    def test_the_rest_is_measured(self):
        self.assertEqual(self.warmed(1_000, 250), (200, 800))

    def test_nothing_is_taken_off_a_few(self):
        self.assertEqual(self.warmed(1_000, 5_000), (0, 1_000))


class WholeContest(unittest.TestCase):
    """Programs that are small enough to be seen through."""

    def entrant(self, name, body):
        code = f"import sys\nfor line in open(sys.argv[1]):\n    line = line.strip()\n    print({body})"
        return Entrant(name, lambda events: [sys.executable, "-c", code, events])

    def test_who_agrees_who_differs_who_fails(self):
        with tempfile.TemporaryDirectory() as folder:
            events = Path(folder) / "all"
            events.write_text("".join(f"{n}\n" for n in range(30)))
            reference = self.entrant("serde_json", "line")
            entrants = [
                reference,
                self.entrant("right", "float(line)"),
                self.entrant("wrong", "line if line != '3' else 4"),
                self.entrant("broken", "1 / 0"),
                self.entrant("unable", "'!cannot'"),
                self.entrant("ours", "line"),
            ]
            match = Contest("w", events, 30, folder, reference, "ours", 1, 0.01)
            results = {result.name: result for result in match.run(entrants, lambda _: None)}
        kinds = {name: result.verdict.kind for name, result in results.items()}
        self.assertEqual(
            kinds,
            {"serde_json": AGREES, "right": AGREES, "wrong": DIFFERS, "broken": FAILS, "unable": FAILS, "ours": AGREES},
        )
        self.assertIn("ZeroDivisionError", results["broken"].verdict.detail)
        self.assertEqual([name for name, result in results.items() if not result.is_timed], ["broken", "unable"])
