"""Posting twice, and who did what."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random

import pytest
from sqlalchemy import func, select

from linkwright.errors import Conflict, Repeated
from linkwright.orders.model import Order
from linkwright.posting import Post
from linkwright.store.audit import trail
from linkwright.store.database import Database
from linkwright.store.tables.resources import document
from tests.builders import a_question, an_order
from tests.store.worlds import World


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def _post(*keys: str, says: str = "one") -> Post:
    return Post(keys=keys, digest=says)


def _place(world: World, name: str, post: Post, **changes: str) -> str:
    """The id under which the order is stored in the end."""
    order: Order = replace(an_order(id=name, **changes), post=post)
    try:
        world.orders.write(lambda tx: tx.add(order))
    except Repeated as before:
        return before.resource_id
    return name


def _stored(world: World) -> int:
    count = select(func.count()).select_from(document)
    return int(world.database.read(lambda connection: connection.execute(count).scalar_one()))


def test_the_same_request_under_the_same_key_finds_the_first_order_and_leaves_nothing_behind(world: World) -> None:
    assert _place(world, "a", _post("externalId:x")) == "a"
    events = world.events()
    assert _place(world, "b", _post("externalId:x")) == "a"
    assert (_stored(world), world.events()) == (1, events)


def test_either_of_two_keys_is_enough_to_find_the_first(world: World) -> None:
    assert _place(world, "a", _post("externalId:x")) == "a"
    assert _place(world, "b", _post("Idempotency-Key:k", "externalId:x")) == "a"
    assert _place(world, "c", _post("Idempotency-Key:k")) == "c"  # the second post was undone with all it wrote


def test_a_key_may_be_longer_than_any_index_takes(world: World) -> None:
    long = "externalId:" + Random(1).randbytes(100_000).hex()
    assert _place(world, "a", _post(long)) == "a"
    assert _place(world, "b", _post(long)) == "a"
    assert _place(world, "c", _post(long + "0")) == "c"
    with pytest.raises(Conflict, match=r"same externalId: a\."):
        _place(world, "d", _post(long, says="two"))


def test_another_request_under_a_known_key_is_a_conflict(world: World) -> None:
    _place(world, "a", _post("externalId:x"))
    with pytest.raises(Conflict, match=r"same externalId: a\."):
        _place(world, "b", _post("externalId:x", says="two"))
    assert _stored(world) == 1


def test_requesters_and_kinds_of_resources_do_not_share_keys(world: World) -> None:
    assert _place(world, "a", _post("externalId:x")) == "a"
    assert _place(world, "b", _post("externalId:x"), requester="somebody else") == "b"
    question = replace(a_question(), post=_post("externalId:x"))
    world.questions.write(lambda tx: tx.add(question))
    assert _stored(world) == 3


def test_the_keys_of_a_removed_order_are_free_again(world: World) -> None:
    _place(world, "a", _post("externalId:x"))
    world.orders.write(lambda tx: tx.remove(tx.order("a"), still_running=True))
    assert _place(world, "b", _post("externalId:x")) == "b"


def test_of_many_that_come_at_once_one_is_stored(world: World) -> None:
    with ThreadPoolExecutor(8) as many:
        found = list(many.map(lambda n: _place(world, f"order-{n}", _post("externalId:x")), range(24)))
    assert len(set(found)) == 1
    assert _stored(world) == 1


def test_the_trail_tells_who_did_what_in_the_order_in_which_it_was_done(world: World) -> None:
    world.actor = "bss"
    world.orders.write(lambda tx: tx.add(an_order(id="a")))
    world.actor = "linkwright"
    world.orders.write(lambda tx: tx.save(replace(tx.order("a"), state="inProgress"), "stateChanged", "milestone"))
    world.actor = "operator"
    world.orders.write(lambda tx: tx.remove(tx.order("a"), still_running=False))
    told = [(entry.actor, entry.action, entry.version) for entry in trail(world.database, "a")]
    assert told == [
        ("bss", "created", 1),
        ("linkwright", "stateChanged", 2),
        ("linkwright", "milestone", 2),
        ("operator", "deleted", 2),
    ]


def test_what_is_undone_leaves_no_trace_in_the_trail(world: World) -> None:
    def broken(tx):  # type: ignore[no-untyped-def]
        tx.add(an_order(id="a"))
        raise RuntimeError("after all not")

    with pytest.raises(RuntimeError):
        world.orders.write(broken)
    assert trail(world.database, "a") == []
