"""What legs must not have in common, within an item and between items, and where they must meet."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, product

from linkwright.design.model import Problem, Reason, Site
from linkwright.design.verify.legs import Facts, Way

ASKED_BY = {
    "link": {"link", "node", "srlg", "entry", "carrier"},
    "node": {"node", "srlg", "entry"},
    "srlg": {"srlg", "entry"},
    "entry": {"entry"},
    "carrier": {"carrier"},
    "technology": {"technology"},
}
"""Each rule with the words of diversity that ask for it."""
GROUP_KIND = {"srlg": "risk", "entry": "entry", "carrier": "carrier"}


def diversity_violations(facts: Facts, site: Site, ways: Sequence[Way]) -> Iterable[Reason]:
    """Every two legs of an item; two legs over the same access are one, whatever is asked."""
    for one, two in combinations(ways, 2):
        if one.accesses[0] == two.accesses[0] or are_together(facts, site.diversity, one, two):
            pair = f"{one.accesses[0].id}+{two.accesses[0].id}"
            yield Reason(constraint=f"site:{site.id}/diversity", limit=None, needed=None, option=pair)
            return


def technology_violations(site: Site, ways: Sequence[Way]) -> Iterable[Reason]:
    """Every backup against every leg that is none, where an item wants its backups to be of other technologies."""
    if not site.backup_of_other_technology:
        return
    for one, two in combinations(ways, 2):
        if one.wish.role != two.wish.role and not _kinds(one).isdisjoint(_kinds(two)):
            pair = f"{one.accesses[0].id}+{two.accesses[0].id}"
            yield Reason(constraint=f"site:{site.id}/backup_technology", limit=None, needed=None, option=pair)
            return


def apart_violations(facts: Facts, problem: Problem, ways: Mapping[str, Sequence[Way]]) -> Iterable[Reason]:
    """Every leg of one item against every leg of the other."""
    for rule in problem.apart:
        for one, two in product(ways.get(rule.a, ()), ways.get(rule.b, ())):
            if are_together(facts, rule.diversity, one, two):
                constraint = f"apart:{rule.a}+{rule.b}/{rule.diversity}"
                pair = f"{one.accesses[0].id}+{two.accesses[0].id}"
                yield Reason(constraint=constraint, limit=None, needed=None, option=pair)
                break


def meeting_violations(problem: Problem, ways: Mapping[str, Sequence[Way]]) -> Iterable[Reason]:
    """All legs of all members end at one node, and it is one of those where they may meet."""
    for meeting in problem.meets:
        ends = {way.end for member in meeting.sites for way in ways.get(member, ())}
        if len(ends) > 1 or (meeting.nodes and not ends <= set(meeting.nodes)):
            yield Reason(constraint=f"meet:{meeting.id}/together", limit=None, needed=None)


def are_together(facts: Facts, diversity: str, one: Way, two: Way) -> bool:
    """Whether two legs share anything that these words forbid, or may share it because it is not declared."""
    said = set(diversity.split("+"))
    asked = {rule for rule, words in ASKED_BY.items() if words & said}
    return (
        ("link" in asked and _share_a_link(one, two))
        or ("node" in asked and _share_a_node(one, two))
        or ("technology" in asked and not _kinds(one).isdisjoint(_kinds(two)))
        or any(_share_a_group(facts, word, one, two) for word in GROUP_KIND if word in asked)
    )


def _share_a_link(one: Way, two: Way) -> bool:
    """The access at a far end is the last link of its leg."""
    own, other = ({*(k.id for k in way.links), *(f"access {o.id}" for o in way.accesses)} for way in (one, two))
    return not own.isdisjoint(other)


def _share_a_node(one: Way, two: Way) -> bool:
    if one.nodes[0] == two.nodes[0]:
        return True
    common_end = {one.end} & {two.end}
    return bool(set(one.nodes) & set(two.nodes) - common_end)


def _kinds(way: Way) -> set[str]:
    return {option.kind for option in way.accesses}


def _share_a_group(facts: Facts, word: str, one: Way, two: Way) -> bool:
    if any(word in option.undeclared for way in (one, two) for option in way.accesses):
        return True
    return any(facts.risks[group].kind == GROUP_KIND[word] for group in one.groups & two.groups)
