"""`linkwright design --replay`: a stored design comes out byte by byte, or it is said what is otherwise."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import typer
from click.testing import Result
from sqlalchemy import update
from typer.testing import CliRunner

from linkwright.cli.design import design
from linkwright.designs.answers import Answer, SiteSolution
from linkwright.designs.replay import first_difference, packed
from linkwright.designs.requirement import Requirement
from linkwright.orders.commit import Commitment
from linkwright.store.database import Database
from linkwright.store.designs import SqlDesigns, put_designs
from linkwright.store.tables.designs import design_input, design_network
from tests.builders import NOW, a_requirement, an_item, an_order
from tests.designs.answering import a_designer, some_facts
from tests.fakes import FakeBooks


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(_url(tmp_path))
    opened.migrate()
    yield opened
    opened.close()


def _url(folder: Path) -> str:
    return f"sqlite:///{folder / 'linkwright.db'}"


def _replay(folder: Path, design_id: str, *more: str) -> Result:
    app = typer.Typer()
    app.command()(design)
    return CliRunner().invoke(app, ["--replay", design_id, "--database", _url(folder), *more])


def _answered(*requirements: Requirement) -> Answer:
    facts = some_facts("site-1", "site-2")
    return a_designer(facts).answer(requirements or (a_requirement(),), alternatives=True)


def _kept(database: Database, answer: Answer) -> list[SiteSolution]:
    found = [item.solution for item in answer.items if item.solution is not None]
    return _put(database, [*found, *(proposal.solution for item in answer.items for proposal in item.proposals)])


def _put(database: Database, solutions: Iterable[SiteSolution]) -> list[SiteSolution]:
    found = list(solutions)
    database.write(lambda connection: put_designs(connection, found, "bss", NOW))
    return found


def test_a_stored_design_comes_out_again_byte_by_byte(database: Database, tmp_path: Path) -> None:
    (solution,) = _kept(database, _answered())
    result = _replay(tmp_path, solution.design_id)
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout)["cost"] == solution.total_minor
    output = tmp_path / "again.json"
    assert _replay(tmp_path, solution.design_id, "-o", str(output)).exit_code == 0
    assert output.read_text(encoding="utf-8") == result.stdout


def test_a_proposal_comes_out_again_too(database: Database, tmp_path: Path) -> None:
    (solution,) = _kept(database, _answered(a_requirement(needed_by=date(2026, 11, 10))))
    result = _replay(tmp_path, solution.design_id)
    assert result.exit_code == 0
    assert json.loads(result.stdout)["status"] == "infeasible"


def test_a_design_that_expired_and_its_next_version_are_both_kept_and_come_out_again(
    database: Database, tmp_path: Path
) -> None:
    facts = some_facts()
    designer = a_designer(facts)
    (old,) = _kept(database, designer.answer([a_requirement()]))
    before = _document(database, old.design_id)
    books = FakeBooks(designs={old.design_id: old})
    facts.access = tuple(replace(access, mrc_minor=access.mrc_minor - 1_00) for access in facts.access)
    commitment = Commitment(books=books, designer=designer, now=lambda: old.valid_until)
    (new,) = _put(database, commitment.commit(an_order(items=(an_item(design_id=old.design_id),))).solutions.values())
    assert (new.version, new.replaces) == (2, old.design_id)
    assert new.total_minor < old.total_minor
    assert _document(database, old.design_id) == before
    assert json.loads(_document(database, new.design_id) or b"{}")["replaces"] == old.design_id
    for one in (old, new):
        result = _replay(tmp_path, one.design_id)
        assert (result.exit_code, result.stderr) == (0, "")
        assert json.loads(result.stdout)["cost"] == one.total_minor


def _document(database: Database, design_id: str) -> bytes | None:
    return SqlDesigns(database).document(design_id)


def test_designs_of_one_computation_share_what_is_stored_of_it(database: Database) -> None:
    place = a_requirement().place
    assert place is not None
    _kept(database, _answered(a_requirement(ref="1"), a_requirement(ref="2", place=replace(place, id="site-2"))))
    _kept(database, _answered(a_requirement(ref="3")))
    counts = database.read(
        lambda connection: [len(connection.execute(table.select()).all()) for table in (design_network, design_input)]
    )
    assert counts == [1, 2]


def test_a_design_that_comes_out_otherwise_is_told_with_the_first_difference(
    database: Database, tmp_path: Path
) -> None:
    (solution,) = _kept(database, _answered())
    stored = json.loads(_replay(tmp_path, solution.design_id).stdout)
    _change(database, {**stored, "cost": 1})
    result = _replay(tmp_path, solution.design_id)
    assert result.exit_code == 1
    assert "the first difference: cost" in result.stderr
    assert json.loads(result.stdout) == stored


def test_what_the_clock_ended_is_verified_instead(database: Database, tmp_path: Path) -> None:
    (solution,) = _kept(database, _answered())
    stored = json.loads(_replay(tmp_path, solution.design_id).stdout)
    _change(database, {**stored, "guards": ["time 20 s"], "cost": 1})
    result = _replay(tmp_path, solution.design_id)
    assert result.exit_code == 0
    assert "verified" in result.stderr
    stored["sites"][0]["legs"][0]["path"] = []
    _change(database, {**stored, "guards": ["time 20 s"]})
    result = _replay(tmp_path, solution.design_id)
    assert result.exit_code == 1
    assert "site:1/path" in result.stderr


def _change(database: Database, outcome: object) -> None:
    doc = packed(json.dumps(outcome).encode())
    database.write(lambda connection: connection.execute(update(design_input).values(outcome=doc)))


def test_an_unknown_design_is_said_to_be_so(database: Database, tmp_path: Path) -> None:
    result = _replay(tmp_path, "nobody")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "nobody" in result.stderr


def test_neither_a_problem_nor_a_design_is_refused() -> None:
    app = typer.Typer()
    app.command()(design)
    assert CliRunner().invoke(app, []).exit_code == 2


@pytest.mark.parametrize(
    ("one", "other", "where"),
    [
        ({"a": 1}, {"a": 1}, None),
        ({"a": 1}, {"a": 2}, "a"),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}}, "a.b[1]"),
        ({"a": [1]}, {"a": [1, 2]}, "a[1]"),
        ({"a": 1}, {}, "a"),
        ({}, {"b": None}, "b"),
        (1, 2, "."),
    ],
)
def test_the_first_difference_is_named_by_its_path(one: object, other: object, where: str | None) -> None:
    assert first_difference(one, other) == where
