"""Values that are worked out when somebody asks for them."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Late(Generic[T]):
    """A field of a frozen dataclass: given a value, or a function that will be called once, when the field is read.

    Whoever reads a field expects no error, so the function must not raise one.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __set__(self, thing: object, value: T | Callable[[], T]) -> None:
        vars(thing)[self._name] = value

    def __get__(self, thing: object, owner: type) -> T:
        if thing is None:  # the dataclass asks for a default, and there is none
            raise AttributeError(self._name)
        value: Any = vars(thing)[self._name]
        if callable(value):
            value = vars(thing)[self._name] = value()
        return value  # type: ignore[no-any-return]
