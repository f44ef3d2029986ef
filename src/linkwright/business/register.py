"""The register of risks of one item: what may go wrong, how probable that is, what it does, and who sees to it.

A risk slips by its rate's share of the lead time, rounded up to days; its impact is what is left of that behind the
float. A day is worth a thirtieth of the price of a month, and five working days are seven of these days.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from typing import NamedTuple

from linkwright.business.model import Risk
from linkwright.business.risk import THIN_MARGIN
from linkwright.business.risk_facts import (
    Awaited,
    HoldEnd,
    OutdoorWork,
    PartnerLeg,
    Rate,
    RiskCode,
    RiskFacts,
    ScarceSkill,
    rates_with,
)
from linkwright.wording import counted, in_working_days

LONG_LEAD_DAYS = 40
"""Two months of working days: what takes as long is ordered before much else is known."""
HIRING_DAYS = 60
"""A skill that nothing teaches comes with somebody new: three months of working days, assumed."""
DAYS_A_MONTH = 30
CALENDAR_DAYS = Fraction(7, 5)
"""Of a working day."""

_OWNERS: Mapping[RiskCode, str] = {
    "plannedBuild": "engineering",
    "newBuild": "engineering",
    "singlePartner": "partner management",
    "thinMargin": "engineering",
    "weather": "operations",
    "expiringHold": "sales",
    "scarceSkill": "operations",
    "longLeadTime": "engineering",
    "sharedRisk": "engineering",
    "undeclaredRisk": "partner management",
    "unknownPrice": "sales",
}
_MITIGATIONS: Mapping[RiskCode, str] = {
    "plannedBuild": "Follow its date every week, and keep another access in reserve until it is in service.",
    "newBuild": "Apply for permits at once, and bridge the time with a temporary access.",
    "singlePartner": "Agree on a penalty for delay, and ask a second partner for an offer.",
    "thinMargin": "Improve the component that limits the availability, or promise less.",
    "weather": "Begin earlier, or move the work into a better season.",
    "expiringHold": "Have the order before the hold ends, or extend the hold.",
    "scarceSkill": "Book the course now, or lend people who have the skill.",
    "longLeadTime": "Order it first, before everything else.",
    "sharedRisk": "Lead one of the legs along another way, or agree on repair in parallel.",
    "undeclaredRisk": "Have the partner declare its route before the order.",
    "unknownPrice": "Have the price stated before anything is promised.",
}


class Exposed(NamedTuple):
    """What all risks together come to, each times its probability. Money is that of the risks whose money is known,
    None where there are risks and it is known of none."""

    days: float
    minor: int | None


def register(facts: RiskFacts, *, rates: Mapping[RiskCode, Rate] | None = None) -> tuple[Risk, ...]:
    """Every risk of an item, the greatest exposure first. `rates` replace those of `BASE_RATES` that they name.

    Raises:
        ValueError: a rate of no risk.
    """
    book = _Book(facts, rates_with(rates or {}))
    found = [*book.late(), *book.partners(), *book.weather(), *book.holds(), *book.skills(), *book.quality()]
    return top(found, len(found))


def exposure(risks: Iterable[Risk]) -> Exposed:
    """In working days, and in minor units rounded to a whole one."""
    told = list(risks)
    known = [_exact(risk.probability) * risk.impact_minor for risk in told if risk.impact_minor is not None]
    days = sum((_exact(risk.probability) * risk.impact_days for risk in told), Fraction(0))
    return Exposed(float(days), None if told and not known else round(sum(known, Fraction(0))))


def top(risks: Iterable[Risk], n: int) -> tuple[Risk, ...]:
    """The `n` with the greatest exposure in days, then in money, then the most probable, then by code and cause."""
    return tuple(sorted(risks, key=_place)[: max(n, 0)])


class _Book:
    def __init__(self, facts: RiskFacts, rates: Mapping[RiskCode, Rate]) -> None:
        self._facts = facts
        self._rates = rates

    def late(self) -> Iterator[Risk]:
        """What has to come. What is named as planned or built is no long lead time as well."""
        named = {one.name for one in (*self._facts.planned, *self._facts.builds)}
        for one in self._facts.planned:
            when = f" for {one.ready.isoformat()}" if one.ready else ""
            yield self._awaited("plannedBuild", one, f"{one.name} is planned{when} and not there yet")
        for one in self._facts.builds:
            yield self._awaited("newBuild", one, f"{one.name} has to be built in {in_working_days(one.lead_days)}")
        for one in self._facts.deliveries:
            if one.lead_days >= LONG_LEAD_DAYS and one.name not in named:
                yield self._awaited("longLeadTime", one, f"{one.name} takes {in_working_days(one.lead_days)}")

    def partners(self) -> Iterator[Risk]:
        """Each partner whom nobody could replace, once, with its slowest leg."""
        alone: dict[str, list[PartnerLeg]] = {}
        for leg in self._facts.partner_legs:
            if leg.alternatives < 1:
                alone.setdefault(leg.name, []).append(leg)
        for name, legs in alone.items():
            worst = max(legs, key=lambda leg: self._days("singlePartner", leg))
            told = f"only {name} can provide {counted(len(legs), 'leg')}, in {in_working_days(worst.lead_days)}"
            yield self._awaited("singlePartner", worst, told)

    def weather(self) -> Iterator[Risk]:
        for work in self._facts.outdoor:
            needed = f"{work.name} needs its weather for {in_working_days(work.lead_days)}"
            yield self._awaited("weather", work, f"{needed}, with {work.reserve_days} in reserve")

    def holds(self) -> Iterator[Risk]:
        for hold in self._facts.holds:
            if hold.expires <= hold.used:
                ends, used = hold.expires.isoformat(), hold.used.isoformat()
                told = f"the hold of {hold.name} ends on {ends} and is needed on {used}"
                yield self._awaited("expiringHold", hold, told)

    def skills(self) -> Iterator[Risk]:
        for skill in self._facts.skills:
            if skill.people > 0:
                yield self._skill(skill)

    def quality(self) -> Iterator[Risk]:
        """What moves no date, and is worth an amount that nobody knows."""
        margin = self._facts.margin
        if margin is not None and margin < THIN_MARGIN:
            much = f"{_plain(margin)} above its target, less than {_plain(THIN_MARGIN)}"
            yield self._risk("thinMargin", f"the availability is {much}" if margin >= 0 else _short_told(margin))
        for name in self._facts.shared_risks:
            yield self._risk("sharedRisk", f"the legs share {name}: when it fails, all of them do")
        for name in self._facts.undeclared:
            yield self._risk("undeclaredRisk", f"it is not declared what {name} shares with the other legs")
        if unpriced := self._facts.unpriced:
            yield self._risk("unknownPrice", f"{counted(len(unpriced), 'price')} not stated: {', '.join(unpriced)}")

    def _awaited(self, code: RiskCode, one: Awaited | HoldEnd, told: str) -> Risk:
        days = self._days(code, one)
        slip = self._slip(code, one)
        if one.float_days is None:
            beyond = f"no date is wanted, and it would be {in_working_days(slip)} later"
        elif days:
            beyond = f"a slip of {in_working_days(slip)} is {days} more than its float of {one.float_days}"
        else:
            beyond = f"its float of {in_working_days(one.float_days)} covers a slip of {slip}"
        return self._risk(code, f"{told}; {beyond}", days)

    def _skill(self, skill: ScarceSkill) -> Risk:
        who = "person" if skill.people == 1 else "people"
        needed = f"{skill.people} more {who} of {skill.team} with {skill.skill} by {skill.needed.isoformat()}"
        if skill.trained is None:
            return self._risk("scarceSkill", f"{needed}, and nothing teaches it", HIRING_DAYS)
        taught = f"{needed}, taught from {skill.trained.isoformat()} on"
        lead = Awaited(name=skill.skill, lead_days=skill.course_days, float_days=skill.float_days)
        if skill.float_days < 0:
            late = f"{in_working_days(-skill.float_days)} too late, and more if the course slips"
            return self._risk("scarceSkill", f"{taught}, {late}", self._days("scarceSkill", lead))
        return self._awaited("scarceSkill", lead, taught)

    def _slip(self, code: RiskCode, one: Awaited | HoldEnd) -> int:
        whole = (Decimal(str(self._rates[code].slip)) * one.lead_days).to_integral_value(ROUND_CEILING)
        return max(0, int(whole) - (one.reserve_days if isinstance(one, OutdoorWork) else 0))

    def _days(self, code: RiskCode, one: Awaited | HoldEnd) -> int:
        return max(0, self._slip(code, one) - (one.float_days or 0))

    def _risk(self, code: RiskCode, cause: str, days: int | None = None) -> Risk:
        price = self._facts.price_mrc_minor
        minor = None if days is None or price is None else round(days * CALENDAR_DAYS * price / DAYS_A_MONTH)
        return Risk(
            code=code,
            cause=f"{cause[0].upper()}{cause[1:]}.",
            probability=self._rates[code].probability,
            impact_days=days or 0,
            impact_minor=minor,
            mitigation=_MITIGATIONS[code],
            owner=_OWNERS[code],
            item=self._facts.item,
        )


def _short_told(margin: float) -> str:
    return f"the availability is {_plain(-margin)} below its target"


def _plain(figure: float) -> str:
    return f"{figure:.6f}".rstrip("0").rstrip(".")


def _exact(probability: float) -> Fraction:
    return Fraction(str(probability))


def _place(risk: Risk) -> tuple[Fraction, Fraction, float, int, str, str, str]:
    probability = _exact(risk.probability)
    days, minor = probability * risk.impact_days, probability * (risk.impact_minor or 0)
    return -days, -minor, -risk.probability, -risk.impact_days, risk.code, risk.cause, risk.item or ""
