"""What runs on the event loop, and what is begun again in a thread."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from linkwright.api.app import build_app
from linkwright.api.brevity import LARGE_BYTES

from .world import ORDERS, Client, World, an_item, an_order_body

LOOP = threading.main_thread().name


@pytest.fixture
def threads(world: World) -> list[str]:
    """Where the store was looked into and written to."""
    seen: list[str] = []
    world.shelf.before_read = world.shelf.before_write = lambda: seen.append(threading.current_thread().name)
    return seen


@pytest.fixture
def on_loop(world: World) -> Any:
    async def at_once(work: Callable[[], Any]) -> Any:
        return work()

    return build_app(world.apis(), max_body_bytes=1_000_000, checks={}, start=print, stop=print, run_brief=at_once)


def test_a_small_order_is_stored_and_read_on_the_loop(on_loop: Any, threads: list[str]) -> None:
    with Client(on_loop) as client:
        href = client.post(f"{ORDERS}/serviceOrder", an_order_body()).headers["location"]
        assert client.get(href).status_code == 200
    assert set(threads) == {LOOP}


def test_a_large_body_is_given_a_thread(on_loop: Any, threads: list[str]) -> None:
    with Client(on_loop) as client:
        assert client.post(f"{ORDERS}/serviceOrder", an_order_body(description="x" * LARGE_BYTES)).status_code == 201
    assert LOOP not in threads


def test_a_large_document_is_patched_in_a_thread(on_loop: Any, world: World, threads: list[str]) -> None:
    with Client(on_loop) as client:
        big = an_order_body(description="x" * LARGE_BYTES, serviceOrderItem=[an_item("1")])
        href = client.post(f"{ORDERS}/serviceOrder", big).headers["location"]
        threads.clear()
        assert client.patch(href, {"priority": "1"}).status_code == 200
    assert threads[0] == LOOP  # where its size was found out
    assert LOOP not in threads[1:]
    assert len(world.shelf.resources["serviceOrder"]) == 1


def test_a_search_is_given_a_thread(on_loop: Any, threads: list[str]) -> None:
    with Client(on_loop) as client:
        assert client.get(f"{ORDERS}/serviceOrder?description.regex=x").status_code == 200
    assert LOOP not in threads
