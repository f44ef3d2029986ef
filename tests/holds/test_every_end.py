"""However it ends, and wherever the process dies on the way: nothing stays held."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from linkwright.errors import Unavailable
from tests.fakes import Crash
from tests.holds.world import FIRM, SPANS, Holds
from tests.orders.world import a_cancel, an_order_of_two

A_WHILE = timedelta(minutes=1)
"""Long enough to be refused for good, too short for a hold to end."""

Story = Callable[[Holds], None]


def order_completes(world: Holds) -> None:
    world.desk.place(an_order_of_two())
    world.to_the_end()
    assert world.order.state == "completed"


def order_is_cancelled(world: Holds) -> None:
    world.waits_for("procure", "provide")
    world.desk.place(an_order_of_two())
    world.due_now()
    world.desk.cancel(a_cancel())
    world.to_the_end()
    assert world.order.state == "cancelled"


def one_item_is_cancelled_and_the_rest_completes(world: Holds) -> None:
    world.waits_for("procure")
    world.desk.place(an_order_of_two())
    world.due_now()
    world.desk.cancel(a_cancel(items=("2",)))
    world.due_now()
    world.answers_again("procure")
    world.to_the_end()


def order_is_withdrawn(world: Holds) -> None:
    world.waits_for("procure", "provide")
    world.desk.place(an_order_of_two())
    world.due_now()
    world.desk.withdraw("order-1")
    world.to_the_end()
    assert "order-1" not in world.books.orders


def order_fails(world: Holds) -> None:
    world.outside["provide"].refuses = True
    world.desk.place(an_order_of_two())
    world.to_the_end()
    assert world.order.state == "failed"


def there_is_not_room_for_all(world: Holds) -> None:
    world.waits_for("procure", "provide")
    world.pool.room = 1
    world.desk.place(an_order_of_two())
    world.later(A_WHILE)
    assert world.order.items[1].state == "failed"
    world.answers_again("procure", "provide")
    world.to_the_end()
    assert [item.state for item in world.order.items] == ["completed", "failed"]


def room_is_made_while_another_waits_for_it(world: Holds) -> None:
    world.pool.room = 1
    world.desk.place(an_order_of_two())
    world.to_the_end()
    assert [item.state for item in world.order.items] == ["completed", "completed"]


def hold_is_lost_and_not_to_be_had_again(world: Holds) -> None:
    world.waits_for("procure", "provide")
    world.desk.place(an_order_of_two())
    world.due_now()
    world.pool.drop("order-1/reserve/1")
    world.pool.room = 1
    world.reconciler.sweep()
    world.later(A_WHILE)
    world.answers_again("procure", "provide")
    world.to_the_end()
    assert [item.state for item in world.order.items] == ["failed", "completed"]


def check_is_removed(world: Holds) -> None:
    world.answered("firm")
    world.questions.remove("check", "check-1")
    world.to_the_end()


def check_is_removed_while_the_pool_is_asked(world: Holds) -> None:
    world.check()
    world.pool.meanwhile = lambda: world.questions.remove("check", "check-1")
    world.to_the_end()


def check_is_removed_and_its_hold_given_back_before_it_arrives(world: Holds) -> None:
    def meanwhile() -> None:
        world.questions.remove("check", "check-1")
        world.keeping.advance("check-1/hold/1/fresh-1")
        assert world.books.holds == {}

    world.check()
    world.pool.meanwhile = meanwhile
    world.due_now()
    assert world.pool.active() == []


def check_expires(world: Holds) -> None:
    world.answered("firm")
    world.to_the_end()
    assert world.the_hold().state == "expired"


def pool_is_silent_while_it_is_asked(world: Holds) -> None:
    world.pool.down = True
    world.check()
    world.due_now()
    world.pool.down = False
    world.to_the_end()
    assert world.question.state == "done"


def order_takes_over_and_completes(world: Holds) -> None:
    world.proposing("p-1", "p-2")
    world.answered("firm")
    world.order_of("design-of-p-1")
    world.to_the_end()
    assert world.order.state == "completed"


def order_takes_over_and_is_withdrawn(world: Holds) -> None:
    world.waits_for("procure", "provide")
    world.answered("soft")
    world.order_of("fresh-1")
    world.due_now()
    world.questions.remove("check", "check-1")
    world.desk.withdraw("order-1")
    world.to_the_end()


def order_waits_longer_than_its_holds_last(world: Holds) -> None:
    world.waits_for("procure", "provide")
    world.pool.extends = False
    world.desk.place(an_order_of_two())
    world.due_now()
    for _ in range(3):
        world.reconciler.sweep()
        world.clock.time += FIRM
        world.advance()
    world.desk.cancel(a_cancel())
    world.to_the_end()


def _broken_at_the_end(world: Holds) -> Callable[..., object]:
    plain = world.books.save

    def save(thing: object, *happenings: str, **more: object) -> object:
        if getattr(thing, "state", "") == "done" and getattr(thing, "answer", None) is not None:
            raise RuntimeError("cannot be written")
        return plain(thing, *happenings, **more)  # type: ignore[arg-type]

    return save


STORIES: tuple[Story, ...] = (
    order_completes,
    order_is_cancelled,
    one_item_is_cancelled_and_the_rest_completes,
    order_is_withdrawn,
    order_fails,
    there_is_not_room_for_all,
    room_is_made_while_another_waits_for_it,
    hold_is_lost_and_not_to_be_had_again,
    check_is_removed,
    check_is_removed_while_the_pool_is_asked,
    check_is_removed_and_its_hold_given_back_before_it_arrives,
    check_expires,
    pool_is_silent_while_it_is_asked,
    order_takes_over_and_completes,
    order_takes_over_and_is_withdrawn,
    order_waits_longer_than_its_holds_last,
)
"""Each is told to its end by the runs alone: none needs the comparison with the pool to be rid of its holds."""


@pytest.mark.parametrize("story", STORIES)
def test_nothing_stays_held(story: Story) -> None:
    world = Holds()
    story(world)
    assert world.pool.posts or world.pool.extended or story is pool_is_silent_while_it_is_asked
    assert world.pool.active() == []
    assert world.ledger() == []


def _writes(story: Story) -> int:
    world = Holds()
    story(world)
    return world.books.writes


FORGOTTEN = check_is_removed_and_its_hold_given_back_before_it_arrives
"""What arrives when its line is gone already is written down nowhere by a process that dies right then."""
CRASHES = [(story, n) for story in STORIES for n in range(1, _writes(story) + 1)]


@pytest.mark.parametrize(("story", "n"), CRASHES, ids=[f"{story.__name__}-{n}" for story, n in CRASHES])
def test_nothing_stays_held_whichever_write_is_the_last_one_of_a_process(story: Story, n: int) -> None:
    world = Holds()
    world.books.die_at = n
    with pytest.raises(Crash):
        story(world)
    world.books.die_at = None
    _wind_up(world, may_be_forgotten=story is FORGOTTEN)


@pytest.mark.parametrize("key", ["order-1/reserve/1", "order-1/reserve/2"])
def test_nothing_stays_held_when_it_dies_right_after_a_hold_of_an_order_was_given(key: str) -> None:
    world = Holds()
    world.pool.dies_after = key
    with pytest.raises(Crash):
        order_completes(world)
    _wind_up(world)


def test_nothing_stays_held_when_it_dies_right_after_a_hold_of_a_check_was_given() -> None:
    world = Holds()
    world.proposing("p-1", "p-2")
    world.pool.dies_after = "check-1/hold/1/design-of-p-2"
    world.check("firm")
    with pytest.raises(Crash):
        world.due_now()
    world.proposing("p-3")  # what is computed anew is another design
    world.to_the_end()
    assert world.is_empty()
    assert set(world.pool.released) >= {"check-1/hold/1/design-of-p-1", "check-1/hold/1/design-of-p-2"}


def test_a_check_that_dies_again_and_again_does_not_pile_up_holds() -> None:
    world = Holds()
    world.check("firm")
    for number in range(4):
        world.proposing(f"p-{number}")
        world.pool.dies_after = f"check-1/hold/1/design-of-p-{number}"
        with pytest.raises(Crash):
            world.questions.answer("check", "check-1")
    world.keeping.advance("check-1/hold/1/design-of-p-0")
    assert world.holds() == {
        "design-of-p-0": "released",
        "design-of-p-1": "releasing",
        "design-of-p-2": "releasing",
        "design-of-p-3": "asked",
    }


def test_a_check_that_never_gets_an_answer_holds_nothing() -> None:
    world = Holds()
    world.designer.fails = [Unavailable("resources", "silent")]
    world.check("firm")
    world.to_the_end()
    assert world.pool.posts == []
    assert world.is_empty()


def test_a_check_whose_answer_cannot_be_stored_gives_back_what_it_held() -> None:
    world = Holds()
    world.check("firm")
    plain = world.books.save
    world.books.save = _broken_at_the_end(world)  # type: ignore[method-assign]
    while world.question.state != "terminatedWithError":
        try:
            world.later(timedelta(seconds=30))
        except RuntimeError:
            continue
    world.books.save = plain  # type: ignore[method-assign]
    world.due_now()
    assert world.pool.posts == ["check-1/hold/1/fresh-1"]
    assert world.is_empty()


def _wind_up(world: Holds, *, may_be_forgotten: bool = False) -> None:
    """Another process finds the rows, and those who were silent answer at last."""
    world.answers_again("procure", "provide")
    world.pool.down = False
    world.to_the_end()
    if may_be_forgotten and world.pool.active():
        world.clock.time += SPANS.grace
        assert len(world.reconciler.sweep().released) == 1
    assert world.pool.active() == []
    assert world.ledger() == []
