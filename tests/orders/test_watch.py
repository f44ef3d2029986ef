"""What an order tells while it waits: later days, warnings, questions, and another design once the time is over."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from linkwright.designs.answers import ItemAnswer, Proposal, SiteSolution
from linkwright.designs.facts import AccessFact, PlannedUpgrade
from linkwright.errors import BadProblem, Unavailable
from linkwright.orders.model import Jeopardy
from tests.builders import a_leg, a_requirement, a_solution, an_access, an_order
from tests.orders.world import World, a_cancel

MONDAY = datetime(2027, 5, 3, 9, tzinfo=UTC)
PROMISED, READY, NEEDED = date(2027, 6, 8), date(2027, 6, 15), date(2027, 6, 18)
TASK = "order-1/procure/1/tail"
RISK, PROPOSED = f"DATE_AT_RISK/{TASK}/date", "PROPOSED_DESIGN/1"


def the_design(**changes: Any) -> SiteSolution:
    tail = a_leg(access="tail", supplier="north", technology="dark-fibre", quote="q", ready=PROMISED)
    plain = {
        "requirement": a_requirement(needed_by=NEEDED),
        "legs": (a_leg(ready=date(2027, 5, 20)), tail),
        "ready": READY,
        "needed_by": NEEDED,
        "valid_until": MONDAY + timedelta(days=30),
    }
    return a_solution(**{**plain, **changes})


class Waiting(World):
    """An order whose partner, or whoever is named, has not delivered yet."""

    def __init__(
        self, design: SiteSolution | None = None, *, waits_for: str = "procure", access: tuple[AccessFact, ...] = ()
    ) -> None:
        super().__init__()
        self.clock.time = MONDAY
        self.inventory.access = access
        self.books.put_design(design or the_design())
        self.waits_for(waits_for)
        self.desk.place(an_order(ordered_at=MONDAY))
        self.advance()
        self.books.events.clear()

    def partner_says(self, **says: Any) -> None:
        """From now on; the order looks."""
        self.outside["procure"].says = says
        self.look()

    def look(self) -> None:
        self.all_due()
        self.advance()

    def alert(self, alert_id: str = RISK) -> Jeopardy:
        return next(one for one in self.order.jeopardies if one.id == alert_id)

    @property
    def alerts(self) -> set[tuple[str, str]]:
        return {(one.name, one.severity) for one in self.order.jeopardies}

    def happened(self) -> list[str]:
        found = [happening for happening, _ in self.told()]
        self.books.events.clear()
        return found


@pytest.fixture
def world() -> Waiting:
    return Waiting()


def offers(world: World, **changes: Any) -> SiteSolution:
    """What the designer has from now on."""
    plain = {
        "design_id": "second-hop",
        "legs": (a_leg(ready=date(2027, 5, 20)), a_leg(access="hop", technology="microwave", ready=date(2027, 6, 10))),
        "ready": date(2027, 6, 17),
        "nrc_minor": 620_000,
    }
    design = the_design(**{**plain, **changes})
    world.designer.answers["1"] = ItemAnswer(ref="1", result="qualified", solution=design)
    return design


def nothing_else(world: World) -> None:
    world.designer.answers["1"] = ItemAnswer(ref="1", result="unqualified")


def test_an_order_that_comes_in_time_has_no_alert(world: Waiting) -> None:
    world.partner_says(expected=PROMISED)
    assert world.order.jeopardies == ()
    assert world.order.expected_completion == datetime(2027, 6, 15, tzinfo=UTC)
    assert world.happened() == []


def test_a_later_day_with_float_left_is_a_normal_alert_with_its_numbers(world: Waiting) -> None:
    world.partner_says(expected=date(2027, 6, 10))
    alert = world.alert()
    assert (alert.name, alert.severity, alert.items) == ("DATE_AT_RISK", "Normal", ("1",))
    for told in (
        "north",
        "2027-06-08",
        "2027-06-10",
        "2 working days",
        "2027-06-17",
        "2027-06-18",
        "float 1 working day",
    ):
        assert told in alert.message
    assert world.order.expected_completion == datetime(2027, 6, 17, tzinfo=UTC)
    assert world.happened() == ["jeopardy", "attributeChanged"]
    assert world.designer.asked == []


def test_the_same_day_said_again_is_no_news(world: Waiting) -> None:
    world.partner_says(expected=date(2027, 6, 10))
    world.happened()
    version = world.order.version
    world.look()
    assert (world.happened(), world.order.version) == ([], version)


def test_no_float_is_a_hazard(world: Waiting) -> None:
    world.partner_says(expected=date(2027, 6, 11))
    assert world.alerts == {("DATE_AT_RISK", "Hazard")}
    assert "float 0 working days" in world.alert().message
    assert world.designer.asked == []


def test_a_partner_that_is_in_time_again_takes_the_alert_back(world: Waiting) -> None:
    offers(world)
    world.partner_says(expected=date(2027, 6, 14))
    assert world.order.items[0].proposed_design_id == "second-hop"
    world.happened()
    world.partner_says(expected=PROMISED)
    assert world.order.jeopardies == ()
    assert world.order.items[0].replacement is None
    assert world.order.expected_completion == datetime(2027, 6, 15, tzinfo=UTC)
    assert world.happened() == ["jeopardy", "attributeChanged"]


def test_once_the_float_is_gone_another_design_is_proposed(world: Waiting) -> None:
    offers(world)
    world.partner_says(expected=date(2027, 6, 14))
    (item,) = world.order.items
    assert world.alert().severity == "Critical"
    assert "float -1 working day" in world.alert().message
    assert "Design second-hop (fibre of own, microwave of own) would be ready on 2027-06-17" in world.alert().message
    assert "in place of design-1 (fibre of own, dark-fibre of north)" in world.alert().message
    assert "6,200.00" not in world.alert().message
    assert "6,200.00 EUR" in world.alert(PROPOSED).message
    assert (item.design_id, item.proposed_design_id) == ("design-1", "second-hop")
    stored = world.books.designs["second-hop"]
    assert (stored.replaces, stored.version) == ("design-1", 2)


def test_the_partner_that_is_late_is_not_asked_for_the_other_design(world: Waiting) -> None:
    world.partner_says(expected=date(2027, 6, 14))
    ((asked,),) = world.designer.asked
    assert (asked.ref, asked.partner_excluded, asked.needed_by) == ("1", ("north",), NEEDED)
    assert asked.technology_forbidden is None


def test_a_preference_for_the_partner_that_is_late_is_given_up() -> None:
    wanted = a_requirement(needed_by=NEEDED, partner_preferred=("north",), partner_excluded=("south",))
    world = Waiting(the_design(requirement=wanted))
    world.partner_says(expected=date(2027, 6, 14))
    ((asked,),) = world.designer.asked
    assert (asked.partner_excluded, asked.partner_preferred) == (("south", "north"), None)


def test_the_designer_is_asked_once_for_each_piece_of_news(world: Waiting) -> None:
    offers(world)
    world.partner_says(expected=date(2027, 6, 14))
    for _ in range(3):
        world.look()
    assert len(world.designer.asked) == 1
    world.partner_says(expected=date(2027, 6, 16))
    assert len(world.designer.asked) == 2


@pytest.mark.parametrize("changes", [{"ready": date(2027, 6, 21)}, {"ready": date(2027, 7, 1)}])
def test_a_design_that_is_not_earlier_is_none(world: Waiting, changes: Any) -> None:
    offers(world, **changes)
    world.partner_says(expected=date(2027, 6, 14))
    assert "No other design would be ready before that" in world.alert().message
    assert world.order.items[0].proposed_design_id is None
    assert "second-hop" not in world.books.designs


def test_where_there_is_no_other_design_the_alert_says_so_once(world: Waiting) -> None:
    nothing_else(world)
    world.partner_says(expected=date(2027, 6, 14))
    world.look()
    assert "No other design" in world.alert().message
    assert len(world.designer.asked) == 1


def test_what_is_late_but_earlier_is_proposed_too(world: Waiting) -> None:
    later = replace(offers(world), design_id="later", ready=date(2027, 6, 22))
    dated = Proposal(id="1", solution=later, dimension="date", wanted="2027-06-18", offered="2027-06-22")
    less = Proposal(id="2", solution=replace(later, design_id="less"), dimension="bandwidth", wanted=100, offered=50)
    world.designer.answers["1"] = ItemAnswer(ref="1", result="alternate", proposals=(less, dated))
    world.partner_says(expected=date(2027, 6, 16))
    assert world.order.items[0].proposed_design_id == "later"
    assert "not in time either, but earlier" in world.alert().message


def test_facts_that_cannot_be_read_are_read_at_the_next_look(world: Waiting) -> None:
    offers(world)
    world.designer.fails = [Unavailable("resources", "silent")]
    world.partner_says(expected=date(2027, 6, 14))
    assert world.order.items[0].replacement is None
    assert world.alert().severity == "Critical"
    world.look()
    assert world.order.items[0].proposed_design_id == "second-hop"


def test_facts_that_contradict_each_other_are_not_asked_about_again(world: Waiting) -> None:
    world.designer.fails = [BadProblem("sites[0]", "no")]
    world.partner_says(expected=date(2027, 6, 14))
    world.look()
    assert "No other design" in world.alert().message
    assert len(world.designer.asked) == 1


def test_our_own_resources_are_late_like_a_partner() -> None:
    world = Waiting(the_design(legs=(a_leg(ready=PROMISED),)), waits_for="provide")
    nothing_else(world)
    world.outside["provide"].says = {"expected": date(2027, 6, 14)}
    world.look()
    ((asked,),) = world.designer.asked
    assert (asked.technology_forbidden, asked.partner_excluded) == (("fibre",), None)
    assert {one.id for one in world.order.jeopardies} == {"DATE_AT_RISK/order-1/provide/date"}


def test_a_partner_that_lets_its_day_pass_is_late(world: Waiting) -> None:
    world.clock.time = datetime(2027, 6, 9, 9, tzinfo=UTC)
    world.look()
    assert world.alerts == {("DATE_AT_RISK", "Normal"), ("PARTNER_LATE", "Normal")}
    assert "not delivered by 2027-06-09" in world.alert().message
    world.clock.time = datetime(2027, 6, 11, 9, tzinfo=UTC)
    world.look()
    assert world.alerts == {("DATE_AT_RISK", "Hazard"), ("PARTNER_LATE", "Hazard")}
    world.answers_again("procure")
    world.until_quiet()
    assert world.order.state == "completed"


def test_what_came_late_is_told_as_delivered_while_the_item_goes_on(world: Waiting) -> None:
    world.waits_for("implement")
    world.clock.time = datetime(2027, 6, 10, 9, tzinfo=UTC)
    world.answers_again("procure")
    world.look()
    assert "delivered on 2027-06-10, 2 working days later" in world.alert().message
    assert not [one for one in world.order.jeopardies if one.name == "PARTNER_LATE"]
    world.clock.time = datetime(2027, 6, 11, 9, tzinfo=UTC)
    world.look()
    assert "delivered on 2027-06-10, 2 working days later" in world.alert().message


def test_a_partners_own_warning_is_handed_on_and_taken_back(world: Waiting) -> None:
    world.partner_says(warning="the crane is late", severity="Hazard")
    alert = world.alert(f"DATE_AT_RISK/{TASK}/said")
    assert (alert.severity, alert.message, alert.items) == ("Hazard", "north: the crane is late", ("1",))
    world.happened()
    world.partner_says()
    assert (world.order.jeopardies, world.happened()) == ((), ["jeopardy"])


def test_a_partner_that_holds_its_order_is_an_alert_and_the_item_goes_on(world: Waiting) -> None:
    world.partner_says(remote_state="held", text="no permit")
    assert (world.order.state, world.order.items[0].state) == ("inProgress", "inProgress")
    assert "no permit" in world.alert(f"DATE_AT_RISK/{TASK}/held").message
    world.partner_says()
    assert world.order.jeopardies == ()


def test_a_partner_that_was_silent_and_answers_is_not_silent_any_more(world: Waiting) -> None:
    world.outside["procure"].down = True
    world.look()
    assert world.alerts == {("PARTNER_SILENT", "Normal")}
    world.outside["procure"].down = False
    world.look()
    assert world.order.jeopardies == ()


def test_a_partner_that_needs_information_makes_the_item_wait_for_its_requester(world: Waiting) -> None:
    world.partner_says(remote_state="pending", text="Which floor?")
    assert (world.order.state, world.order.items[0].state) == ("pending", "pending")
    (note,) = world.order.remarks
    assert (note.author, note.text, note.at) == ("north", "Which floor?", MONDAY)
    assert world.happened() == ["stateChanged", "informationRequired"]
    world.look()
    assert world.happened() == []


def test_an_order_that_waits_for_its_requester_is_looked_at_and_goes_on(world: Waiting) -> None:
    world.partner_says(remote_state="pending", text="Which floor?")
    assert world.due_at is not None
    world.partner_says()
    assert (world.order.state, world.order.items[0].state) == ("inProgress", "inProgress")
    world.answers_again("procure")
    world.until_quiet()
    assert world.order.state == "completed"


def test_a_partner_that_delivers_while_we_wait_for_the_requester_ends_the_wait(world: Waiting) -> None:
    world.partner_says(remote_state="pending", text="Which floor?")
    world.answers_again("procure")
    world.until_quiet()
    assert world.order.state == "completed"
    assert world.states() == ["pending", "inProgress", "completed"]


def test_an_order_that_waits_for_its_requester_can_be_cancelled() -> None:
    world = Waiting()
    world.waits_for("provide")
    world.desk.place(an_order(id="order-2", ordered_at=MONDAY))
    world.outside["procure"].says = {"remote_state": "pending", "text": "Which floor?"}
    world.run.advance("order-2")
    world.books.wake("order", "order-2", world.clock())
    world.run.advance("order-2")
    assert world.books.orders["order-2"].state == "pending"
    world.desk.cancel(a_cancel(order_id="order-2"))
    world.run.advance("order-2")
    assert world.books.orders["order-2"].state == "cancelled"


def test_a_note_for_the_partner_may_be_written_while_it_waits(world: Waiting) -> None:
    world.partner_says(remote_state="pending", text="Which floor?")
    order = world.order
    world.desk.amend(order, replace(order, body={"note": [{"id": "1", "text": "The third."}]}), ["note"])
    assert world.order.state == "pending"


PLANNED = a_leg(access="card-1", planned=True, ready=PROMISED)


@pytest.fixture
def planned() -> Waiting:
    """An order that counts on a card which will be in service on 18 May, and takes 15 working days from then."""
    card = an_access(id="card-1", usable_from=date(2027, 5, 17), lead_days=15)
    world = Waiting(the_design(legs=(PLANNED,)), waits_for="provide", access=(card,))
    nothing_else(world)
    return world


def the_card_comes(world: World, day: date | None) -> None:
    world.inventory.access = () if day is None else (an_access(id="card-1", usable_from=day, lead_days=15),)
    world.clock.time += timedelta(days=1)
    world.books.wake("order", "order-1", world.clock())
    world.advance()


def test_a_planned_build_that_keeps_its_day_is_no_alert(planned: Waiting) -> None:
    assert (planned.order.jeopardies, planned.order.builds_seen) == ((), MONDAY.date())
    assert planned.happened() == []


@pytest.mark.parametrize(
    ("day", "severity", "told"),
    [
        (date(2027, 5, 19), "Normal", "from 2027-06-10 on"),
        (date(2027, 5, 21), "Critical", "from 2027-06-14 on"),
    ],
)
def test_a_planned_build_that_slips_is_told(planned: Waiting, day: date, severity: str, told: str) -> None:
    the_card_comes(planned, day)
    alert = planned.alert("PLANNED_BUILD_SLIPPED/card-1")
    assert (alert.name, alert.severity, alert.items) == ("PLANNED_BUILD_SLIPPED", severity, ("1",))
    assert told in alert.message
    assert "counts on 2027-06-08" in alert.message
    assert ("DATE_AT_RISK", severity) in planned.alerts


def test_a_planned_build_that_is_in_time_again_is_no_alert(planned: Waiting) -> None:
    the_card_comes(planned, date(2027, 5, 19))
    planned.happened()
    the_card_comes(planned, date(2027, 5, 17))
    assert planned.order.jeopardies == ()
    assert "jeopardy" in planned.happened()


@pytest.mark.parametrize("gone", [None, date(2027, 5, 3)])
def test_what_is_in_service_or_not_there_any_more_has_no_later_day(planned: Waiting, gone: date | None) -> None:
    the_card_comes(planned, gone)
    assert planned.order.builds == {}


def test_the_inventory_is_asked_once_a_day_and_again_while_it_is_silent(
    planned: Waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def silent(_places: Any) -> Any:
        asked.append(1)
        raise Unavailable("resources", "silent")

    monkeypatch.setattr(planned.inventory, "access_at", silent)
    planned.look()
    assert asked == []
    planned.clock.time += timedelta(days=1)
    planned.look()
    planned.look()
    assert len(asked) == 2


CARD = PlannedUpgrade(id="card-2", link="west-hub", adds_mbps=1_000, in_service=date(2027, 5, 24))


class Upgraded(Waiting):
    """An order whose path carries it only once a card is in service; that is ready one working day before NEEDED."""

    def __init__(self) -> None:
        leg = a_leg(ready=date(2027, 5, 20), links=("west-hub",), planned=True)
        super().__init__(the_design(legs=(leg,), upgrades=(CARD,)), waits_for="implement")

    def says(self, *upgrades: PlannedUpgrade) -> None:
        self.inventory.facts = replace(self.inventory.facts, upgrades=upgrades)
        self.clock.time += timedelta(days=1)
        self.books.wake("order", "order-1", self.clock())
        self.look()


@pytest.fixture
def upgraded() -> Upgraded:
    world = Upgraded()
    nothing_else(world)
    world.says(CARD)
    return world


def test_an_upgrade_that_comes_later_is_told_and_moves_the_item(upgraded: Upgraded) -> None:
    assert upgraded.order.jeopardies == ()
    upgraded.says(replace(CARD, in_service=date(2027, 5, 31)))
    alert = upgraded.alert("PLANNED_BUILD_SLIPPED/card-2")
    assert (alert.name, alert.severity, alert.items) == ("PLANNED_BUILD_SLIPPED", "Critical", ("1",))
    assert "card-2: planned, and can be had from 2027-05-31 on; the design counts on 2027-05-24" in alert.message
    assert upgraded.order.expected_completion == datetime(2027, 6, 22, tzinfo=UTC)
    upgraded.says(CARD)
    assert upgraded.order.jeopardies == ()


def test_an_upgrade_that_the_inventory_does_not_show_any_more_is_told(upgraded: Upgraded) -> None:
    upgraded.says()
    alert = upgraded.alert("PLANNED_BUILD_SLIPPED/card-2")
    assert (alert.severity, alert.items) == ("Critical", ("1",))
    assert "does not show it any more" in alert.message
    upgraded.says(CARD)
    assert upgraded.order.jeopardies == ()


def test_an_upgrade_that_is_in_service_and_filed_no_more_is_no_alert(upgraded: Upgraded) -> None:
    upgraded.clock.time = datetime(2027, 5, 24, tzinfo=UTC)
    upgraded.says()
    assert [one.name for one in upgraded.order.jeopardies if one.name == "PLANNED_BUILD_SLIPPED"] == []
