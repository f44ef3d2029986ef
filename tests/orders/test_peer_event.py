"""An event of another system is a hint to look, whatever it says and whenever it comes."""

import pytest

from linkwright.orders.model import Errand, Seen
from linkwright.orders.peer_event import PeerNews
from tests.builders import NOW, an_order
from tests.orders.world import World, a_cancel

REMOTE = "remote/order-1/procure/1/offer-1"


@pytest.fixture
def world() -> World:
    """The order waits for its partner and its resources, and looks again in a while."""
    world = World()
    world.waits_for("procure", "provide")
    world.desk.place(an_order())
    world.advance()
    assert world.due_at > NOW
    return world


def heard(world: World, system: str, remote_id: str) -> bool:
    return PeerNews(books=world.books, now=world.clock).heard(system, remote_id)


def test_news_of_a_task_makes_its_order_look_before_its_pause_is_over(world: World) -> None:
    world.answers_again("procure", "provide")
    assert heard(world, "partner-north", REMOTE)
    assert world.due_at == world.clock.time
    world.advance()
    assert (world.task("procure/1/offer-1").state, world.task("provide").state) == ("done", "sent")
    assert heard(world, "resource-orders", "remote/order-1/provide")
    world.advance()
    assert world.order.state == "completed"


def test_an_event_that_is_told_twice_or_too_early_does_no_harm(world: World) -> None:
    for _ in range(3):
        assert heard(world, "partner-north", REMOTE)
        world.advance()
    assert world.order.state == "inProgress"
    assert world.due_at > world.clock.time
    assert len(world.posts()) == len(set(world.posts()))


def test_an_event_after_the_end_changes_nothing(world: World) -> None:
    world.answers_again("procure", "provide")
    world.until_quiet()
    before = world.order
    assert heard(world, "partner-north", REMOTE)
    world.until_quiet()
    assert world.order == before


@pytest.mark.parametrize(("system", "remote_id"), [("partner-south", REMOTE), ("partner-north", "somebody else's")])
def test_an_event_about_what_is_not_ours_wakes_nobody(world: World, system: str, remote_id: str) -> None:
    due_at, writes = world.due_at, len(world.told())
    assert not heard(world, system, remote_id)
    assert (world.due_at, len(world.told())) == (due_at, writes)


def test_news_is_not_lost_when_the_run_that_it_woke_loses_a_race(world: World) -> None:
    world.answers_again("procure", "provide")
    heard(world, "partner-north", REMOTE)
    world.books.lost_races = 1
    world.advance()
    assert world.order.state == "inProgress"
    assert world.due_at == world.clock.time
    world.advance()
    assert world.task("procure/1/offer-1").state == "done"


def test_news_that_comes_while_its_task_is_looked_at_is_looked_at_again(world: World) -> None:
    look = world.outside["procure"].look

    def told_meanwhile(errand: Errand) -> Seen:
        seen = look(errand)
        object.__delattr__(world.outside["procure"], "look")
        heard(world, "partner-north", REMOTE)
        return seen

    object.__setattr__(world.outside["procure"], "look", told_meanwhile)
    heard(world, "partner-north", REMOTE)
    world.advance()
    world.answers_again("procure")
    assert world.due_at == world.clock.time
    world.advance()
    assert world.task("procure/1/offer-1").state == "done"


def test_a_cancel_that_the_other_side_has_carried_out_is_seen_at_once(world: World) -> None:
    world.outside["procure"].down = True
    world.desk.cancel(a_cancel())
    world.advance()
    assert world.order.state == "assessingCancellation"
    world.answers_again("procure", "provide")
    heard(world, "partner-north", REMOTE)
    world.advance()
    assert world.order.state == "cancelled"
