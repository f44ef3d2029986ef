"""Wishes that can be given up: budgets, technologies, features of the CPE and kinds of backup."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from linkwright.design.ask import Ask
from linkwright.design.model import Conflict, Design, Leg, Outcome, Problem, Reason, SiteDesign
from linkwright.designs import beside_all, instead, others
from linkwright.designs.answers import ItemAnswer, Relaxed
from linkwright.designs.dimensions import FIELD_OF
from linkwright.designs.facts import AccessFact
from linkwright.designs.instead import concerning
from linkwright.designs.requirement import Requirement
from tests.builders import a_requirement, an_access
from tests.counting import lines_run
from tests.design import tiny
from tests.designs.answering import Core, a_designer, answer_to, codes, item_of, labels, some_facts

FIBRE = an_access()
MOBILE = an_access(id="5g-1", technology="5g", pop="east", mrc_minor=40_000)


def asked(*access: AccessFact, **wishes: Any) -> ItemAnswer:
    return item_of(answer_to(some_facts(access=access or (FIBRE,)), a_requirement(**wishes)))


def relaxed(item: ItemAnswer) -> list[dict[str, tuple[Any, Any]]]:
    return [{one.dimension: (one.wanted, one.offered) for one in proposal.relaxed} for proposal in item.proposals]


@pytest.mark.parametrize(
    ("wish", "code", "changes"),
    [
        ({"budget_nrc_minor": 1_000}, "SD-BUD-01", {"budget_nrc": (1_000, 108_000)}),
        ({"budget_mrc_minor": 1_000}, "SD-BUD-02", {"budget_mrc": (1_000, 36_500)}),
        ({"cpe_features": ("ipv4", "macsec")}, "SD-CPE-01", {"features": (("ipv4", "macsec"), ("ipv4",))}),
        (
            {"technology_forbidden": ("fibre", "dsl")},
            "SD-POL-01",
            {"technology_forbidden": (("fibre", "dsl"), ("dsl",))},
        ),
        ({"technology_allowed": ("5g",)}, "SD-POL-01", {"technology_allowed": (("5g",), ("5g", "fibre"))}),
    ],
)
def test_a_wish_that_alone_stands_in_the_way_is_offered_relaxed(
    wish: dict[str, Any], code: str, changes: dict[str, tuple[Any, Any]]
) -> None:
    item = asked(**wish)
    assert (item.result, codes(item)) == ("alternate", [code])
    assert relaxed(item) == [changes]
    (proposal,) = item.proposals
    assert [leg.access for leg in proposal.solution.legs] == ["fibre-1"]
    ((dimension, (_, offered)),) = changes.items()
    assert getattr(proposal.solution.requirement, FIELD_OF[dimension]) == offered  # type: ignore[index]


def test_both_budgets_are_relaxed_together_where_neither_alone_helps() -> None:
    item = asked(budget_nrc_minor=1_000, budget_mrc_minor=1_000)
    assert relaxed(item) == [{"budget_mrc": (1_000, 36_500), "budget_nrc": (1_000, 108_000)}]
    assert labels(item).count("if budgetOneTime were 1,080.00 EUR and budgetRecurring were 365.00 EUR.") == 1
    solution = item.proposals[0].solution
    assert (solution.nrc_minor, solution.mrc_minor) == (108_000, 36_500)


def test_a_partner_that_is_excluded_is_named_but_not_offered() -> None:
    item = asked(an_access(partner="north"), partner_excluded=("north",))
    assert (item.result, item.proposals) == ("unqualified", ())
    assert "would be feasible if north were permitted" in labels(item)


def test_the_budget_of_a_bundle_is_no_wish_of_its_items() -> None:
    bundle = Requirement(ref="all", bundles=(), budget_nrc_minor=1_000)
    item = item_of(answer_to(some_facts(), a_requirement(), bundle))
    assert (item.result, item.proposals) == ("unqualified", ())
    assert "SD-BUD-01" in codes(item)


def test_a_satellite_backup_that_is_not_there_is_told_as_that_and_another_kind_is_offered() -> None:
    item = asked(FIBRE, MOBILE, backup="satellite")
    assert (item.result, codes(item)) == ("alternate", ["SD-DIV-01", "SD-DIV-01"])
    assert "a satellite backup is wanted (5g: not satellite; fibre: not satellite)" in labels(item)
    assert "would be feasible if the backup could be 5g." in labels(item)
    assert "permitted" not in labels(item)
    assert relaxed(item) == [{"backup": ("satellite", "none")}, {"backup": ("satellite", "mobile")}]
    assert [leg.technology for leg in item.proposals[1].solution.legs] == ["fibre", "5g"]


def test_a_backup_of_a_technology_that_is_forbidden_needs_the_permission() -> None:
    item = asked(FIBRE, MOBILE, backup="mobile", technology_forbidden=("5g",))
    assert "a mobile backup is wanted (5g is not permitted; fibre: not mobile)" in labels(item)
    assert "would be feasible if 5g were permitted." in labels(item)
    assert {"technology_forbidden": (("5g",), ())} in relaxed(item)


def test_another_kind_of_backup_of_a_technology_that_is_forbidden_needs_both() -> None:
    item = asked(FIBRE, MOBILE, backup="satellite", technology_forbidden=("5g",))
    assert "would be feasible if 5g were permitted and the backup could be 5g." in labels(item)
    assert {"technology_forbidden": (("5g",), ()), "backup": ("satellite", "mobile")} in relaxed(item)


def test_a_backup_of_several_kinds_is_any() -> None:
    mixed = (an_access(id="dsl-1", technology="dsl", pop="east"), FIBRE)
    item = asked(*mixed, backup="satellite")
    assert Relaxed(dimension="backup", wanted="satellite", offered="any") in [
        one for proposal in item.proposals for one in proposal.relaxed
    ]


def test_an_item_is_told_the_limits_of_its_own_conflicts_and_one_that_has_none_all_of_them() -> None:
    named = ("link:l/capacity", "site:a/date", "partner:w/max_orders", "site:b/latency")
    outcome = Outcome(
        status="infeasible",
        reasons=tuple(Reason(constraint=name, limit=1, needed=2) for name in named),
        conflicts=(
            Conflict(constraints=named[:2], sites=("a",)),
            Conflict(constraints=named[2:], sites=("b", "c")),
        ),
    )
    told = {site: [one.constraint for one in concerning(outcome, site).reasons] for site in "abcd"}
    assert told == {
        "a": ["link:l/capacity", "site:a/date"],
        "b": ["partner:w/max_orders", "site:b/latency"],
        "c": ["partner:w/max_orders"],
        "d": ["link:l/capacity", "partner:w/max_orders"],
    }


def test_c11_a_limit_that_may_not_stand_in_the_way_is_no_reason_where_another_one_has_a_figure() -> None:
    """Time was over before all that does not matter was left out of what stands in the way."""

    class Hurried(Core):
        guards: tuple[str, ...] = ("minimal site:1", "time 60 s")

        def solve(self, problem: Problem, ask: Ask, **waits: Any) -> Outcome:
            outcome = super().solve(problem, ask, **waits)
            more = (Reason(constraint="site:1/features", limit=None, needed=None), *outcome.reasons)
            return replace(outcome, reasons=more, conflicts=(), relaxations=(), guards=self.guards)

    wanted = a_requirement(needed_by=date(2026, 11, 9))
    item = item_of(a_designer(some_facts(), Hurried()).answer((wanted,)))
    assert (codes(item), item.cut_short) == (["SD-TIM-01"], ("changes",))
    known = Hurried()
    known.guards = ()
    item = item_of(a_designer(some_facts(), known).answer((wanted,)))
    assert (codes(item), item.cut_short) == (["SD-CPE-01", "SD-TIM-01"], ())


def test_c11_where_no_limit_has_a_figure_those_that_items_share_are_told_first() -> None:
    def told(*named: str) -> list[str]:
        reasons = tuple(Reason(constraint=name, limit=1, needed=None) for name in named)
        outcome = Outcome(status="infeasible", reasons=reasons, guards=("minimal together",))
        return [one.constraint for one in concerning(outcome, "a").reasons]

    assert told("site:a/features", "budget/nrc") == ["budget/nrc"]
    assert told("site:a/features", "site:a/date") == ["site:a/features", "site:a/date"]


def test_what_one_item_has_of_a_design_costs_the_same_however_many_others_it_has() -> None:
    def lines_of(items: int) -> int:
        problem = tiny.a_problem(0, ("links",), sites=2)
        first, *_ = problem.access_options
        options = tuple(replace(first, id=f"o{n}") for n in range(items))
        problem = replace(problem, access_options=options)
        sites = tuple(SiteDesign(site=f"s{n}", cpe="c", legs=(Leg(access=f"o{n}", path=()),)) for n in range(items))
        whole = Design(sites=sites)
        assert beside_all._part_of(whole, ["s1"], problem) == Design(sites=(sites[1],))
        return lines_run(lambda: beside_all._part_of(whole, ["s1"], problem), beside_all, instead, others)

    assert lines_of(200) == lines_of(20)


def test_what_several_items_have_of_a_design_stays_in_its_order() -> None:
    sites = tuple(SiteDesign(site=name, cpe="c", legs=()) for name in "cab")
    assert [one.site for one in instead.sites_of(Design(sites=sites), ["b", "x", "c"])] == ["c", "b"]
