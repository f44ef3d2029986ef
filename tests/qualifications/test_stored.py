"""Checks over the real store: the answer is laid over the document as it is by then."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import orjson
import pytest

from linkwright.api.patching import Before
from linkwright.api.service_qualification import question_amender
from linkwright.errors import Conflict
from linkwright.qualifications.answer import Questions
from linkwright.store.database import Database
from linkwright.store.documents import SqlDocuments
from linkwright.wire.v4.qualification import read_check
from tests.builders import NOW
from tests.fakes import FakeDesigner
from tests.store.worlds import BASE_URL
from tests.store.worlds import World as Store

ITEMS = "serviceQualificationItem"


class World:
    def __init__(self, database: Database) -> None:
        self.store, self.documents, self.designer = Store(database), SqlDocuments(database), FakeDesigner()
        books: Any = self.store.questions
        self.questions = Questions(books=books, designer=cast(Any, self.designer), now=lambda: NOW)
        self.questions.accept(read_check({ITEMS: [an_item("1")]}, id="check-1", now=NOW, requester="bss"))

    def patch(self, **changes: Any) -> None:
        stored = self.documents.get("checkServiceQualification", "check-1")
        assert stored is not None
        amend = question_amender(self.questions, "check", BASE_URL)
        before = Before(stored=stored, document=orjson.loads(stored.body))
        amend(before.document | changes, before, tuple(changes))

    def while_computing(self, happens: Callable[[], Any]) -> None:
        self.designer.meanwhile = happens

    def document(self) -> Any:
        stored = self.documents.get("checkServiceQualification", "check-1")
        return None if stored is None else orjson.loads(stored.body)


def an_item(name: str) -> dict[str, Any]:
    return {"id": name, "service": {"serviceSpecification": {"id": "cfs"}}}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    database = Database(f"sqlite:///{tmp_path / 'linkwright.db'}")
    database.migrate()
    yield World(database)
    database.close()


def test_new_items_and_a_note_that_comes_while_they_are_answered_are_all_in_the_answer(world: World) -> None:
    world.patch(**{ITEMS: [an_item("7"), an_item("8")]})
    world.while_computing(lambda: world.patch(note=[{"text": "hello"}]))
    world.questions.answer("check", "check-1")
    document = world.document()
    assert (document["state"], document["qualificationResult"]) == ("done", "qualified")
    assert document["note"] == [{"text": "hello"}]
    assert [(item["id"], item["state"]) for item in document[ITEMS]] == [("7", "done"), ("8", "done")]
    assert world.store.books.due(NOW, 10) == []


@pytest.mark.parametrize("said", ["qualificationResult", "ourOwn"])
def test_nothing_in_an_answered_item_is_rewritten_by_its_requester(world: World, said: str) -> None:
    world.questions.answer("check", "check-1")
    (item,) = world.document()[ITEMS]
    with pytest.raises(Conflict):
        world.patch(**{ITEMS: [item | {said: "unqualified"}]})
    assert world.document()[ITEMS] == [item]


def test_a_search_is_stopped_once_its_check_is_removed(world: World) -> None:
    told: list[bool] = []

    def remove() -> None:
        told.append(world.designer.wanted["stop"]())
        world.questions.remove("check", "check-1")
        told.append(world.designer.wanted["stop"]())

    world.while_computing(remove)
    world.questions.answer("check", "check-1")
    assert told == [False, True]


def test_a_check_that_is_removed_while_it_is_answered_leaves_nothing_behind(world: World) -> None:
    world.while_computing(lambda: world.questions.remove("check", "check-1"))
    assert world.questions.answer("check", "check-1") is None
    assert world.document() is None
    assert world.store.books.due(NOW, 10) == []
    assert world.store.events()[-1] == "CheckServiceQualificationDeleteEvent"
