"""The constraints of the design core in sentences, with numbers in the requester's units, never rounded in favour."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from linkwright.design.model import Reason, Relaxation
from linkwright.designs.model import AccessFact
from linkwright.designs.working_days import WorkingDays

DIVERSITY_WORD: Mapping[str, str] = {"none": "none", "link": "link", "node": "node", "srlg": "duct"}
_BUDGETS: Mapping[str, str] = {
    "budget/nrc": "budgetOneTime",
    "budget/mrc": "budgetRecurring",
    "budget/total": "the budget over the term",
}
_HAIR = 1e-9


def aspect_of(constraint: str) -> str:
    """`latency` of `site:X/latency`, `capacity` of `link:L/capacity`."""
    return constraint.rpartition("/")[2]


def round_trip_ms(one_way_ms: float) -> float:
    """Rounded up to microseconds, so that what is told is enough; a hair of float noise does not count."""
    return math.ceil((2 * one_way_ms - _HAIR) * 1000) / 1000


def percent(probability: float) -> str:
    """Five decimals of a percent, rounded down: a target is never met by rounding."""
    return f"{math.floor(probability * 1e7 + 1e-6) / 1e5:.5f} %"


def _plain(value: float) -> str:
    return f"{value:.12g}"


@dataclass(frozen=True, kw_only=True)
class Said:
    """Turns reasons and remedies into words. `facts` are the access options of the problem, by their id in it."""

    days: WorkingDays | None = None
    facts: Mapping[str, AccessFact] = field(default_factory=dict)
    currency: str = ""

    def sentence(self, reasons: Sequence[Reason]) -> str:
        """What stands in the way, and what each access option would need; all reasons are of one constraint."""
        constraint = reasons[0].constraint
        if not constraint.startswith("site:"):
            return self._shared(reasons[0])
        tell: Callable[[Reason], str] = {
            "latency": self._latency,
            "availability": self._availability,
            "date": self._date,
            "bandwidth": self._bandwidth,
            "cpe_bandwidth": self._cpe_bandwidth,
            "features": self._features,
            "diversity": self._diversity,
        }.get(aspect_of(constraint), self._nothing)
        seen = [text for reason in reasons if (text := self._seen_on(reason))]
        return tell(reasons[0]) + (f" ({'; '.join(seen)})" if seen else "")

    def remedy(self, relaxation: Relaxation | None) -> str:
        """The end of the sentence: the least that would have to change, where that is known."""
        if relaxation is None:
            return "."
        return f"; would be feasible if {self._if_it_were(relaxation.constraint, relaxation.value)}."

    def over_limit(self, constraint: str, limit: float, cost: float) -> str:
        """Of a common limit that a design exceeds."""
        needed = Reason(constraint=constraint, limit=limit, needed=cost)
        return f"{self._shared(needed)}; would be feasible if {self._if_it_were(constraint, cost)}."

    def _if_it_were(self, constraint: str, value: float | str) -> str:
        if not constraint.startswith("site:"):
            return f"{self._name(constraint)} were {self._amount(constraint, float(value))}"
        aspect = aspect_of(constraint)
        if aspect == "features":
            return f"it did without {str(value).replace(',', ', ')}"
        if aspect == "diversity":
            return f"accessDiversity were {DIVERSITY_WORD[str(value)]}"
        names = {"date": "the date", "latency": "latencyMaxMs", "availability": "availabilityTarget"}
        return f"{names.get(aspect, 'bandwidth')} were {self._value(aspect, float(value))}"

    def _seen_on(self, reason: Reason) -> str:
        if reason.option is None or reason.needed is None:
            return ""
        names = [self.facts[key].technology if key in self.facts else key for key in reason.option.split("+")]
        return f"{' and '.join(names)}: {self._value(aspect_of(reason.constraint), reason.needed)}"

    def _value(self, aspect: str, value: float) -> str:
        if aspect == "date":
            return self._day(int(value))
        if aspect == "latency":
            return f"{_plain(round_trip_ms(value))} ms"
        return percent(value) if aspect == "availability" else f"{_plain(value)} Mbit/s"

    def _day(self, day: int) -> str:
        if self.days is None:
            return f"day {day}"
        return self.days.date_of(day).isoformat() if day <= self.days.last else f"later than {self.days.date_of(day)}"

    def _latency(self, reason: Reason) -> str:
        wanted = f"{_plain(2 * (reason.limit or 0))} ms round trip is wanted"
        return wanted if reason.needed is None else f"{wanted}, {_plain(round_trip_ms(reason.needed))} ms is the least"

    def _availability(self, reason: Reason) -> str:
        wanted = f"availability {percent(reason.limit or 0)} is wanted"
        return wanted if reason.needed is None else f"{wanted}, {percent(reason.needed)} is the most"

    def _date(self, reason: Reason) -> str:
        limit = int(reason.limit or 0)
        wanted = f"it is needed by {self._day(limit)}" if limit >= 0 else "the wanted date has passed"
        return wanted if reason.needed is None else f"{wanted}, {self._day(int(reason.needed))} is the earliest"

    def _bandwidth(self, reason: Reason) -> str:
        wanted = f"{_plain(reason.limit or 0)} Mbit/s is wanted"
        return wanted if reason.needed is None else f"{wanted}, {_plain(reason.needed)} Mbit/s is the most"

    def _cpe_bandwidth(self, reason: Reason) -> str:
        most = "" if reason.needed is None else f", {_plain(reason.needed)} Mbit/s is the most that would do"
        return f"no CPE model carries the {_plain(reason.limit or 0)} Mbit/s that are wanted{most}"

    def _features(self, _reason: Reason) -> str:
        return "no CPE model has all features that are wanted"

    def _diversity(self, reason: Reason) -> str:
        """Names what every way to the place has in common, if there is such a thing."""
        site = reason.constraint.removeprefix("site:").rpartition("/")[0]
        ways = [fact for key, fact in self.facts.items() if key.startswith(f"{site}:")]
        if len(ways) == 1:
            return "two diverse legs are wanted, but only one permitted access reaches the place"
        shared = sorted(set.intersection(*(set(way.srlgs) for way in ways))) if ways else []
        common = f", all {len(ways)} permitted ways to the place share {', '.join(shared)}" if shared else ""
        return f"no two legs are as diverse as wanted{common}"

    def _nothing(self, _reason: Reason) -> str:
        return "no access, path and CPE together reach a destination, whatever else is given up"

    def _shared(self, reason: Reason) -> str:
        """`link:L1/capacity`, `budget/nrc`, `field:civil@30`: what is there and what would be needed."""
        name = self._name(reason.constraint)
        allows = "" if reason.limit is None else f" allows {self._amount(reason.constraint, reason.limit)}"
        needs = "" if reason.needed is None else f"{self._amount(reason.constraint, reason.needed)} would be needed"
        if allows or needs:
            return f"{name}{allows}{', ' if allows and needs else ': ' if needs else ''}{needs}"
        return f"{name} stands in the way"

    def _name(self, constraint: str) -> str:
        if constraint in _BUDGETS:
            return _BUDGETS[constraint]
        kind, _, rest = constraint.partition(":")
        if kind == "field":
            skill, _, by_day = rest.rpartition("@")
            return f"field capacity of {skill} until {self._day(int(by_day))}"
        name, _, aspect = rest.rpartition("/")
        return f"{kind} {name} {aspect.replace('_', ' ')}"

    def _amount(self, constraint: str, value: float) -> str:
        if constraint.startswith("budget/"):
            return f"{value / 100:,.2f} {self.currency}".rstrip()
        unit = (
            " Mbit/s"
            if aspect_of(constraint) == "capacity"
            else " crew-days"
            if constraint.startswith("field:")
            else ""
        )
        return f"{_plain(value)}{unit}"
