"""What may go wrong with an item, with days and money worked out by hand."""

from dataclasses import replace
from datetime import date
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwright.business.model import Risk
from linkwright.business.register import HIRING_DAYS, LONG_LEAD_DAYS, exposure, register, top
from linkwright.business.risk import THIN_MARGIN
from linkwright.business.risk_facts import (
    BASE_RATES,
    Awaited,
    HoldEnd,
    OutdoorWork,
    PartnerLeg,
    Rate,
    RiskCode,
    RiskFacts,
    ScarceSkill,
)

CARD = Awaited(name="card 7", lead_days=50, float_days=15, ready=date(2027, 1, 15))
SKILL = ScarceSkill(
    team="NOC",
    skill="sd-wan",
    people=2,
    needed=date(2027, 1, 18),
    trained=date(2027, 1, 14),
    course_days=3,
    float_days=2,
)


def only(facts: RiskFacts) -> Risk:
    (risk,) = register(facts)
    return risk


def test_c22_without_anything_that_may_fail_there_is_no_risk() -> None:
    assert register(RiskFacts(item="one", margin=THIN_MARGIN, price_mrc_minor=100)) == ()


def test_c22_a_planned_build_is_a_risk_even_where_its_float_covers_it() -> None:
    risk = only(RiskFacts(item="8", planned=(CARD,), price_mrc_minor=30_000))
    assert (risk.code, risk.item, risk.owner) == ("plannedBuild", "8", "engineering")
    assert (risk.probability, risk.impact_days, risk.impact_minor) == (0.25, 0, 0)
    assert risk.cause == (
        "Card 7 is planned for 2027-01-15 and not there yet; its float of 15 working days covers a slip of 13."
    )


def test_what_is_beyond_the_float_is_late_and_costs_revenue() -> None:
    risk = only(RiskFacts(planned=(replace(CARD, float_days=3),), price_mrc_minor=30_000))
    assert risk.impact_days == 10
    assert risk.impact_minor == 14_000  # 10 working days are 14 days, of 1,000 each
    assert "a slip of 13 working days is 10 more than its float of 3" in risk.cause


def test_where_no_date_is_wanted_each_day_of_slip_is_a_day() -> None:
    risk = only(RiskFacts(builds=(Awaited(name="duct", lead_days=100),)))
    assert (risk.code, risk.impact_days, risk.impact_minor) == ("newBuild", 30, None)
    assert "no date is wanted, and it would be 30 working days later" in risk.cause


def test_a_long_lead_time_is_told_once() -> None:
    duct = Awaited(name="duct", lead_days=100, float_days=0)
    short = Awaited(name="router", lead_days=LONG_LEAD_DAYS - 1, float_days=0)
    long = replace(short, name="mast", lead_days=LONG_LEAD_DAYS)
    risks = register(RiskFacts(builds=(duct,), deliveries=(duct, short, long)))
    assert [(risk.code, risk.impact_days) for risk in risks] == [("newBuild", 30), ("longLeadTime", 6)]


def test_a_partner_whom_nobody_can_replace_is_one_risk_for_all_his_legs() -> None:
    legs = (
        PartnerLeg(name="North", lead_days=60, float_days=20),
        PartnerLeg(name="North", lead_days=45, float_days=0),
        PartnerLeg(name="Metro", lead_days=45, float_days=0, alternatives=1),
    )
    risk = only(RiskFacts(partner_legs=legs))
    assert (risk.code, risk.impact_days, risk.owner) == ("singlePartner", 9, "partner management")
    assert "only North can provide 2 legs, in 45 working days".lower() in risk.cause.lower()


def test_weather_takes_what_is_beyond_its_reserve() -> None:
    work = OutdoorWork(name="mast", lead_days=20, float_days=1, reserve_days=4)
    risk = only(RiskFacts(outdoor=(work,)))
    assert (risk.code, risk.impact_days) == ("weather", 5)
    assert "with 4 in reserve" in risk.cause
    assert only(RiskFacts(outdoor=(replace(work, reserve_days=50),))).impact_days == 0


@pytest.mark.parametrize(("expires", "risks"), [(date(2027, 3, 1), 1), (date(2027, 2, 28), 1), (date(2027, 3, 2), 0)])
def test_a_hold_is_a_risk_where_it_does_not_last_beyond_its_use(expires: date, risks: int) -> None:
    hold = HoldEnd(name="port 3", expires=expires, used=date(2027, 3, 1), lead_days=5, float_days=2)
    found = register(RiskFacts(holds=(hold,)))
    assert [(risk.code, risk.impact_days) for risk in found] == [("expiringHold", 3)] * risks


def test_a_skill_is_scarce_until_everybody_has_it() -> None:
    assert register(RiskFacts(skills=(replace(SKILL, people=0),))) == ()
    risk = only(RiskFacts(skills=(SKILL,)))
    assert (risk.code, risk.impact_days) == ("scarceSkill", 1)
    assert "2 more people of NOC with sd-wan by 2027-01-18, taught from 2027-01-14 on" in risk.cause


def test_a_skill_that_comes_too_late_or_never_is_worse() -> None:
    late = only(RiskFacts(skills=(replace(SKILL, float_days=-4, people=1),)))
    assert late.impact_days == 7
    assert "1 more person of NOC" in late.cause
    assert "4 working days too late" in late.cause
    never = only(RiskFacts(skills=(replace(SKILL, trained=None),)))
    assert never.impact_days == HIRING_DAYS
    assert "nothing teaches it" in never.cause


@pytest.mark.parametrize(
    ("margin", "told"), [(0.0001, "0.0001 above its target, less than 0.0005"), (-0.002, "0.002 below its target")]
)
def test_a_thin_margin_is_the_same_as_in_the_score(margin: float, told: str) -> None:
    risk = only(RiskFacts(margin=margin))
    assert (risk.code, risk.impact_days, risk.impact_minor) == ("thinMargin", 0, None)
    assert told in risk.cause


def test_what_is_shared_not_declared_or_not_priced_is_named() -> None:
    facts = RiskFacts(shared_risks=("duct K7",), undeclared=("metro-2",), unpriced=("terminal", "power"))
    told = {risk.code: risk.cause for risk in register(facts)}
    assert "duct K7" in told["sharedRisk"]
    assert "metro-2" in told["undeclaredRisk"]
    assert told["unknownPrice"] == "2 prices not stated: terminal, power."
    assert all(risk.impact_minor is None for risk in register(replace(facts, price_mrc_minor=5)))


def test_an_operator_has_rates_of_his_own() -> None:
    facts = RiskFacts(planned=(CARD,), builds=(CARD,))
    own: dict[RiskCode, Rate] = {"plannedBuild": Rate(probability=0.9, slip=1)}
    risks = {risk.code: risk for risk in register(facts, rates=own)}
    assert (risks["plannedBuild"].probability, risks["plannedBuild"].impact_days) == (0.9, 35)
    assert risks["newBuild"].probability == BASE_RATES["newBuild"].probability


def test_rates_that_mean_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="fire"):
        register(RiskFacts(), rates={"fire": Rate(probability=0.1)})  # type: ignore[dict-item]
    for wrong in (1.1, -0.1, float("nan")):
        with pytest.raises(ValueError, match="probability"):
            Rate(probability=wrong)
    for wrong in (-1, 10.1, float("inf")):
        with pytest.raises(ValueError, match="slip"):
            Rate(probability=0.1, slip=wrong)


def test_every_risk_has_a_rate_and_says_who_does_what() -> None:
    assert set(BASE_RATES) == set(get_args(RiskCode))
    facts = RiskFacts(
        planned=(CARD,),
        builds=(replace(CARD, name="duct"),),
        deliveries=(replace(CARD, name="mast"),),
        partner_legs=(PartnerLeg(name="North", lead_days=5),),
        outdoor=(OutdoorWork(name="mast", lead_days=3),),
        holds=(HoldEnd(name="port", expires=date(2027, 1, 1), used=date(2027, 1, 2)),),
        skills=(SKILL,),
        margin=0.0,
        unpriced=("terminal",),
        undeclared=("metro",),
        shared_risks=("duct",),
    )
    risks = register(facts)
    assert {risk.code for risk in risks} == set(get_args(RiskCode))
    assert {risk.owner for risk in risks} == {"sales", "engineering", "partner management", "operations"}
    assert all(risk.mitigation.endswith(".") and risk.cause.endswith(".") for risk in risks)


RISKS = st.lists(
    st.builds(
        Risk,
        code=st.sampled_from(get_args(RiskCode)),
        cause=st.sampled_from("ab"),
        probability=st.sampled_from([0.0, 0.1, 0.25, 1.0]),
        impact_days=st.integers(0, 100),
        impact_minor=st.none() | st.integers(0, 10**6),
        mitigation=st.just(""),
        owner=st.just(""),
    )
)


def test_the_exposure_is_the_sum_of_what_is_probable() -> None:
    plain = Risk(
        code="weather", cause="", probability=0.1, impact_days=3, impact_minor=5, mitigation="", owner="operations"
    )
    assert exposure([]) == (0.0, 0)
    assert exposure([plain] * 3) == (0.9, 2)  # 1.5, a half to the even one
    assert exposure([replace(plain, impact_minor=None)]) == (0.3, None)
    assert exposure([plain, replace(plain, impact_minor=None)]) == (0.6, 0)


@given(RISKS, st.integers(0, 12))
def test_the_top_are_those_of_the_greatest_exposure(risks: list[Risk], n: int) -> None:
    chosen = top(risks, n)
    assert len(chosen) == min(n, len(risks))
    days = sorted((risk.exposure_days for risk in risks), reverse=True)
    assert [risk.exposure_days for risk in chosen] == days[:n]
    again = top(reversed(risks), n)
    assert [(one.code, one.cause, one.impact_days) for one in again] == [
        (one.code, one.cause, one.impact_days) for one in chosen
    ]


@given(RISKS)
def test_exposures_add_up(risks: list[Risk]) -> None:
    days, minor = exposure(risks)
    assert days == pytest.approx(sum(risk.exposure_days for risk in risks))
    known = [risk.probability * risk.impact_minor for risk in risks if risk.impact_minor is not None]
    assert (minor is None) == (bool(risks) and not known)
    assert minor is None or abs(minor - sum(known)) <= 0.5 + 1e-6
