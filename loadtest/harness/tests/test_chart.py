"""The charts and the figures in them."""

import unittest
from xml.etree import ElementTree

from harness import report
from harness.chart import Bar, draw, position, scale

SVG = "{http://www.w3.org/2000/svg}"


class Chart(unittest.TestCase):
    def test_the_scale_has_all_values_and_one(self):
        self.assertEqual(scale([0.02, 5.0]), (-2, 1))
        self.assertEqual(scale([100.0]), (0, 2))
        self.assertEqual(scale([None]), (0, 1))

    def test_positions_are_logarithmic(self):
        self.assertAlmostEqual(position(1.0, -1, 1), 0.5)
        self.assertAlmostEqual(position(10.0, -1, 1), 1.0)
        self.assertEqual(position(1e-9, -1, 1), 0.0)

    def test_a_chart_is_xml_with_a_bar_for_each_figure(self):
        bars = [Bar("aslx", 7.5, "7.5", True), Bar("a <peer> & co", 0.02, "0.02"), Bar("none", None, "no: because")]
        root = ElementTree.fromstring(draw('A "title"', "what it is", [("pass", bars), ("map", bars[:1])]))
        rects = root.findall(f"{SVG}rect")
        self.assertEqual([rect.get("class") for rect in rects], ["bar ours", "bar", "bar ours"])
        self.assertGreater(float(rects[0].get("width")), float(rects[1].get("width")))
        texts = [text.text for text in root.findall(f"{SVG}text")]
        for text in ("a <peer> & co", "no: because", "pass", "map", "what it is"):
            self.assertIn(text, texts)
        bottom = max(float(rect.get("y")) + float(rect.get("height")) for rect in rects)
        self.assertLess(bottom, float(root.get("viewBox").split()[3]))


class Figures(unittest.TestCase):
    def test_three_digits(self):
        self.assertEqual([report.rate(value) for value in (2.14, 45_600, 1_234_000)], ["2.14", "45.6k", "1.23M"])
        self.assertEqual([report.duration(value) for value in (38, 1_530, 2.5e6)], ["38.0 ns", "1.53 µs", "2.50 ms"])
        self.assertEqual([report.size(value) for value in (512, 3 << 20)], ["512 B", "3.00 MiB"])
        self.assertEqual(
            [report.factor(value) for value in (0.0000871, 0.00123, 0.5, 12.34, 250)],
            ["0.000087", "0.0012", "0.50", "12.3", "250"],
        )

    def test_a_table(self):
        self.assertEqual(report.table(["a", "b"], [["x", "1"]]), "| a | b |\n| --- | ---: |\n| x | 1 |\n")
