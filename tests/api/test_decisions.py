"""PATCH as a decision about items that wait: an approval, a refusal, an answer to a question."""

from dataclasses import replace
from typing import Any

import pytest

from linkwright.api.identity import Caller
from linkwright.business.limits import Excess
from linkwright.orders.standing import with_remark, with_standing, with_state
from linkwright.orders.waits import Wait, WaitKind
from linkwright.wire.costs import UNTOLD
from linkwright.wire.merge_patch import JSON_PATCH

from .answers import error
from .callers import ByName, said_to_be
from .fakes import NOW
from .world import ORDERS, Client, World, an_item, an_order_body

SEES = frozenset({"resources:all", "cost:read"})
BSS = Caller("bss", frozenset({"cost:read"}))
ANN = Caller("ann", SEES | {"orders:approve:business"})
EVE = Caller("eve", SEES | {"orders:approve:engineering"})
ORDER = f"{ORDERS}/serviceOrder/id-1"
GO_ON = {"serviceOrderItem": [{"id": "1", "state": "inProgress"}], "note": [{"text": "a good customer"}]}
END = {"serviceOrderItem": [{"id": "1", "state": "cancelled"}], "note": [{"text": "too dear"}]}
COST = Excess(measure="oneTimeCost", value=200, limit=100, currency="EUR", limit_currency="EUR")


@pytest.fixture
def gate() -> ByName:
    return ByName(BSS, ANN, EVE, open=Caller("anonymous"), blind=Caller("bss", frozenset()))


def waits_for(world: World, client: Client, *kinds: WaitKind) -> None:
    """The order of bss whose first item waits for this."""
    body = an_order_body(serviceOrderItem=[an_item("1"), an_item("2")])
    assert client.post(f"{ORDERS}/serviceOrder", body, headers=said_to_be("bss")).status_code == 201
    order = world.desk.orders["id-1"]
    waits = tuple(Wait(kind=kind, items=("1",), since=NOW, text="why", beyond=(COST,)) for kind in kinds)
    order = replace(with_state(order, ("1", "2"), "inProgress"), state="inProgress", waits=waits)
    order = with_remark(order, "BUDGET_EXCEEDED/approval", "linkwright", NOW, "one-time cost 2.00 EUR")
    world.desk.put(replace(with_standing(order), version=order.version + 1), over=order.version)


def patched(client: Client, caller: str, patch: Any = GO_ON, media_type: str = "application/json") -> Any:
    return client.patch(ORDER, patch, media_type, **said_to_be(caller))


def states(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [item["state"] for item in answer.json()["serviceOrderItem"]]


def test_who_has_the_scope_lets_a_held_item_go_on(client: Client, world: World) -> None:
    waits_for(world, client, "business")
    answer = patched(client, "ann")
    assert states(answer) == ["inProgress", "inProgress"]
    hers, _, told = answer.json()["note"]
    assert hers["text"] == "a good customer"
    assert (told["author"], told["text"]) == ("ann", "Business approval given to item 1. a good customer")


def test_without_authentication_everybody_may(client: Client, world: World) -> None:
    waits_for(world, client, "business", "engineering")
    assert states(patched(client, "open")) == ["inProgress", "inProgress"]


@pytest.mark.parametrize("patch", [GO_ON, END])
@pytest.mark.parametrize(("caller", "scope"), [("bss", "business"), ("eve", "business")])
def test_without_the_scope_it_is_forbidden(client: Client, world: World, patch: Any, caller: str, scope: str) -> None:
    waits_for(world, client, "business")
    answer = patched(client, caller, patch)
    error(answer, 403, f"orders:approve:{scope}")
    assert world.desk.orders["id-1"].items[0].state == "held"


def test_each_gives_the_approval_that_is_his(client: Client, world: World) -> None:
    waits_for(world, client, "business", "engineering")
    assert states(patched(client, "ann")) == ["held", "inProgress"]
    operations = [{"op": "replace", "path": "/serviceOrderItem/0/state", "value": "inProgress"}]
    assert states(patched(client, "eve", operations, JSON_PATCH)) == ["inProgress", "inProgress"]


def test_two_who_say_the_same_are_both_heard(client: Client, world: World) -> None:
    waits_for(world, client, "business", "engineering")
    for name in ("ann", "eve"):
        patched(client, name, {**GO_ON, "note": [{"text": "fine", "author": name}]})
    assert [one.reason for one in world.desk.orders["id-1"].decisions] == ["fine", "fine"]


def test_what_one_has_given_he_may_say_again_while_another_is_waited_for(client: Client, world: World) -> None:
    waits_for(world, client, "business", "engineering")
    patched(client, "ann")
    stored = world.desk.orders["id-1"]
    assert states(patched(client, "ann", {"serviceOrderItem": GO_ON["serviceOrderItem"]})) == ["held", "inProgress"]
    assert world.desk.orders["id-1"].decisions == stored.decisions
    error(patched(client, "ann", END), 409, "approved")


def test_a_refusal_cancels_the_item_with_the_reason(client: Client, world: World) -> None:
    waits_for(world, client, "business")
    answer = patched(client, "ann", END)
    assert states(answer) == ["cancelled", "inProgress"]
    (fault,) = answer.json()["serviceOrderItem"][0]["errorMessage"]
    assert (fault["code"], fault["message"]) == ("SD-POL-01", "ann: too dear")


def test_a_refusal_without_reason_is_400(client: Client, world: World) -> None:
    waits_for(world, client, "business")
    error(patched(client, "ann", {"serviceOrderItem": END["serviceOrderItem"]}), 400, "note")


def test_the_same_again_is_harmless_and_the_contrary_a_conflict(client: Client, world: World) -> None:
    waits_for(world, client, "business")
    patched(client, "ann")
    assert states(patched(client, "ann", {"serviceOrderItem": GO_ON["serviceOrderItem"]})) == ["inProgress"] * 2
    error(patched(client, "ann", END), 409, "approved")


def test_nothing_else_changes_with_a_decision(client: Client, world: World) -> None:
    waits_for(world, client, "business")
    error(patched(client, "ann", {**GO_ON, "description": "new"}), 409, "description")


def test_other_states_are_not_set_by_anybody(client: Client, world: World) -> None:
    waits_for(world, client, "business")
    error(patched(client, "ann", {"serviceOrderItem": [{"id": "1", "state": "completed"}]}), 400, "state")
    error(patched(client, "ann", {"serviceOrderItem": [{"id": "2", "state": "cancelled"}]}), 400, "state")


def test_its_requester_confirms_a_pending_item(client: Client, world: World) -> None:
    waits_for(world, client, "information")
    assert world.desk.orders["id-1"].items[0].state == "pending"
    assert states(patched(client, "bss", {"serviceOrderItem": GO_ON["serviceOrderItem"]})) == ["inProgress"] * 2


def test_amounts_in_our_notes_are_told_to_those_who_see_costs(client: Client, world: World) -> None:
    waits_for(world, client, "business")
    (told,) = client.get(ORDER, headers=said_to_be("blind")).json()["note"]
    assert told["text"] == UNTOLD
    (told,) = client.get(ORDER, headers=said_to_be("bss")).json()["note"]
    assert told["text"] == "one-time cost 2.00 EUR"


def test_a_note_of_ours_stays_whatever_a_patch_makes_of_it(client: Client, world: World) -> None:
    waits_for(world, client, "business")
    answer = patched(client, "bss", [{"op": "remove", "path": "/note/0"}], JSON_PATCH)
    assert answer.status_code == 200, answer.text
    assert [note["text"] for note in answer.json()["note"]] == ["one-time cost 2.00 EUR"]
