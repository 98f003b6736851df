"""Line charts and scatter plots as SVG text: no plotting library, the same bytes every time."""

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import NamedTuple

# colours that stay apart for most people with impaired colour vision (after Okabe and Ito, 2008)
PALETTE = (
    *("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00"),
    *("#56b4e9", "#7a5195", "#8c6d31", "#444444", "#b5c800"),
)
INK, GRID = "#5b6570", "#e4e8ec"


class Series(NamedTuple):
    """A line: its name and its points, by ascending x."""

    name: str
    points: Sequence[tuple[float, float]]


class Point(NamedTuple):
    """A point of a scatter plot and the label that colours it."""

    x: float
    y: float
    label: str


def line_chart(title: str, series: Sequence[Series], *, width: int = 460, height: int = 240) -> str:
    """Draw lines over a common x axis; the first line is thin if there are more."""
    points = [p for line in series for p in line.points]
    if not points:
        return _empty(title, width, height)
    x_ticks = nice_ticks(min(x for x, _ in points), max(x for x, _ in points), 4)
    y_ticks = nice_ticks(min(y for _, y in points), max(y for _, y in points), 4)
    left, top, right, bottom = 44, 30, width - 12, height - 26

    def place(x: float, y: float) -> str:
        across = (x - x_ticks[0]) / (x_ticks[-1] - x_ticks[0])
        up = (y - y_ticks[0]) / (y_ticks[-1] - y_ticks[0])
        return f"{left + across * (right - left):.1f},{bottom - up * (bottom - top):.1f}"

    parts = [_title(title, width)]
    for tick in y_ticks:
        y = place(x_ticks[0], tick).split(",")[1]
        parts.append(f'<line x1="{left}" x2="{right}" y1="{y}" y2="{y}" stroke="{GRID}"/>')
        parts.append(_text(left - 6, float(y) + 3.5, format_tick(tick), "end"))
    for tick in x_ticks:
        x = place(tick, y_ticks[0]).split(",")[0]
        parts.append(_text(float(x), bottom + 15, format_tick(tick), "middle"))
    for number, line in enumerate(series):
        colour = PALETTE[number % len(PALETTE)]
        thin = number == 0 and len(series) > 1
        path = " ".join(place(x, y) for x, y in line.points)
        parts.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-linejoin="round" '
            f'stroke-width="{1.2 if thin else 2}" opacity="{0.75 if thin else 1}"/>'
        )
    if len(series) > 1:
        parts.append(_legend([line.name for line in series], right, top))
    return _svg(parts, width, height, title)


def scatter_chart(
    title: str,
    points: Iterable[Point],
    colours: Mapping[str, str],
    *,
    width: int = 460,
    height: int = 380,
) -> str:
    """Draw points coloured by label, without scales: in t-SNE only nearness means something."""
    points = list(points)
    if not points:
        return _empty(title, width, height)
    x0, x1 = min(p.x for p in points), max(p.x for p in points)
    y0, y1 = min(p.y for p in points), max(p.y for p in points)
    left, top, right, bottom = 12, 36, width - 12, height - 12
    parts = [
        _title(title, width),
        f'<rect x="4" y="28" width="{width - 8}" height="{height - 32}" rx="6" fill="#fff" '
        f'stroke="{GRID}"/>',
    ]
    for point in points:
        x = left + (point.x - x0) / ((x1 - x0) or 1.0) * (right - left)
        y = bottom - (point.y - y0) / ((y1 - y0) or 1.0) * (bottom - top)
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" fill="{colours[point.label]}" '
            f'fill-opacity="0.75"><title>{escape(point.label)}</title></circle>'
        )
    return _svg(parts, width, height, title)


def choose_colours(labels: Iterable[str]) -> dict[str, str]:
    """Give each label a colour, in the order given."""
    return {label: PALETTE[n % len(PALETTE)] for n, label in enumerate(dict.fromkeys(labels))}


def smooth(points: Sequence[tuple[float, float]], window: int) -> list[tuple[float, float]]:
    """Return the mean of each point and the up to `window` - 1 before it."""
    return [
        (x, sum(y for _, y in points[max(0, i + 1 - window) : i + 1]) / min(i + 1, window))
        for i, (x, _) in enumerate(points)
    ]


def nice_ticks(low: float, high: float, number: int) -> list[float]:
    """Return about `number` + 1 round numbers that enclose [low, high]."""
    if high - low < 1e-12 * max(1.0, abs(low)):
        low, high = low - 0.5, high + 0.5
    rough = (high - low) / number
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * k for k in (1, 2, 5, 10) if unit * k >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(n * step, 12) for n in range(first, last + 1)]


def format_tick(value: float) -> str:
    """Write a number as short as it can be told from its neighbours."""
    if abs(value) >= 10_000 and value % 1_000 == 0:
        return f"{value / 1_000:g}k"
    return f"{value:g}"


def _svg(parts: Sequence[str], width: int, height: int, title: str) -> str:
    body = "\n".join(parts)
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}" '
        f'xmlns="http://www.w3.org/2000/svg">\n{body}\n</svg>'
    )


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="11" fill="{INK}">'
        f"{escape(text)}</text>"
    )


def _title(title: str, width: int) -> str:
    return (
        f'<text x="{width / 2:.0f}" y="17" text-anchor="middle" font-size="13" font-weight="600" '
        f'fill="#1f2933">{escape(title)}</text>'
    )


def _legend(names: Sequence[str], right: int, top: int) -> str:
    parts = []
    for number, name in enumerate(names):
        y = top + 8 + 15 * number
        parts.append(_text(right - 20, y + 3.5, name, "end"))
        parts.append(
            f'<line x1="{right - 15}" x2="{right}" y1="{y}" y2="{y}" stroke="{PALETTE[number]}" '
            'stroke-width="2"/>'
        )
    return "\n".join(parts)


def _empty(title: str, width: int, height: int) -> str:
    note = _text(width / 2, height / 2, "no data", "middle")
    return _svg([_title(title, width), note], width, height, title)
