"""What a scenario's file may say, as it is checked when it is loaded. docs/scenarios.md tells its users."""

from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from mocks.scenario.expectations import Expectation

Json = Any
OneOrMore = str | list[str]


class Part(BaseModel):
    """A part of the file; a name that nobody knows is refused."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Resource(Part):
    """A resource of the inventory (TMF639) in short. `place` is the id of a site or an address of this scenario."""

    category: str
    id: str
    name: str = ""
    place: str | None = None
    facts: dict[str, Json] = {}
    relations: dict[str, OneOrMore] = {}
    supplier: str | None = None
    attributes: dict[str, Json] = {}


class Specification(Part):
    """A service specification (TMF633). `defaults`: what is designed where a requirement is silent."""

    id: str
    name: str = ""
    version: str = "1.0"
    status: str = "Active"
    defaults: dict[str, Json] = {}
    mandatory: list[str] = []


class Site(Part):
    """A site (TMF674), which has an address (TMF673) of the same facts where it names none."""

    id: str
    name: str = ""
    address: str | None = None


class Booking(Part):
    """A reservation (TMF685) of somebody else, both days included."""

    id: str
    resource: str
    category: str
    quantity: int = 1
    from_: str = Field(alias="from")
    until: str | None = None


class Facts(Part):
    """`addresses` and `services` are written as TMF673 and TMF638 have them."""

    resources: list[Resource] = []
    specifications: list[Specification] = []
    sites: list[Site] = []
    addresses: list[dict[str, Json]] = []
    bookings: list[Booking] = []
    services: list[dict[str, Json]] = []


class Offer(Part):
    """What a partner offers at its places, in the words of offers. A price that is missing is not stated.

    `name` is only for the changes of twins.
    """

    name: str = ""
    places: list[str]
    technology: str
    bandwidth_mbps: int = Field(alias="bandwidthMbps")
    up_mbps: int | None = Field(default=None, alias="upMbps")
    nrc: float | None = None
    mrc: float | None = None
    availability: float
    delay_ms: float = Field(alias="delayMs")
    jitter_ms: float | None = Field(default=None, alias="jitterMs")
    loss_percent: float | None = Field(default=None, alias="lossPercent")
    lead_time_days: int = Field(alias="leadTimeDays")
    handover_pop: str = Field(alias="handoverPop")
    shared_risk_groups: list[str] | None = Field(default=None, alias="sharedRiskGroups")
    entry: list[str] | None = None
    carriers: list[str] | None = None


class Refusal(Part):
    """`name` is only for the changes of twins."""

    name: str = ""
    places: list[str]
    reason: str


class Fails(Part):
    """The share of its calls that end with an error, drawn with a seed."""

    share: float = Field(ge=0, le=1)
    seed: int = 0


class Partner(Part):
    """`declares`: the settings name its places as its area. `covers` are places without offer, beside those with one.

    `settings` are those of its table in linkwright.toml. More than `allows_per_s` calls in a second get 429.
    """

    settings: dict[str, Json] = {}
    declares: bool = True
    silent: bool = False
    fails: Fails | None = None
    allows_per_s: int | None = Field(default=None, alias="allowsPerS")
    covers: list[str] = []
    offers: list[Offer] = []
    refusals: list[Refusal] = []

    @property
    def places(self) -> list[str]:
        """Where it can be asked, each once."""
        offered = (place for one in self.offers for place in one.places)
        refused = (place for one in self.refusals for place in one.places)
        return list(dict.fromkeys([*self.covers, *offered, *refused]))

    @property
    def faults(self) -> dict[str, Json]:
        """As mocks/faults.py has them."""
        fails = {} if self.fails is None else {"fail_rate": self.fails.share, "seed": self.fails.seed}
        limit = {} if self.allows_per_s is None else {"max_per_s": self.allows_per_s}
        return {**({"hold": "before"} if self.silent else {}), **fails, **limit}


class Item(Part):
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


class Check(Part):
    """A feasibility check: `request` holds the members of the TMF645 resource, `items` its items in short.

    `file` names a file beside the scenario with the whole body instead. `wait: false` goes on while it runs.
    """

    request: dict[str, Json] = {}
    items: list[Item] = []
    file: str | None = None
    wait: bool = True
    within_s: float = Field(default=120.0, alias="withinS")


class Order(Part):
    """An order of what was checked, with the service and the reference that the check answered.

    `results`: items of which results are ordered; `only`: these alone. `choose` says by a path within an item which of
    its proposals is taken, by item id or for all (`*`); an alternate item takes its first one otherwise. It is followed
    until it is in one of the states `until`.
    """

    of: str | None = None
    request: dict[str, Json] = {}
    results: list[str] = ["qualified"]
    only: list[str] | None = None
    choose: dict[str, str] = {}
    until: list[str] = []
    within_s: float = Field(default=60.0, alias="withinS")


class Wait(Part):
    """Until the check, order or cancel of a step is in one of the states."""

    for_: str = Field(alias="for")
    until: list[str] = []
    within_s: float = Field(default=120.0, alias="withinS")


class Steer(Part):
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


class Cancel(Part):
    """Cancel an order, or only some `items` of it. It is followed until the cancel is decided."""

    of: str
    items: list[str] | None = None
    reason: str = ""
    within_s: float = Field(default=60.0, alias="withinS")


ACTIONS = ("clock", "check", "order", "wait", "steer", "cancel", "expect")


class Step(Part):
    """One action; `expect` looks again until everything is as expected, for `within_s` at most.

    After a `clock` the world is given `settle_s` of real time to do what is due.
    """

    name: str = ""
    clock: AwareDatetime | None = None
    check: Check | None = None
    order: Order | None = None
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


class Twin(Part):
    """The same scenario with `changes`, those of the twin that it is `like` before them.

    A step that is only a name is the scenario's step of that name.
    """

    title: str
    like: str | None = None
    changes: list[dict[str, Json]] = []
    steps: list[str | Step]


class Scenario(Part):
    """All of it, whole and repeated. `clock` is the moment at which it begins, `faults` are those of mocks by name."""

    name: Annotated[str, Field(pattern=r"^[\w-]+$")]
    title: str
    notes: list[str] = []
    clock: AwareDatetime
    settings: dict[str, Json] = {}
    facts: Facts = Facts()
    partners: dict[str, Partner] = {}
    faults: dict[str, dict[str, Json]] = {}
    steps: list[Step] = []
    twins: dict[str, Twin] = {}

    def step(self, name: str) -> Step | None:
        return next((step for step in self.steps if step.name == name), None)
