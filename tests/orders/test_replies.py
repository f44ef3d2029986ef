"""What a requester answers to a partner that asks reaches the partner, once."""

from dataclasses import replace
from typing import Any

import pytest

from linkwright.errors import Refused, Unavailable
from linkwright.orders.model import Order
from linkwright.orders.replies import replies_in
from tests.fakes import Crash
from tests.orders.test_watch import TASK, Waiting

EARLIER = {"id": "1", "text": "call before noon"}
ANSWER = {"text": "the third floor"}


def patched(world: Waiting, *notes: Any) -> Order:
    """As a requester does it who sends all notes that he knows."""
    body = {**world.order.body, "note": [*notes]}
    return world.amend(world.order.version, lambda order: replace(order, body=body), ["note"])


@pytest.fixture
def world() -> Waiting:
    world = Waiting()
    patched(world, EARLIER)
    world.partner_says(remote_state="pending", text="Which floor?")
    assert world.order.state == "pending"
    return world


def test_the_answer_goes_to_the_order_that_asks_at_once_and_only_once(world: Waiting) -> None:
    patched(world, EARLIER, ANSWER)
    assert world.due_at == world.clock.time
    world.advance()
    assert world.peer_notes.told == [(TASK, "the third floor")]
    world.look()
    world.look()
    assert world.peer_notes.told == [(TASK, "the third floor")]


def test_what_was_noted_before_the_partner_asked_is_not_told_and_neither_is_the_question(world: Waiting) -> None:
    world.look()
    question = {"id": world.order.remarks[-1].id, "author": "north", "text": "Which floor?"}
    patched(world, EARLIER, question, ANSWER)
    world.look()
    assert [text for _, text in world.peer_notes.told] == ["the third floor"]


def test_two_answers_at_once_are_told_in_their_order(world: Waiting) -> None:
    patched(world, ANSWER, {"text": "ring at Meyer"})
    world.advance()
    world.look()
    assert [text for _, text in world.peer_notes.told] == ["the third floor", "ring at Meyer"]


def test_a_second_answer_is_told_as_well(world: Waiting) -> None:
    patched(world, ANSWER)
    world.advance()
    patched(world, ANSWER, {"text": "ring at Meyer"})
    world.advance()
    assert [text for _, text in world.peer_notes.told] == ["the third floor", "ring at Meyer"]


def test_the_same_words_again_are_an_answer_to_the_next_question(world: Waiting) -> None:
    patched(world, ANSWER)
    world.advance()
    world.partner_says(remote_state="inProgress")
    world.partner_says(remote_state="pending", text="And of the other house?")
    patched(world, ANSWER, ANSWER)
    world.advance()
    assert [text for _, text in world.peer_notes.told] == ["the third floor", "the third floor"]


def test_after_an_answer_the_order_of_the_partner_is_looked_at_soon(world: Waiting) -> None:
    for _ in range(6):
        world.look()  # each pause is longer than the one before
    patched(world, ANSWER)
    world.advance()
    assert world.due_at - world.clock.time <= world.run.pauses.first


def test_a_partner_that_does_not_answer_is_told_later(world: Waiting) -> None:
    world.peer_notes.fails = Unavailable("north", "silent")
    patched(world, ANSWER)
    world.advance()
    world.peer_notes.fails = None
    world.look()
    assert world.peer_notes.told == [(TASK, "the third floor")]


def test_a_process_that_dies_after_it_has_told_does_not_tell_twice(world: Waiting) -> None:
    """The next one repeats the call, which is harmless."""
    world.peer_notes.dies = True
    patched(world, ANSWER)
    with pytest.raises(Crash):
        world.advance()
    world.advance()
    world.look()
    assert world.peer_notes.told == [(TASK, "the third floor")]


def test_a_partner_that_takes_no_notes_is_not_asked_again_and_the_requester_hears_of_it(world: Waiting) -> None:
    world.peer_notes.fails = Refused("north", "405 at db-7.internal")
    patched(world, ANSWER)
    world.advance()
    (told,) = [one.text for one in world.order.remarks if one.author == "linkwright"]
    assert told == "north takes no notes on its order; it has to be told in another way."
    world.peer_notes.fails = None
    world.look()
    assert world.peer_notes.told == []


def test_notes_of_an_order_that_waits_for_nobody_wake_nothing_and_are_not_told() -> None:
    world = Waiting()
    before = world.due_at
    patched(world, ANSWER)
    assert world.due_at == before
    world.look()
    assert world.peer_notes.told == []


def test_what_an_older_release_has_asked_is_not_flooded_with_old_notes(world: Waiting) -> None:
    """It did not keep what was there before."""
    (wait,) = world.order.waits
    world.books.orders["order-1"] = replace(world.order, waits=(replace(wait, heard=None),))
    world.look()
    patched(world, EARLIER, ANSWER)
    world.look()
    assert [text for _, text in world.peer_notes.told] == ["the third floor"]


def test_the_same_note_with_other_words_is_another_answer() -> None:
    first = Waiting()
    patched(first, EARLIER)
    second = Waiting()
    patched(second, {**EARLIER, "text": "call after noon"})
    assert set(replies_in(first.order)).isdisjoint(replies_in(second.order))
