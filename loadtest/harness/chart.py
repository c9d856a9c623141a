"""Bars on a logarithmic scale, as SVG that is readable on light and on dark pages."""

import math
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, LABEL_WIDTH, VALUE_WIDTH = 860, 210, 110
BAR, GAP, GROUP_GAP, TOP, BOTTOM = 15, 3, 26, 64, 34

STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #1f2328; }
  .title { font-size: 15px; font-weight: 600; }
  .group { font-weight: 600; }
  .quiet { fill: #59636e; }
  .bar { fill: #8c959f; }
  .ours { fill: #0969da; }
  .grid { stroke: #d1d9e0; }
  .one { stroke: #59636e; stroke-dasharray: 4 3; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .quiet { fill: #9198a1; }
    .bar { fill: #6e7681; }
    .ours { fill: #4493f8; }
    .grid { stroke: #3d444d; }
    .one { stroke: #9198a1; }
  }
"""


@dataclass(frozen=True)
class Bar:
    label: str
    value: float | None  # None: there is no figure, and the text says why
    text: str
    is_ours: bool = False


def scale(values):
    """The powers of ten around all values and 1."""
    values = [value for value in values if value is not None and value > 0]
    low = min([1.0, *values])
    high = max([1.0, *values])
    # Rounding errors of a logarithm must not add a power.
    return math.floor(math.log10(low) + 1e-9), max(math.ceil(math.log10(high) - 1e-9), 1)


def position(value, low, high):
    """Where a value stands between the powers `low` and `high`: 0 to 1."""
    return min(max((math.log10(value) - low) / (high - low), 0.0), 1.0)


def draw(title, subtitle, groups):
    """`groups` are (name, bars). A value of 1 has a line of its own."""
    low, high = scale([bar.value for _, bars in groups for bar in bars])
    left, span = LABEL_WIDTH, WIDTH - LABEL_WIDTH - VALUE_WIDTH
    height = TOP + sum(GROUP_GAP + len(bars) * (BAR + GAP) for _, bars in groups) + BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{_quoted(title)}">',
        f"<style>{STYLE}</style>",
        f'<text class="title" x="8" y="22">{escape(title)}</text>',
        f'<text class="quiet" x="8" y="42">{escape(subtitle)}</text>',
    ]
    for power in range(low, high + 1):
        x = left + position(10.0**power, low, high) * span
        style = "one" if power == 0 else "grid"
        parts.append(f'<line class="{style}" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 8}" y2="{height - BOTTOM + 4}"/>')
        label = f"{10.0**power:.{max(-power, 0)}f}"
        parts.append(f'<text class="quiet" x="{x:.1f}" y="{height - 12}" text-anchor="middle">{label}</text>')
    y = TOP
    for name, bars in groups:
        parts.append(f'<text class="group" x="8" y="{y + 12}">{escape(name)}</text>')
        y += GROUP_GAP - 6
        for bar in bars:
            parts += _bar(bar, y, left, span, low, high)
            y += BAR + GAP
        y += 6
    return "\n".join([*parts, "</svg>", ""])


def _bar(bar, y, left, span, low, high):
    base = y + BAR - 3
    parts = [f'<text x="{left - 8}" y="{base}" text-anchor="end">{escape(bar.label)}</text>']
    if bar.value is None or bar.value <= 0:
        return [*parts, f'<text class="quiet" x="{left + 4}" y="{base}">{escape(bar.text)}</text>']
    width = max(position(bar.value, low, high) * span, 1.0)
    style = "bar ours" if bar.is_ours else "bar"
    parts.append(f'<rect class="{style}" x="{left}" y="{y}" width="{width:.1f}" height="{BAR}" rx="2"/>')
    parts.append(f'<text x="{left + width + 6:.1f}" y="{base}">{escape(bar.text)}</text>')
    return parts


def _quoted(text):
    return escape(text, {'"': "&quot;"})
