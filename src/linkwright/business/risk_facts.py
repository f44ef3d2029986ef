"""What a design stands on that may go wrong, as plain figures. Floats and lead times are working days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Literal, get_args

RiskCode = Literal[
    "plannedBuild", "newBuild", "singlePartner", "thinMargin", "weather", "expiringHold", "scarceSkill",
    "longLeadTime", "sharedRisk", "undeclaredRisk", "unknownPrice",
]  # fmt: skip

MOST_SLIP = 10
"""Ten times the lead time; whoever expects more has another plan."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """How probable a risk is, and how many more days then: the share of the lead time by which it slips.

    Raises:
        ValueError: the probability is no number from 0 to 1, or the share none from 0 to `MOST_SLIP`.
    """

    probability: float
    slip: float = 0.0

    def __post_init__(self) -> None:
        for name, most in (("probability", 1), ("slip", MOST_SLIP)):
            figure = getattr(self, name)
            if type(figure) not in (int, float) or not 0 <= figure <= most:
                raise ValueError(f"{name} {figure!r} is no number from 0 to {most}")


BASE_RATES: Mapping[RiskCode, Rate] = MappingProxyType(
    {
        "plannedBuild": Rate(probability=0.25, slip=0.25),
        "newBuild": Rate(probability=0.3, slip=0.3),
        "singlePartner": Rate(probability=0.15, slip=0.2),
        "thinMargin": Rate(probability=0.1),
        "weather": Rate(probability=0.2, slip=0.5),
        "expiringHold": Rate(probability=0.1, slip=1.0),
        "scarceSkill": Rate(probability=0.2, slip=1.0),
        "longLeadTime": Rate(probability=0.2, slip=0.15),
        "sharedRisk": Rate(probability=0.05),
        "undeclaredRisk": Rate(probability=0.2),
        "unknownPrice": Rate(probability=0.5),
    }
)
"""Assumptions to start from, not measurements; whoever has a history of his own replaces them.

Civil works slip most (`newBuild`: permits and ground are not known yet), those that are in somebody's plan already less
(`plannedBuild`). A partner with a signed offer keeps his date mostly, and so does a supplier. In a season without
weather half of the work's days are lost. A hold that ends too early is mostly extended, and else got again in its whole
lead time; a course that falls through is held once more. What is shared fails seldom, and what is not declared turns
out to be shared in one case of five. A price that nobody has stated is as likely above as below what was expected.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Awaited:
    """Something that has to come. `float_days`: so much later it may come without anything late; None where no date is
    wanted, when each day of slip is one day later. `ready` is the day from which it can be used."""

    name: str
    lead_days: int
    float_days: int | None = None
    ready: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PartnerLeg(Awaited):
    """A leg of a partner (`name`). `alternatives`: so many others could provide it."""

    alternatives: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class OutdoorWork(Awaited):
    """Work that needs its weather (`lead_days` are its own), and the days that it has in reserve for that."""

    reserve_days: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class HoldEnd:
    """A hold ends on `expires` and is needed on `used`; without it there is a wait of `lead_days`."""

    name: str
    expires: date
    used: date
    lead_days: int = 0
    float_days: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ScarceSkill:
    """So many people of a team have no skill yet. `trained` is the day from which they have it, None where nothing
    teaches it; `float_days` are those from then to `needed`, below zero where it comes too late."""

    team: str
    skill: str
    people: int
    needed: date
    trained: date | None = None
    course_days: int = 0
    float_days: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class RiskFacts:
    """One item. `margin` is availability minus target, None without a target; `unpriced`, `undeclared` and
    `shared_risks` are names. `price_mrc_minor` is what a month of the service brings, None where that is not known."""

    item: str | None = None
    price_mrc_minor: int | None = None
    planned: tuple[Awaited, ...] = ()
    builds: tuple[Awaited, ...] = ()
    deliveries: tuple[Awaited, ...] = ()
    partner_legs: tuple[PartnerLeg, ...] = ()
    outdoor: tuple[OutdoorWork, ...] = ()
    holds: tuple[HoldEnd, ...] = ()
    skills: tuple[ScarceSkill, ...] = ()
    margin: float | None = None
    unpriced: tuple[str, ...] = ()
    undeclared: tuple[str, ...] = ()
    shared_risks: tuple[str, ...] = ()


def rates_with(own: Mapping[RiskCode, Rate]) -> Mapping[RiskCode, Rate]:
    """The base rates, replaced where there is one of one's own.

    Raises:
        ValueError: there is no such risk.
    """
    if unknown := sorted(set(own) - set(get_args(RiskCode))):
        raise ValueError(f"{unknown[0]} is none of {', '.join(get_args(RiskCode))}")
    return {**BASE_RATES, **own}
