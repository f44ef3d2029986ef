"""What may go out when, which tasks serve nobody any more, and that counting it does not grow with the square."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta

from linkwright.orders import board as board_module
from linkwright.orders import tasks as tasks_module
from linkwright.orders.board import Board
from linkwright.orders.errands import Task
from linkwright.orders.tasks import planned_tasks
from tests.builders import NOW, a_leg, a_solution
from tests.counting import lines_run
from tests.orders.world import PARTNER_LEG, a_task

OWN = a_solution()
BOUGHT = a_solution(design_id="design-2", legs=(a_leg(), PARTNER_LEG))
BUILT = a_solution(design_id="design-3", legs=(a_leg(build="b1"),))


def goes_out(board: Board) -> list[Task]:
    """Everything that may go out now; what is taken along by another is put on the board."""
    found = []
    while task := board.ready():
        found.append(task)
        board.put(replace(task, state="sent"))
    for number, task in enumerate(board.gathered()):
        board.put(replace(task, state="sent") if number == 0 else task)
        found += [task] if number == 0 else []
    return found


def done(board: Board, tasks: Iterable[Task]) -> None:
    for task in tasks:
        board.put(replace(board[task.key], state="done"))


def names(tasks: Iterable[Task]) -> list[str]:
    return [f"{task.kind} {'+'.join(task.items)}" for task in tasks]


def test_everything_is_held_before_anything_is_ordered_and_registered_last() -> None:
    board = Board(planned_tasks("order-1", {"1": BOUGHT, "2": OWN}))
    waves = []
    while wave := goes_out(board):
        waves.append(names(wave))
        done(board, wave)
    assert waves == [
        ["reserve 1", "reserve 2"],
        ["procure 1", "provide 1+2", "allocate 1+2"],
        ["implement 1+2"],
        ["register 1", "register 2"],
    ]


def test_nobody_waits_for_the_partner_or_the_build_of_another_item() -> None:
    board = Board(planned_tasks("order-1", {"1": BOUGHT, "2": OWN, "3": BUILT, "4": OWN}))
    done(board, goes_out(board))
    ordered = goes_out(board)
    done(board, [task for task in ordered if task.kind == "allocate" or task.key == "order-1/provide"])
    assert names(goes_out(board)) == ["implement 2+4"]
    done(board, [task for task in ordered if task.kind == "procure"])
    assert names(goes_out(board)) == ["implement 1"]
    done(board, [task for task in ordered if task.key == "order-1/provide/build/b1"])
    assert names(goes_out(board)) == ["implement 3"]


def test_an_item_that_got_its_share_of_an_order_goes_on_before_the_others() -> None:
    board = Board(planned_tasks("order-1", {"1": OWN, "2": OWN}))
    done(board, goes_out(board))
    provided, allocated = goes_out(board)
    done(board, [allocated])
    board.put(replace(board[provided.key], delivered=("2",)))
    assert names(goes_out(board)) == ["implement 2"]


def test_an_item_is_implemented_after_those_that_it_depends_on() -> None:
    board = Board(planned_tasks("order-1", {"1": OWN, "2": OWN, "3": OWN}), waits={"1": ["2"], "2": ["3"]})
    implemented = []
    while wave := goes_out(board):
        implemented += [name for name in names(wave) if name.startswith("implement")]
        done(board, wave)
    assert implemented == ["implement 3", "implement 2", "implement 1"]


def test_what_is_sent_still_holds_up_what_comes_after_it_and_what_is_taken_back_does_not() -> None:
    hold, *rest = planned_tasks("order-1", {"1": OWN})
    for state in ("planned", "sent"):
        assert [task for task in goes_out(Board((replace(hold, state=state), *rest))) if task.kind != "reserve"] == []
    for state in ("done", "undoing", "undone"):
        assert names(goes_out(Board((replace(hold, state=state), *rest)))) == ["provide 1", "allocate 1"]


def test_tasks_that_were_planned_before_there_were_stages_go_on_by_their_keys() -> None:
    keys = ("reserve/1", "reserve/2", "procure/1", "provide", "allocate", "implement", "register/1", "register/2")
    after = {
        "procure/1": keys[:2],
        "provide": keys[:2],
        "allocate": keys[2:4],
        "implement": ("allocate",),
        "register/1": ("implement",),
        "register/2": ("implement",),
    }
    old = [
        a_task(
            key=key,
            kind=key.partition("/")[0],
            items=(key[-1],) if "/" in key else ("1", "2"),
            after=after.get(key, ()),
        )
        for key in keys
    ]
    board, waves = Board(old), []
    while wave := goes_out(board):
        waves.append(names(wave))
        done(board, wave)
    assert waves == [
        ["reserve 1", "reserve 2"],
        ["procure 1", "provide 1+2"],
        ["allocate 1+2"],
        ["implement 1+2"],
        ["register 1", "register 2"],
    ]


def test_nothing_new_goes_out_for_an_item_whose_order_is_being_taken_back() -> None:
    board = Board(planned_tasks("order-1", {"1": BOUGHT, "2": OWN}))
    done(board, goes_out(board))
    procured, *others = goes_out(board)
    done(board, others)
    board.put(replace(board[procured.key], state="undoing"))
    assert names(goes_out(board)) == ["implement 2"]
    board.put(replace(board[procured.key], state="sent"))
    done(board, [procured])
    assert names(goes_out(board)) == ["implement 1"]


def test_a_task_is_idle_when_the_last_of_its_items_is_lost_and_so_is_what_depends_on_them() -> None:
    board = Board(planned_tasks("order-1", {"1": OWN, "2": OWN, "3": OWN}), waits={"2": ["1"]})
    assert board.idle() == []
    board.lose(["1"])
    assert board.lost == {"1", "2"}
    assert {task.key for task in board.idle()} == {
        f"order-1/{kind}/{item}" for kind in ("reserve", "implement", "register") for item in ("1", "2")
    }
    board.lose(["3"])
    assert {"order-1/provide", "order-1/allocate"} <= {task.key for task in board.idle()}
    assert board.idle() == []


def test_the_hold_of_a_service_that_is_active_serves_nobody() -> None:
    board = Board(planned_tasks("order-1", {"1": OWN, "2": OWN}))
    done(board, goes_out(board))
    board.put(replace(board["order-1/register/2"], state="done"))
    assert [task.key for task in board.idle()] == ["order-1/reserve/2"]


def test_the_task_that_has_waited_longest_is_looked_at_first() -> None:
    late, early = NOW + timedelta(minutes=2), NOW + timedelta(minutes=1)
    board = Board([a_task(key="a", state="sent", look_at=late), a_task(key="b", state="undoing", look_at=early)])
    assert (board.due(NOW), board.next_look()) == (None, early)
    assert (board.due(late) or a_task()).key == "b"
    board.put(a_task(key="b", state="sent", look_at=late + timedelta(minutes=1)))
    assert (board.due(late) or a_task()).key == "a"
    board.put(a_task(key="c", state="sent"))
    assert (board.due(NOW) or a_task()).key == "c"


def work_of(items: int, waits: Callable[[int], list[str]] = lambda _: []) -> int:
    """Lines that are run to take an order of so many items from its plan to its end, one task after the other."""
    solutions = {str(n): (OWN, BOUGHT, BUILT)[n % 3] for n in range(items)}

    def whole() -> None:
        board = Board(planned_tasks("order-1", solutions), waits={str(n): waits(n) for n in range(items)})
        while wave := goes_out(board):
            for task in wave:
                done(board, [task])
                board.idle()
        assert all(task.state == "done" or not task.items for task in board)

    return lines_run(whole, board_module, tasks_module)


def test_ten_times_the_items_are_about_ten_times_the_work() -> None:
    assert work_of(1000) < 11 * work_of(100)


def test_a_chain_of_items_is_no_more_than_its_length() -> None:
    def after_the_one_before(n: int) -> list[str]:
        return [str(n - 1)] if n else []

    assert work_of(500, after_the_one_before) < 11 * work_of(50, after_the_one_before)
