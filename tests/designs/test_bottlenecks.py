"""What every route has to pass, worked out once for those who ask the same, as long as there are not too many."""

from typing import Any

import pytest

from linkwright.design.rules.apart import apart_of
from linkwright.designs import bottlenecks as room
from linkwright.designs.bottlenecks import bottlenecks
from tests.builders import a_link, a_network, a_node, an_access

PLACES = ("a", "b", "c")


def test_no_more_answers_are_kept_than_the_bound_says_and_an_old_one_is_worked_out_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    network = a_network(
        nodes=tuple(a_node(name) for name in (*PLACES, "hub")),
        links=tuple(a_link(f"{name}-hub", name, "hub") for name in PLACES),
    )
    plain = room._Routes.unavoidable

    def counted(routes: Any, entries: Any, *more: Any) -> Any:
        asked.extend(pop for pop, _ in entries)
        return plain(routes, entries, *more)

    monkeypatch.setattr(room._Routes, "unavoidable", counted)
    monkeypatch.setattr(room, "MOST_KNOWN", 2)

    def told(pop: str) -> Any:
        return bottlenecks([an_access(pop=pop)], ("hub",), network, apart_of("link"))

    answers = {pop: told(pop) for pop in PLACES}
    assert answers["a"] == ["link a-hub"]
    assert {pop: told(pop) for pop in ("c", "b")} == {pop: answers[pop] for pop in ("c", "b")}
    assert asked == ["a", "b", "c"]
    assert told("a") == answers["a"]
    assert asked == ["a", "b", "c", "a"]
