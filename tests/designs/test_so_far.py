"""What is told of items before the whole is answered: only that is final which nothing can change any more."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from linkwright.designs.answers import Answer, ItemAnswer
from linkwright.designs.facts import PartnerAnswer
from linkwright.designs.parts_of_answers import Finding
from linkwright.designs.ports import Meanwhile
from linkwright.designs.requirement import Place, Requirement
from linkwright.designs.so_far import SoFar
from tests.builders import a_requirement
from tests.designs.answering import a_designer, codes, item_of, offering, silent, some_facts
from tests.fakes import FakeFacts

SITES = ("near", "far")


class Slow(FakeFacts):
    """A market that tells the answers to one question before it has those to the next."""

    def ask(
        self,
        questions: Sequence[tuple[Requirement, Place]],
        *,
        stop: Callable[[], bool],
        heard: Meanwhile | None = None,
    ) -> tuple[PartnerAnswer, ...]:
        said = [tuple(one for one in self.answers if one.ref == wanted.ref) for wanted, _ in questions]
        for number, answers in reversed(list(enumerate(said))):
            if heard is not None:
                heard({number: answers})
        return tuple(one for answers in said for one in answers)


def refused(ref: str, partner: str = "north") -> PartnerAnswer:
    return PartnerAnswer(partner=partner, ref=ref, asked="refused", text="no")


def told(facts: FakeFacts, *requirements: Requirement, **more: Any) -> tuple[list[SoFar], Answer]:
    found: list[SoFar] = []
    answer = a_designer(facts).answer(requirements, tell=lambda new, _: found.append(new), **more)
    return found, answer


def settled_of(found: Sequence[SoFar]) -> dict[str, ItemAnswer]:
    """However often it is told, it is the same."""
    settled: dict[str, ItemAnswer] = {}
    for new in found:
        for ref, one in new.settled.items():
            assert settled.setdefault(ref, one) == one
    return settled


def a_world(*answers: PartnerAnswer, **changes: Any) -> FakeFacts:
    """Own access at `near`, none at `far`."""
    facts = some_facts(*SITES, answers=answers)
    access = tuple(one for one in facts.access if one.place == "near")
    return Slow(**{**vars(facts), "access": access, **changes})


def at(place: str, **more: Any) -> Requirement:
    return a_requirement(ref=place, place=replace(a_requirement().place, id=place), **more)


def test_an_item_without_any_way_is_final_as_soon_as_all_partners_refused_it() -> None:
    found, answer = told(a_world(refused("near"), refused("far")), at("near"), at("far"))
    first = next(new for new in found if new)
    assert (first.settled.keys(), first.heard) == ({"far"}, {}), "it is told before the other one is heard"
    assert settled_of(found) == {"far": item_of(answer, "far")}
    assert "SD-ACC-01" in codes(item_of(answer, "far"))


def test_an_item_with_a_way_is_not_final_and_tells_what_its_partners_said() -> None:
    found, _ = told(a_world(refused("near"), offering("north", "far", "far")), at("near"), at("far"))
    assert settled_of(found) == {}
    heard = {ref: [one.asked for one in said] for new in found for ref, said in new.heard.items()}
    assert heard == {"near": ["refused"], "far": ["offered"]}


def test_an_unknown_place_is_final_before_anybody_is_asked() -> None:
    found, answer = told(a_world(), at("nowhere"), at("near"))
    assert found[0].settled == {"nowhere": item_of(answer, "nowhere")}
    assert codes(item_of(answer, "nowhere")) == ["SD-GEO-01"]


@pytest.mark.parametrize(
    "answer",
    [silent("north", "far"), replace(silent("north", "far"), asked="failed")],
    ids=["silent", "failed"],
)
def test_a_partner_that_can_be_asked_again_settles_nothing(answer: PartnerAnswer) -> None:
    found, ended = told(a_world(answer), at("far"))
    assert item_of(ended, "far").result == "unqualified"
    assert settled_of(found) == {}


def test_a_way_without_a_price_settles_nothing() -> None:
    offer = offering("north", "far", "far")
    assert offer.offer is not None
    unpriced = replace(offer, offer=replace(offer.offer, unpriced=("nrc",)))
    found, _ = told(a_world(unpriced), at("far"))
    assert settled_of(found) == {}


def test_facts_that_could_not_be_used_are_part_of_the_reasons_that_are_told() -> None:
    facts = a_world(refused("far"), incomplete={"far": ("acc-9 has no bandwidth.",)})
    found, answer = told(facts, at("far"))
    assert settled_of(found) == {"far": item_of(answer, "far")}
    assert "SD-INF-01" in codes(item_of(answer, "far"))


def test_a_backup_that_is_asked_for_by_itself_is_waited_for() -> None:
    """Two questions are asked about the item, and all answers to both are told in their order."""
    wanted = at("far", backup="any", backup_mbps=10)
    backup = replace(refused("far"), ref="far (backup)")
    found, answer = told(a_world(refused("far"), backup), wanted)
    assert [len(new.settled) for new in found if new] == [1, 1], "once the last is heard, and at the end of the stage"
    assert [one.role for one in settled_of(found)["far"].asked] == ["primary", "backup"]
    assert settled_of(found) == {"far": item_of(answer, "far")}


def test_what_is_settled_stays_and_is_not_asked_about_again() -> None:
    facts = a_world(offering("north", "far", "far"))
    before = ItemAnswer(ref="far", result="unqualified", findings=(Finding(code="SD-ACC-01", label="No."),))
    found, answer = told(facts, at("near"), at("far"), settled={"far": before})
    assert item_of(answer, "far") == before
    assert item_of(answer, "near").result == "qualified"
    assert all("far" not in new.heard for new in found)
    assert answer.totals is not None
    assert (answer.totals.qualified, answer.totals.unqualified) == (1, 1)
