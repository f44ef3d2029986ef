"""What has no price is told, and what is paid once for several items is in one sum."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from linkwright.business.rules import Finance
from linkwright.designs.answers import Answer, SiteSolution
from linkwright.designs.facts import OperatorFacts
from linkwright.designs.requirement import Requirement, Work
from linkwright.operations.model import CourseFact, SkillNeed
from linkwright.wire.v4.commercial_words import in_bundle_words
from linkwright.wire.v4.design_words import solution_words, totals_words
from tests.builders import a_network
from tests.designs.answering import a_designer, codes, item_of, labels, some_facts
from tests.designs.whole.test_bundles import PROMPT, answered, several

COURSE_MINOR = 50_000
TAUGHT = OperatorFacts(
    needs=(SkillNeed(id="n", team="noc", skill="it", people=1),),
    courses=(CourseFact(id="c", name="Course", skill="it", days=2, seats=1, nrc_minor=COURSE_MINOR),),
)
CRANE = Work(id="crane", name="Crane", days=1)
GATE = Work(id="gate", name="Gate", days=1, each=False)


def solution_of(answer: Answer, ref: str = "a") -> SiteSolution:
    found = item_of(answer, ref).solution
    assert found is not None, labels(item_of(answer, ref))
    return found


def bundles(*groups: str, **changes: Any) -> tuple[Requirement, ...]:
    return tuple(Requirement(ref=f"all-{group}", bundles=tuple(group), **changes) for group in groups)


def test_bespoke_work_without_a_price_is_told_and_no_sum_hides_it() -> None:
    answer = answered(*several("a", bespoke_activities=(CRANE,)))
    design = solution_of(answer)
    assert design.nrc_minor == solution_of(answered(*several("a"))).nrc_minor
    assert codes(item_of(answer, "a")) == ["SD-INF-01"]
    assert "the one-time price of Crane (bespoke) is not stated" in labels(item_of(answer, "a"))
    assert (design.without_nrc, design.without_mrc, design.confidence) == (("Crane",), (), "yellow")
    assert design.case is not None
    assert design.case.missing == ("cost once of Crane of a",)
    told = solution_words(design)
    assert told["commercial.missingPrices"] == ["Crane oneTimeCost"]
    assert "commercial.oneTimeCost" not in told
    assert "unknownPrice" in [risk.code for risk in design.risks]


@pytest.mark.parametrize("work", [replace(CRANE, nrc_minor=0), replace(CRANE, kind="survey")])
def test_a_price_of_nothing_is_one_and_usual_work_is_in_the_charges(work: Work) -> None:
    answer = answered(*several("a", bespoke_activities=(work,)))
    assert codes(item_of(answer, "a")) == []
    assert "commercial.oneTimeCost" in solution_words(solution_of(answer))


def test_the_standard_plan_of_a_specification_needs_no_prices() -> None:
    answer = answered(*several("a", activities=(CRANE,)))
    assert codes(item_of(answer, "a")) == []
    assert solution_of(answer).without_nrc == ()


def test_a_price_of_the_catalogue_counts_for_work_that_refers_to_it() -> None:
    named = replace(CRANE, reference="big-crane")
    priced, silent = (OperatorFacts(works=(Work(id="big-crane", nrc_minor=minor),)) for minor in (120_000, None))
    plain = solution_of(answered(*several("a")))
    dear = solution_of(answered(*several("a", bespoke_activities=(named,)), operator=priced))
    assert (dear.nrc_minor - plain.nrc_minor, dear.without_nrc) == (120_000, ())
    assert solution_of(answered(*several("a", bespoke_activities=(named,)), operator=silent)).without_nrc == ("Crane",)


def test_work_for_all_without_a_price_is_missing_in_the_sum_of_all() -> None:
    answer = answered(*bundles("ab"), *several("a", "b", bespoke_activities=(GATE,)))
    assert answer.totals is not None
    told = totals_words(answer.totals, bundles("ab")[0])
    assert told["commercial.missingPrices"] == ["Gate"]
    assert "commercial.oneTimeCostKnown" in told
    assert [codes(item_of(answer, ref)) for ref in ("a", "b")] == [["SD-INF-01"]] * 2
    assert solution_of(answer, "b").without_nrc == ()


def test_the_course_of_a_lone_item_is_in_its_sums_once() -> None:
    plain = solution_of(answered(*several("a")))
    answer = answered(*several("a"), operator=TAUGHT)
    design = solution_of(answer)
    assert design.nrc_minor - plain.nrc_minor == COURSE_MINOR
    assert answer.totals is not None
    assert answer.totals.nrc_minor == design.nrc_minor
    assert design.case is not None
    assert [line.nrc_minor for line in design.case.lines if line.component == "training"] == [COURSE_MINOR]
    assert design.case.one_time_minor == design.nrc_minor == sum(line.nrc_minor or 0 for line in design.case.lines)
    assert sum(month.cost_minor for month in design.case.cash_flow) == (
        design.nrc_minor + design.mrc_minor * (design.requirement.term_months or 0)
    )


def test_work_for_all_of_a_lone_item_is_in_its_sums() -> None:
    plain = solution_of(answered(*several("a")))
    dear = solution_of(answered(*several("a", bespoke_activities=(replace(GATE, nrc_minor=70_000),))))
    assert dear.nrc_minor - plain.nrc_minor == 70_000
    silent = answered(*several("a", bespoke_activities=(GATE,)))
    assert (solution_of(silent).without_nrc, codes(item_of(silent, "a"))) == (("Gate",), ["SD-INF-01"])


def test_every_design_of_a_lone_item_has_its_course_once() -> None:
    facts = some_facts("a", facts=a_network(operator=TAUGHT))
    facts.access = (*facts.access, replace(facts.access[0], id="dear", nrc_minor=9_000_000, lead_days=0))
    answer = a_designer(facts).answer(several("a", max_alternatives=3), alternatives=True)
    designs = [one.solution for one in item_of(answer, "a").proposals]
    assert designs
    for design in (solution_of(answer), *designs):
        assert [one.nrc_minor for one in design.fixed if one.component == "training"] == [COURSE_MINOR]


def test_a_course_without_a_price_is_told_and_no_sum_hides_it() -> None:
    free = replace(TAUGHT, courses=(replace(TAUGHT.courses[0], nrc_minor=None),))
    alone = answered(*several("a"), operator=free)
    design = solution_of(alone)
    assert (design.without_nrc, design.confidence) == (("Course Course",), "yellow")
    assert "the one-time price of Course Course (training) is not stated" in design.confidence_reason
    assert codes(item_of(alone, "a")) == ["SD-INF-01"]
    together = answered(*bundles("ab"), *several("a", "b"), operator=free)
    assert together.totals is not None
    assert "commercial.oneTimeCostKnown" in totals_words(together.totals, bundles("ab")[0])
    assert [codes(item_of(together, ref)) for ref in ("a", "b")] == [["SD-INF-01"]] * 2
    given_away = replace(TAUGHT, courses=(replace(TAUGHT.courses[0], nrc_minor=0),))
    assert codes(item_of(answered(*several("a"), operator=given_away), "a")) == []


def test_a_later_day_that_is_offered_has_the_course_once() -> None:
    work = Work(id="installation", kind="installation", days=5)
    late = several("a", bespoke_activities=(work,), needed_by=date(2026, 12, 1))
    offered = item_of(answered(*late, operator=TAUGHT), "a")
    assert (offered.result, offered.proposals[0].dimension) == ("alternate", "date")
    assert [one.nrc_minor for one in offered.proposals[0].solution.fixed] == [COURSE_MINOR]


def test_a_course_counts_against_the_budget_of_a_lone_item() -> None:
    cost_minor = solution_of(answered(*several("a"), operator=TAUGHT)).nrc_minor
    assert item_of(answered(*several("a", budget_nrc_minor=cost_minor), operator=TAUGHT), "a").result == "qualified"
    short = item_of(answered(*several("a", budget_nrc_minor=cost_minor - 1), operator=TAUGHT), "a")
    assert (short.result, codes(short)) == ("unqualified", ["SD-BUD-01"])
    assert f"{cost_minor / 100:,.2f}" in labels(short)


def test_a_larger_budget_that_is_offered_is_enough_for_the_course_as_well() -> None:
    cost_minor = solution_of(answered(*several("a"), operator=TAUGHT)).nrc_minor
    short = item_of(answered(*several("a", budget_nrc_minor=1), operator=TAUGHT), "a")
    assert short.result == "alternate"
    offered = next(one for one in short.proposals if one.dimension == "budget_nrc")
    assert (offered.offered, offered.solution.nrc_minor) == (cost_minor, cost_minor)
    assert offered.solution.requirement.budget_nrc_minor == cost_minor
    assert f"{cost_minor / 100:,.2f}" in labels(short)
    assert codes(short).count("SD-BUD-01") == 1


def test_each_bundle_has_its_own_totals_and_solution() -> None:
    asked = bundles("a", "bc", budget_nrc_minor=10**9, budget_mrc_minor=10**9)
    answer = answered(*asked, *several("a", "b", "c"))
    assert [one.wanted for one in answer.wholes] == list(asked)
    assert [[one.ref for one in whole.members] for whole in answer.wholes] == [["a"], ["b", "c"]]
    assert len({one.design_id for one in answer.wholes}) == 2
    second = answer.further["all-bc"]
    costs = [solution_of(answer, ref) for ref in ("b", "c")]
    assert (second.qualified, second.nrc_minor) == (2, sum(one.nrc_minor for one in costs))
    told = totals_words(second, asked[1])
    assert told["commercial.budgetOneTimeVariance"] == {"unit": "EUR", "value": (second.nrc_minor - 10**9) / 100}
    assert told["commercial.verdict"] == "notAssessed"


def test_the_rules_for_money_and_the_budget_bind_each_bundle() -> None:
    asked = bundles("a", "b")
    answer = answered(*asked, *several("a", "b"), finance=PROMPT)
    assert [codes(item_of(answer, one.ref)) for one in asked] == [["SD-FIN-01"]] * 2
    cost_minor = solution_of(answer, "b").nrc_minor
    tight = (asked[0], replace(asked[1], budget_nrc_minor=cost_minor - 1))
    told = answered(*tight, *several("a", "b"))
    assert [codes(item_of(told, one.ref)) for one in asked] == [[], ["SD-BUD-01"]]


def test_one_rule_may_be_kept_by_one_bundle_and_broken_by_the_other() -> None:
    items = (*several("a"), *several("b", price_mrc_minor=1))
    rules = Finance(discount_rate=0.09, currency="EUR", min_npv_minor=0)
    answer = answered(*bundles("a", "b"), *items, finance=rules)
    assert [codes(item_of(answer, ref)) for ref in ("all-a", "all-b")] == [[], ["SD-FIN-01"]]


def test_an_item_in_no_bundle_is_bound_by_the_rules_for_money_itself() -> None:
    answer = answered(*bundles("a"), *several("a", "b"), finance=PROMPT)
    assert (item_of(answer, "a").result, codes(item_of(answer, "b"))) == ("qualified", ["SD-FIN-01"])


def test_what_two_bundles_and_an_item_need_is_paid_once_by_all_three() -> None:
    odd = replace(TAUGHT, courses=(replace(TAUGHT.courses[0], nrc_minor=100_001),))
    asked = (*bundles("a", "b"), *several("a", "b", "c"))
    plain, answer = answered(*asked), answered(*asked, operator=odd)

    def sums(of: Answer) -> list[int]:
        return [*(one.nrc_minor for one in of.wholes), solution_of(of, "c").nrc_minor]

    more = [dear - cheap for dear, cheap in zip(sums(answer), sums(plain), strict=True)]
    assert more == [33_334, 33_334, 33_333]
    assert solution_of(answer, "a").nrc_minor == solution_of(plain, "a").nrc_minor


def test_bundles_that_have_items_in_common_each_bear_all_that_is_paid_once() -> None:
    everything = Requirement(ref="all", bundles=())
    for first, last in ((*bundles("a"), everything), bundles("ab", "bc")):
        asked = (first, last, *several("a", "b", "c"))
        pairs = zip(answered(*asked, operator=TAUGHT).wholes, answered(*asked).wholes, strict=True)
        assert [dear.nrc_minor - cheap.nrc_minor for dear, cheap in pairs] == [COURSE_MINOR] * 2


def test_bundles_with_items_in_common_are_one_to_those_that_have_none_with_them() -> None:
    asked = (*bundles("a", "ab", "c"), *several("a", "b", "c"))
    pairs = zip(answered(*asked, operator=TAUGHT).wholes, answered(*asked).wholes, strict=True)
    assert [dear.nrc_minor - cheap.nrc_minor for dear, cheap in pairs] == [COURSE_MINOR // 2] * 3


@pytest.mark.parametrize("prices", [(70_000, None), (None, 70_000), (70_000, 10_000)])
def test_work_for_all_has_the_price_that_any_of_its_items_states(prices: tuple[int | None, int | None]) -> None:
    def asked(*minor: int | None) -> Answer:
        works = [replace(GATE, nrc_minor=one) for one in minor]
        items = zip("ab", works, strict=True)
        return answered(*(one for ref, work in items for one in several(ref, bespoke_activities=(work,))))

    answer, plain = asked(*prices), asked(0, 0)
    assert [one.nrc_minor for one in answer.wholes] == [plain.wholes[0].nrc_minor + 70_000]
    assert [codes(item_of(answer, ref)) for ref in ("a", "b")] == [[], []]


def test_who_is_refused_in_the_end_pays_no_part_and_the_others_pay_it() -> None:
    gate = {"bespoke_activities": (replace(GATE, nrc_minor=50_000),)}
    cost_minor = solution_of(answered(*several("b")), "b").nrc_minor
    asked = (*bundles("a"), *several("a", **gate), *several("b", budget_nrc_minor=cost_minor, **gate))
    answer = answered(*asked)
    assert (item_of(answer, "b").result, codes(item_of(answer, "b"))) == ("unqualified", ["SD-BUD-01"])
    assert answer.wholes[0].nrc_minor == solution_of(answer, "a").nrc_minor + 50_000
    short = replace(asked[0], budget_nrc_minor=answer.wholes[0].nrc_minor - 1)
    assert codes(item_of(answered(short, *asked[1:]), "all-a")) == ["SD-BUD-01"]


def test_a_proposal_tells_of_its_bundle_what_is_paid_once_and_that_a_price_is_missing() -> None:
    budget_minor = 10**9
    (bundle,) = bundles("ab", budget_nrc_minor=budget_minor)
    first = several("a", bespoke_activities=(CRANE, replace(GATE, nrc_minor=50_000)))
    answer = answered(bundle, *first, *several("b", bandwidth_mbps=2_000))
    assert answer.totals is not None
    total = totals_words(answer.totals, bundle)["commercial.oneTimeCostKnown"]
    told = in_bundle_words(item_of(answer, "b").proposals[0])
    assert told["design.solution.oneTimeCostKnown"] == total
    assert told["commercial.budgetOneTimeVarianceKnown"]["value"] == total["value"] - budget_minor / 100
    assert not {"design.solution.oneTimeCost", "commercial.budgetOneTimeVariance"} & told.keys()


def test_a_proposal_of_an_item_in_two_bundles_tells_of_the_one_that_has_a_budget() -> None:
    wide, narrow = replace(bundles("bc")[0], budget_nrc_minor=10**9), bundles("b")[0]
    for asked in ((narrow, wide), (wide, narrow)):
        answer = answered(*asked, *several("b", bandwidth_mbps=2_000), *several("c"))
        (offered,) = item_of(answer, "b").proposals
        assert offered.bundle_nrc_minor == offered.solution.nrc_minor + solution_of(answer, "c").nrc_minor
        assert offered.over_nrc_minor == offered.bundle_nrc_minor - 10**9


def test_nobody_relies_on_parts_of_others_who_are_refused_one_after_the_other() -> None:
    gate_minor, names = 600_000, [f"n{number}" for number in range(1, 9)]
    cost_minor = solution_of(answered(*several("a"))).nrc_minor
    lone = [
        several(ref, bespoke_activities=(replace(GATE, nrc_minor=gate_minor),), budget_nrc_minor=budget_minor)[0]
        for number, ref in enumerate(names, start=1)
        for budget_minor in [cost_minor + gate_minor // (number + 1) - 1]
    ]
    asked = (*bundles("a"), *several("a", bespoke_activities=(replace(GATE, nrc_minor=gate_minor),)), *lone)
    answer = a_designer(some_facts("a", *names)).answer(asked)
    assert {item_of(answer, ref).result for ref in names} == {"unqualified"}
    assert answer.wholes[0].nrc_minor == cost_minor + gate_minor
