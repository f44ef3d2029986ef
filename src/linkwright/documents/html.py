"""Sections as one HTML page that needs nothing else: no script, no font, no picture from anywhere."""

import re
from collections.abc import Iterable, Iterator
from html import escape
from urllib.parse import quote

from linkwright.documents.blocks import (
    Block,
    Cell,
    Code,
    Column,
    Document,
    Facts,
    Figure,
    Inside,
    Items,
    Link,
    Mark,
    Paragraph,
    Section,
    Table,
    words_of,
)
from linkwright.documents.html_style import STYLE, on_paper
from linkwright.documents.words import shown

LONG_WORD, PIECE, LONG_FIGURE = 36, 18, 32
BREAK = "<wbr/>"
_LONG = re.compile(rf"\S{{{LONG_WORD + 1},}}")


def write_html(document: Document) -> str:
    """The first section stands before the contents: it is what most readers want."""
    title = _text(document.title)
    contents = "".join(f'<li><a href="#{_name(one.id)}">{_text(one.title)}</a></li>' for one in document.sections)
    first, *others = [_section(number, one) for number, one in enumerate(document.sections, 1)]
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"/>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>'
        f"<title>{_plain(document.title)}</title><style>{STYLE}{on_paper(document)}</style></head><body>"
        f'<header><p class="kind">{_text(document.subtitle)}</p><h1>{title}</h1>{_facts(document.facts)}</header>'
        f'<main>{first}<nav aria-label="Contents"><h2>Contents</h2><ol>{contents}</ol></nav>{"".join(others)}</main>'
        "</body></html>\n"
    )


def _section(number: int, section: Section) -> str:
    told = _plain(", ".join(section.clauses))
    clauses = f'<a class="clauses" href="#trace" aria-label="Clauses {told}">{told}</a>' if told else ""
    head = f"<h2><span>{number}</span>{_text(section.title)}{clauses}</h2>"
    blocks = "".join(_block(block, section.title) for block in section.blocks)
    return f'<section id="{_name(section.id)}">{head}{blocks}</section>\n'


def _block(block: Block, title: str) -> str:
    if isinstance(block, Paragraph):
        kind = ' class="lead"' if block.lead else ""
        return f"<p{kind}>{_text(block.text)}</p>"
    if isinstance(block, Facts):
        return _facts(block.rows, "glance" if block.at_a_glance else "")
    if isinstance(block, Table):
        return _wide(_table(block), block.caption or title)
    if isinstance(block, Figure):
        return f"<figure>{_wide(block.svg, block.caption)}<figcaption>{_text(block.caption)}</figcaption></figure>"
    if isinstance(block, Code):
        told = "\n".join(map(_broken, block.text.split("\n")))
        return f"<details><summary>{_text(block.caption)}</summary><pre>{told}</pre></details>"
    return _items(block)


def _wide(told: str, name: str) -> str:
    """What is wider than the screen is moved by itself, by keys too."""
    return f'<div class="wide" role="region" tabindex="0" aria-label="{_plain(name)}">{told}</div>'


def _facts(rows: Iterable[tuple[str, Cell]], kind: str = "") -> str:
    told = "".join(f"<div><dt>{_text(name)}</dt><dd>{_cell(value)}</dd></div>" for name, value in rows)
    return f'<dl class="{kind}">{told}</dl>' if kind else f"<dl>{told}</dl>"


def _table(table: Table) -> str:
    caption = f"<caption>{_text(table.caption)}</caption>" if table.caption else ""
    head = "".join(f'<th scope="col"{_side(column)}>{_text(column.title)}</th>' for column in table.columns)
    sides = [_side(column) for column in table.columns]
    first_sum = len(table.rows) - table.sums
    body = "".join(_row(row, sides, is_sum=number >= first_sum) for number, row in enumerate(table.rows))
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _row(row: tuple[Cell, ...], sides: list[str], *, is_sum: bool) -> str:
    """Its first cell names it."""
    first, *others = [
        f"{side if len(words_of(cell)) <= LONG_FIGURE else side.replace('fig', 'fig long')}>{_cell(cell)}"
        for cell, side in zip(row, sides, strict=True)
    ]
    cells = "".join([f"<td{cell}</td>" for cell in others])
    start = '<tr class="sum">' if is_sum else "<tr>"
    return f'{start}<th scope="row"{first}</th>{cells}</tr>'


def _items(items: Items) -> str:
    kind = ' class="boxes"' if items.open_boxes else ""
    told = "".join(f"<li>{_text(one)}</li>" for one in items.items)
    return f"<ul{kind}>{told}</ul>"


def _cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return _text(cell)
    if isinstance(cell, Mark):
        return f'<span class="{cell.tone}">{_text(cell.text)}</span>'
    if isinstance(cell, Inside):
        return "; ".join(f'<a href="#{_name(section)}">{_text(title)}</a>' for title, section in cell.sections)
    return f'<a href="{_address(cell)}">{_text(cell.text)}</a>'


def _address(link: Link) -> str:
    """Beside this document; whatever an id is, it is one step of a path."""
    return f"./{quote(shown(link.design_id), safe='')}?format=html"


def _side(column: Column) -> str:
    return ' class="fig"' if column.figures else ""


def _name(text: str) -> str:
    return quote(text, safe="")


def _text(text: str) -> str:
    return _broken(shown(text))


def _broken(told: str) -> str:
    """What has no space for long may be broken anywhere; whoever copies it gets it whole."""
    if len(told) <= LONG_WORD or _LONG.search(told) is None:
        return escape(told, quote=True)
    return BREAK.join(escape(part, quote=True) for part in _parts(told))


def _plain(text: str) -> str:
    """Of attributes and titles, which hold nothing but words."""
    return escape(shown(text), quote=True)


def _parts(text: str) -> Iterator[str]:
    end = 0
    for found in _LONG.finditer(text):
        for place in range(found.start() + PIECE, found.end(), PIECE):
            yield text[end:place]
            end = place
    yield text[end:]
