"""What is known of items is stored while a check is answered: seldom, told once, and never taken back."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import orjson
import pytest

from linkwright.api.patching import Before
from linkwright.api.service_qualification import question_amender
from linkwright.designs.answers import ItemAnswer
from linkwright.designs.facts import PartnerAnswer
from linkwright.designs.parts_of_answers import Finding
from linkwright.designs.so_far import SoFar
from linkwright.errors import Unavailable
from linkwright.qualifications.answer import Questions
from linkwright.qualifications.progress import EVERY_S, FIRST_AFTER_S, PART
from linkwright.store.database import Database
from linkwright.store.documents import SqlDocuments
from linkwright.wire.v4.qualification import read_check
from tests.builders import NOW
from tests.fakes import Crash, FakeDesigner
from tests.store.worlds import BASE_URL
from tests.store.worlds import World as Store

ITEMS = "serviceQualificationItem"
NAMES = [str(number) for number in range(1, 201)]
OFFERED = PartnerAnswer(partner="north", ref="2", asked="offered")
REFUSED = PartnerAnswer(partner="north", ref="1", asked="noCoverage")


@dataclass
class Watch:
    time_s: float = 100.0

    def __call__(self) -> float:
        return self.time_s


@dataclass
class World:
    database: Database
    watch: Watch = field(default_factory=Watch)
    designer: FakeDesigner = field(default_factory=FakeDesigner)

    def __post_init__(self) -> None:
        self.store, self.documents = Store(self.database), SqlDocuments(self.database)
        books: Any = self.store.questions
        self.questions = Questions(
            books=books, designer=cast(Any, self.designer), now=lambda: NOW, monotonic=self.watch
        )
        asked = [an_item("all", isBundle=True), *map(an_item, NAMES)]
        body = {"provideUnavailabilityReason": True, ITEMS: asked}
        self.questions.accept(read_check(body, id="check-1", now=NOW, requester="bss"))

    def settle(self, *names: str) -> None:
        """The designer finds that these are unqualified for good."""
        for name in names:
            self.designer.answers[name] = unqualified(name)

    def tell(self, *names: str, heard: tuple[PartnerAnswer, ...] = (), ended: bool = False) -> None:
        settled = {name: self.designer.answers[name] for name in names}
        self.designer.wanted["tell"](SoFar(settled=settled, heard={one.ref: (one,) for one in heard}), ended)

    def run(self) -> None:
        self.questions.answer("check", "check-1")

    def document(self) -> Any:
        stored = self.documents.get("checkServiceQualification", "check-1")
        assert stored is not None
        return orjson.loads(stored.body)

    def items(self) -> dict[str, Any]:
        return {item["id"]: item for item in self.document()[ITEMS]}

    def patch(self, **changes: Any) -> None:
        stored = self.documents.get("checkServiceQualification", "check-1")
        assert stored is not None
        before = Before(stored=stored, document=orjson.loads(stored.body))
        question_amender(self.questions, "check", BASE_URL)(before.document | changes, before, tuple(changes))

    def version(self) -> int:
        stored = self.documents.get("checkServiceQualification", "check-1")
        assert stored is not None
        return stored.version


def an_item(name: str, **service: Any) -> dict[str, Any]:
    return {"id": name, "service": {"serviceSpecification": {"id": "cfs"}, **service}}


def unqualified(name: str, code: str = "SD-ACC-01") -> ItemAnswer:
    asked = (replace(REFUSED, ref=name),)
    return ItemAnswer(ref=name, result="unqualified", findings=(Finding(code=code, label="No."),), asked=asked)


def words(item: Any) -> dict[str, Any]:
    return {one["name"]: one["value"] for one in item["service"].get("serviceCharacteristic", ())}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    database = Database(f"sqlite:///{tmp_path / 'linkwright.db'}")
    database.migrate()
    yield World(database)
    database.close()


def test_an_item_is_final_before_the_others_and_they_tell_what_their_partners_said(world: World) -> None:
    seen: list[Any] = []

    def meanwhile() -> None:
        world.watch.time_s += FIRST_AFTER_S
        world.tell("1", heard=(OFFERED,))
        seen.append(world.items())

    world.settle("1")
    world.designer.meanwhile = meanwhile
    world.run()
    (early,) = seen
    assert {name for name, item in early.items() if item["state"] == "done"} == {"1"}
    assert {item["state"] for name, item in early.items() if name != "1"} == {"inProgress"}
    assert early["1"]["qualificationResult"] == "unqualified"
    assert [one["code"] for one in early["1"]["eligibilityUnavailabilityReason"]] == ["SD-ACC-01"]
    assert [one["answer"] for one in words(early["2"])["partner.asked"]] == ["offered"]
    assert words(early["3"]) == {}
    assert words(early["all"]) == {"design.answeredItems": 1}
    assert world.items()["1"] == early["1"]


def test_the_answer_is_the_same_as_without_anything_told_before(tmp_path: Path) -> None:
    ended = []
    for is_told in (True, False):
        database = Database(f"sqlite:///{tmp_path / f'{is_told}.db'}")
        database.migrate()
        world = World(database)
        world.settle("1")

        def meanwhile(world: World = world, is_told: bool = is_told) -> None:
            world.watch.time_s += FIRST_AFTER_S
            if is_told:
                world.tell("1", heard=(OFFERED,))
                assert words(world.items()["2"]) != {}
            world.patch(note=[{"text": "hello"}])

        world.designer.answers["2"] = ItemAnswer(ref="2", result=None, broken="The search ended.")
        world.designer.meanwhile = meanwhile
        world.run()
        ended.append(world.document())
        database.close()
    assert ended[0] == ended[1]


def test_few_writes_tell_of_many_items_and_one_event_of_all_writes(world: World) -> None:
    """An item is settled each tenth of a second."""
    told: list[int] = []

    def meanwhile() -> None:
        before = world.version()
        for name in NAMES:
            world.watch.time_s += 0.1
            world.tell(name)
        told.append(world.version() - before)

    world.settle(*NAMES)
    world.designer.meanwhile = meanwhile
    world.run()
    seconds = 0.1 * len(NAMES)
    assert 1 < told[0] <= 1 + seconds / EVERY_S
    kinds = [event.removeprefix("CheckServiceQualification") for event in world.store.events()]
    assert kinds == ["CreateEvent", "StateChangeEvent", "AttributeValueChangeEvent", "StateChangeEvent"]


def test_slow_writes_are_further_apart(world: World) -> None:
    told: list[int] = []
    write, slow_s = world.questions.books.write, 2.0

    def slowly(change: Any) -> Any:
        world.watch.time_s += slow_s
        return write(change)

    def meanwhile() -> None:
        before = world.version()
        for name in NAMES[:50]:
            world.watch.time_s += 1.0
            world.tell(name)
        told.append(world.version() - before)

    world.settle(*NAMES)
    object.__setattr__(world.questions.books, "write", slowly)
    world.designer.meanwhile = meanwhile
    world.run()
    assert told[0] == 1 + 50 // (slow_s * PART)


def test_what_came_too_soon_after_a_write_is_stored_when_it_is_time_also_if_nothing_more_is_new(world: World) -> None:
    seen: list[Any] = []

    def meanwhile() -> None:
        world.watch.time_s += FIRST_AFTER_S
        world.tell("1")
        world.tell("2")
        world.watch.time_s += EVERY_S
        world.tell()
        seen.append(world.items()["2"]["state"])

    world.settle("1", "2")
    world.designer.meanwhile = meanwhile
    world.run()
    assert seen == ["done"]


def test_a_quick_answer_has_no_write_more(world: World) -> None:
    world.settle("1")
    world.designer.meanwhile = lambda: world.tell("1", ended=True)
    world.run()
    assert world.version() == 3, "accepted, begun, answered"


def test_the_end_of_a_stage_is_told_without_waiting(world: World) -> None:
    seen: list[Any] = []

    def meanwhile() -> None:
        world.watch.time_s += FIRST_AFTER_S
        world.tell("1")
        world.tell("2", ended=False)
        seen.append(world.items()["2"]["state"])
        world.tell("3", ended=True)
        seen.append([world.items()[name]["state"] for name in ("2", "3")])

    world.settle("1", "2", "3")
    world.designer.meanwhile = meanwhile
    world.run()
    assert seen == ["inProgress", ["done", "done"]]


def test_a_note_that_comes_meanwhile_takes_nothing_back(world: World) -> None:
    seen: list[Any] = []

    def meanwhile() -> None:
        world.watch.time_s += FIRST_AFTER_S
        world.tell("1", heard=(OFFERED,))
        seen.append(world.items())
        world.patch(note=[{"text": "hello"}])
        seen.append(world.items())
        world.watch.time_s += EVERY_S
        world.tell("2", ended=True)
        seen.append(world.items())

    world.settle("1", "2")
    world.designer.meanwhile = meanwhile
    world.run()
    before, patched, later = seen
    assert patched == before
    assert later["1"] == before["1"]
    assert words(later["all"]) == {"design.answeredItems": 2}
    assert world.document()["note"] == [{"text": "hello"}]


def test_who_is_killed_keeps_what_was_told_as_final_whatever_is_found_afterwards(world: World) -> None:
    def die() -> None:
        world.watch.time_s += FIRST_AFTER_S
        world.tell("1", heard=(OFFERED,))
        raise Crash

    world.settle("1")
    world.designer.meanwhile = die
    with pytest.raises(Crash):
        world.run()
    early = world.items()
    world.designer.meanwhile = lambda: None
    world.designer.answers = {}
    world.run()  # it does not look at what is settled, so its answer is refused
    assert world.document()["state"] == "inProgress"
    assert world.items() == early
    settled = world.designer.wanted["settled"]
    assert (settled["1"].result, settled["1"].findings) == ("unqualified", unqualified("1").findings)
    world.designer.answers = dict(settled)
    world.run()
    assert world.document()["state"] == "done"
    assert world.items()["1"] == early["1"]
    assert world.items()["2"]["qualificationResult"] == "qualified"
    assert "design.answeredItems" not in words(world.items()["all"])


def test_a_domain_that_falls_silent_afterwards_ends_only_the_others_with_an_error(world: World) -> None:
    def fall_silent() -> None:
        world.watch.time_s += FIRST_AFTER_S
        world.tell("1")
        raise Unavailable("resources", "silent")

    world.settle("1")
    world.designer.meanwhile = fall_silent
    world.run()
    states = {name: item["state"] for name, item in world.items().items()}
    assert states.pop("1") == "done"
    assert set(states.values()) == {"terminatedWithError"}
    assert world.document()["state"] == "done"


def test_a_check_that_is_removed_meanwhile_stays_removed(world: World) -> None:
    went_on: list[bool] = []

    def meanwhile() -> None:
        world.questions.remove("check", "check-1")
        world.watch.time_s += FIRST_AFTER_S
        world.tell("1")
        went_on.append(world.designer.wanted["stop"]())

    world.settle("1")
    world.designer.meanwhile = meanwhile
    world.run()
    assert went_on == [True], "who asks partners ends in his own way"
    assert world.documents.get("checkServiceQualification", "check-1") is None


def test_who_wants_reasons_only_later_has_those_of_items_that_were_told_before(world: World) -> None:
    seen: list[Any] = []

    def meanwhile() -> None:
        world.patch(provideUnavailabilityReason=False)
        world.watch.time_s += FIRST_AFTER_S
        world.tell("1")
        seen.append(world.items()["1"])
        world.patch(provideUnavailabilityReason=True)
        seen.append(world.items()["1"])

    world.settle("1")
    world.designer.meanwhile = meanwhile
    world.run()
    without, patched = seen
    assert "eligibilityUnavailabilityReason" not in without
    assert [one["code"] for one in patched["eligibilityUnavailabilityReason"]] == ["SD-ACC-01"]
    assert world.items()["1"] == patched
    assert patched | without == patched


def test_a_database_that_is_away_for_a_moment_takes_no_answer_away(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    books, told = world.store.questions, list[bool]()

    def away(_: Any) -> None:
        raise Unavailable("database", "away")

    def meanwhile() -> None:
        world.watch.time_s += FIRST_AFTER_S
        with monkeypatch.context() as patched:
            patched.setattr(books, "write", away)
            patched.setattr(books, "read", away)
            world.tell("1")
            told.append(world.designer.wanted["stop"]())
        world.watch.time_s += EVERY_S
        world.tell()
        assert world.items()["1"]["state"] == "done"

    world.settle("1")
    world.designer.meanwhile = meanwhile
    world.run()
    assert told == [False]
    assert world.document()["state"] == "done"
    assert {item["state"] for item in world.items().values()} == {"done"}
