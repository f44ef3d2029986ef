"""`linkwright design --replay`: a stored design computed again from the problem that is stored with it."""

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from linkwright.cli.configured import database_of
from linkwright.errors import Unavailable

if TYPE_CHECKING:
    from linkwright.design.model import Problem
    from linkwright.designs.replay import Snapshot

SAME, DIFFERS, UNKNOWN = 0, 1, 2


@dataclass(frozen=True)
class Replayed:
    """The answer, an exit code, and what there is to say about it."""

    code: int
    text: str = ""
    remark: str = ""


def replayed(design_id: str, database: str | None, time_limit_s: float) -> Replayed:
    """The answer that holds this design, computed again; the code says whether it is the stored one, byte by byte.

    What was ended by the clock or by somebody cannot be found again: then the stored design is verified instead.
    """
    from linkwright.design.files.format import write_outcome
    from linkwright.design.solve import solve
    from linkwright.designs.replay import first_difference, is_repeatable, outcome_bytes

    snapshot = _stored(design_id, database_of(database))
    if isinstance(snapshot, str):
        return Replayed(UNKNOWN, remark=snapshot)
    stored, problem = snapshot.answer(), snapshot.problem()
    if not is_repeatable(json.loads(stored)):
        return _verified(problem, stored)
    outcome = solve(problem, time_limit_s=time_limit_s, **snapshot.asked().options())
    found, text = outcome_bytes(outcome), write_outcome(replace(outcome, elapsed_s=0.0))
    if found == stored:
        return Replayed(SAME, text)
    where = first_difference(json.loads(stored), json.loads(found))
    return Replayed(DIFFERS, text, f"{design_id} is another design now; the first difference: {where}")


def _stored(design_id: str, database: str) -> "Snapshot | str":
    """What the design was computed from, or why that is not known."""
    from linkwright.store.design_inputs import get_snapshot
    from linkwright.store.designs import get_design
    from linkwright.store.opening import open_database

    try:
        store = open_database(database)
    except Unavailable as missing:
        return str(missing)
    try:
        design = store.read(lambda connection: get_design(connection, design_id))
        if design is None:
            return f"No design has the id {design_id}."
        input_id = design.input_id
        snapshot = None if input_id is None else store.read(lambda connection: get_snapshot(connection, input_id))
        return f"It is not stored what {design_id} was computed from." if snapshot is None else snapshot
    finally:
        store.close()


def _verified(problem: "Problem", stored: bytes) -> Replayed:
    from linkwright.design.files.format import read_design
    from linkwright.design.verify.check import check

    verdict = check(problem, read_design(stored))
    if verdict.violations:
        broken = ", ".join(violation.constraint for violation in verdict.violations)
        return Replayed(DIFFERS, stored.decode(), f"The stored design breaks {broken}.")
    remark = "The search was ended by its time or by somebody, so it is verified and not computed again."
    return Replayed(SAME, stored.decode(), remark)
