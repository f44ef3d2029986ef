"""What was worked out from the same objects before: for facts that are read once and asked about many times."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])
KEPT = 4


def remembered(work: Callable[..., T]) -> Callable[..., T]:
    """Keeps the last few results of a function of large frozen objects, found by their identity.

    To compare or hash a network costs as much as many of the things that are made of it. An object that is kept here
    lives as long as its result, so that no other can take its identity.
    """
    kept: dict[tuple[int, ...], tuple[tuple[Any, ...], T]] = {}

    def known(*arguments: Any) -> T:
        key = tuple(map(id, arguments))
        found = kept.get(key)
        if found is None:
            found = kept[key] = (arguments, work(*arguments))
            for old in list(kept)[:-KEPT]:
                kept.pop(old, None)
        return found[1]

    return known


def kept_with_its_object(work: F) -> F:
    """Keeps the result of a function of a frozen object for as long as the object itself is kept.

    The result is handed out again, so nobody may change it.
    """
    name = f"_{work.__name__}"

    @wraps(work)
    def known(thing: Any, *arguments: Any) -> Any:
        kept = vars(thing).get(name)
        if kept is None or kept[0] != arguments:
            kept = vars(thing)[name] = (arguments, work(thing, *arguments))
        return kept[1]

    return known  # type: ignore[return-value]


def kept_with(thing: Any) -> list[Any]:
    """All results that `kept_with_its_object` keeps with it."""
    return [kept[1] for name, kept in vars(thing).items() if name.startswith("_")]


def let_go(parts: list[Any]) -> None:
    """Free many things in turns: all other threads wait while one thing is freed with all that it is made of.

    The list must be the last that refers to them.
    """
    while parts:
        parts.pop()
