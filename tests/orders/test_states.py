"""The states of an order, row by row, and what the states of items make of the whole."""

from itertools import product

import pytest

from linkwright.errors import Conflict
from linkwright.orders.model import State
from linkwright.orders.states import FINAL, ORDER, all_in, leaf_ids, leaves, moved, rolled_up, with_leaves
from tests.builders import an_item, an_order

ALLOWED: dict[State, set[State]] = {
    "acknowledged": {"rejected", "inProgress", "cancelled", "assessingCancellation"},
    "inProgress": {"pending", "held", "completed", "failed", "partial", "cancelled", "assessingCancellation"},
    "pending": {"inProgress", "cancelled", "assessingCancellation"},
    "held": {"inProgress", "cancelled", "assessingCancellation"},
    # back to the state before, or on; straight to cancelled where nothing has to be undone
    "assessingCancellation": {"acknowledged", "inProgress", "pending", "held", "pendingCancellation", "cancelled"},
    "pendingCancellation": {"cancelled"},
    "completed": set(),
    "failed": set(),
    "partial": set(),
    "cancelled": set(),
    "rejected": set(),
}


@pytest.mark.parametrize(("before", "after"), list(product(ALLOWED, ALLOWED)))
def test_an_order_moves_exactly_along_the_published_states(before: State, after: State) -> None:
    order = an_order(state=before)
    if after in ALLOWED[before] or after == before:
        assert moved(order, after).state == after
        return
    with pytest.raises(Conflict, match=f"cannot go from {before} to {after}"):
        moved(order, after)


def test_every_state_is_in_the_table_and_five_are_final() -> None:
    assert ORDER.keys() == ALLOWED.keys()
    assert {"completed", "failed", "partial", "cancelled", "rejected"} == FINAL


def test_a_refused_move_tells_what_would_be_allowed() -> None:
    with pytest.raises(Conflict, match="allowed: assessingCancellation, cancelled, inProgress"):
        moved(an_order(state="held"), "completed")
    with pytest.raises(Conflict, match="none, it is final"):
        moved(an_order(state="completed"), "inProgress")


@pytest.mark.parametrize(
    ("states", "whole"),
    [
        (["acknowledged", "rejected"], "rejected"),
        (["rejected", "rejected"], "rejected"),
        (["rejected", "cancelled"], "failed"),
        (["acknowledged", "acknowledged"], "acknowledged"),
        (["inProgress", "acknowledged"], "inProgress"),
        (["completed", "acknowledged"], "inProgress"),
        (["cancelled", "acknowledged"], "inProgress"),
        (["inProgress", "held", "pending", "failed"], "inProgress"),
        (["held", "pending", "completed"], "pending"),
        (["pending", "pending"], "pending"),
        (["held", "completed"], "held"),
        (["completed", "completed"], "completed"),
        (["cancelled", "cancelled"], "cancelled"),
        (["failed", "failed"], "failed"),
        (["failed", "cancelled"], "failed"),
        (["completed", "failed"], "partial"),
        (["completed", "cancelled"], "partial"),
        (["completed", "failed", "cancelled"], "partial"),
        (["assessingCancellation"], "assessingCancellation"),
        (["pendingCancellation", "pendingCancellation"], "pendingCancellation"),
        (["pendingCancellation", "completed"], "pendingCancellation"),
    ],
)
def test_the_states_of_the_items_make_the_state_of_the_whole(states: list[State], whole: State) -> None:
    items = [an_item(id=str(number), state=state) for number, state in enumerate(states)]
    assert rolled_up(items) == whole
    assert rolled_up(reversed(items)) == whole


def test_only_leaves_carry_work_however_deep_they_lie() -> None:
    deep = an_item(id="a", children=(an_item(id="b"), an_item(id="c", children=(an_item(id="d"),))))
    assert [leaf.id for leaf in leaves((deep, an_item(id="e")))] == ["b", "d", "e"]


def test_whoever_names_a_parent_names_all_leaves_below_it() -> None:
    deep = an_item(id="a", children=(an_item(id="b"), an_item(id="c", children=(an_item(id="d"),))))
    items = (deep, an_item(id="e"))
    assert leaf_ids(items, ("a",)) == {"b", "d"}
    assert leaf_ids(items, ("c", "e")) == {"d", "e"}
    assert leaf_ids(items, ("x",)) == leaf_ids(items, ()) == frozenset()


def test_a_parent_follows_its_children() -> None:
    parent = an_item(id="a", children=(an_item(id="b"), an_item(id="c")))
    (one_done,) = with_leaves((parent,), {"b": an_item(id="b", state="completed")})
    assert (one_done.state, one_done.children[1].state) == ("inProgress", "acknowledged")
    (mixed,) = with_leaves((one_done,), {"c": an_item(id="c", state="failed")})
    assert mixed.state == "partial"
    assert rolled_up((mixed, an_item(id="e", state="completed"))) == "partial"


def test_only_what_is_not_final_is_put_into_another_state() -> None:
    items = (an_item(id="a", state="completed"), an_item(id="b", state="inProgress"))
    assert [item.state for item in all_in(items, "cancelled")] == ["completed", "cancelled"]
