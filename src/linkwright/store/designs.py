"""Designs that were handed out, and which item or proposal of a check each of them answers."""

from collections.abc import Iterable
from datetime import datetime

import orjson
from sqlalchemy import Connection, bindparam, delete, select

from linkwright.designs.answers import Documented, SiteSolution
from linkwright.orders.model import QualificationRef
from linkwright.qualifications.model import Question
from linkwright.store.database import Database
from linkwright.store.design_inputs import put_inputs
from linkwright.store.prepared import statement, upsert
from linkwright.store.tables.designs import design, qualified
from linkwright.store.times import stamp
from linkwright.wire.design_document import is_whole, read_design, write_documented

AT_ONCE = 100
"""So many designs are documents in memory at the same time."""
NO_ITEM, WHOLE = "", "whole"
"""Under these the design of all items together is known, as that of a proposal without an item; of several bundles
the others have numbers."""

_PUT = upsert(design, ("design_id", "version"), lambda _: {})
_PUT_ORDERED = upsert(design, ("design_id", "version"), lambda new: {"ordered": new.ordered})
_NEWEST = statement(
    select(design.c.doc, design.c.requester)
    .where(design.c.design_id == bindparam("id"))
    .order_by(design.c.version.desc())
    .limit(1)
)
_QUALIFY = upsert(qualified, ("check_id", "item_id", "proposal_id"), lambda new: {"design_id": new.design_id})
_QUALIFIED = statement(
    select(qualified.c.design_id).where(
        qualified.c.check_id == bindparam("check"),
        qualified.c.item_id == bindparam("item"),
        qualified.c.proposal_id == bindparam("proposal"),
    )
)
_UNQUALIFY = statement(delete(qualified).where(qualified.c.check_id == bindparam("check")))
_OF_CHECK = statement(select(qualified.c.design_id).where(qualified.c.check_id == bindparam("check")).distinct())
_DROP = statement(
    delete(design).where(
        design.c.design_id == bindparam("id"),
        design.c.ordered == bindparam("was_ordered"),
        ~select(qualified.c.check_id).where(qualified.c.design_id == design.c.design_id).exists(),
    )
)


class SqlDesigns:
    """The designs as documents, for callers (`api.ports.Designs`)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def document(self, design_id: str, requester: str | None = None) -> bytes | None:
        found = self._database.read(lambda connection: _NEWEST.one(connection, {"id": design_id}))
        return found.doc if found is not None and requester in (None, found.requester) else None

    def designed(self, design_id: str) -> SiteSolution | None:
        return self._database.read(lambda connection: get_design(connection, design_id))


def put_designs(
    connection: Connection, solutions: Iterable[Documented], requester: str, now: datetime, *, ordered: bool = False
) -> None:
    """Store them with what they were computed from; a version that is stored already stays as it is.

    `ordered`: an order commits them, so that they are kept as long as it is.
    """
    created_at = stamp(now)
    solutions = list(solutions)
    sites = (one for one in solutions if isinstance(one, SiteSolution))
    put_inputs(connection, (site.inputs for site in sites if site.inputs is not None), now)
    put = _PUT_ORDERED if ordered else _PUT
    for first in range(0, len(solutions), AT_ONCE):
        put.run_many(
            connection,
            [
                {
                    "design_id": solution.design_id,
                    "version": solution.version,
                    "requester": requester,
                    "doc": orjson.dumps(write_documented(solution)),
                    "created_at": created_at,
                    "ordered": ordered,
                }
                for solution in solutions[first : first + AT_ONCE]
            ],
        )


def get_design(connection: Connection, design_id: str) -> SiteSolution | None:
    """The newest version of a design of one item; None for that of all items together, which nothing can commit."""
    found = _NEWEST.one(connection, {"id": design_id})
    doc = None if found is None else orjson.loads(found.doc)
    return None if doc is None or is_whole(doc) else read_design(doc)


def qualified_design(connection: Connection, ref: QualificationRef) -> SiteSolution | None:
    key = {"check": ref.check_id, "item": ref.item_id, "proposal": ref.proposal_id or ""}
    design_id = _QUALIFIED.value(connection, key)
    return get_design(connection, design_id) if design_id is not None else None


def remember_answers(connection: Connection, question: Question) -> None:
    """Keep which design answers which item and proposal now, so that an order can commit one by its reference."""
    if question.answer is None:
        return
    forget_answers(connection, question.id)
    items = question.answer.items
    answers = [(item.ref, "", item.solution) for item in items]
    answers += [(item.ref, proposal.id, proposal.solution) for item in items for proposal in item.proposals]
    known = [(item, proposal, one.design_id) for item, proposal, one in answers if one is not None]
    wholes = enumerate(question.answer.wholes)
    known += [(NO_ITEM, f"{WHOLE}-{number}" if number else WHOLE, whole.design_id) for number, whole in wholes]
    _QUALIFY.run_many(
        connection,
        [
            {"check_id": question.id, "item_id": item, "proposal_id": proposal, "design_id": design_id}
            for item, proposal, design_id in known
        ],
    )


def forget_answers(connection: Connection, question_id: str) -> None:
    _UNQUALIFY.run(connection, {"check": question_id})


def designs_of(connection: Connection, question_id: str) -> tuple[str, ...]:
    """Ids of the designs that answer a check."""
    return tuple(row.design_id for row in _OF_CHECK.rows(connection, {"check": question_id}))


def drop_designs(connection: Connection, design_ids: Iterable[str]) -> None:
    """Remove designs that answer no check any more and that no order ever committed; the others stay."""
    for design_id in design_ids:
        _DROP.run(connection, {"id": design_id, "was_ordered": False})
