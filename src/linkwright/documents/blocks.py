"""What a document is made of, before anybody decides how it looks. All texts are plain: whoever writes them escapes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Tone = Literal["good", "warn", "bad", "plain"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """A word that is told by its colour too."""

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A word that leads to the document of another design."""

    text: str
    design_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Inside:
    """Words that lead to sections of this document: what they are called, and their ids."""

    sections: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        return "; ".join(title for title, _ in self.sections)


Cell = str | Mark | Link | Inside


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """`figures` stand below each other by their last digit."""

    title: str
    figures: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Paragraph:
    text: str
    lead: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """Names and what they are. `at_a_glance`: those that one looks for first."""

    rows: tuple[tuple[str, Cell], ...]
    at_a_glance: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """`sums`: so many rows at its end are sums of those above."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""
    sums: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A drawing, as SVG that is complete and safe as it is."""

    svg: str
    caption: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Items:
    """`open_boxes`: to be ticked by hand."""

    items: tuple[str, ...]
    open_boxes: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Code:
    """JSON as it goes to a machine: opened by who wants to see it, and not on paper."""

    text: str
    caption: str


Block = Paragraph | Facts | Table | Figure | Items | Code


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """`clauses` of the process (`C2`) that it answers."""

    id: str
    title: str
    clauses: tuple[str, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """`facts` identify it; they stand on its first page."""

    title: str
    subtitle: str
    facts: tuple[tuple[str, Cell], ...]
    sections: tuple[Section, ...]


def words_of(cell: Cell) -> str:
    return cell if isinstance(cell, str) else cell.text


def columns(*titles: str) -> tuple[Column, ...]:
    """A title that begins with `#` is one of figures."""
    return tuple(Column(title=title.lstrip("#"), figures=title.startswith("#")) for title in titles)


def some(rows: Sequence[tuple[Cell, ...]], most: int, what: str) -> tuple[tuple[tuple[Cell, ...], ...], list[Block]]:
    """The first rows, and a sentence on the rest where there is one."""
    return tuple(rows[:most]), rest_of(len(rows), most, what)


def rest_of(many: int, most: int, what: str) -> list[Block]:
    """What is said of those that are not shown, where there are such."""
    if many <= most:
        return []
    return [Paragraph(text=f"{many - most:,} more {what} stand in the JSON form of this document.")]
