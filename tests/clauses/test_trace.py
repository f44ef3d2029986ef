"""Each clause of the process has a test here and a place in the design document."""

import ast
from pathlib import Path

from linkwright.documents.closing import CLAUSES
from tests.clauses.bss import Document

NUMBERS = tuple(number for number in range(2, 36) if number != 6)


def test_every_clause_has_a_test() -> None:
    here = Path(__file__).parent
    names = [
        one.name
        for file in here.glob("test_*.py")
        for one in ast.walk(ast.parse(file.read_text()))
        if isinstance(one, ast.FunctionDef)
    ]
    untested = [number for number in NUMBERS if not any(name.startswith(f"test_c{number:02}_") for name in names)]
    assert untested == []


def test_the_document_names_every_clause_and_where_it_is_answered(document: Document) -> None:
    trace = document.trace()
    assert list(trace) == [f"C{number}" for number in NUMBERS] == list(CLAUSES)
    assert {clause: where for clause, where in trace.items() if where == "not in this document"} == {}


def test_the_document_of_all_items_says_what_stands_in_theirs(whole_document: Document) -> None:
    trace = whole_document.trace()
    assert list(trace) == [f"C{number}" for number in NUMBERS]
    assert {clause: where for clause, where in trace.items() if where == "not in this document"} == {}
