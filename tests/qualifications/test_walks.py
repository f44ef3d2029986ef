"""Random walks through the life of a check or query: it moves along the published states and tells each move once."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linkwright.errors import BadProblem, Conflict, NotFound, StaleVersion, Stopping, Unavailable
from linkwright.moves import TASK
from linkwright.qualifications.answer import MOST_FAILURES, Questions
from linkwright.qualifications.model import Kind, Question, State
from tests.builders import NOW, a_question, a_requirement
from tests.fakes import Crash, FakeBooks, FakeClock, FakeDesigner, FakeRun

KINDS: list[Kind] = ["check", "query"]
STATES = cast(list[State], list(TASK))
ID = "question-1"
REFUSED = (Conflict, NotFound, StaleVersion)
BROKEN = (ZeroDivisionError, Unavailable, Stopping, Crash)


class WatchedBooks(FakeBooks):
    """Checks every write as a listener would see it: each move is allowed, and each write is told by one event."""

    def add(self, *way: Any) -> Any:
        assert way[0].state == "accepted"
        for before, after in pairwise(way):
            assert after.state in TASK[before.state], (before.state, after.state)
        return super().add(*way)

    def save(self, thing: Any, *happenings: str, field_path: str | None = None, over: Any = None) -> Any:
        before = self.questions[thing.id].state
        has_moved = thing.state != before
        assert not has_moved or thing.state in TASK[before], (before, thing.state)
        assert happenings == (("stateChanged",) if has_moved else ("attributeChanged",)), (before, thing.state)
        return super().save(thing, *happenings, field_path=field_path, over=over)


class Walk:
    """What may happen next, by name. What a requester does wrongly is refused and changes nothing."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.books, self.designer, self.clock = WatchedBooks(), FakeDesigner(), FakeClock(NOW)
        self.questions = Questions(books=self.books, designer=cast(Any, self.designer), now=self.clock)
        self.late: Question | None = None

    def step(self, name: str) -> None:
        before, told = dict(self.books.questions), list(self.books.events)
        try:
            getattr(self, name)()
        except REFUSED:
            assert (self.books.questions, self.books.events) == (before, told)
        except BROKEN:
            self.books.die_at = None

    def posts(self) -> None:
        if not self.was_posted:
            self.questions.accept(self._new())

    def posts_and_waits(self) -> None:
        if not self.was_posted:
            self.questions.accept_answered(self.questions.computed(self._new()), self._new())

    def posts_and_waits_in_vain(self) -> None:
        if not self.was_posted:
            self.late = self.questions.computed(self.questions.accept_begun(self._new(), 8.0))

    def answer_comes_late(self) -> None:
        if self.late is not None:
            self.questions.finish(self.late)

    def advances(self) -> None:
        self.questions.answer(self.kind, ID)

    def time_goes_on(self) -> None:
        if self.due_at is not None:
            self.clock.time = max(self.clock.time, self.due_at)
            self.advances()

    def adds_a_note(self) -> None:
        self._amend(lambda question: replace(question, body={"note": []}), "note")

    def changes_the_items(self) -> None:
        wanted = (a_requirement(ref="7"),)
        self._amend(lambda question: replace(question, requirements=wanted), "serviceQualificationItem")

    def amends_an_old_version(self) -> None:
        before = replace(self._stored(), version=0)
        self.questions.amend(before, before, ("note",))

    def moves_where_it_may_not(self) -> None:
        before = self._stored()
        for state in STATES:
            if state != before.state and state not in TASK[before.state]:
                self._is_refused(before, state)

    def removes_it(self) -> None:
        self.questions.remove(self.kind, ID)

    def a_note_comes_while_it_is_computed(self) -> None:
        self._meanwhile(self.adds_a_note)

    def it_is_removed_while_it_is_computed(self) -> None:
        self._meanwhile(self.removes_it)

    def another_run_is_faster(self) -> None:
        self._meanwhile(self.advances)

    def resources_are_silent(self) -> None:
        self.designer.fails.append(Unavailable("resources", "silent"))

    def facts_contradict_themselves(self) -> None:
        self.designer.fails.append(BadProblem("links[2]", "ends nowhere"))

    def something_breaks(self) -> None:
        self.designer.fails.append(ZeroDivisionError())

    def something_stays_broken(self) -> None:
        self.designer.fails.extend([ZeroDivisionError()] * MOST_FAILURES)

    def process_stops(self) -> None:
        self.designer.fails.append(Stopping("shut down"))

    def process_dies(self) -> None:
        self.books.die_at = self.books.writes + 2
        self.advances()
        self.books.die_at = None

    def somebody_writes_first(self) -> None:
        self.books.lost_races = 1

    @property
    def was_posted(self) -> bool:
        return bool(self.books.events)

    @property
    def due_at(self) -> Any:
        return self.books.runs.get((self.kind, ID), FakeRun()).due_at

    def told(self) -> list[str]:
        """The states of which a listener heard."""
        return [state for _, happening, state in self.books.events if happening in ("created", "stateChanged")]

    def until_quiet(self) -> None:
        self.designer.fails.clear()
        self.designer.meanwhile = lambda: None
        self.books.lost_races = 0
        for _ in range(10):
            self.time_goes_on()
        assert self.due_at is None

    def _new(self) -> Question:
        return a_question(id=ID, kind=self.kind, asked_at=self.clock.time)

    def _stored(self) -> Question:
        return self.books.question(self.kind, ID)

    def _amend(self, rewrite: Callable[[Question], Question], path: str) -> None:
        before = self._stored()
        self.questions.amend(before, rewrite(before), (path,))

    def _is_refused(self, before: Question, state: State) -> None:
        with pytest.raises(Conflict) as refused:
            self._amend(lambda question: question.moved(state), "state")
        allowed = TASK[before.state] or {"none, it is final"}
        assert all(word in str(refused.value) for word in allowed), refused.value
        assert self._stored() == before

    def _meanwhile(self, happens: Callable[[], None]) -> None:
        """Once, while the next answer is computed."""

        def once() -> None:
            self.designer.meanwhile = lambda: None
            with suppress(*REFUSED):
                happens()

        self.designer.meanwhile = once


POSTS = ("posts", "posts_and_waits", "posts_and_waits_in_vain")
STEPS = [name for name, step in vars(Walk).items() if callable(step) and not name.startswith("_")]
STEPS = [name for name in STEPS if name not in ("step", "told", "until_quiet")]


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(KINDS), st.sampled_from(POSTS), st.lists(st.sampled_from(STEPS), max_size=25))
def test_a_question_only_moves_as_published_and_tells_every_move_once(kind: Kind, post: str, steps: list[str]) -> None:
    walk = Walk(kind)
    for step in (post, *steps):
        walk.step(step)
    walk.until_quiet()
    told = walk.told()
    assert all(after in TASK[before] for before, after in pairwise(told)), told
    if ID in walk.books.questions:
        assert walk.books.questions[ID].state == told[-1]
        assert not TASK[told[-1]]


@pytest.mark.parametrize("kind", KINDS)
def test_every_state_is_reached_on_some_walk(kind: Kind) -> None:
    ends = {}
    for trouble in ("adds_a_note", "resources_are_silent", "facts_contradict_themselves", "something_stays_broken"):
        walk = Walk(kind)
        for step in ("posts", trouble, *["time_goes_on"] * (MOST_FAILURES + 1)):
            walk.step(step)
        ends[trouble] = walk.told()
    done = ["accepted", "inProgress", "done"]
    assert ends["adds_a_note"] == ends["something_stays_broken"] == done
    assert ends["resources_are_silent"] == ends["facts_contradict_themselves"] == [*done[:2], "terminatedWithError"]


@pytest.mark.parametrize(
    ("state", "happenings"),
    [("done", ("stateChanged",)), ("inProgress", ()), ("inProgress", ("stateChanged", "stateChanged"))],
)
def test_the_watch_sees_a_wrong_move_and_a_move_that_is_not_told_once(
    state: State, happenings: tuple[str, ...]
) -> None:
    walk = Walk("check")
    walk.posts()
    with pytest.raises(AssertionError):
        walk.books.save(replace(walk.books.questions[ID], state=state), *happenings)
