"""What a scenario's file may say, as it is checked when it is loaded. docs/scenarios.md tells its users."""

from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, Field

from mocks.scenario.actions import Step
from mocks.scenario.expectations import STRICT, OneOrMore

Json = Any


class Part(BaseModel):
    """A part of the file."""

    model_config = STRICT


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
    time_zone: str | None = Field(default=None, alias="timeZone")


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


class Money(Part):
    """An amount in another currency than euros."""

    unit: str
    value: float


class Offer(Part):
    """What a partner offers at its places, in the words of offers. A price that is missing is not stated.

    It holds for `valid_days` calendar days. `name` is only for the changes of twins.
    """

    name: str = ""
    places: list[str]
    technology: str
    bandwidth_mbps: int = Field(alias="bandwidthMbps")
    up_mbps: int | None = Field(default=None, alias="upMbps")
    nrc: float | Money | None = None
    mrc: float | Money | None = None
    availability: float
    delay_ms: float = Field(alias="delayMs")
    jitter_ms: float | None = Field(default=None, alias="jitterMs")
    loss_percent: float | None = Field(default=None, alias="lossPercent")
    lead_time_days: int = Field(alias="leadTimeDays")
    handover_pop: str = Field(alias="handoverPop")
    shared_risk_groups: list[str] | None = Field(default=None, alias="sharedRiskGroups")
    entry: list[str] | None = None
    carriers: list[str] | None = None
    valid_days: int | None = Field(default=None, ge=0, alias="validDays")


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
