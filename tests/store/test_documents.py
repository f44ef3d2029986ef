"""Lists: what the database answers is what the plain reading of the filters (`wire.matching.matches`) answers."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cmp_to_key
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, event, text

from linkwright.api.ports import Kind, Page
from linkwright.errors import InvalidRequest
from linkwright.store.database import Database
from linkwright.store.documents import SqlDocuments, _rows_of_page, _statements
from linkwright.store.filters import narrowed
from linkwright.store.resources import Resource, delete_resource, hide_resource, insert_resource
from linkwright.store.searchable import COLUMNS as COLUMNS_OF
from linkwright.store.searchable import INDEXED
from linkwright.store.tables.resources import doc_entry, document, tally
from linkwright.store.work import Work
from linkwright.wire.filters import (
    Clause,
    Condition,
    Filter,
    ListQuery,
    SortKey,
    parse_query,
)
from linkwright.wire.matching import has_numbers, matches, rank, values_at, written
from tests.builders import NOW

ORDER: Kind = "serviceOrder"
COLUMNS = ("state", "externalId", "category", "priority", "orderDate")


def a_doc(number: int, **attributes: Any) -> dict[str, Any]:
    plain = {"id": f"o-{number}", "state": "acknowledged", "orderDate": f"2026-03-{number:02d}T08:00:00.000Z"}
    return plain | attributes


def store(database: Database, docs: Iterable[dict[str, Any]], kind: Kind = ORDER, requester: str = "bss") -> None:
    def insert(connection: Connection) -> None:
        for doc in docs:
            resource = Resource(
                kind=kind, id=doc["id"], version=1, requester=requester, date="2026-01-01", doc=doc, internals={}
            )
            insert_resource(connection, resource, orjson.dumps(doc))

    database.write(insert)


def a_work(connection: Connection) -> Work:
    return Work(connection=connection, base_url="", new_id=lambda: "id", now=lambda: NOW, actor="bss")


def where(path: str, value: str, operator: Any = "eq") -> Clause:
    return (Condition(path, operator, value),)


def ids(page: Page) -> list[str]:
    return [orjson.loads(body)["id"] for body in page.bodies]


def test_a_document_is_served_as_it_was_stored(database: Database) -> None:
    store(database, [a_doc(1, note=[{"text": "grün"}])])
    documents = SqlDocuments(database)

    stored = documents.get(ORDER, "o-1")

    assert stored is not None
    assert (stored.version, stored.requester) == (1, "bss")
    assert orjson.loads(stored.body) == a_doc(1, note=[{"text": "grün"}])
    assert documents.get(ORDER, "o-2") is None
    assert documents.get("cancelServiceOrder", "o-1") is None


def test_a_withdrawn_resource_is_neither_found_nor_listed(database: Database) -> None:
    store(database, [a_doc(1), a_doc(2)])
    database.write(lambda c: hide_resource(a_work(c), ORDER, "o-1", 1))
    documents = SqlDocuments(database)

    assert documents.get(ORDER, "o-1") is None
    page = documents.page(ORDER, ListQuery())
    assert (ids(page), page.total) == (["o-2"], 1)


def test_a_page_is_a_part_and_its_total_is_the_whole(database: Database) -> None:
    store(database, [a_doc(n) for n in (3, 1, 5, 2, 4)])
    documents = SqlDocuments(database)

    def page(**changes: Any) -> tuple[list[str], int]:
        found = documents.page(ORDER, ListQuery(**changes))
        return ids(found), found.total

    assert page() == (["o-1", "o-2", "o-3", "o-4", "o-5"], 5)
    assert page(limit=2) == (["o-1", "o-2"], 5)
    assert page(offset=1, limit=2) == (["o-2", "o-3"], 5)
    assert page(offset=4, limit=2) == (["o-5"], 5)
    assert page(offset=9, limit=2) == ([], 5)
    assert page(sort=(SortKey("orderDate", True),), limit=2) == (["o-5", "o-4"], 5)


@pytest.mark.parametrize(
    ("wanted", "is_brief"),
    [
        ((), True),
        ((where("externalId", "x-1"),), True),
        ((where("state", "acknowledged"), where("orderDate", "2026-01-01T00:00:00Z", "gt")), True),
        ((where("priority", "1"),), False),
        ((where("relatedParty.id", "c1"),), False),
        ((where("state", "held"), where("externalId", "x-1")), False),
    ],
)
def test_what_one_index_has_together_is_brief(database: Database, wanted: Filter, is_brief: bool) -> None:
    store(database, [a_doc(1)])
    documents = SqlDocuments(database)
    brief = documents.brief_page(ORDER, ListQuery(filter=wanted))
    assert brief == (documents.page(ORDER, ListQuery(filter=wanted)) if is_brief else None)


def test_a_page_can_be_narrowed_to_one_client(database: Database) -> None:
    store(database, [a_doc(1)], requester="bss-a")
    store(database, [a_doc(2)], requester="bss-b")

    page = SqlDocuments(database).page(ORDER, ListQuery(), requester="bss-b")

    assert (ids(page), page.total) == (["o-2"], 1)


def test_the_kinds_are_listed_apart_each_by_its_own_date(database: Database) -> None:
    check: Kind = "checkServiceQualification"
    store(database, [a_doc(1)])
    store(database, [{"id": "c-1", "checkServiceQualificationDate": "2026-05-01T00:00:00.000Z"}], kind=check)
    wanted = (where("checkServiceQualificationDate", "2026-04-30", "gt"),)

    assert ids(SqlDocuments(database).page(check, ListQuery(filter=wanted))) == ["c-1"]
    assert ids(SqlDocuments(database).page(ORDER, ListQuery())) == ["o-1"]


def test_cancels_are_found_by_their_order(database: Database) -> None:
    docs = [{"id": f"k-{n}", "state": "done", "serviceOrder": {"id": f"o-{n}"}} for n in (1, 2)]
    store(database, docs, kind="cancelServiceOrder")
    wanted = (where("serviceOrder.id", "o-2"),)

    assert ids(SqlDocuments(database).page("cancelServiceOrder", ListQuery(filter=wanted))) == ["k-2"]


@pytest.mark.parametrize(
    "wanted",
    [
        where("state", "held"),
        where("orderDate", "2026-03-01", "gt"),
        where("externalId", "x"),
        where("id", "o-1"),
        where("relatedParty.id", "p"),
        where("requestedCompletionDate", "2026-03-01", "lte"),
        (*where("state", "held"), *where("relatedParty.id", "p")),
    ],
)
def test_what_is_asked_for_often_is_decided_by_the_database_alone(wanted: Clause) -> None:
    assert narrowed(ORDER, (wanted,)).undecided == ()


def test_no_number_stands_in_an_index_where_texts_are() -> None:
    assert not any(has_numbers(path) for kind in INDEXED for path in (*COLUMNS_OF[kind], *INDEXED[kind]))


def test_a_condition_without_index_may_open_only_so_many_resources(database: Database) -> None:
    store(database, [a_doc(n, state="held" if n < 3 else "done", description="x") for n in range(1, 7)])
    few = SqlDocuments(database, most_rows=5)
    open_ended = (where("description", "x"),)

    with pytest.raises(InvalidRequest, match="description") as refused:
        few.page(ORDER, ListQuery(filter=open_ended))
    assert refused.value.attribute == "description"

    page = few.page(ORDER, ListQuery(filter=(*open_ended, where("state", "held"))))
    assert (ids(page), page.total) == (["o-1", "o-2"], 2)


def test_very_large_resources_are_not_opened_without_end(database: Database) -> None:
    store(database, [a_doc(n, description="x" * 1000) for n in (1, 2, 3)])

    with pytest.raises(InvalidRequest, match="description"):
        SqlDocuments(database, most_bytes=2000).page(ORDER, ListQuery(filter=(where("description", "x", "regex"),)))


def test_a_sort_without_index_is_bounded_too(database: Database) -> None:
    store(database, [a_doc(n, quantity=10 - n) for n in (1, 2, 3)])
    query = ListQuery(sort=(SortKey("quantity", False),))

    assert ids(SqlDocuments(database).page(ORDER, query)) == ["o-3", "o-2", "o-1"]
    with pytest.raises(InvalidRequest, match="quantity"):
        SqlDocuments(database, most_rows=2).page(ORDER, query)


LARGE = [a_doc(n, description="x" * size, quantity=n) for n, size in enumerate((900, 10, 3000, 10, 10), start=1)]
IN_EVERY_WAY = [
    ListQuery(),
    ListQuery(filter=(where("relatedParty.id", "p"),)),
    ListQuery(filter=(where("description", "x", "regex"),)),
    ListQuery(sort=(SortKey("quantity", False),)),
]


@pytest.mark.parametrize("query", IN_EVERY_WAY)
@pytest.mark.parametrize(
    ("page_bytes", "pages"),
    [
        (100_000, [[1, 2, 3, 4], [5]]),
        (2_000, [[1, 2], [3], [4, 5]]),
        (900, [[1], [2], [3], [4, 5]]),
        (1, [[1], [2], [3], [4], [5]]),
    ],
)
def test_a_page_that_would_be_too_large_ends_before_it_is(
    database: Database, query: ListQuery, page_bytes: int, pages: list[list[int]]
) -> None:
    store(database, [doc | {"relatedParty": [{"id": "p"}]} for doc in LARGE])
    documents = SqlDocuments(database, page_bytes=page_bytes)
    begin = 0
    for expected in pages:
        part = replace(query, offset=begin, limit=4)
        page = documents.page(ORDER, part)
        assert (ids(page), page.total) == ([f"o-{n}" for n in expected], 5)
        assert documents.brief_page(ORDER, part) in (None, page)
        begin += len(expected)


def test_of_a_page_that_is_too_large_not_all_is_read(database: Database) -> None:
    store(database, LARGE)
    spoken = _statements(ORDER, (), (), False)
    rows = database.read(lambda c: _rows_of_page(c, spoken, {}, ListQuery(limit=5), 2_500))
    assert [row.size for row in rows] == [len(orjson.dumps(doc)) for doc in LARGE]
    assert [row.doc is not None for row in rows] == [False, True, False, True, True]


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ("state=acknowledged&orderDate.gt=2026-03-01&sort=-orderDate", "INDEX lw_document_state "),
        ("state=acknowledged", "INDEX lw_document_state "),
        ("externalId=x", "INDEX lw_document_external_id "),
        ("sort=-orderDate", "INDEX lw_document_date "),
        ("relatedParty.id=p", "lw_doc_entry USING PRIMARY KEY "),
        ("relatedParty.id=p&state=acknowledged", "lw_doc_entry USING PRIMARY KEY "),
        ("requestedCompletionDate.gt=2026-01-01", "lw_doc_entry USING PRIMARY KEY "),
    ],
)
def test_no_list_that_is_asked_for_often_walks_all_rows(sqlite_database: Database, asked: str, index: str) -> None:
    statements: list[str] = []
    event.listen(sqlite_database.engines[1], "connect", lambda driver, _: driver.set_trace_callback(statements.append))
    store(sqlite_database, [a_doc(n, externalId="x", relatedParty=[{"id": "p"}]) for n in (1, 2)])
    query = replace(parse_query(asked, known=lambda path: not path.endswith(".gt")), limit=1)

    SqlDocuments(sqlite_database).page(ORDER, query)

    selects = [sql for sql in statements if sql.startswith("SELECT")]
    assert selects
    for sql in [one for one in selects if "lw_tally" not in one]:
        plan = " ".join(
            row[3]
            for row in sqlite_database.read(lambda c, sql=sql: c.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}").all())
        )
        assert index in plan
        assert "SCAN" not in plan
        if "lw_document" in index:
            assert "TEMP B-TREE" not in plan
        else:
            assert "lw_document USING INDEX sqlite_autoindex_lw_document_1 (kind=? AND id=?)" in plan


def test_the_total_of_a_whole_list_follows_what_comes_and_goes(database: Database) -> None:
    store(database, [a_doc(n) for n in (1, 2, 3, 4)])
    documents = SqlDocuments(database)
    assert documents.page(ORDER, ListQuery(limit=1)).total == 4

    database.write(lambda c: hide_resource(a_work(c), ORDER, "o-1", 1))
    assert documents.page(ORDER, ListQuery(limit=1)).total == 3
    database.write(lambda c: (delete_resource(a_work(c), ORDER, "o-1"), delete_resource(a_work(c), ORDER, "o-2")))
    assert documents.page(ORDER, ListQuery(limit=1)).total == 2

    def fails(connection: Connection) -> None:
        delete_resource(a_work(connection), ORDER, "o-3")
        raise LookupError

    with pytest.raises(LookupError):
        database.write(fails)
    assert documents.page(ORDER, ListQuery(limit=1)).total == 2
    assert documents.page("cancelServiceOrder", ListQuery(offset=1, limit=1)).total == 0


def test_a_filter_of_very_many_conditions_is_refused(database: Database) -> None:
    documents = SqlDocuments(database)
    many = tuple(Condition("state", "eq", f"s{n}") for n in range(201))

    assert documents.page(ORDER, ListQuery(filter=(many[:200],))).total == 0
    with pytest.raises(InvalidRequest, match="200"):
        documents.page(ORDER, ListQuery(filter=(many,)))


LONG = "z" * 600
WORDS = [
    "a",
    "b",
    "A",
    "é",
    "1",
    "01",
    "1.0",
    "10",
    "9",
    "-1",
    "true",
    "",
    "x\0y",
    "x\1y",
    "x",
    "%",
    "o'c",
    "\U0001f600",
]
DATES = ["2026-01-02", "2026-01-02T00:00:00Z", "2026-01-02T02:00:00.000+02:00", "2026-06-01T10:00:00.500Z", "2025"]
SCALARS = st.sampled_from([*WORDS, *DATES, LONG, LONG + "q", 1, 1.0, 10, 2.5, True, False, None])
SHORT = st.sampled_from([*WORDS, *DATES])
OPERATORS = ("eq", "gt", "gte", "lt", "lte", "regex")
PATHS = (
    *(
        "id",
        "state",
        "externalId",
        "category",
        "orderDate",
        "requestedCompletionDate",
        "description",
        "note.text",
        "quantity",
    ),
    *("relatedParty.id", "serviceOrderItem.state", "serviceOrderItem.service.id", "relatedParty"),
)


def _list_of(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(values, max_size=3)


DOCS = st.fixed_dictionaries(
    {
        "state": st.sampled_from(["held", "done", "acknowledged"]),
        "orderDate": st.sampled_from(
            ["2026-01-02T00:00:00.000Z", "2026-01-02T00:00:00.001Z", "2026-06-01T10:00:00.500Z"]
        ),
    },
    optional={
        "externalId": SCALARS,
        "category": SHORT,
        "priority": SHORT,
        "requestedCompletionDate": SCALARS,
        "description": SCALARS,
        "quantity": SCALARS,
        "note": _list_of(st.fixed_dictionaries({"text": SCALARS})),
        "relatedParty": _list_of(st.fixed_dictionaries({}, optional={"id": SCALARS})),
        "serviceOrderItem": _list_of(
            st.fixed_dictionaries({"state": SHORT}, optional={"service": st.fixed_dictionaries({"id": SCALARS})})
        ),
    },
)
IDS = st.lists(st.sampled_from(["o-1", "o-2", "1", "01", "2026-01-02", "true", "o-10"]), unique=True, max_size=7)
CONDITIONS = st.one_of(
    st.builds(
        Condition,
        st.sampled_from(PATHS),
        st.sampled_from(OPERATORS[:5]),
        st.sampled_from([*WORDS, *DATES, LONG, LONG + "q", "held", "done", "o-1", "2026-01-02T00:00:00.0005Z"]),
    ),
    st.builds(Condition, st.sampled_from(PATHS), st.just("regex"), st.sampled_from(["^a", "1", "x.y", "z$", ""])),
)
FILTERS = st.lists(st.lists(CONDITIONS, min_size=1, max_size=3).map(tuple), max_size=3).map(tuple)
SORTS = st.lists(
    st.builds(
        SortKey, st.sampled_from(["state", "orderDate", "category", "priority", "quantity", "note.text"]), st.booleans()
    ),
    max_size=2,
).map(tuple)


def _sort_value(doc: Any, path: str) -> tuple[int, Any]:
    """Nothing, then numbers, then text; attributes that stand in the row are compared as text."""
    value = next(iter(values_at(doc, path.split("."))), None)
    if value is None or (path in COLUMNS and written(value) == ""):
        return (0, "")
    if path in COLUMNS:
        return (2, written(value))
    return (1, rank(value)) if isinstance(rank(value), float) else (2, rank(value))


def _in_memory(docs: Sequence[Any], wanted: Filter, sort: Sequence[SortKey]) -> list[str]:
    """The slow and plain answer: every document is looked at, and compared key by key."""
    keys = sort or (SortKey("orderDate", False),)

    def compare(one: Any, other: Any) -> int:
        for key in keys:
            mine, theirs = _sort_value(one, key.path), _sort_value(other, key.path)
            if mine != theirs:
                return (-1 if mine < theirs else 1) * (-1 if key.descending else 1)
        return (-1 if one["id"] < other["id"] else 1) * (-1 if keys[0].descending else 1)

    found = sorted((doc for doc in docs if matches(wanted, doc)), key=cmp_to_key(compare))
    return [doc["id"] for doc in found]


@settings(
    max_examples=150, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(docs=st.data(), wanted=st.lists(FILTERS, min_size=4, max_size=4), sort=SORTS, offset=st.integers(0, 3))
def test_both_databases_answer_like_the_plain_reading_of_the_filters(
    database: Database, docs: Any, wanted: list[Filter], sort: tuple[SortKey, ...], offset: int
) -> None:
    stored = [{"id": name, **docs.draw(DOCS)} for name in docs.draw(IDS)]
    database.write(lambda c: ([c.execute(delete(table)) for table in (document, doc_entry, tally)]))
    store(database, stored)
    documents = SqlDocuments(database)

    for one in wanted:
        expected = _in_memory(stored, one, sort)
        page = documents.page(ORDER, ListQuery(filter=one, sort=sort, offset=offset, limit=2))
        assert (ids(page), page.total) == (expected[offset : offset + 2], len(expected)), one
        brief = documents.brief_page(ORDER, ListQuery(filter=one, sort=sort, offset=offset, limit=2))
        assert brief in (None, page), one


def test_text_that_no_column_can_hold_is_still_found_by_itself(database: Database) -> None:
    parties = ["a\0b", "a\1\1b", "ab", LONG, LONG + "q"]
    store(database, [a_doc(n + 1, relatedParty=[{"id": party}]) for n, party in enumerate(parties)])
    documents = SqlDocuments(database)

    for n, party in enumerate(parties):
        page = documents.page(ORDER, ListQuery(filter=(where("relatedParty.id", party),)))
        assert ids(page) == [f"o-{n + 1}"]
    assert database.read(lambda c: c.execute(text("SELECT max(length(value)) FROM lw_doc_entry")).scalar_one()) <= 501
