"""In which words of diversity the legs of a design differ, whatever was asked for."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations

from linkwright.design.model import LegReport, RiskKind, SiteReport
from linkwright.design.rules.apart import canonical
from linkwright.designs.facts import AccessFact


def diverse_in(
    report: SiteReport, accesses: Mapping[str, AccessFact], kinds: Mapping[str, RiskKind], asked: str
) -> str | None:
    """As a problem writes it; None of a single leg. `kinds` are those of the shared-risk groups.

    That every leg has an entry of its own into the building is told where it was asked for, or all entries are known.
    """
    if len(report.legs) < 2:
        return None
    ways = [_accesses(leg, accesses) for leg in report.legs]
    shared = {kinds[name.removeprefix("srlg:")] for name in report.shared_risks if name.startswith("srlg:")}
    hidden = {word for way in ways for access in way for word in access.undeclared}
    words = ["link"] if not any(name.startswith("link:") for name in report.shared_risks) else []
    if words and not any(_meet(one, two) for one, two in combinations(report.legs, 2)):
        words.append("node")
        if "risk" not in shared and "srlg" not in hidden:
            words.append("srlg")
            is_known = all(_has_entry(access, kinds) for way in ways for access in way)
            if "entry" not in shared | hidden and (is_known or "entry" in asked.split("+")):
                words.append("entry")
    if words and _differ(ways, lambda access: access.carried_by):
        words.append("carrier")
    if _differ(ways, lambda access: (access.technology,)):
        words.append("technology")
    return canonical(words)


def _accesses(leg: LegReport, accesses: Mapping[str, AccessFact]) -> list[AccessFact]:
    return [accesses[name] for name in (leg.access, leg.far) if name is not None]


def _meet(one: LegReport, two: LegReport) -> bool:
    """Whether two legs pass a node in common; a destination may be one, but not the end of a service between places."""
    if one.nodes[0] == two.nodes[0]:
        return True
    common = set(one.nodes) & set(two.nodes)
    if one.far is None and one.nodes[-1] == two.nodes[-1]:
        common.discard(one.nodes[-1])
    return bool(common)


def _has_entry(access: AccessFact, kinds: Mapping[str, RiskKind]) -> bool:
    return bool(access.entries) or any(kinds.get(group) == "entry" for group in access.srlgs)


def _differ(ways: Sequence[Sequence[AccessFact]], names: Callable[[AccessFact], Iterable[str]]) -> bool:
    """Whether no two ways have such a name in common."""
    named = [{name for access in way for name in names(access)} for way in ways]
    return all(one.isdisjoint(two) for one, two in combinations(named, 2))
