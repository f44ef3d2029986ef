"""A check that asks for it holds what it answers; every other one holds nothing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from linkwright.designs.answers import ItemAnswer
from linkwright.designs.parts_of_answers import Before, Given, Held
from linkwright.errors import Refused, StaleVersion
from linkwright.qualifications.holds import NO_POOL, asks_for_holds
from linkwright.wire.v4.qualification import write_question
from tests.builders import a_question, a_requirement, a_solution
from tests.holds.pool import Reservation
from tests.holds.world import DAY, FIRM, NOW, SPANS, Holds

KEY = "check-1/hold/1/fresh-1"


@pytest.fixture
def world() -> Holds:
    return Holds()


def item_of(world: Holds) -> Any:
    assert world.question.answer is not None
    (item,) = world.question.answer.items
    return item


def served(world: Holds) -> Any:
    return cast(Any, write_question(world.question, "http://us"))


def words(service: Any) -> dict[str, Any]:
    return {one["name"]: one["value"] for one in service["serviceCharacteristic"]}


@pytest.mark.parametrize("policy", [None, "none"])
def test_a_check_that_does_not_ask_holds_nothing(world: Holds, policy: str | None) -> None:
    world.answered(policy)
    assert (world.pool.posts, world.books.holds, item_of(world).hold) == ([], {}, None)
    assert not any(name.startswith("hold.") for name in words(served(world)["serviceQualificationItem"][0]["service"]))


@pytest.mark.parametrize(
    ("added", "held"), [((), []), ((Given(resource="west-hub", category="link", quantity=50),), [KEY])]
)
def test_a_change_is_held_only_if_it_adds_something(world: Holds, added: tuple[Given, ...], held: list[str]) -> None:
    change = a_solution(design_id="fresh-1", before=Before(service="s-1", change="modify", added=added))
    world.designer.answers["1"] = ItemAnswer(ref="1", result="qualified", solution=change)
    world.answered("firm")
    assert world.pool.active() == held


def test_a_query_holds_nothing_whatever_it_says(world: Holds) -> None:
    assert not asks_for_holds(a_question(kind="query", requirements=(a_requirement(hold_policy="firm"),)))


@pytest.mark.parametrize(("policy", "lasts"), [("soft", DAY), ("firm", FIRM)])
def test_a_check_holds_what_it_answers_for_as_long_as_its_policy_says(
    world: Holds, policy: str, lasts: timedelta
) -> None:
    world.answered(policy)
    assert world.pool.active() == [KEY]
    assert item_of(world).hold == Held(policy=policy, reservation="r-1", expires=NOW + lasts)  # type: ignore[arg-type]
    assert world.due("hold", KEY) == NOW + lasts


def test_the_answer_tells_the_hold_and_ends_with_it(world: Holds) -> None:
    world.answered("soft")
    check = served(world)
    (item,) = check["serviceQualificationItem"]
    told = words(item["service"])
    assert told["hold.type"] == "soft"
    assert told["hold.reservationId"] == ["r-1"]
    assert told["hold.expires"] == check["expirationDate"] == item["expirationDate"] == "2026-11-03T09:00:00.000Z"


def test_no_hold_lasts_longer_than_what_it_holds_for_is_on_offer(world: Holds) -> None:
    short = a_solution(valid_until=NOW + 2 * DAY)
    world.designer.answers = {"1": replace(world.designer.answer([short.requirement]).items[0], solution=short)}
    world.answered("firm")
    assert world.the_hold().expires_at == NOW + 2 * DAY


def test_each_proposal_that_is_shown_is_held(world: Holds) -> None:
    world.proposing("p-1", "p-2")
    world.answered("soft")
    assert [one.hold.reservation for one in item_of(world).proposals] == ["r-1", "r-2"]
    proposals = served(world)["serviceQualificationItem"][0]["alternateServiceProposal"]
    assert [words(one["alternateService"])["hold.reservationId"] for one in proposals] == [["r-1"], ["r-2"]]


def test_a_proposal_that_is_not_shown_is_not_held(world: Holds) -> None:
    world.proposing("p-1")
    world.check("soft", wants_alternatives=False)
    world.due_now()
    assert (world.pool.posts, item_of(world).proposals[0].hold) == ([], None)


def test_only_the_items_that_ask_are_held(world: Holds) -> None:
    asked = (a_requirement(), a_requirement(ref="2", hold_policy="firm"))
    world.check(requirements=asked)
    world.due_now()
    assert world.pool.active() == ["check-1/hold/2/fresh-2"]


def test_a_hold_that_the_pool_refuses_is_told_as_none_with_the_reason(world: Holds) -> None:
    world.pool.room = 0
    world.answered("firm")
    assert item_of(world).result == "qualified"
    told = words(served(world)["serviceQualificationItem"][0]["service"])
    assert told["hold.type"] == "none"
    assert told["hold.reason"] == "SD-CAP-01: rejected"
    assert "hold.reservationId" not in told
    assert world.is_empty()


def test_a_pool_that_cannot_be_asked_at_all_refuses_too(world: Holds, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(_wanted: object) -> None:
        raise Refused("pool", "not for you")

    monkeypatch.setattr(world.pool, "place", refuses)
    world.answered("firm")
    assert item_of(world).hold == Held(policy="firm", why_not="SD-CAP-01: pool: not for you")


def test_the_answer_does_not_wait_for_a_pool_that_is_silent_and_nothing_of_it_is_kept(world: Holds) -> None:
    world.pool.down = True
    world.check()
    world.questions.answer("check", "check-1")
    assert item_of(world).hold == Held(policy="soft", why_not="pool: silent")
    assert world.the_hold().state == "releasing"
    world.pool.down = False
    world.to_the_end()
    assert world.the_hold().state == "released"


def test_what_arrived_although_the_pool_was_silent_is_given_back_when_it_answers(world: Holds) -> None:
    world.pool.silent_after = KEY
    world.check()
    world.questions.answer("check", "check-1")
    assert (world.the_hold().state, world.pool.active()) == ("releasing", [KEY])
    world.to_the_end()
    assert world.is_empty()


def test_without_a_pool_the_answer_says_that_there_is_none(world: Holds) -> None:
    world.questions = replace(world.questions, keeping=None)
    world.answered("soft")
    assert item_of(world).hold == Held(policy="soft", why_not=NO_POOL)


def test_a_hold_is_in_the_ledger_before_the_pool_is_asked(world: Holds) -> None:
    seen = list[object]()
    world.pool.meanwhile = lambda: seen.append((world.the_hold().state, "fresh-1" in world.books.designs))
    world.answered("firm")
    assert seen == [("asked", True)]


def test_a_soft_hold_is_given_back_when_its_time_is_over(world: Holds) -> None:
    world.answered("soft")
    world.later(DAY)
    assert world.is_empty()
    assert (world.the_hold().state, world.pool.released) == ("expired", [KEY])


def test_a_check_that_is_removed_lets_go_of_its_holds_and_leaves_no_row(world: Holds) -> None:
    world.answered("firm")
    world.questions.remove("check", "check-1")
    world.due_now()
    assert (world.pool.active(), world.books.holds) == ([], {})


def test_a_hold_that_the_pool_lost_is_lost_in_the_ledger(world: Holds) -> None:
    world.answered("firm")
    world.pool.drop(KEY)
    world.reconciler.sweep()
    world.due_now()
    assert world.the_hold().state == "lost"


def test_an_earlier_end_of_the_pool_is_believed(world: Holds) -> None:
    world.answered("firm")
    (one,) = world.pool.reservations.values()
    world.pool.put(replace(one, end=NOW + DAY))
    assert world.reconciler.sweep().told == (KEY,)
    world.due_now()
    assert (world.the_hold().expires_at, world.due("hold", KEY)) == (NOW + DAY, NOW + DAY)


def test_two_runs_of_one_check_tell_one_set_of_holds(world: Holds) -> None:
    """The second begins while the first asks the pool: the first finds its hold given back, and says nothing."""
    world.proposing("p-1")
    world.check()

    def the_other() -> None:
        world.proposing("p-2")
        world.questions.answer("check", "check-1")

    world.pool.meanwhile = the_other
    world.due_now()
    told = item_of(world).proposals[0]
    assert world.question.state == "done"
    assert [world.pool.reservations[told.hold.reservation].key] == world.pool.active()
    assert world.pool.active() == [f"check-1/hold/1/{told.solution.design_id}"]
    world.questions.remove("check", "check-1")
    world.to_the_end()
    assert world.is_empty()


def test_an_answer_whose_holds_are_gone_is_not_told(world: Holds) -> None:
    from linkwright.qualifications.holds import keep_only_told

    ended = world.answered("firm")
    world.books.move_hold(replace(world.the_hold(), state="releasing"), "held")
    with pytest.raises(StaleVersion):
        keep_only_told(cast(Any, world.books), ended, NOW)


def test_a_hold_that_was_asked_for_by_a_check_that_is_over_is_given_back(world: Holds) -> None:
    ended = world.answered("firm")
    left = replace(world.the_hold(), key="left", state="asked", remote_id=None)
    world.books.write(lambda tx: (tx.add_hold(left), tx.wake("hold", "left", NOW)))
    world.due_now()
    assert (ended.state, world.books.holds["left"].state) == ("done", "released")


def test_a_hold_whose_check_is_still_at_work_is_left_to_it(world: Holds) -> None:
    world.pool.meanwhile = lambda: world.keeping.advance(KEY)
    world.answered("firm")
    assert world.the_hold().state == "held"


def test_a_pool_that_refuses_to_take_back_is_asked_again(world: Holds, monkeypatch: pytest.MonkeyPatch) -> None:
    world.answered("firm")
    plain = world.pool.release

    def refuses(_key: str, _remote_id: str | None) -> None:
        raise Refused("pool", "not now")

    monkeypatch.setattr(world.pool, "release", refuses)
    world.questions.remove("check", "check-1")
    world.due_now()
    assert (world.the_hold().state, world.the_hold().note) == ("releasing", "pool: not now")
    monkeypatch.setattr(world.pool, "release", plain)
    world.later(SPANS.first_pause)
    assert world.is_empty()


def test_a_reservation_of_somebody_else_does_not_count_as_ours(world: Holds) -> None:
    world.pool.put(Reservation(id="r-9", key="another", made_at=NOW, owner="them"))
    assert world.pool.active() == []
