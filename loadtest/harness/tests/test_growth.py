"""What counts as linear."""

import json
import unittest

from harness import growth
from harness.growth import SERIES, Point, blocks, memory_grows, not_linear


def points(*nanoseconds):
    return [Point(10**index, 1, cost, 1 << 20) for index, cost in enumerate(nanoseconds)]


class Linear(unittest.TestCase):
    def test_level_and_falling_costs_are(self):
        self.assertEqual(not_linear(points(900, 100, 40, 40, 45)), [])
        self.assertEqual(not_linear(points(10, 20, 39)), [])

    def test_a_square_is_not(self):
        steep = not_linear(points(1_000, 10, 20, 200))
        self.assertEqual([(point.size, factor) for point, factor in steep], [(1_000, 20)])
        slow = not_linear(points(10, 30, 90, 270))
        self.assertEqual([point.size for point, _ in slow], [1_000])

    def test_memory_is_level_from_some_count_on(self):
        def executions(*peaks):
            return [Point(size, size, 1, peak << 20) for size, peak in zip((10_000, 100_000, 10_000_000), peaks)]

        self.assertIsNone(memory_grows(executions(4, 20, 25)))
        self.assertEqual(memory_grows(executions(4, 20, 60)).size, 10_000_000)


class Work(unittest.TestCase):
    def test_events_and_definitions_are_as_large_as_they_say(self):
        self.assertEqual(len(json.loads(growth._items(1_000))["items"]), 1_000)
        for size in (100, 10_000, 1_000_000):
            event = growth._large(size)
            json.loads(event)
            self.assertLess(abs(len(event) - size), 120)
        self.assertEqual(len(growth._chain(200)["States"]), 200)
        self.assertEqual(len(growth._parallel(64)["States"]["Fork"]["Branches"]), 64)

    def test_blocks_have_every_line(self):
        for count in (0, 1, 7, 30_000):
            self.assertEqual(b"".join(blocks(growth._small(0), count)).count(b"\n"), count)

    def test_sizes_rise(self):
        for series in SERIES:
            self.assertEqual(list(series.sizes), sorted(series.sizes))
