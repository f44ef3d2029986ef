"""Which designs an order commits: those it refers to where they hold, fresh ones else, or none with the reason."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from linkwright.designs.answers import ItemAnswer, SiteSolution
from linkwright.designs.facts import PartnerAnswer
from linkwright.designs.parts_of_answers import Before, Finding
from linkwright.errors import BadProblem, LinkwrightError, NotFound, Refused, StaleVersion, Unavailable
from linkwright.orders.commit import Committed
from linkwright.orders.model import Order, OrderItem, QualificationRef
from tests.builders import NOW, a_leg, a_requirement, a_solution, an_access, an_item, an_order
from tests.documents.samples import a_whole, totals_with
from tests.orders.world import World, an_order_of_two, an_undesigned_item, two_items

NO_CAPACITY = Finding(code="SD-CAP-01", label="No capacity on link west-hub; would be feasible with 50 Mbit/s.")


class UntrueDesign(LinkwrightError):
    """The designer's own, or any that is still to come."""


@pytest.fixture
def world() -> World:
    return World()


def committed(world: World, order: Order) -> Committed:
    return world.commitment.commit(order)


def refers(item: str, proposal: str | None = None) -> QualificationRef:
    return QualificationRef(check_id="check-1", item_id=item, proposal_id=proposal)


def designs(result: Committed) -> dict[str, str]:
    return {item: solution.design_id for item, solution in result.solutions.items()}


def reasons(order: Order) -> list[tuple[str, str]]:
    return [(fault.code, fault.message) for fault in order.faults]


def test_a_design_that_still_holds_is_committed_without_computing_it_again(world: World) -> None:
    result = committed(world, an_order())
    assert not result.rejected
    assert designs(result) == {"1": "design-1"}
    assert [(item.state, item.design_id) for item in result.order.items] == [("inProgress", "design-1")]
    assert world.designer.asked == []


def test_an_item_commits_the_design_of_the_check_item_that_it_refers_to(world: World) -> None:
    world.books.qualified_designs = {refers("1"): a_solution(), refers("2"): a_solution(design_id="design-2")}
    items = tuple(replace(item, design_id=None) for item in two_items())
    result = committed(world, an_order(items=items, qualifications=(refers("2"), refers("1"))))
    assert designs(result) == {"1": "design-1", "2": "design-2"}


def test_a_lone_item_and_a_lone_reference_belong_together(world: World) -> None:
    world.books.qualified_designs = {refers("hq", "2"): a_solution(design_id="design-2")}
    result = committed(world, an_order(items=(an_undesigned_item(),), qualifications=(refers("hq", "2"),)))
    assert designs(result) == {"1": "design-2"}


def test_an_item_that_refers_to_nothing_is_designed(world: World) -> None:
    result = committed(world, an_order(items=(an_undesigned_item(),)))
    assert designs(result) == {"1": "fresh-1"}
    assert result.order.items[0].design_id == "fresh-1"


def test_the_design_of_all_items_is_committed_where_all_of_them_are_designed_now(world: World) -> None:
    whole = a_whole()
    world.designer.totals = totals_with(whole)
    result = committed(world, an_order(items=(an_undesigned_item(),)))
    assert result.documented == (result.solutions["1"], whole)
    three = an_undesigned_item(id="3", requirement=a_requirement(ref="3"))
    assert committed(world, an_order(items=(an_item(), three))).wholes == ()


def test_only_what_has_no_design_yet_is_designed_and_all_of_it_together(world: World) -> None:
    three = an_undesigned_item(id="3", requirement=a_requirement(ref="3"))
    four = an_undesigned_item(id="4", requirement=a_requirement(ref="4"))
    result = committed(world, an_order(items=(an_item(), three, four)))
    assert designs(result) == {"1": "design-1", "3": "fresh-3", "4": "fresh-4"}
    assert [[one.ref for one in asked] for asked in world.designer.asked] == [["3", "4"]]


def test_items_without_change_and_items_that_ended_are_not_designed(world: World) -> None:
    items = (
        an_undesigned_item(action="noChange"),
        an_undesigned_item(id="2", state="cancelled"),
        an_item(id="3", action="modify", state="cancelled"),
    )
    result = committed(world, an_order(items=items))
    assert [item.state for item in result.order.items] == ["inProgress", "cancelled", "cancelled"]
    assert (dict(result.solutions), world.designer.asked) == ({}, [])


def test_an_expired_design_is_computed_again_for_the_same_requirement(world: World) -> None:
    old = a_solution(valid_until=NOW, requirement=a_requirement(ref="hq", bandwidth_mbps=50))
    world.books.put_design(old)
    result = committed(world, an_order())
    assert designs(result) == {"1": "fresh-1"}
    assert world.designer.asked == [(replace(old.requirement, ref="1", change="add"),)]
    assert "had expired and was computed again" in result.note
    assert result.order.jeopardies == ()


def a_design_on_an_offer(valid_until: datetime) -> SiteSolution:
    """Of which everything else still holds."""
    offer = an_access(id="north:c-1/1", partner="north", quote="c-1/1")
    answer = PartnerAnswer(partner="north", ref="1", asked="offered", offer=offer, valid_until=valid_until)
    leg = a_leg(access=offer.id, supplier="north", quote=offer.quote)
    return a_solution(legs=(leg,), asked=(answer,), valid_until=NOW)


def test_c33_that_a_partners_answer_has_expired_is_told_in_the_order(world: World) -> None:
    world.books.put_design(a_design_on_an_offer(NOW))
    assert "SD-PTR-04 The answer of partner north" in committed(world, an_order()).note


def test_c33_an_order_that_fails_after_a_partners_answer_has_expired_says_so_first(world: World) -> None:
    world.books.put_design(a_design_on_an_offer(NOW))
    world.designer.answers = {"1": ItemAnswer(ref="1", result="unqualified", findings=(NO_CAPACITY,))}
    assert [code for code, _ in reasons(committed(world, an_order()).order)] == ["SD-PTR-04", "SD-CAP-01"]


def test_a_partners_answer_that_still_holds_is_not_told(world: World) -> None:
    world.books.put_design(a_design_on_an_offer(NOW + timedelta(hours=1)))
    assert "SD-PTR-04" not in committed(world, an_order()).note


def test_a_design_in_the_place_of_an_expired_one_is_its_next_version(world: World) -> None:
    world.books.put_design(a_solution(valid_until=NOW, version=3))
    solution = committed(world, an_order()).solutions["1"]
    assert (solution.design_id, solution.version, solution.replaces) == ("fresh-1", 4, "design-1")


def test_a_design_that_replaces_none_is_the_first_version(world: World) -> None:
    world.books.put_design(a_solution(design_id="design-2", valid_until=NOW))
    two, one = an_item(id="2", requirement=a_requirement(ref="2"), design_id="design-2"), an_undesigned_item()
    solutions = committed(world, an_order(items=(one, two))).solutions
    assert [(solutions[name].version, solutions[name].replaces) for name in "12"] == [(1, None), (2, "design-2")]


def test_a_dearer_or_later_design_than_the_expired_one_is_told(world: World) -> None:
    world.books.put_design(a_solution(valid_until=NOW - timedelta(days=1)))
    dearer = a_solution(design_id="new", nrc_minor=208_000, ready=date(2026, 12, 24))
    world.designer.answers = {"1": ItemAnswer(ref="1", result="qualified", solution=dearer)}
    result = committed(world, an_order())
    assert [(one.name, one.items) for one in result.order.jeopardies] == [
        ("BUDGET_EXCEEDED", ("1",)),
        ("DATE_AT_RISK", ("1",)),
    ]
    told = {jeopardy.name: jeopardy.message for jeopardy in result.order.jeopardies}
    assert "NRC 1,080.00 EUR then, 2,080.00 EUR now" in told["BUDGET_EXCEEDED"]
    assert "EUR" not in result.note + told["DATE_AT_RISK"]
    assert "ready 2026-11-30 then, 2026-12-24 now" in result.note


@pytest.mark.parametrize(
    "order",
    [
        an_order(items=(an_item(design_id="nobody-knows"),)),
        an_order(items=(an_undesigned_item(),), qualifications=(refers("1"),)),
    ],
)
def test_a_reference_that_leads_nowhere_rejects_the_order(world: World, order: Order) -> None:
    result = committed(world, order)
    assert result.rejected
    assert [code for code, _ in reasons(result.order)] == ["SD-INF-01"]
    assert result.order.items[0].state == "rejected"


@pytest.mark.parametrize("result", ["unqualified", "alternate"])
def test_an_item_that_cannot_be_done_as_asked_rejects_the_whole_order(world: World, result: Any) -> None:
    world.designer.answers = {"1": ItemAnswer(ref="1", result=result, findings=(NO_CAPACITY,))}
    one, two = two_items()
    refused = committed(world, an_order(items=(replace(one, design_id=None), two)))
    assert refused.rejected
    assert dict(refused.solutions) == {}
    assert [item.state for item in refused.order.items] == ["rejected", "rejected"]
    assert reasons(refused.order) == [("SD-CAP-01", NO_CAPACITY.label)]
    assert [len(item.faults) for item in refused.order.items] == [1, 0]


def a_change_of(service: str, **changes: Any) -> SiteSolution:
    return a_solution(before=Before(service=service, change="modify"), **changes)


def a_modify(**changes: Any) -> OrderItem:
    return an_undesigned_item(action="modify", service_id="s-1", **changes)


def test_a_change_is_designed_and_committed(world: World) -> None:
    change = a_change_of("s-1", design_id="change-1")
    world.designer.answers = {"1": ItemAnswer(ref="1", result="qualified", solution=change)}
    result = committed(world, an_order(items=(a_modify(),)))
    assert designs(result) == {"1": "change-1"}
    assert [[(one.ref, one.change) for one in asked] for asked in world.designer.asked] == [[("1", "modify")]]


def test_a_release_is_looked_up_and_kept_with_its_item(world: World) -> None:
    before = Before(service="s-1", change="delete")
    world.designer.answers = {"2": ItemAnswer(ref="2", result="qualified", before=before)}
    result = committed(world, an_order(items=(an_item(), an_item(id="2", action="delete"))))
    assert not result.rejected
    assert designs(result) == {"1": "design-1"}
    assert [(item.state, item.leaving) for item in result.order.items] == [("inProgress", None), ("inProgress", before)]
    assert [[one.ref for one in asked] for asked in world.designer.asked] == [["2"]]


@pytest.mark.parametrize("action", ["modify", "delete"])
def test_a_change_of_a_service_that_nobody_knows_rejects_the_order(world: World, action: Any) -> None:
    unknown = Finding(code="SD-INF-01", label="Information missing: service s-9 in the service inventory.")
    world.designer.answers = {"1": ItemAnswer(ref="1", result="unqualified", findings=(unknown,))}
    result = committed(world, an_order(items=(an_undesigned_item(action=action),)))
    assert [code for code, _ in reasons(result.order)] == ["SD-INF-01"]
    assert result.rejected


def test_a_change_commits_the_design_that_it_refers_to(world: World) -> None:
    world.books.put_design(a_change_of("s-1"))
    result = committed(world, an_order(items=(a_modify(design_id="design-1"),)))
    assert (designs(result), world.designer.asked) == ({"1": "design-1"}, [])


def test_the_design_that_a_service_was_made_by_is_none_of_its_change(world: World) -> None:
    result = committed(world, an_order(items=(a_modify(design_id="design-1"),)))
    assert designs(result) == {"1": "fresh-1"}


def test_an_expired_design_of_a_change_is_computed_again_as_a_change(world: World) -> None:
    world.books.put_design(a_change_of("s-1", valid_until=NOW))
    result = committed(world, an_order(items=(a_modify(design_id="design-1"),)))
    assert designs(result) == {"1": "fresh-1"}
    assert [[one.change for one in asked] for asked in world.designer.asked] == [["modify"]]


def test_a_design_of_another_services_change_is_refused(world: World) -> None:
    world.books.put_design(a_change_of("s-2"))
    ((code, message),) = reasons(committed(world, an_order(items=(a_modify(design_id="design-1"),))).order)
    assert code == "SD-INF-01"
    assert "s-2, not of s-1" in message


def test_a_checked_design_of_a_new_service_is_no_change(world: World) -> None:
    world.books.qualified_designs = {refers("1"): a_solution()}
    ((code, message),) = reasons(committed(world, an_order(items=(a_modify(),), qualifications=(refers("1"),))).order)
    assert code == "SD-INF-01"
    assert "of a new service" in message


def test_a_design_of_a_change_is_not_added_as_a_new_service(world: World) -> None:
    world.books.put_design(a_solution(before=Before(service="s-1", change="modify")))
    result = committed(world, an_order())
    assert result.rejected
    ((code, message),) = reasons(result.order)
    assert code == "SD-INF-01"
    assert "s-1" in message


def test_items_that_ended_before_stay_as_they_are_in_a_rejected_order(world: World) -> None:
    one, two = two_items()
    items = (replace(one, state="cancelled"), replace(two, design_id="nobody-knows"))
    assert [item.state for item in committed(world, an_order(items=items)).order.items] == ["cancelled", "rejected"]


@pytest.mark.parametrize(
    "failure",
    [
        BadProblem("links[2]", "ends nowhere"),
        UntrueDesign("ends nowhere"),
        Refused("resources", "ends nowhere"),
        NotFound("pop", "ends nowhere"),
    ],
)
def test_a_failure_that_would_only_repeat_itself_rejects_the_order_with_its_reason(
    world: World, failure: Exception
) -> None:
    world.designer.fails = [failure]
    items = tuple(replace(item, design_id=None) for item in two_items())
    result = committed(world, an_order_of_two(items=items))
    assert result.rejected
    ((code, message),) = reasons(result.order)
    assert (code, message) == ("DOWNSTREAM_FALLOUT", str(failure))
    assert [item.faults for item in result.order.items] == [result.order.faults] * 2


@pytest.mark.parametrize(
    "failure", [Unavailable("resources", "silent"), StaleVersion("newer"), ZeroDivisionError("a bug")]
)
def test_a_failure_that_may_pass_is_left_to_the_run(world: World, failure: Exception) -> None:
    world.designer.fails = [failure]
    with pytest.raises(type(failure)):
        committed(world, an_order(items=(an_undesigned_item(),)))


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (ItemAnswer(ref="1", result="unqualified"), "no reason was found"),
        (ItemAnswer(ref="1", result=None, broken="resources: silent"), "resources: silent"),
        (ItemAnswer(ref="other", result="unqualified"), "no answer to this item"),
    ],
)
def test_no_item_is_refused_without_a_word_or_passes_without_a_design(
    world: World, answer: ItemAnswer, why: str
) -> None:
    world.designer.answers = {"1": answer}
    result = committed(world, an_order(items=(an_undesigned_item(),)))
    assert result.rejected
    assert why in result.order.faults[0].message


def test_nothing_is_stored_by_committing(world: World) -> None:
    world.designer.answers = {"1": ItemAnswer(ref="1", result="unqualified", findings=(NO_CAPACITY,))}
    committed(world, an_order(items=(an_undesigned_item(),)))
    committed(world, an_order())
    assert world.books.writes == 0
