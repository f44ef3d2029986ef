"""What a bundle is told of its items, and what binds all of them: budget, rules for money, once for all."""

from dataclasses import replace
from typing import Any

from linkwright.business.rules import Finance
from linkwright.designs.answers import Answer
from linkwright.designs.facts import OperatorFacts
from linkwright.designs.requirement import Requirement, Work
from linkwright.operations.model import CourseFact, SkillNeed
from linkwright.wire.v4.design_words import totals_words
from tests.builders import a_network, a_requirement
from tests.designs.answering import a_designer, codes, item_of, labels, some_facts

PROMPT = Finance(max_time_to_revenue_days=5)
"""No case keeps this."""


def several(*refs: str, **changes: Any) -> tuple[Requirement, ...]:
    plain = a_requirement(price_mrc_minor=900_000)
    assert plain.place is not None
    place = plain.place
    return tuple(replace(plain, **{"ref": ref, "place": replace(place, id=ref)} | changes) for ref in refs)


def answered(
    *requirements: Requirement, finance: Finance | None = None, operator: OperatorFacts | None = None
) -> Answer:
    facts = some_facts("a", "b", "c", facts=a_network(**({} if operator is None else {"operator": operator})))
    rules = {} if finance is None else {"finance": finance}
    return a_designer(facts, **rules).answer(requirements)


def test_a_bundle_of_some_items_is_told_of_these_alone() -> None:
    late = Work(id="mast", days=30)
    items = (*several("a", "b"), *several("c", bespoke_activities=(late,)))
    answer = answered(Requirement(ref="all", bundles=("a", "b")), *items)
    ones = [item_of(answer, ref).solution for ref in ("a", "b")]
    assert answer.totals is not None
    assert answer.whole is not None
    assert answer.whole.plan is not None
    assert [one.ref for one in answer.whole.members] == ["a", "b"]
    assert answer.whole.nrc_minor == answer.totals.nrc_minor == sum(one.nrc_minor for one in ones if one is not None)
    assert answer.totals.qualified == 2
    assert answer.whole.plan.ready == max(one.ready for one in ones if one is not None)
    third = item_of(answer, "c").solution
    assert third is not None
    assert third.ready > answer.whole.plan.ready
    assert {step.id.partition("/")[0] for step in answer.whole.plan.steps} == {"a", "b"}


def test_what_is_paid_once_for_all_counts_against_the_budget_of_the_bundle() -> None:
    operator = OperatorFacts(
        needs=(SkillNeed(id="n", team="noc", skill="it", people=1),),
        courses=(CourseFact(id="c", name="Course", skill="it", days=2, seats=1, nrc_minor=50_000),),
    )
    items = several("a", "b")
    plain = answered(Requirement(ref="all", bundles=()), *items, operator=operator)
    assert plain.whole is not None
    enough = Requirement(ref="all", bundles=(), budget_nrc_minor=plain.whole.nrc_minor)
    assert item_of(answered(enough, *items, operator=operator), "all").result == "qualified"
    short = replace(enough, budget_nrc_minor=plain.whole.nrc_minor - 1)
    told = item_of(answered(short, *items, operator=operator), "all")
    assert (told.result, codes(told)) == ("unqualified", ["SD-BUD-01"])
    assert f"{plain.whole.nrc_minor / 100:,.2f}" in labels(told)


def test_the_rules_for_money_bind_the_bundle_and_not_its_items() -> None:
    answer = answered(Requirement(ref="all", bundles=()), *several("a", "b"), finance=PROMPT)
    assert codes(item_of(answer, "all")) == ["SD-FIN-01"]
    assert item_of(answer, "a").result == "qualified"


def test_without_a_bundle_they_bind_each_item() -> None:
    answer = answered(*several("a", "b"), finance=PROMPT)
    assert [(one.result, codes(one)) for one in answer.items] == [("unqualified", ["SD-FIN-01"])] * 2


def test_nothing_is_offered_instead_that_is_not_worth_it() -> None:
    wanted = several("a", bandwidth_mbps=5_000)
    offered = item_of(answered(*wanted), "a")
    assert offered.result == "alternate"
    refused = item_of(answered(*wanted, finance=PROMPT), "a")
    assert (refused.result, refused.proposals) == ("unqualified", ())
    assert codes(refused)[0] == "SD-FIN-01"


def test_a_bundle_that_names_nothing_that_is_there_stands_for_all() -> None:
    answer = answered(Requirement(ref="all", bundles=("x",)), *several("a", "b"))
    assert answer.whole is not None
    assert [one.ref for one in answer.whole.members] == ["a", "b"]


def test_the_same_question_has_the_same_answer() -> None:
    items = (Requirement(ref="all", bundles=()), *several("a", "b", "c"))
    assert answered(*items) == answered(*items)


def test_a_bundle_of_nothing_cannot_be_had() -> None:
    told = item_of(answered(Requirement(ref="all", bundles=()), Requirement(ref="other", bundles=("all",))), "all")
    assert (told.result, codes(told)) == ("unqualified", ["SD-INF-01"])


def test_a_bundle_of_which_all_is_offered_otherwise_has_the_sums_of_that() -> None:
    bundle = Requirement(ref="all", bundles=("a",))
    answer = answered(bundle, *several("a", bandwidth_mbps=2_000), *several("b"))
    assert answer.totals is not None
    offered = item_of(answer, "a").proposals[0].solution
    told = totals_words(answer.totals, bundle)
    assert told["commercial.oneTimeCost"] == {"unit": "EUR", "value": offered.nrc_minor / 100}
