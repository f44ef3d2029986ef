"""A question from its acceptance to its answer, through silence, races and mistakes of our own."""

import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast

import orjson
import pytest

from linkwright.designs.answers import Answer, ItemAnswer, Proposal
from linkwright.errors import BadProblem, Conflict, NotFound, StaleVersion, Stopping, Unavailable
from linkwright.qualifications.answer import FIRST_PAUSE_S, MOST_FAILURES, TRIES, Questions, done_with
from linkwright.qualifications.model import Kind, Question, State
from linkwright.wire.v4.qualification import write_question
from tests.builders import NOW, a_question, a_requirement, a_solution
from tests.documents.samples import a_whole, totals_with
from tests.fakes import Crash, FakeBooks, FakeClock, FakeDesigner, FakeRun

ENDED: list[State] = ["done", "terminatedWithError"]
BEGUN: list[State] = ["inProgress", *ENDED]
NOTED = {"note": ["hello"]}


@dataclass
class World:
    books: FakeBooks = field(default_factory=FakeBooks)
    designer: FakeDesigner = field(default_factory=FakeDesigner)
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOW))

    def __post_init__(self) -> None:
        self.questions = Questions(books=self.books, designer=cast(Any, self.designer), now=self.clock)

    def accepted(self, **changes: Any) -> Question:
        return self.questions.accept(a_question(**changes))

    def run(self) -> Question | None:
        return self.questions.answer("check", "check-1")

    def until_quiet(self) -> None:
        for _ in range(20):
            if self.due_at is None:
                return
            self.clock.time = max(self.clock.time, self.due_at)
            self.run()
        raise AssertionError("the check does not come to rest")

    def while_computing(self, happens: Callable[[], Any]) -> None:
        """Something happens once, while an answer is being computed."""

        def once() -> None:
            self.designer.meanwhile = lambda: None
            happens()

        self.designer.meanwhile = once

    def note(self) -> Question:
        return self.amend(self.question.version, noted, ("note",))

    def amend(self, version: int, rewrite: Callable[[Question], Question], field_paths: Sequence[str]) -> Question:
        """What was worked out against that version of the question."""
        before = replace(self.question, version=version)
        return self.questions.amend(before, rewrite(before), field_paths)

    @property
    def question(self) -> Question:
        return self.books.questions["check-1"]

    @property
    def due_at(self) -> datetime | None:
        return self.books.runs.get(("check", "check-1"), FakeRun()).due_at

    def states(self) -> list[str]:
        return [state for _, happening, state in self.books.events if happening in ("created", "stateChanged")]

    def results(self) -> list[str | None]:
        assert self.question.answer is not None
        return [item.result for item in self.question.answer.items]

    def terminations(self) -> list[str | None]:
        assert self.question.answer is not None
        return [item.broken for item in self.question.answer.items]


@pytest.fixture
def world() -> World:
    return World()


def noted(question: Question) -> Question:
    return replace(question, body=NOTED)


def asking_for(*refs: str) -> Callable[[Question], Question]:
    return lambda question: replace(question, requirements=tuple(a_requirement(ref=ref) for ref in refs))


# accepted and answered


def test_an_accepted_question_is_stored_told_and_due_at_once(world: World) -> None:
    accepted = world.accepted()
    assert world.question == accepted
    assert (world.due_at, world.books.writes, world.states()) == (NOW, 1, ["accepted"])


def test_a_check_is_answered_with_its_designs(world: World) -> None:
    world.accepted(requirements=(a_requirement(), a_requirement(ref="2")))
    answered = world.run()
    assert answered == world.question
    assert world.states() == ["accepted", "inProgress", "done"]
    assert (world.results(), world.question.done_at) == (["qualified", "qualified"], NOW)
    assert world.books.designs.keys() == {"fresh-1", "fresh-2"}
    assert world.due_at is None


def test_the_designs_of_proposals_are_kept_too(world: World) -> None:
    proposal = Proposal(id="p-1", dimension="date", wanted=None, offered=None, solution=a_solution(design_id="other"))
    world.designer.answers = {"1": ItemAnswer(ref="1", result="alternate", proposals=(proposal,))}
    world.accepted()
    world.run()
    assert world.books.designs.keys() == {"other"}


def test_the_design_of_all_items_together_is_kept_in_the_same_transaction(world: World) -> None:
    world.designer.totals = totals_with(a_whole())
    world.accepted()
    writes = world.books.writes
    world.run()
    assert world.books.designs.keys() == {"fresh-1", "whole-1"}
    assert world.books.writes == writes + 2  # it is taken up, and it is answered


def test_the_designs_of_all_bundles_are_kept(world: World) -> None:
    world.designer.totals = totals_with(a_whole())
    world.designer.further = {"rest": totals_with(a_whole(design_id="whole-2"))}
    world.accepted()
    world.run()
    assert world.books.designs.keys() == {"fresh-1", "whole-1", "whole-2"}


def test_a_query_is_answered_with_offers(world: World) -> None:
    world.accepted(id="query-1", kind="query")
    answered = world.questions.answer("query", "query-1")
    assert answered is not None
    assert (answered.state, answered.answer, len(answered.offers)) == ("done", None, 1)
    assert world.books.runs["query", "query-1"].due_at is None


def test_a_query_about_several_places_has_the_offers_of_each(world: World) -> None:
    world.accepted(id="query-1", kind="query", requirements=(a_requirement(ref="1"), a_requirement(ref="2")))
    answered = world.questions.answer("query", "query-1")
    assert answered is not None
    assert [offer.items[0].ref for offer in answered.offers] == ["1", "2"]


@pytest.mark.parametrize("state", ENDED)
def test_a_final_question_is_not_answered_again(world: World, state: State) -> None:
    world.accepted()
    final = replace(world.question, state=state)
    world.books.write(lambda tx: tx.save(final))
    assert world.run() == world.question
    assert (world.designer.asked, world.due_at, world.question.version) == ([], None, 2)


def test_dying_before_any_write_answers_the_question_all_the_same(world: World) -> None:
    world.accepted()
    for n in (2, 3):
        world.books.die_at = n
        with pytest.raises(Crash):
            world.run()
        assert world.due_at == NOW
        world.books.die_at, world.books.writes = None, n - 1
    world.until_quiet()
    assert world.states() == ["accepted", "inProgress", "done"]


# no answer


def test_a_silent_resource_domain_ends_the_question_visibly(world: World) -> None:
    world.accepted(requirements=(a_requirement(), a_requirement(ref="2")))
    world.designer.fails = [Unavailable("resources", "no answer within 30 s")]
    world.run()
    assert world.states() == ["accepted", "inProgress", "terminatedWithError"]
    assert world.terminations() == ["resources: no answer within 30 s"] * 2
    assert (world.question.done_at, world.due_at) == (NOW, None)


def test_facts_that_contradict_themselves_end_the_question_at_once(world: World) -> None:
    world.accepted()
    world.designer.fails = [BadProblem("links[2]", "ends nowhere")]
    world.run()
    assert world.question.state == "terminatedWithError"
    assert world.terminations() == ["links[2]: ends nowhere"]


def test_a_mistake_of_ours_is_tried_again_with_growing_pauses(world: World) -> None:
    world.accepted()
    world.designer.fails = [ZeroDivisionError("secret")] * 3
    pauses = []
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            world.run()
        assert world.due_at is not None
        pauses.append((world.due_at - world.clock.time).total_seconds())
        world.clock.time = world.due_at
    assert pauses == [FIRST_PAUSE_S, 2 * FIRST_PAUSE_S, 4 * FIRST_PAUSE_S]
    world.until_quiet()
    assert world.question.state == "done"


def test_a_mistake_that_stays_ends_the_question_so_that_nobody_waits_for_ever(world: World) -> None:
    world.accepted()
    world.designer.fails = [ZeroDivisionError("secret")] * (MOST_FAILURES + 1)
    for _ in range(MOST_FAILURES):
        with pytest.raises(ZeroDivisionError):
            world.run()
    world.run()
    assert (world.question.state, world.due_at) == ("terminatedWithError", None)
    assert world.terminations() == ["internal error: ZeroDivisionError"]


def test_a_process_that_is_stopped_again_and_again_leaves_the_question_to_the_next_one(world: World) -> None:
    world.accepted()
    world.designer.fails = [Stopping("The design core is shut down.")] * (MOST_FAILURES + 1)
    for _ in range(MOST_FAILURES + 1):
        with pytest.raises(Stopping):
            world.run()
        assert (world.question.state, world.due_at) == ("inProgress", NOW)
    world.until_quiet()
    assert world.question.state == "done"


def test_an_answer_that_cannot_be_stored_ends_the_question_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: FakeBooks, solutions: list[Any], _requester: str) -> None:
        if solutions:
            raise TypeError("not JSON")

    monkeypatch.setattr(FakeBooks, "put_designs", fails)
    world.accepted()
    for _ in range(MOST_FAILURES):
        with pytest.raises(TypeError):
            world.run()
        assert world.question.state == "inProgress"
    world.run()
    assert (world.question.state, world.due_at) == ("terminatedWithError", None)


# races with the requester and with other runs


def test_a_note_that_comes_while_the_answer_is_computed_is_kept_and_so_is_the_answer(world: World) -> None:
    world.accepted()
    world.while_computing(world.note)
    world.run()
    assert (world.question.state, world.question.body, world.results()) == ("done", NOTED, ["qualified"])
    assert len(world.designer.asked) == 1
    assert world.due_at is None


def test_a_note_that_comes_while_a_system_is_silent_is_kept_too(world: World) -> None:
    world.accepted()
    world.designer.fails = [Unavailable("resources", "silent")]
    world.while_computing(world.note)
    world.run()
    assert (world.question.state, world.question.body) == ("terminatedWithError", NOTED)


def test_a_note_between_the_tries_harms_neither_the_note_nor_the_tries(world: World) -> None:
    world.accepted()
    world.designer.fails = [ZeroDivisionError()] * (MOST_FAILURES + 1)
    for _ in range(MOST_FAILURES):
        world.while_computing(world.note)
        with pytest.raises(ZeroDivisionError):
            world.run()
    world.run()
    assert (world.question.state, world.question.body) == ("terminatedWithError", NOTED)


def test_items_amended_before_the_run_are_the_ones_that_are_answered(world: World) -> None:
    world.accepted()
    world.amend(1, asking_for("7", "8"), ("serviceQualificationItem",))
    world.until_quiet()
    assert [[one.ref for one in asked] for asked in world.designer.asked] == [["7", "8"]]
    assert world.question.answer is not None
    assert [item.ref for item in world.question.answer.items] == ["7", "8"]


def test_a_check_that_is_removed_while_it_is_answered_stays_removed(world: World) -> None:
    world.accepted()
    world.while_computing(lambda: world.questions.remove("check", "check-1"))
    assert world.run() is None
    assert world.books.questions == {}
    assert world.books.designs == {}
    assert world.due_at is None


def test_only_the_version_that_is_named_is_removed(world: World) -> None:
    world.accepted()
    world.note()
    with pytest.raises(StaleVersion, match="version 2, not 1"):
        world.questions.remove("check", "check-1", 1)
    world.questions.remove("check", "check-1", 2)
    assert world.books.questions == {}


def test_a_check_that_is_removed_while_a_system_is_silent_stays_removed(world: World) -> None:
    world.accepted()
    world.designer.fails = [Unavailable("resources", "silent")]
    world.while_computing(lambda: world.questions.remove("check", "check-1"))
    assert world.run() is None
    assert (world.books.questions, world.due_at) == ({}, None)


def test_the_run_of_a_check_that_was_removed_before_ends_quietly(world: World) -> None:
    world.accepted()
    world.questions.remove("check", "check-1")
    assert world.due_at == NOW
    assert world.run() is None
    assert (world.due_at, world.designer.asked) == (None, [])


@pytest.mark.parametrize("kind", ["check", "query"])
def test_a_question_that_is_removed_while_it_is_computed_stops_the_search(world: World, kind: Kind) -> None:
    waits: list[bool] = []

    def remove() -> None:
        waits.append(world.designer.wanted["stop"]())
        world.questions.remove(kind, "question-1")
        waits.append(world.designer.wanted["stop"]())

    world.accepted(id="question-1", kind=kind)
    world.while_computing(remove)
    assert world.questions.answer(kind, "question-1") is None
    assert waits == [False, True]


def test_the_designer_is_told_what_is_wanted_and_by_when(world: World) -> None:
    by = NOW + timedelta(minutes=1)
    world.accepted(wants_alternatives=True, expected_by=by)
    world.run()
    assert (world.designer.wanted["alternatives"], world.designer.wanted["by"]) == (True, by)


def test_a_caller_who_waits_for_an_answer_that_is_not_stored_is_not_taken_for_gone(world: World) -> None:
    world.questions.computed(a_question())
    assert not world.designer.wanted["stop"]()


def test_who_answers_first_is_believed(world: World) -> None:
    question = world.questions.accept_begun(a_question(), 8.0)
    late = world.questions.computed(question)
    world.run()
    first = world.question
    world.questions.finish(replace(late, done_at=NOW + timedelta(days=1)))
    assert world.question == first
    assert world.states() == ["accepted", "inProgress", "done"]
    assert len(world.designer.asked) == 2


@pytest.mark.parametrize("lost", range(1, TRIES))
def test_a_lost_race_at_the_end_does_not_lose_the_answer(world: World, lost: int) -> None:
    world.accepted()
    world.while_computing(lambda: setattr(world.books, "lost_races", lost))
    world.run()
    assert world.question.state == "done"
    assert len(world.designer.asked) == 1


def test_a_question_that_never_stands_still_is_answered_by_another_run(world: World) -> None:
    world.accepted()
    world.while_computing(lambda: setattr(world.books, "lost_races", TRIES))
    assert world.run() is None
    assert (world.question.state, world.due_at) == ("inProgress", NOW)
    world.until_quiet()
    assert world.question.state == "done"


def test_a_stimulus_that_comes_while_the_answer_is_stored_is_run_once_more_without_harm(world: World) -> None:
    world.accepted()
    world.while_computing(lambda: world.books.wake("check", "check-1", NOW))
    world.run()
    before = world.question
    assert world.due_at == NOW
    world.until_quiet()
    assert world.question == before


# a caller who waits


def test_a_caller_who_waits_gets_the_answer_and_there_is_no_run(world: World) -> None:
    question = a_question(answer_now=True)
    answered = world.questions.accept_answered(world.questions.computed(question), question)
    assert answered == world.question
    assert (answered.state, world.books.writes, world.books.runs) == ("done", 1, {})
    assert world.states() == ["accepted", "inProgress", "done"]
    assert set(world.books.designs) == {"fresh-1"}


@pytest.mark.parametrize("error", [Unavailable("resources", "silent"), ZeroDivisionError()])
def test_what_cannot_be_answered_at_once_is_stored_nowhere(world: World, error: Exception) -> None:
    world.designer.fails = [error]
    with pytest.raises(type(error)):
        world.questions.computed(a_question())
    assert world.books.writes == 0


def test_contradicting_facts_are_told_to_a_caller_who_waits(world: World) -> None:
    world.designer.fails = [BadProblem("links[2]", "ends nowhere")]
    question = a_question()
    world.questions.accept_answered(world.questions.computed(question), question)
    assert world.states() == ["accepted", "inProgress", "terminatedWithError"]


@pytest.mark.parametrize(("broken", "end"), [(["1", "2"], "terminatedWithError"), (["1"], "done")])
def test_a_check_is_done_if_any_of_its_items_has_an_answer(world: World, broken: list[str], end: State) -> None:
    world.designer.answers = {ref: ItemAnswer(ref=ref, result=None, broken="undecided") for ref in broken}
    world.accepted(requirements=(a_requirement(), a_requirement(ref="2")))
    world.run()
    assert world.states() == ["accepted", "inProgress", end]


def test_an_answer_that_comes_late_ends_the_question_and_its_run(world: World) -> None:
    question = world.questions.accept_begun(a_question(), 8.0)
    assert (question.state, world.due_at) == ("inProgress", NOW + timedelta(seconds=8))
    world.questions.finish(world.questions.computed(question))
    assert (world.question.state, world.due_at) == ("done", None)
    assert world.states() == ["accepted", "inProgress", "done"]


def test_a_note_that_comes_before_the_late_answer_is_in_it(world: World) -> None:
    question = world.questions.accept_begun(a_question(), 8.0)
    world.note()
    world.questions.finish(world.questions.computed(question))
    assert (world.question.state, world.question.body) == ("done", NOTED)


def test_a_late_answer_to_a_check_that_was_removed_is_forgotten(world: World) -> None:
    question = world.questions.accept_begun(a_question(), 8.0)
    world.questions.remove("check", "check-1")
    world.questions.finish(world.questions.computed(question))
    assert world.books.questions == {}
    world.until_quiet()
    assert world.books.questions == {}


def test_a_late_answer_that_loses_every_race_is_left_to_the_run(world: World) -> None:
    question = world.questions.accept_begun(a_question(), 8.0)
    world.books.lost_races = TRIES
    with pytest.raises(StaleVersion):
        world.questions.finish(world.questions.computed(question))
    world.until_quiet()
    assert world.question.state == "done"


def test_a_question_that_never_got_its_late_answer_is_answered_by_its_run(world: World) -> None:
    world.questions.accept_begun(a_question(), 8.0)
    world.until_quiet()
    assert (world.question.state, world.clock.time) == ("done", NOW + timedelta(seconds=8))
    assert world.states() == ["accepted", "inProgress", "done"]


# changed by its requester


def test_a_change_is_worked_into_the_stored_question_in_one_write(world: World) -> None:
    world.accepted()
    amended = world.note()
    assert (amended.version, amended.body, world.books.writes) == (2, NOTED, 2)
    assert world.question == amended
    assert world.books.events[-1] == ("check-1", "attributeChanged", "accepted")


def test_a_change_worked_out_against_another_version_is_not_made(world: World) -> None:
    world.accepted()
    world.note()
    with pytest.raises(StaleVersion):
        world.amend(1, lambda question: replace(question, body={}), ("note",))
    assert world.question.body == NOTED


def test_there_is_no_changing_a_question_that_is_not_there(world: World) -> None:
    with pytest.raises(NotFound):
        world.questions.amend(a_question(), noted(a_question()), ("note",))


@pytest.mark.parametrize("state", BEGUN)
@pytest.mark.parametrize(
    ("kind", "rewrite", "path"),
    [
        ("check", asking_for("1", "2"), "serviceQualificationItem"),
        ("check", noted, "serviceQualificationItem"),
        ("query", noted, "searchCriteria.service"),
        ("query", asking_for("2"), "description"),
    ],
)
def test_a_question_that_is_being_answered_or_was_keeps_its_items(
    world: World, kind: Kind, state: State, rewrite: Callable[[Question], Question], path: str
) -> None:
    world.accepted(kind=kind, state=state)
    with pytest.raises(Conflict, match="allowed in state accepted"):
        world.amend(1, rewrite, ("description", path))
    assert world.question.version == 1


@pytest.mark.parametrize("state", BEGUN)
def test_a_question_that_is_being_answered_or_was_takes_other_changes(world: World, state: State) -> None:
    world.accepted(state=state)
    assert world.note().body == NOTED


def test_who_is_done_with_an_answer_frees_all_of_it_and_harms_nobody_else() -> None:
    solution = a_solution()
    item = ItemAnswer(ref="1", result="qualified", solution=solution)
    gone = weakref.ref(item)
    answer = Answer(items=(item,), totals=None, valid_until=None, computed_at=NOW)
    question = replace(a_question(), answer=answer)
    written = write_question(question, "http://localhost")
    before = orjson.dumps(written)
    holder = [question]
    del item, answer, question
    done_with(holder.pop())
    assert gone() is None
    assert orjson.dumps(written) == before
    done_with(None)
