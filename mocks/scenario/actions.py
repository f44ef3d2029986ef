"""What a step of a scenario can do, as it is checked when it is loaded."""

from typing import Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from mocks.scenario.expectations import STRICT, Expectation, OneOrMore

Json = Any


class Action(BaseModel):
    """A part of a step."""

    model_config = STRICT


class Item(Action):
    """An item of a request in short. `bundles: all` makes it the sum of all others.

    `relations` are (type → ids of other items); `more` is written into the item as it is, over everything else.
    """

    id: str
    site: str | None = None
    address: str | None = None
    specification: str | None = None
    wishes: dict[str, Json] = {}
    bundles: Literal["all"] | list[str] | None = None
    relations: dict[str, OneOrMore] = {}
    more: dict[str, Json] = {}


class OrderItem(Item):
    """An item of an order in short."""

    action: str = "add"


class Check(Action):
    """A feasibility check: `request` holds the members of the TMF645 resource, `items` its items in short.

    `file` names a file beside the scenario with the whole body instead. `wait: false` goes on while it runs.
    """

    request: dict[str, Json] = {}
    items: list[Item] = []
    file: str | None = None
    wait: bool = True
    within_s: float = Field(default=120.0, alias="withinS")


class Order(Action):
    """An order of what was checked, with the service and the reference that the check answered.

    `results`: items of which results are ordered; `only`: these alone. `choose` says by a path within an item which of
    its proposals is taken, by item id or for all (`*`); an alternate item takes its first one otherwise. It is followed
    until it is in one of the states `until`. With `items` nothing was checked before, and they are what is ordered.
    """

    of: str | None = None
    items: list[OrderItem] = []
    request: dict[str, Json] = {}
    results: list[str] = ["qualified"]
    only: list[str] | None = None
    choose: dict[str, str] = {}
    until: list[str] = []
    within_s: float = Field(default=60.0, alias="withinS")


class ChangedItem(Action):
    """`wishes` take the place of those of the same names, None takes one away; `more` is written into the item."""

    id: str
    wishes: dict[str, Json] = {}
    more: dict[str, Json] = {}


class Change(Action):
    """Change an order (PATCH): `items` of it, new ones in `adds`, and members of it in `request`.

    `answer` is the HTTP status that has to come.
    """

    of: str = "order"
    items: list[ChangedItem] = []
    adds: list[OrderItem] = []
    request: dict[str, Json] = {}
    answer: int = 200


class Wait(Action):
    """Until the check, order or cancel of a step is in one of the states."""

    for_: str = Field(alias="for")
    until: list[str] = []
    within_s: float = Field(default=120.0, alias="withinS")


class Steer(Action):
    """Move what a system or partner was ordered: `order` counts its orders from 1, `slip_days` are working days.

    Or give it other `faults`, as mocks/faults.py has them; none are left of those that it had.
    """

    system: str
    order: int = 1
    faults: dict[str, Json] | None = None
    slip_days: int | None = Field(default=None, alias="slipDays")
    jeopardy: dict[str, Json] | None = None
    state: str | None = None
    reason: str | None = None


class Cancel(Action):
    """Cancel an order, or only some `items` of it, by ids or patterns. It is followed until the cancel is decided."""

    of: str
    items: list[str] | None = None
    reason: str = ""
    within_s: float = Field(default=60.0, alias="withinS")


ACTIONS = ("clock", "check", "order", "change", "wait", "steer", "cancel", "expect")


class Step(Action):
    """One action; `expect` looks again until everything is as expected, for `within_s` at most.

    After a `clock` the world is given `settle_s` of real time to do what is due.
    """

    name: str = ""
    clock: AwareDatetime | None = None
    check: Check | None = None
    order: Order | None = None
    change: Change | None = None
    wait: Wait | None = None
    steer: Steer | None = None
    cancel: Cancel | None = None
    expect: list[Expectation] | None = None
    within_s: float = Field(default=10.0, alias="withinS")
    settle_s: float = Field(default=0.0, alias="settleS")

    @model_validator(mode="after")
    def _has_one_action(self) -> Self:
        if len(given := [name for name in ACTIONS if getattr(self, name) is not None]) != 1:
            raise ValueError(f"a step has one of {', '.join(ACTIONS)}, not {', '.join(given) or 'none'}")
        return self

    @property
    def action(self) -> str:
        return next(name for name in ACTIONS if getattr(self, name) is not None)
