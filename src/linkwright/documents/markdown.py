"""Sections as Markdown with tables; drawings are told by their caption, and stand in the HTML form."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from linkwright.documents.blocks import (
    Block,
    Cell,
    Code,
    Document,
    Facts,
    Figure,
    Items,
    Link,
    Paragraph,
    Table,
    words_of,
)
from linkwright.documents.words import shown

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~&!])")
_BEGINNING = re.compile(r"^()([-+](?!\d)|=|\d+[.)](?!\d))")
_ADDRESS = re.compile(r"(?i)(https?|ftp|mailto|javascript|data|www)([:.])")


def write_markdown(document: Document) -> str:
    parts = [f"# {_text(document.title)}", _text(document.subtitle), _facts(document.facts)]
    for number, section in enumerate(document.sections, 1):
        clauses = f" ({', '.join(map(_text, section.clauses))})" if section.clauses else ""
        parts.append(f"## {number}. {_text(section.title)}{clauses}")
        parts += map(_block, section.blocks)
    return "\n\n".join(part for part in parts if part) + "\n"


def _block(block: Block) -> str:
    if isinstance(block, Paragraph):
        return f"**{_text(block.text)}**" if block.lead else _text(block.text)
    if isinstance(block, Facts):
        return _facts(block.rows)
    if isinstance(block, Table):
        return "\n".join(_table(block))
    if isinstance(block, Figure):
        return f"*Figure: {_text(block.caption)} It is drawn in the HTML form.*"
    if isinstance(block, Code):
        return f"*{_text(block.caption)}. It is written out in the HTML form.*"
    return _items(block)


def _facts(rows: Iterable[tuple[str, Cell]]) -> str:
    return "\n".join(f"- **{_text(name)}:** {_cell(value)}" for name, value in rows)


def _items(items: Items) -> str:
    box = "[ ] " if items.open_boxes else ""
    return "\n".join(f"- {box}{_text(one)}" for one in items.items)


def _table(table: Table) -> Iterator[str]:
    if table.caption:
        yield f"*{_text(table.caption)}*\n"
    yield _row(_text(column.title) for column in table.columns)
    yield _row("---:" if column.figures else "---" for column in table.columns)
    first_sum = len(table.rows) - table.sums
    for number, row in enumerate(table.rows):
        cells = map(_cell, row)
        yield _row(f"**{cell}**" if cell and number >= first_sum else cell for cell in cells)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(cell: Cell) -> str:
    if isinstance(cell, Link):
        return f"[{_text(cell.text)}](./{quote(shown(cell.design_id), safe='')}?format=md)"
    return _text(words_of(cell))


def _text(text: str) -> str:
    """Nothing of it is markup, in whatever line it stands, and no address of it becomes a link by itself."""
    flat = " ".join(shown(text).split())
    flat = _MARKUP.sub(r"\\\1", flat)
    flat = _BEGINNING.sub(_harmless_beginning, flat)
    return _ADDRESS.sub(r"\1\\\2", flat)


def _harmless_beginning(found: re.Match[str]) -> str:
    word = found[2]
    return f"{found[1]}\\{word}" if len(word) == 1 else f"{found[1]}{word[:-1]}\\{word[-1]}"
