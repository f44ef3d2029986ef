"""Drawings in SVG: shapes and texts on a canvas, complete in themselves, without script, style sheet or reference."""

from collections.abc import Sequence
from html import escape

from linkwright.documents.words import shown

INK, MUTED, RULE, PAPER = "#1b2733", "#56646f", "#c8d1d9", "#ffffff"
ACCENT, SOFT, BACKUP, ALARM, GOOD = "#0b4f7d", "#dbe8f1", "#93621a", "#a8231d", "#2b7350"
FONT = "Helvetica Neue, Helvetica, Arial, sans-serif"
WIDE = 0.58
"""A letter is so wide on average, of its size; capitals and digits are no wider than what this leaves room for."""
Point = tuple[float, float]


def text_width(text: str, size: float) -> float:
    return len(text) * size * WIDE


def fitted(text: str, width: float, size: float) -> str:
    """Cut to what fits into a width."""
    text = shown(text)
    most = max(int(width / (size * WIDE)), 1)
    return text if len(text) <= most else f"{text[: most - 1]}…"


class Canvas:
    """Coordinates grow to the right and down, in CSS pixels at full size."""

    def __init__(self, width: float, height: float, title: str) -> None:
        self._parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(width)} {_n(height)}" width="{_n(width)}" '
            f'height="{_n(height)}" role="img" font-family="{FONT}"><title>{_text(title)}</title>'
        ]

    def rect(
        self, at: Point, size: Point, *, fill: str = PAPER, stroke: str = "none", radius: float = 0, about: str = ""
    ) -> None:
        shape = (
            f'<rect x="{_n(at[0])}" y="{_n(at[1])}" width="{_n(max(size[0], 0))}" height="{_n(max(size[1], 0))}" '
            f'rx="{_n(radius)}" fill="{fill}" stroke="{stroke}"'
        )
        self._put(shape, "rect", about)

    def _put(self, begun: str, tag: str, about: str) -> None:
        """`about` is told where somebody points at it."""
        self._parts.append(f"{begun}><title>{_text(about)}</title></{tag}>" if about else f"{begun}/>")

    def line(self, points: Sequence[Point], stroke: str = INK, width: float = 1, dash: str = "") -> None:
        path = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self._parts.append(
            f'<polyline points="{path}" fill="none" stroke="{stroke}" stroke-width="{_n(width)}"{dashes}/>'
        )

    def shape(self, points: Sequence[Point], fill: str, stroke: str = "none", *, about: str = "") -> None:
        path = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
        self._put(f'<polygon points="{path}" fill="{fill}" stroke="{stroke}"', "polygon", about)

    def dot(self, at: Point, radius: float, fill: str, stroke: str = PAPER) -> None:
        self._parts.append(
            f'<circle cx="{_n(at[0])}" cy="{_n(at[1])}" r="{_n(radius)}" fill="{fill}" stroke="{stroke}"/>'
        )

    def text(
        self, at: Point, text: str, *, size: float = 11, anchor: str = "start", fill: str = INK, bold: bool = False
    ) -> None:
        """`at` is the middle of its line, at the end that the anchor names."""
        weight = ' font-weight="600"' if bold else ""
        self._parts.append(
            f'<text x="{_n(at[0])}" y="{_n(at[1] + size * 0.35)}" font-size="{_n(size)}" text-anchor="{anchor}" '
            f'fill="{fill}"{weight}>{_text(text)}</text>'
        )

    def markup(self) -> str:
        return "".join(self._parts) + "</svg>"


def _text(text: str) -> str:
    return escape(shown(text), quote=True)


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
