"""Sections as one HTML page that needs nothing else: no script, no font, no picture from anywhere."""

from collections.abc import Iterable
from html import escape
from urllib.parse import quote

from linkwright.documents.blocks import (
    Block,
    Cell,
    Column,
    Document,
    Facts,
    Figure,
    Items,
    Link,
    Mark,
    Paragraph,
    Section,
    Table,
)
from linkwright.documents.html_style import STYLE
from linkwright.documents.words import shown


def write_html(document: Document) -> str:
    title = _text(document.title)
    contents = "".join(f'<li><a href="#{_name(one.id)}">{_text(one.title)}</a></li>' for one in document.sections)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"/>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>'
        f"<title>{title}</title><style>{STYLE}</style></head><body>"
        f'<header><p class="kind">{_text(document.subtitle)}</p><h1>{title}</h1>{_facts(document.facts)}</header>'
        f'<nav aria-label="Contents"><h2>Contents</h2><ol>{contents}</ol></nav>'
        f"<main>{''.join(_section(number, one) for number, one in enumerate(document.sections, 1))}</main>"
        "</body></html>\n"
    )


def _section(number: int, section: Section) -> str:
    clauses = f'<span class="clauses">{_text(", ".join(section.clauses))}</span>' if section.clauses else ""
    head = f"<h2><span>{number}</span>{_text(section.title)}{clauses}</h2>"
    blocks = "".join(map(_block, section.blocks))
    return f'<section id="{_name(section.id)}">{head}{blocks}</section>\n'


def _block(block: Block) -> str:
    if isinstance(block, Paragraph):
        kind = ' class="lead"' if block.lead else ""
        return f"<p{kind}>{_text(block.text)}</p>"
    if isinstance(block, Facts):
        return _facts(block.rows)
    if isinstance(block, Table):
        return _table(block)
    if isinstance(block, Figure):
        return f"<figure>{block.svg}<figcaption>{_text(block.caption)}</figcaption></figure>"
    return _items(block)


def _facts(rows: Iterable[tuple[str, Cell]]) -> str:
    told = "".join(f"<div><dt>{_text(name)}</dt><dd>{_cell(value)}</dd></div>" for name, value in rows)
    return f"<dl>{told}</dl>"


def _table(table: Table) -> str:
    caption = f"<caption>{_text(table.caption)}</caption>" if table.caption else ""
    head = "".join(f'<th scope="col"{_side(column)}>{_text(column.title)}</th>' for column in table.columns)
    sides = [_side(column) for column in table.columns]
    first_sum = len(table.rows) - table.sums
    body = "".join(_row(row, sides, is_sum=number >= first_sum) for number, row in enumerate(table.rows))
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _row(row: tuple[Cell, ...], sides: list[str], *, is_sum: bool) -> str:
    cells = "".join([f"<td{side}>{_cell(cell)}</td>" for cell, side in zip(row, sides, strict=True)])
    return f'<tr class="sum">{cells}</tr>' if is_sum else f"<tr>{cells}</tr>"


def _items(items: Items) -> str:
    kind = ' class="boxes"' if items.open_boxes else ""
    told = "".join(f"<li>{_text(one)}</li>" for one in items.items)
    return f"<ul{kind}>{told}</ul>"


def _cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return _text(cell)
    if isinstance(cell, Mark):
        return f'<span class="{cell.tone}">{_text(cell.text)}</span>'
    return f'<a href="{_address(cell)}">{_text(cell.text)}</a>'


def _address(link: Link) -> str:
    """Beside this document; whatever an id is, it is one step of a path."""
    return f"./{quote(shown(link.design_id), safe='')}?format=html"


def _side(column: Column) -> str:
    return ' class="fig"' if column.figures else ""


def _name(text: str) -> str:
    return quote(text, safe="")


def _text(text: str) -> str:
    return escape(shown(text), quote=True)
