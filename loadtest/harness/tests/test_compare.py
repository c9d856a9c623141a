"""What counts as the same output."""

import unittest

from harness.compare import AGREES, DIFFERS, FAILS, compare, equal, same_line


class Equality(unittest.TestCase):
    def test_numbers_are_compared_by_value(self):
        self.assertTrue(equal({"a": 1, "b": [2.5, 0]}, {"b": [2.50, -0.0], "a": 1.0}))
        self.assertTrue(equal(0.1 + 0.2, 0.3))
        self.assertFalse(equal(0.3, 0.300001))

    def test_a_boolean_is_no_number_and_a_string_neither(self):
        for left, right in ((True, 1), (False, 0), ("1", 1), (None, 0), (None, False), ([], {})):
            self.assertFalse(equal(left, right), (left, right))
            self.assertFalse(equal(right, left), (left, right))

    def test_what_is_missing_differs(self):
        self.assertFalse(equal({"a": None}, {}))
        self.assertFalse(equal({"a": 1}, {"b": 1}))
        self.assertFalse(equal([1, 2], [1]))
        self.assertFalse(equal([1, 2], [2, 1]))

    def test_lines_need_not_be_the_same_text(self):
        self.assertTrue(same_line('{"a":1,"b":"\\u00e9"}', '{ "b": "é", "a": 1.0 }'))
        self.assertFalse(same_line("", "null"))
        self.assertFalse(same_line("!failed", '{"a":1}'))


class Verdicts(unittest.TestCase):
    def test_each_kind(self):
        ours = ['{"a":1}\n', '{"a":2}\n']
        self.assertEqual(compare(ours, ['{"a":1.0}\n', '{"a":2}\n'], 2).kind, AGREES)
        differs = compare(ours, ['{"a":1}\n', '{"a":3}\n'], 2)
        self.assertEqual((differs.kind, differs.detail), (DIFFERS, "1 of 2 lines; line 2: `a` is 3, not 2"))
        self.assertEqual(compare(ours, ["!no\n", "!no\n"], 2).kind, FAILS)
        self.assertEqual(compare(ours, ["!no\n", '{"a":2}\n'], 2).kind, DIFFERS)

    def test_missing_and_additional_lines(self):
        self.assertEqual(compare(["1\n", "2\n"], ["1\n"], 2).detail, "it has fewer lines")
        self.assertEqual(compare(["1\n"], ["1\n", "2\n"], 2).detail, "it has more lines")
        self.assertEqual(compare([], [], 2).kind, FAILS)
