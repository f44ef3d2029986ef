"""What our own systems could not do waits for an operator; what nobody can find out about waits for one, too."""

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

import pytest

from linkwright.errors import Conflict, InvalidRequest, Uncertain
from linkwright.orders.errands import Errand, Sent
from tests.builders import NOW, a_solution, an_order
from tests.fakes import FakeErrands
from tests.orders.world import PATIENCE, World, a_cancel, an_order_of_two, two_items

OWN = ("provide", "allocate", "implement", "register")


@pytest.fixture
def world() -> World:
    return World()


def fallen(world: World, kind: str, **changes: object) -> World:
    """An order of which a task of this kind was refused."""
    world.refuse(kind)
    world.desk.place(an_order(**changes))
    world.advance()
    return world


def item_states(world: World) -> list[str]:
    return [item.state for item in world.order.items]


@pytest.mark.parametrize("kind", OWN)
def test_a_refusal_of_our_own_system_holds_the_items_with_fault_and_alert(world: World, kind: str) -> None:
    fallen(world, kind)
    assert (world.order.state, item_states(world)) == ("held", ["held"])
    assert [fault.code for fault in world.order.items[0].faults] == ["DOWNSTREAM_FALLOUT"]
    alert = world.order.jeopardies[-1]
    assert (alert.name, alert.severity, alert.items) == ("DOWNSTREAM_FALLOUT", "Critical", ("1",))
    assert (NOW + PATIENCE).isoformat() in alert.message
    system = world.order.waits[0].text.split()[3].removesuffix(":")
    assert alert.message.count(f"{system}: ") == 1
    (wait,) = world.order.waits
    assert (wait.kind, wait.until, wait.items) == ("fallout", NOW + PATIENCE, ("1",))
    assert world.due_at == NOW + PATIENCE
    assert world.outside["reserve"].placed
    later = OWN[OWN.index(kind) + 1 :]
    assert not any(world.outside[after].posts for after in later)


def test_an_order_that_fails_after_a_while_is_waited_for_too_and_stays_known(world: World) -> None:
    world.outside["implement"].fails_looks = True
    world.desk.place(an_order())
    world.advance()
    assert world.order.state == "held"
    assert world.task("implement/1").remote_id in [relation.id for relation in world.order.relations]
    world.outside["implement"].fails_looks = False
    world.operators.retry("order-1", by="Ann")
    world.until_quiet()
    assert world.order.state == "completed"
    placed = [relation.id for relation in world.order.relations if relation.kind == "implements"]
    assert placed == ["remote/order-1/implement/1", "remote/order-1/implement/1/2"]


@pytest.mark.parametrize(("reason", "told"), [("mended", " Ann: mended"), ("", " Ann.")])
def test_the_alert_says_who_saw_to_it(world: World, reason: str, told: str) -> None:
    fallen(world, "provide")
    world.operators.retry("order-1", by="Ann", reason=reason)
    assert world.order.jeopardies[-1].message.endswith(f" for 1.{told}")


@pytest.mark.parametrize("kind", OWN)
def test_tried_again_it_goes_out_under_a_new_key_and_the_order_goes_on(world: World, kind: str) -> None:
    fallen(world, kind)
    key = next(task.key for task in world.books.stored_tasks.values() if task.kind == kind)
    world.answers_again(kind)
    world.operators.retry("order-1", by="Ann", reason="mended")
    assert world.order.state == "inProgress"
    world.until_quiet()
    assert world.order.state == "completed"
    assert world.outside[kind].posts == [f"{key}/2"]
    assert (world.books.stored_tasks[key].state, world.books.stored_tasks[key].items) == ("fallen", ())
    assert world.order.items[0].faults == ()
    (alert,) = world.order.jeopardies
    assert (alert.severity, "Ann: mended" in alert.message) == ("Normal", True)
    assert world.books.audited == [("order-1", "retried", "mended")]


def test_what_fails_again_gets_the_next_key(world: World) -> None:
    fallen(world, "provide")
    world.operators.retry("order-1", by="Ann")
    world.until_due()
    assert world.order.state == "held"
    world.answers_again("provide")
    world.operators.retry("order-1", by="Ann")
    world.until_quiet()
    assert (world.order.state, world.outside["provide"].posts) == ("completed", ["order-1/provide/3"])


def test_what_nobody_sees_to_fails_by_itself_and_everything_is_given_back(world: World) -> None:
    world.books.put_design(a_solution())
    fallen(world, "provide")
    world.until_quiet()
    assert (world.order.state, item_states(world)) == ("failed", ["failed"])
    assert world.clock.time == NOW + PATIENCE
    assert world.placed() == []
    assert world.states() == ["acknowledged", "inProgress", "held", "inProgress", "failed"]


def two_things_fail(world: World) -> None:
    """One item, of which the partner's order is uncertain as well."""
    world.outside["procure"].down = True
    world.waits_for("provide")
    world.desk.place(an_order())
    world.advance()
    world.outside["procure"] = Blind(world.clock)
    world.outside["provide"].fails_looks = True
    world.until_due()
    assert sorted(fault.code for fault in world.order.items[0].faults) == ["DOWNSTREAM_FALLOUT", "SD-PTR-03"]


def test_an_item_that_waits_without_an_end_waits_so_for_everything(world: World) -> None:
    two_things_fail(world)
    assert [wait.until for wait in world.order.waits] == [None, None]
    assert world.due_at is None
    world.answers_again("provide")
    world.outside["provide"].fails_looks = False
    world.operators.retry("order-1", by="Ann", reason="they know nothing of it")
    world.outside["procure"] = FakeErrands(world.clock)
    world.until_quiet()
    assert world.order.state == "completed"


def test_an_item_of_which_two_things_failed_is_given_up_as_one(world: World) -> None:
    two_things_fail(world)
    world.operators.resolve("order-1", outcome="failed", by="Ann", reason="lost")
    world.until_quiet()
    assert (world.order.state, world.order.waits) == ("failed", ())


def test_an_item_of_which_two_things_failed_fails_when_the_first_lapses(world: World) -> None:
    fallen(world, "provide")
    (first,) = world.order.waits
    second = replace(first, task="order-1/allocate", until=NOW + 2 * PATIENCE)
    world.books.write(lambda tx: tx.save(replace(world.order, waits=(first, second))))
    world.until_quiet()
    assert (world.order.state, world.order.waits) == ("failed", ())


def test_without_patience_it_fails_at_once(world: World) -> None:
    object.__setattr__(world.carrier, "patience", timedelta(0))
    fallen(world, "provide")
    assert world.order.state == "failed"
    assert "held" not in world.states()


@pytest.mark.parametrize("kind", OWN)
def test_settled_as_done_the_order_goes_on_without_it(world: World, kind: str) -> None:
    fallen(world, kind)
    world.operators.resolve("order-1", outcome="done", by="Ann", reason="done in the old system")
    world.until_quiet()
    assert world.order.state == "completed"
    assert world.outside[kind].posts == []
    done = next(task for task in world.books.stored_tasks.values() if task.kind == kind)
    assert done.note == "done by hand (Ann): done in the old system"
    assert ("Ann", "done in the old system") in [(one.by, one.reason) for one in world.order.decisions]


def allocation_failed(world: World, **changes: object) -> None:
    """Not at once, so that there is an order that failed."""
    world.outside["allocate"].fails_looks = True
    world.desk.place(an_order(**changes))
    world.advance()
    assert world.task("allocate").remote_id is not None


@dataclass
class Implementation(FakeErrands):
    """Keeps what it was sent."""

    sent: tuple[Errand, ...] = ()

    def send(self, errand: Errand) -> Sent:
        self.sent += (errand,)
        return super().send(errand)


def test_what_was_allocated_by_hand_is_what_the_operator_says_and_no_order_that_failed(world: World) -> None:
    below = world.outside["implement"] = Implementation(world.clock)
    allocation_failed(world)
    given = {"vlanId": 7, "ipv4Prefix": "10.0.0.0/30"}
    world.operators.resolve("order-1", outcome="done", by="Ann", reason="in the old system", parameters=given)
    world.until_quiet()
    assert (world.order.state, world.order.items[0].parameters) == ("completed", given)
    ((key, allocated),) = [(key, task) for key, task in below.sent[0].done.items() if task.kind == "allocate"]
    assert (key, allocated.remote_id, allocated.parameters) == ("order-1/allocate", None, {"1": given})
    assert world.order.decisions[0].parameters == given
    assert "with vlanId 7, ipv4Prefix 10.0.0.0/30. in the old system" in world.order.remarks[-1].text
    assert "remote/order-1/allocate" in [one.id for one in world.order.relations]


def test_parameters_that_nobody_names_are_told_as_that(world: World) -> None:
    allocation_failed(world)
    world.operators.resolve("order-1", outcome="done", by="Ann", reason="in the old system")
    world.until_quiet()
    assert (world.order.state, world.order.items[0].parameters) == ("completed", {})
    assert "for 1 with parameters that nobody has named" in world.order.remarks[-1].text


def test_a_service_that_the_inventory_has_wrongly_keeps_its_id_when_it_is_mended_there(world: World) -> None:
    world.outside["register"].fails_looks = True
    world.desk.place(an_order())
    world.advance()
    world.operators.resolve("order-1", outcome="done", by="Ann", reason="mended")
    world.until_quiet()
    assert world.order.items[0].service_id == "remote/order-1/register/1"


def test_each_item_has_parameters_of_its_own(world: World) -> None:
    allocation_failed(world, items=two_items())
    with pytest.raises(InvalidRequest, match="such items are meant: 2"):
        world.operators.resolve("order-1", outcome="done", by="Ann", reason="by hand", parameters={"vlanId": 7})
    for number in (1, 2):
        world.operators.resolve(
            "order-1", (str(number),), outcome="done", by="Ann", reason="by hand", parameters={"vlanId": number}
        )
    world.until_quiet()
    assert [item.parameters for item in world.order.items] == [{"vlanId": 1}, {"vlanId": 2}]


def test_parameters_are_for_what_is_allocated(world: World) -> None:
    fallen(world, "provide")
    for outcome, match in (("done", "such items are meant: 0"), ("failed", "no parameters")):
        with pytest.raises(InvalidRequest, match=match):
            world.operators.resolve("order-1", outcome=outcome, by="Ann", reason="", parameters={"vlanId": 7})
    assert world.order.state == "held"


def test_the_same_parameters_again_are_harmless_and_others_are_refused(world: World) -> None:
    allocation_failed(world)
    settle = partial(world.operators.resolve, "order-1", ("1",), outcome="done", by="Ann", reason="by hand")
    first = settle(parameters={"vlanId": 7})
    assert settle(parameters={"vlanId": 7}) == settle() == first
    with pytest.raises(Conflict, match="settled with other parameters before: vlanId 7"):
        settle(parameters={"vlanId": 8})


def test_settled_as_failed_it_is_given_back(world: World) -> None:
    world.books.put_design(a_solution())
    fallen(world, "allocate")
    world.operators.resolve("order-1", outcome="failed", by="Ann", reason="cannot be mended")
    world.until_quiet()
    assert world.order.state == "failed"
    assert world.outside["reserve"].placed == {}
    assert world.books.audited == [("order-1", "resolved as failed", "cannot be mended")]


def test_the_items_of_one_task_may_be_settled_differently(world: World) -> None:
    world.refuse("provide")
    world.desk.place(an_order_of_two())
    world.advance()
    assert item_states(world) == ["held", "held"]
    world.answers_again("provide")
    world.operators.retry("order-1", ("1",), by="Ann")
    world.until_due()
    assert item_states(world) == ["completed", "held"]
    assert world.outside["implement"].posts == ["order-1/implement/1"]
    world.operators.resolve("order-1", ("2",), outcome="done", by="Ann", reason="by hand")
    world.until_quiet()
    assert (world.order.state, item_states(world)) == ("completed", ["completed", "completed"])
    assert world.outside["provide"].posts == ["order-1/provide/2"]
    assert world.outside["implement"].posts == ["order-1/implement/1", "order-1/implement/2"]


def test_of_two_items_one_may_fail_and_the_other_go_on(world: World) -> None:
    world.books.put_design(a_solution())
    world.books.put_design(a_solution(design_id="design-2"))
    world.refuse("implement")
    world.desk.place(an_order_of_two())
    world.advance()
    world.answers_again("implement")
    world.operators.resolve("order-1", ("2",), outcome="failed", by="Ann", reason="lost")
    world.operators.retry("order-1", by="Ann")
    world.until_quiet()
    assert (world.order.state, item_states(world)) == ("partial", ["completed", "failed"])


def test_the_same_decision_again_is_harmless_and_another_one_is_refused(world: World) -> None:
    fallen(world, "provide")
    with pytest.raises(Conflict, match="business"):
        world.operators.approve("order-1", by="Ann")
    first = world.operators.retry("order-1", by="Ann")
    assert world.operators.retry("order-1", by="Bob") == first
    with pytest.raises(Conflict, match=r"retried \(fallout\) by Ann"):
        world.operators.resolve("order-1", outcome="failed", by="Bob", reason="no")


def test_no_change_of_the_order_settles_a_fallout(world: World) -> None:
    fallen(world, "provide")
    with pytest.raises(Conflict, match="operator"):
        world.operators.decide(world.order, world.order, {"1": "inProgress"}, by="bss", reason="", allowed=tuple)


def test_an_order_that_waits_for_an_operator_can_be_cancelled(world: World) -> None:
    world.books.put_design(a_solution())
    fallen(world, "provide")
    world.desk.cancel(a_cancel())
    world.until_quiet()
    assert world.order.state == "cancelled"
    assert world.placed() == []


def test_a_partner_that_refuses_is_no_fallout(world: World) -> None:
    fallen(world, "procure")
    assert world.order.state == "failed"


# what nobody can find out about


@dataclass
class Blind(FakeErrands):
    """Loses every answer, and cannot be asked."""

    def send(self, errand: Errand) -> Sent:
        self.posts.append(errand.task.key)
        raise Uncertain(errand.task.system, "no answer within 10 s; whether it has arrived cannot be found out there")


@pytest.fixture
def blind(world: World) -> World:
    world.outside["procure"] = Blind(world.clock)
    world.desk.place(an_order())
    world.advance()
    return world


def test_a_partner_order_that_nobody_can_find_out_about_is_not_placed_again(blind: World) -> None:
    assert blind.order.state == "held"
    assert blind.outside["procure"].posts == ["order-1/procure/1/offer-1"]
    assert [fault.code for fault in blind.order.items[0].faults] == ["SD-PTR-03"]
    alert = blind.order.jeopardies[-1]
    assert (alert.name, alert.severity) == ("PARTNER_SILENT", "Critical")
    (wait,) = blind.order.waits
    assert wait.until is None
    for _ in range(3):
        blind.clock.time += timedelta(days=10)
        blind.books.wake("order", "order-1", blind.clock.time)
        blind.advance()
    assert blind.outside["procure"].posts == ["order-1/procure/1/offer-1"]
    assert blind.order.state == "held"


def test_an_operator_who_has_asked_settles_it(blind: World) -> None:
    blind.operators.resolve("order-1", outcome="done", by="Ann", reason="they have delivered")
    blind.until_quiet()
    assert blind.order.state == "completed"
    assert len(blind.outside["procure"].posts) == 1


def test_an_operator_who_knows_that_it_never_arrived_has_it_placed(blind: World) -> None:
    blind.outside["procure"] = FakeErrands(blind.clock)
    blind.operators.retry("order-1", by="Ann", reason="they know nothing of it")
    blind.until_quiet()
    assert blind.order.state == "completed"
    assert blind.outside["procure"].posts == ["order-1/procure/1/offer-1/2"]


def test_a_process_that_died_while_sending_tells_that_it_may_have_arrived(world: World) -> None:
    told: list[bool] = []

    def dies(errand: Errand) -> None:
        told.append(errand.again)
        if len(told) == 1:
            raise KeyboardInterrupt

    world.outside["procure"].meanwhile = dies
    world.desk.place(an_order())
    with pytest.raises(KeyboardInterrupt):
        world.advance()
    world.until_quiet()
    assert told == [False, True]


def test_a_try_that_certainly_did_not_arrive_is_no_earlier_try(world: World) -> None:
    told: list[bool] = []
    world.outside["procure"].meanwhile = lambda errand: told.append(errand.again)
    world.outside["procure"].down = True
    world.desk.place(an_order())
    for _ in range(3):
        world.advance()
        world.clock.time = world.due_at
    assert told == [False, False, False]


def test_an_item_waits_for_an_operator_once_its_partner_has_what_he_asked_for() -> None:
    world = World()
    world.waits_for("procure", "provide", "allocate")
    world.desk.place(an_order())
    world.until_due()
    world.outside["procure"].says = {"remote_state": "pending", "text": "which floor?"}
    world.all_due()
    world.until_due()
    world.outside["provide"].fails_looks = True
    world.all_due()
    world.until_due()
    assert (world.order.state, [wait.kind for wait in world.order.waits]) == ("pending", ["partner", "fallout"])
    world.outside["procure"].says = {}
    world.books.events.clear()
    world.all_due()
    world.until_due()
    assert world.order.state == "held"
    assert world.states() == ["inProgress", "held"]
