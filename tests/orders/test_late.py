from dataclasses import dataclass, replace

import pytest

from linkwright.orders.late import Late


@dataclass(frozen=True, kw_only=True)
class Thing:
    name: str
    size: Late[int] = Late()  # noqa: RUF009 (a descriptor)


def test_a_value_is_worked_out_once_and_not_before_it_is_asked_for() -> None:
    calls: list[str] = []

    def size() -> int:
        calls.append("asked")
        return 7

    thing = replace(Thing(name="a", size=size), name="b")  # a copy asks
    assert (thing.size, thing.size, calls) == (7, 7, ["asked"])


def test_a_plain_value_is_as_good() -> None:
    assert Thing(name="a", size=7) == Thing(name="a", size=lambda: 7)


def test_there_is_no_default() -> None:
    with pytest.raises(TypeError, match="size"):
        Thing(name="a")  # type: ignore[call-arg]
