"""Work that is done once for several items: it concerns those that ask for it, and no others."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from linkwright.designs.answers import Answer
from linkwright.designs.facts import OperatorFacts
from linkwright.designs.requirement import Span, Work
from linkwright.operations.model import CourseFact, SkillNeed
from linkwright.plan.model import After
from tests.designs.answering import codes, item_of, labels
from tests.designs.whole.test_bundles import answered, several

TAUGHT = OperatorFacts(
    needs=(SkillNeed(id="n", team="noc", skill="it", people=1),),
    courses=(CourseFact(id="c", name="Course", skill="it", days=2, seats=1, nrc_minor=1),),
)
HANDOVER = Work(id="handover", kind="handover", days=2, each=False)


def work(name: str, *after: str, days: int = 1) -> Work:
    waits = tuple(After(activity=one) for one in after) or None
    return Work(id=name, days=days, each=False, nrc_minor=1, after=waits)


def results(answer: Answer) -> dict[str, Any]:
    return {one.ref: one.result for one in answer.items}


def ready(answer: Answer, ref: str) -> date:
    solution = item_of(answer, ref).solution
    assert solution is not None, labels(item_of(answer, ref))
    return solution.ready


def test_a_circle_among_items_refuses_those_that_make_it_alone() -> None:
    first = several("a", bespoke_activities=(work("gate", "mast"), work("mast")))
    second = several("b", bespoke_activities=(work("mast", "gate"), work("gate")))
    answer = answered(*first, *second, *several("c", bespoke_activities=(work("crane"),)))
    assert results(answer) == {"a": "unqualified", "b": "unqualified", "c": "qualified"}
    assert "Activities wait for each other: " in labels(item_of(answer, "b"))


@pytest.mark.parametrize("name", ["b/installation", "training:it"])
def test_a_name_that_is_taken_refuses_only_whom_it_concerns(name: str) -> None:
    answer = answered(*several("a", bespoke_activities=(work(name),)), *several("b"), operator=TAUGHT)
    assert results(answer) == {"a": "unqualified", "b": "qualified"}
    assert codes(item_of(answer, "a")) == ["SD-INF-01"]


def test_work_that_can_never_be_done_refuses_only_those_that_ask_for_it() -> None:
    endless = several("a", bespoke_activities=(work("gate", days=5_000),))
    assert results(answered(*endless, *several("b"))) == {"a": "unqualified", "b": "qualified"}
    short = (Span(start=date(2026, 12, 21), end=date(2026, 12, 22)),)
    shut = several("a", bespoke_activities=(replace(work("gate", days=5), on_site=True),), site_access=short)
    answer = answered(*shut, *several("b"))
    assert results(answer) == {"a": "unqualified", "b": "qualified"}
    assert codes(item_of(answer, "a"))[0] == "SD-TIM-02"


def test_an_item_is_ready_when_what_is_handed_over_for_all_is() -> None:
    answer = answered(*several("a", "b", bespoke_activities=(HANDOVER,)))
    assert answer.whole is not None
    assert answer.whole.plan is not None
    assert {ready(answer, ref) for ref in ("a", "b")} == {answer.whole.plan.ready}
    late = several("a", "b", bespoke_activities=(HANDOVER,), needed_by=date(2026, 12, 1))
    told = answered(*late)
    assert results(told) == {"a": "alternate", "b": "alternate"}
    assert [one.proposals[0].offered for one in told.items] == [answer.whole.plan.ready.isoformat()] * 2
