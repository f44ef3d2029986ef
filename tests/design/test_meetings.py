"""Items that meet where all of them may end, because nobody says where."""

from linkwright.design.files.format import read_problem, write_problem
from linkwright.design.model import Meeting, Problem
from linkwright.design.solve import solve
from linkwright.design.verify.check import check
from tests.design.pieces import a_case, a_link, a_network, a_site, an_option


def _meeting(*ends: str) -> Problem:
    """One item for each of these destinations of one letter, at a PoP of its own; to be at `b` or `c` costs nothing."""
    sites = [a_site(f"s{number}", to) for number, to in enumerate(ends)]
    links = [a_link("ab", "ab", 5), a_link("bc", "bc"), a_link("cd", "cd", 5)]
    ways = [an_option(f"{site.id}-o", site.id, pop) for site, pop in zip(sites, "bcb", strict=False)]
    meeting = Meeting(id="m", sites=tuple(site.id for site in sites), nodes=())
    return a_case(a_network("abcd", links), sites, ways, meets=(meeting,))


def test_they_end_at_a_node_that_all_of_them_may_end_at() -> None:
    problem = _meeting("ba", "ac")
    outcome = solve(problem)
    assert outcome.design is not None
    assert [site.legs[0].path for site in outcome.design.sites] == [("ab",), ("bc", "ab")]
    assert check(problem, outcome.design).violations == ()


def test_those_who_may_end_nowhere_together_cannot_be_served_together() -> None:
    """That is an answer, and no mistake of the file."""
    problem = _meeting("ab", "cd")
    assert read_problem(write_problem(problem)) == problem
    outcome = solve(problem)
    assert outcome.status == "infeasible"
    assert [one.constraints for one in outcome.conflicts] == [("meet:m/together",)]


def test_who_is_left_out_does_not_say_where_the_others_meet() -> None:
    outcome = solve(_meeting("b", "cb", "d"), serve="most")
    assert (outcome.status, outcome.unserved) == ("optimal", ("s2",))
    assert outcome.design is not None
    assert [site.legs[0].path for site in outcome.design.sites] == [(), ("bc",)]
