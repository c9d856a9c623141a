"""The command line."""

import contextlib
import io
import unittest

import run
from harness.installs import Missing


def nothing_there():
    raise Missing("jq is not installed")


class Options(unittest.TestCase):
    def test_lists_and_defaults(self):
        options = run.arguments(["workloads", "--peers", "jq,vrl", "--only", "pass"])
        self.assertEqual((options.peers, options.only, options.rounds), (["jq", "vrl"], ["pass"], 5))

    def test_unknown_names_are_refused(self):
        for words in (["jsonata", "--peers", "jq"], ["workloads", "--only", "past"], ["growth", "--check"], ["other"]):
            with self.assertRaises(SystemExit), contextlib.redirect_stderr(io.StringIO()):
                run.arguments(words)


class MissingPeers(unittest.TestCase):
    def test_an_error_unless_they_may_be_skipped(self):
        peers = {"jq", "vrl"}
        with self.assertRaisesRegex(Missing, "jq is not installed.*--skip-missing"):
            run.bring(run.arguments(["workloads"]))("jq", peers, nothing_there)
        self.assertEqual(peers, {"jq", "vrl"})

    def test_skipped(self):
        peers = {"jq", "vrl", "jaq"}
        with contextlib.redirect_stderr(io.StringIO()) as told:
            attempt = run.bring(run.arguments(["workloads", "--skip-missing"]))
            attempt("jq", peers, nothing_there)
            attempt(["vrl", "none"], peers, nothing_there)
        self.assertEqual(peers, {"jaq"})
        self.assertIn("left out: jq is not installed", told.getvalue())
