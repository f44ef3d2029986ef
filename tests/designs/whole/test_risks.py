"""Risks that follow from what a design stands on."""

from dataclasses import replace
from datetime import timedelta

from linkwright.business.risk_facts import Rate, RiskCode
from linkwright.designs.answers import SiteSolution
from linkwright.designs.facts import OperatorFacts, WeatherFact
from linkwright.designs.requirement import Work
from tests.builders import NOW, a_network, a_requirement
from tests.designs.answering import answer_to, item_of, offering, some_facts


def solution_by(days_valid: int) -> SiteSolution:
    offer = replace(offering("north", pop="west"), valid_until=NOW + timedelta(days=days_valid))
    solution = item_of(answer_to(some_facts(access=(), answers=(offer,)), a_requirement())).solution
    assert solution is not None
    return solution


def test_an_offer_that_ends_before_the_order_is_due_may_expire() -> None:
    short, long = solution_by(9), solution_by(365)
    assert "expiringHold" in [risk.code for risk in short.risks]
    assert "expiringHold" not in [risk.code for risk in long.risks]
    assert long.plan is not None
    assert long.plan.latest_order is not None
    (expiring,) = (risk for risk in short.risks if risk.code == "expiringHold")
    assert "2026-11-11" in expiring.cause
    assert long.plan.latest_order.isoformat() in expiring.cause


def test_a_partner_whom_nobody_can_replace_is_a_risk() -> None:
    assert "singlePartner" in [risk.code for risk in solution_by(365).risks]


def test_the_operators_own_rates_replace_those_of_the_register() -> None:
    offer = replace(offering("north", pop="west"), valid_until=NOW + timedelta(days=365))
    rates: dict[RiskCode, Rate] = {"singlePartner": Rate(probability=0.9, slip=2)}
    facts = some_facts(access=(), answers=(offer,))
    plain, own = (
        {risk.code: risk for risk in solution.risks}["singlePartner"]
        for rules in ({}, {"risk_rates": rates})
        if (solution := item_of(answer_to(facts, a_requirement(needed_by=None), **rules)).solution) is not None
    )
    assert (plain.probability, own.probability) == (0.15, 0.9)
    assert own.impact_days > plain.impact_days


def test_work_that_a_requester_replaces_by_some_that_needs_no_weather_is_no_risk_of_the_weather() -> None:
    weather = OperatorFacts(weather=(WeatherFact(id="dry", months=tuple(range(1, 13)), reserve_days=1),))
    facts = some_facts(facts=replace(a_network(), operator=weather))
    outside = Work(id="mast", days=5, kind="build", weather="dry")
    inside = replace(outside, weather=None, nrc_minor=0)

    def risks(**works: tuple[Work, ...]) -> list[str]:
        solution = item_of(answer_to(facts, a_requirement(activities=(outside,), **works))).solution
        assert solution is not None
        return [risk.code for risk in solution.risks]

    assert "weather" in risks()
    assert "weather" not in risks(bespoke_activities=(inside,))
