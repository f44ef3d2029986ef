"""Why not, as stable codes and sentences with numbers; a label ends with what would make it possible, if we know."""

from collections.abc import Iterable, Mapping, Sequence

from linkwright.design.model import Budget, Change, Combination, Reason, Relaxation
from linkwright.design.rules.apart import canonical
from linkwright.designs.amounts import loss_up, up
from linkwright.designs.assemble import Candidate
from linkwright.designs.dimensions import Dimension
from linkwright.designs.facts import AccessFact, NetworkFacts, PartnerAnswer
from linkwright.designs.missing_prices import missing_price
from linkwright.designs.parts_of_answers import Finding
from linkwright.designs.ports_of_access import access_of
from linkwright.designs.requirement import Json, Requirement
from linkwright.designs.sentences import DIVERSITY_WORD, NOTHING, Said, aspect_of, round_trip_ms
from linkwright.designs.technologies import kind_of_backup, lists_technologies
from linkwright.plan.working_days import WorkingDays

DIMENSION_OF: Mapping[str, Dimension] = {
    "date": "date",
    "period": "period",
    "bandwidth": "bandwidth",
    "cpe_bandwidth": "bandwidth",
    "backup_bandwidth": "backup_bandwidth",
    "latency": "latency",
    "jitter": "jitter",
    "loss": "loss",
    "optical": "optical",
    "differential": "differential",
    "availability": "availability",
    "backup": "backup",
    "diversity": "diversity",
    "features": "features",
    "budget_nrc": "budget_nrc",
    "budget_mrc": "budget_mrc",
}
_BUDGET_OF: Mapping[str, Dimension] = {"budget/nrc": "budget_nrc", "budget/mrc": "budget_mrc"}
_SITE_CODES: Mapping[str, str] = {
    "availability": "SD-SLA-01",
    "latency": "SD-SLA-02",
    "differential": "SD-SLA-02",
    "optical": "SD-SLA-02",
    "jitter": "SD-SLA-03",
    "loss": "SD-SLA-04",
    "date": "SD-TIM-01",
    "period": "SD-TIM-02",
    "bandwidth": "SD-CAP-01",
    "backup_bandwidth": "SD-CAP-01",
    "cpe_bandwidth": "SD-CPE-01",
    "features": "SD-CPE-01",
    "diversity": "SD-DIV-01",
    "backup": "SD-DIV-01",
    "backup_technology": "SD-DIV-01",
    "technology": "SD-POL-01",
    "partner": "SD-POL-01",
    "budget_nrc": "SD-BUD-01",
    "budget_mrc": "SD-BUD-02",
    "budget_total": "SD-BUD-02",
}
_COMMON_CODES: Mapping[str, str] = {
    "field": "SD-SKL-01",
    "cpe": "SD-CPE-01",
    "apart": "SD-DIV-01",
    "meet": "SD-DIV-01",
    "budget/nrc": "SD-BUD-01",
    "budget/mrc": "SD-BUD-02",
    "budget/total": "SD-BUD-02",
}
"""By the kind of a common limit; all others are capacity."""
_ONLY_LATER = "SD-CAP-02"
"""Of a link that has room, but not yet."""
_PARTNER_CODES: Mapping[str, tuple[str, str]] = {
    "refused": ("SD-PTR-02", "declined"),
    "noCoverage": ("SD-PTR-01", "has no coverage there"),
    "silent": ("SD-PTR-03", "did not answer in time; it can be asked again"),
    "failed": ("SD-PTR-03", "gave no answer that can be used; it can be asked again"),
}


def missing(what: str, of: str = "") -> Finding:
    """`of`: the wish that cannot be decided without it."""
    label = f"Information missing{f' ({of})' if of else ''}: {what}; would be answered if it were given."
    return Finding(code="SD-INF-01", label=label)


def findings(
    reasons: Sequence[Reason],
    relaxations: Sequence[Relaxation],
    days: WorkingDays,
    facts: Mapping[str, AccessFact],
    currency: str = "",
    diversity: str = "none",
    wanted: Requirement = NOTHING,
    network: NetworkFacts | None = None,
    combinations: Sequence[Combination] = (),
) -> tuple[Finding, ...]:
    """One finding for each constraint that stands in the way, the minimal ones first as the core orders them.

    `diversity` is the one that was `wanted`, `network` the one in which that was looked for. Where no wish is enough
    that is given up by itself, one finding ends with the changes that are enough together.
    """
    said = Said(days=days, facts=facts, currency=currency, diversity=diversity, wanted=wanted, network=network)
    remedies = {relaxation.constraint: relaxation for relaxation in relaxations}
    by_constraint: dict[str, list[Reason]] = {}
    for reason in reasons:
        by_constraint.setdefault(reason.constraint, []).append(reason)
    found: list[Finding] = []
    later = _later(relaxations, by_constraint)
    dark = {one for one, same in by_constraint.items() if dimension_of(one) == "optical" and same[0].needed is None}
    both = several_of(relaxations, combinations)
    told_at = None if both is None else _told_at(both, (one for one in by_constraint if one not in dark))
    for constraint, same in by_constraint.items():
        remedy = both if constraint == told_at else remedies.get(constraint)
        if later is not None and constraint.startswith("link:"):
            found.append(Finding(code=_ONLY_LATER, label=said.sentence(same) + said.remedy(remedy, later)))
        elif constraint in dark:
            found.append(missing(_light(said, constraint), of=said.sentence(same)))
        else:
            found.append(_finding(said, same, remedy, diversity))
            if dimension_of(constraint) == "optical":
                found += _not_considered(said.unknown_light(constraint))
    if both is not None and told_at is None:
        found.append(_together(said, both, "No change is enough by itself"))
    return tuple(found)


def several_of(relaxations: Sequence[Relaxation], combinations: Sequence[Combination]) -> Combination | None:
    """The changes that are enough together, where no wish of the item is by itself."""
    if any(one.constraint.startswith("site:") for one in relaxations):
        return None
    return next(iter(combinations), None)


def beside_the_others(
    combination: Combination,
    days: WorkingDays,
    facts: Mapping[str, AccessFact],
    currency: str,
    wanted: Requirement,
) -> Finding:
    """For a site that could be served alone: what would have to change where others are served, too."""
    said = Said(days=days, facts=facts, currency=currency, wanted=wanted)
    return _together(said, combination, "Beside the others it is not feasible as it is wanted")


def _together(said: Said, combination: Combination, why: str) -> Finding:
    names = [change.constraint for change in combination.changes]
    return Finding(code=_code((_about_money(names) or names)[0]), label=why + said.remedy(combination))


def _told_at(combination: Combination, constraints: Iterable[str]) -> str | None:
    """Of the constraints that stand in the way the one at which the changes are told: one that changes, or the first.

    An amount of money is told at a budget only, since not everybody may see it; None where no budget is among them.
    """
    names, known = [change.constraint for change in combination.changes], list(constraints)
    money = _about_money(names)
    told = next((one for one in known if one in (money or names)), None)
    return told if told is not None or money or not known else known[0]


def _about_money(constraints: Iterable[str]) -> list[str]:
    return [one for one in constraints if _code(one).startswith("SD-BUD-")]


def _later(relaxations: Sequence[Relaxation], reasons: Iterable[str]) -> Relaxation | None:
    """A later date that is enough, where it is not the accesses that come too late."""
    if any(aspect_of(constraint) == "date" for constraint in reasons):
        return None
    return next((one for one in relaxations if aspect_of(one.constraint) == "date"), None)


def _finding(said: Said, same: Sequence[Reason], remedy: Relaxation | Combination | None, diversity: str) -> Finding:
    constraint = same[0].constraint
    code = _code(constraint, remedy, diversity)
    if aspect_of(constraint) == "technology" and kind_of_backup(said.wanted) and not lists_technologies(said.wanted):
        code = _SITE_CODES["backup"]
    if said.has_too_few_ways(constraint):
        code = _SITE_CODES["diversity"]
    return Finding(code=code, label=said.sentence(same) + said.remedy(remedy))


def _not_considered(unknown: str) -> list[Finding]:
    label = f"Information missing: {unknown}; would be considered if it were given."
    return [Finding(code="SD-INF-01", label=label)] if unknown else []


def _light(said: Said, constraint: str) -> str:
    """What of an optical budget is not known; no loss is known to be enough."""
    return said.unknown_light(constraint) or "a route all links of which have a known optical loss"


def over_budget(nrc_minor: int, mrc_minor: int, budget: Budget, currency: str) -> tuple[Finding, ...]:
    """What a sum of money exceeds, with what would have to be allowed."""
    said = Said(currency=currency)
    costs = (("budget/nrc", budget.nrc_minor, nrc_minor), ("budget/mrc", budget.mrc_minor, mrc_minor))
    return tuple(
        Finding(code=_code(constraint), label=said.over_limit(constraint, limit, cost))
        for constraint, limit, cost in costs
        if limit is not None and cost > limit
    )


def partner_findings(answers: Iterable[PartnerAnswer]) -> tuple[Finding, ...]:
    """Silence is never told as a refusal, and neither is told where a partner made an offer."""
    found = []
    for answer in answers:
        if answer.asked in _PARTNER_CODES:
            code, text = _PARTNER_CODES[answer.asked]
            said = f" ({answer.text})" if answer.text else ""
            who = f"Partner {answer.partner}" + (", asked for the backup," if answer.role == "backup" else "")
            found.append(Finding(code=code, label=f"{who} {text}{said}."))
    return tuple(found)


def no_access(candidate: Candidate) -> tuple[Finding, ...]:
    """There is no way at all to this place, or none that the requirement permits."""
    if candidate.dropped or candidate.incomplete or candidate.in_use or candidate.unpriced or candidate.far_unpriced:
        return not_considered(candidate)
    far = candidate.place.far
    where = candidate.place.name if far is None or not candidate.options else far.name
    label = (
        f"No access technology reaches {where}, neither our own nor a partner's; would be feasible if "
        "an access were built or a partner covered the place."
    )
    return (Finding(code="SD-ACC-01", label=label),)


def not_considered(candidate: Candidate) -> tuple[Finding, ...]:
    """Ways to the place that were left out before the design, and why."""
    found = [Finding(code="SD-INF-01", label=text) for text in candidate.incomplete]
    if candidate.dropped:
        label = f"Not considered at {candidate.place.name}: {'; '.join(candidate.dropped)}"
        found.insert(0, Finding(code="SD-INF-01", label=f"{label}; would be if the inventory had it."))
    found += missing_price((*candidate.unpriced, *candidate.far_unpriced))
    if candidate.in_use:
        label = f"In use already at {candidate.place.name}: {', '.join(candidate.in_use)}"
        found.append(Finding(code="SD-CAP-01", label=f"{label}; would be considered if it were released."))
    return tuple(found)


def crowded_out(served: int, asked: int) -> Finding:
    """For a site that could be served alone, but not beside the others."""
    label = f"Alone it would be feasible, but only {served} of these {asked} items can be served together."
    return Finding(code="SD-CAP-01", label=label)


def undecided(guards: Sequence[str]) -> str:
    """Neither a design nor a proof that there is none."""
    limits = ", ".join(guards)
    return f"The search ended before it found a design or a proof that there is none ({limits}); more time may decide."


def relaxed_value(relaxation: Relaxation | Change, days: WorkingDays) -> Json:
    """The relaxed limit in the requester's units: a date, Mbit/s, round-trip ms, a probability, words of diversity."""
    dimension = dimension_of(relaxation.constraint)
    if dimension in ("date", "period"):
        return days.date_of(int(relaxation.value)).isoformat()
    if dimension in ("latency", "differential"):
        return round_trip_ms(float(relaxation.value))
    if dimension in ("jitter", "optical"):
        return up(float(relaxation.value))
    if dimension == "loss":
        return loss_up(float(relaxation.value))
    if dimension == "diversity":
        words = [DIVERSITY_WORD[word] for word in str(relaxation.value).split("+")]
        return words if len(words) > 1 else words[0]
    if dimension in ("budget_nrc", "budget_mrc"):
        return int(relaxation.value)
    return relaxation.value


def dimension_of(constraint: str) -> Dimension | None:
    """Which side of a requirement a constraint `site:X/...` is about, or a budget; None for shared resources.

    A technology can be about several of them.
    """
    return DIMENSION_OF.get(aspect_of(constraint)) if constraint.startswith("site:") else _BUDGET_OF.get(constraint)


def _code(constraint: str, remedy: Relaxation | Combination | None = None, diversity: str = "none") -> str:
    if not constraint.startswith("site:"):
        kind, _, name = constraint.partition(":")
        if kind == "field" and access_of(name) is not None:
            return "SD-CAP-01"
        return _COMMON_CODES.get(kind, "SD-CAP-01")
    if aspect_of(constraint) == "diversity" and _is_of_carriers(remedy, diversity):
        return "SD-DIV-02"
    return _SITE_CODES.get(aspect_of(constraint), "SD-ACC-01")


def _is_of_carriers(remedy: Relaxation | Combination | None, diversity: str) -> bool:
    """Nothing but another carrier is missing."""
    words = diversity.split("+")
    if not isinstance(remedy, Relaxation) or "carrier" not in words:
        return False
    return remedy.value == canonical(["link", *(word for word in words if word != "carrier")])
