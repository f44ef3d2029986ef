"""The constraints of the design core in sentences, with numbers in the requester's units, never rounded in favour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from linkwright.design.model import Change, Combination, Design, Reason, Relaxation
from linkwright.design.rules.apart import apart_of
from linkwright.designs.amounts import Amounts, percent, plain, round_trip_ms
from linkwright.designs.bottlenecks import bottlenecks
from linkwright.designs.facts import AccessFact, NetworkFacts
from linkwright.designs.item import legs_in_all
from linkwright.designs.ports_of_access import access_of
from linkwright.designs.requirement import Requirement
from linkwright.designs.technologies import is_permitted, kind_of_backup, other_backup, technologies_of, unpermitted
from linkwright.designs.way_names import hiding, in_common, names_of
from linkwright.plan.working_days import WorkingDays

__all__ = ["DIVERSITY_WORD", "Said", "aspect_of", "diversity_text", "percent", "round_trip_ms"]

DIVERSITY_WORD: Mapping[str, str] = {
    "none": "none",
    "link": "link",
    "node": "node",
    "srlg": "duct",
    "entry": "entry",
    "carrier": "carrier",
    "technology": "technology",
}
_BUDGETS: Mapping[str, str] = {
    "nrc": "budgetOneTime",
    "mrc": "budgetRecurring",
    "total": "the budget over the term",
}


@dataclass(frozen=True)
class Telling:
    """How a limit of an item is told: what is wanted, what can be had instead, and which wish would have to give way.

    `worse`: how what an access has compares with the limit that it breaks.
    """

    wanted: str
    best: str
    wish: str
    worse: str = ">"


_TELLINGS: Mapping[str, Telling] = {
    "latency": Telling("{} round trip is wanted", "{} is the least", "latencyMaxMs"),
    "jitter": Telling("a jitter of at most {} is wanted", "{} is the least", "jitterMaxMs"),
    "loss": Telling("a packet loss of at most {} is wanted", "{} is the least", "lossMaxPercent"),
    "optical": Telling("an optical loss of at most {} is wanted", "{} is the least", "opticalBudgetDb"),
    "differential": Telling(
        "a differential delay of at most {} round trip is wanted", "{} is the least", "differentialDelayMaxMs"
    ),
    "availability": Telling("availability {} is wanted", "{} is the most", "availabilityTarget", "<"),
    "date": Telling("it is needed by {}", "{} is the earliest", "the date"),
    "period": Telling("it is wanted until {}", "{} is the last day", "serviceEnd", "<"),
    "bandwidth": Telling("{} is wanted", "{} is the most", "bandwidth", "<"),
    "backup_bandwidth": Telling("{} of the backup are wanted", "{} is the most", "backupBandwidth", "<"),
    "cpe_bandwidth": Telling(
        "no CPE model carries the {} that are wanted", "{} is the most that would do", "bandwidth", "<"
    ),
    "budget_nrc": Telling("budgetOneTime allows {}", "{} would be needed", "budgetOneTime"),
    "budget_mrc": Telling("budgetRecurring allows {}", "{} would be needed", "budgetRecurring"),
    "budget_total": Telling("the budget over the term allows {}", "{} would be needed", "the budget over the term"),
}
_RULES: Mapping[str, str] = {
    "features": "no CPE model has all features that are wanted",
    "technology": "no access of a permitted technology does",
    "partner": "no access of our own or of a permitted partner does",
    "backup": "there is no backup such as is wanted",
    "backup_technology": "no access of another technology than that of the working legs is left for the backup",
}
NOTHING = Requirement(ref="")
_COUNTED = {1: "one", 2: "two", 3: "three", 4: "four"}
_UNITS: Mapping[str, str] = {"field": " crew-days", "cpe": " pieces"}


def _site_of(constraint: str) -> str:
    return constraint.removeprefix("site:").rpartition("/")[0]


def aspect_of(constraint: str) -> str:
    """`latency` of `site:X/latency`, `capacity` of `link:L/capacity`."""
    return constraint.rpartition("/")[2]


def diversity_text(diversity: str) -> str:
    return " and ".join(DIVERSITY_WORD[word] for word in diversity.split("+"))


@dataclass(frozen=True, kw_only=True)
class Said:
    """Turns reasons and remedies into words. `facts` are the access options of the problem, by their id in it.

    `diversity` is the one that was wanted, and `wanted` all that was; `network` is where its routes would be.
    """

    days: WorkingDays | None = None
    facts: Mapping[str, AccessFact] = field(default_factory=dict)
    currency: str = ""
    diversity: str = "none"
    wanted: Requirement = NOTHING
    network: NetworkFacts | None = None

    def sentence(self, reasons: Sequence[Reason]) -> str:
        """What stands in the way, and what each access option would need; all reasons are of one constraint."""
        constraint = reasons[0].constraint
        if not constraint.startswith("site:"):
            return self._shared(reasons[0])
        names = names_of(self._ways(constraint)) if any(reason.option for reason in reasons) else {}
        seen = [text for reason in reasons if (text := self._seen_on(reason, names))]
        return self._own(reasons[0]) + (f" ({'; '.join(seen)})" if seen else "")

    def remedy(self, *remedies: Relaxation | Combination | None) -> str:
        """The end of the sentence: the least that would have to change, where that is known; each is enough alone."""
        known = [self._together(one) for one in remedies if one is not None]
        return f"; would be feasible if {' or if '.join(known)}." if known else "."

    def _together(self, remedy: Relaxation | Combination) -> str:
        """`bandwidth were 50 Mbit/s and the date were 2026-11-30`: of a combination no change can be left out."""
        changes = remedy.changes if isinstance(remedy, Combination) else (remedy,)
        *others, last = [self._if(one, remedy.design) for one in changes]
        return f"{', '.join(others)} and {last}" if others else last

    def _if(self, change: Relaxation | Change, design: Design) -> str:
        """`design` is what the change makes possible, by itself or together with others."""
        if aspect_of(change.constraint) == "technology":
            return self._if_permitted(change, design)
        return self._if_it_were(change.constraint, change.value)

    def _if_permitted(self, change: Relaxation | Change, design: Design) -> str:
        """What of the design that it makes possible is on no list of what is permitted, or no backup as is wanted."""
        legs = technologies_of(design, self.facts, _site_of(change.constraint))
        more, backup = unpermitted(self.wanted, legs), other_backup(self.wanted, legs)
        told = [f"{', '.join(more)} were permitted"] if more else []
        told += [f"the backup could be {', '.join(backup)}"] if backup else []
        return " and ".join(told) or f"{str(change.value).replace(',', ', ')} were permitted"

    def unknown_light(self, constraint: str) -> str:
        """The accesses of the item whose optical loss is not known."""
        ways = self._ways(constraint)
        unknown = [way for way in ways.values() if way.optical_db is None]
        return f"opticalLossDb of {', '.join(f'{way.id} ({way.technology})' for way in unknown)}" if unknown else ""

    def over_limit(self, constraint: str, limit: float, cost: float) -> str:
        """Of a common limit that a design exceeds."""
        needed = Reason(constraint=constraint, limit=limit, needed=cost)
        return f"{self._shared(needed)}; would be feasible if {self._if_it_were(constraint, cost)}."

    @property
    def _amounts(self) -> Amounts:
        return Amounts(days=self.days, currency=self.currency)

    def _if_it_were(self, constraint: str, value: float | str) -> str:
        if not constraint.startswith("site:"):
            return f"{self._name(constraint)} were {self._amount(constraint, float(value))}"
        aspect, listed = aspect_of(constraint), str(value).replace(",", ", ")
        if aspect in _TELLINGS:
            return f"{_TELLINGS[aspect].wish} were {self._amounts.of(aspect, float(value))}"
        if aspect == "diversity":
            return f"accessDiversity were {diversity_text(str(value))}"
        named = {"features": f"it did without {listed}", "backup": "it did without a backup"}
        return named.get(aspect) or f"{listed} were permitted"

    def _own(self, reason: Reason) -> str:
        aspect = aspect_of(reason.constraint)
        if aspect == "diversity":
            return self._diversity(reason)
        telling = _TELLINGS.get(aspect)
        if aspect in ("technology", "backup") and (kind := kind_of_backup(self.wanted)):
            return f"a {kind} backup is wanted" if aspect == "technology" else f"no {kind} backup is possible"
        if self.has_too_few_ways(reason.constraint):
            count, ways = _COUNTED[legs_in_all(self.wanted)], len(self._ways(reason.constraint))
            return f"{count} legs over accesses of their own are wanted, but only {_COUNTED[ways]} can be had"
        if telling is None:
            return _RULES.get(aspect, "no access, path and CPE together reach a destination, whatever else is given up")
        wanted = telling.wanted.format(self._amounts.of(aspect, reason.limit or 0, is_limit=True))
        if aspect in ("date", "period") and (reason.limit or 0) < 0:
            wanted = "the wanted date has passed"
        if reason.needed is None:
            return wanted
        return f"{wanted}, {telling.best.format(self._amounts.of(aspect, reason.needed))}"

    def has_too_few_ways(self, constraint: str) -> bool:
        """Whether an item is not served since its legs are more than its accesses; between two places that is not
        looked at, where both ends have some."""
        if aspect_of(constraint) != "served" or self.wanted.far_place is not None:
            return False
        return 0 < len(self._ways(constraint)) < legs_in_all(self.wanted)

    def _ways(self, constraint: str) -> dict[str, AccessFact]:
        """The access options of the item that a constraint is about."""
        site = _site_of(constraint)
        return {key: fact for key, fact in self.facts.items() if key.startswith(f"{site}:")}

    def _seen_on(self, reason: Reason, names: Mapping[str, str]) -> str:
        """`5g: 40 ms > 30 ms`; of what is not permitted the name alone."""
        if reason.option is None:
            return ""
        aspect = aspect_of(reason.constraint)
        name = " and ".join(names.get(key, key) for key in reason.option.split("+"))
        telling = _TELLINGS.get(aspect)
        if telling is None:
            return self._not_permitted(aspect, reason.option, name)
        if reason.needed is None:
            return ""
        had = f"{name}: {self._amounts.of(aspect, reason.needed)}"
        passed = aspect == "date" and (reason.limit or 0) < 0
        if reason.limit is None or passed:
            return had
        return f"{had} {telling.worse} {self._amounts.of(aspect, reason.limit, is_limit=True)}"

    def _not_permitted(self, aspect: str, option: str, name: str) -> str:
        fact = self.facts.get(option)
        if aspect == "technology":
            kind = kind_of_backup(self.wanted)
            is_other = kind and fact is not None and is_permitted(fact.technology, self.wanted)
            return f"{name}: not {kind}" if is_other else f"{name} is not permitted"
        if aspect != "partner" or fact is None or not fact.partner:
            return ""
        return f"{name} is not" if name != fact.technology else f"{name} of {fact.partner} is not"

    def _diversity(self, reason: Reason) -> str:
        """Names what every way to the place has in common, if there is such a thing that matters here."""
        ways = list(self._ways(reason.constraint).values())
        legs = _COUNTED[max(legs_in_all(self.wanted), 2)]
        if len(ways) == 1:
            return f"{legs} diverse legs are wanted, but only one access reaches the place"
        kinds = apart_of(self.diversity).kinds
        shared = in_common(ways, kinds) if ways else []
        if ways and self.network is not None and self.wanted.far_place is None:
            passed = bottlenecks(ways, self.wanted.destinations or (), self.network, apart_of(self.diversity))
            shared = sorted({*shared, *passed})
        common = f", all {len(ways)} ways to the place share {', '.join(shared)}" if shared else ""
        hidden = (
            f", {', '.join(names)} not declaring all that its route shares" if (names := hiding(ways, kinds)) else ""
        )
        return f"no {legs} legs are as diverse as wanted{common}{hidden}"

    def _shared(self, reason: Reason) -> str:
        """`link:L1/capacity`, `budget/nrc`, `field:civil@30`: what is there and what would be needed."""
        kind, _, rest = reason.constraint.partition(":")
        if kind == "apart":
            return (
                f"items {rest.rpartition('/')[0].replace('+', ' and ')} cannot be as diverse from each other as wanted"
            )
        if kind == "meet":
            return f"the items of {rest.rpartition('/')[0]} have no node where all of them can meet"
        name = self._name(reason.constraint)
        allows = "" if reason.limit is None else f" allows {self._amount(reason.constraint, reason.limit)}"
        needs = "" if reason.needed is None else f"{self._amount(reason.constraint, reason.needed)} would be needed"
        if allows or needs:
            return f"{name}{allows}{', ' if allows and needs else ': ' if needs else ''}{needs}"
        return f"{name} stands in the way"

    def _name(self, constraint: str) -> str:
        kind, _, rest = constraint.partition(":")
        if kind.startswith("budget/"):
            return _BUDGETS[aspect_of(constraint)]
        name, _, aspect = rest.rpartition("/")
        if kind in ("field", "cpe"):
            name, _, by_day = rest.rpartition("@")
            if kind == "field" and (access := access_of(name)) is not None:
                return f"number of ports of access {access}"
            what = f"field capacity of {name}" if kind == "field" else f"stock of CPE {name}"
            return f"{what} until {self._amounts.day(int(by_day))}"
        return f"{kind} {name} {aspect.replace('_', ' ')}"

    def _amount(self, constraint: str, value: float) -> str:
        kind, aspect = constraint.partition(":")[0], aspect_of(constraint)
        if kind.startswith("budget/"):
            return self._amounts.money(value)
        if kind == "field" and access_of(constraint.partition(":")[2]) is not None:
            return plain(value)
        return f"{plain(value)}{' Mbit/s' if aspect == 'capacity' else _UNITS.get(kind, '')}"
