"""Whole documents to render: every part of a design is there, and every amount of money is another one."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from itertools import count
from typing import Any

import orjson

from linkwright.business.model import BusinessCase, CostLine, Investment, Month, Risk, Sensitivity
from linkwright.designs.answers import Member, SiteSolution, Totals, WholeSolution
from linkwright.designs.facts import PartnerAnswer
from linkwright.designs.parts_of_answers import Arrangement, Finding, Located, NotUsed
from linkwright.designs.requirement import CostComponent, Place, Rollout, Span, Spot, Work
from linkwright.operations.model import Objective, Operations, Spare, Training
from linkwright.plan.model import Plan, Step, Wave
from linkwright.wire.design_document import write_design, write_whole
from tests.builders import NOW, a_leg, a_place, a_requirement, a_solution, an_access

Json = Any
MONDAY = date(2026, 11, 2)


def a_step(step: str, first: int, days: int, **changes: Any) -> Step:
    """`first` and `days` in calendar days, which is all that a drawing looks at."""
    start = MONDAY + timedelta(days=first)
    end = start + timedelta(days=max(days - 1, 0))
    plain = Step(
        id=step, name=step.capitalize(), kind="build", start=start, end=end, ready=end, days=days, float_days=3
    )
    return replace(plain, **changes)


def a_plan(**changes: Any) -> Plan:
    steps = (
        a_step("survey", 0, 2, kind="survey", critical=True, float_days=0, owner="field"),
        a_step("licence", 2, 28, kind="permit", no_return="soft", after=("survey",), float_days=6, bespoke=True),
        a_step("delivery", 0, 30, kind="delivery", critical=True, float_days=0, owner="north"),
        a_step(
            "installation", 30, 3, kind="installation", no_return="hard", critical=True, float_days=0, skill="fibre"
        ),
        a_step("test", 33, 1, kind="test", critical=True, float_days=0, waits_for="windows:site"),
    )
    plain = Plan(
        ordered=MONDAY,
        start=MONDAY,
        end=date(2026, 12, 5),
        ready=date(2026, 12, 7),
        duration_days=25,
        steps=steps,
        critical_path=("survey", "delivery", "installation", "test"),
        total_float_days=4,
        latest_order=date(2026, 11, 6),
        p50=date(2026, 12, 8),
        p80=date(2026, 12, 11),
        soft_no_return=date(2026, 11, 4),
        hard_no_return=date(2026, 12, 2),
        bottleneck="The plan waits 3 days for the access window of the site.",
    )
    return replace(plain, **changes)


def a_case(**changes: Any) -> BusinessCase:
    """Paid back in month 10."""
    flow = [Month(number=0, income_minor=0, cost_minor=500_000, cumulated_minor=-500_000)]
    for number in range(1, 25):
        sum_minor = flow[-1].cumulated_minor + 89_000 - 36_500
        flow.append(Month(number=number, income_minor=89_000, cost_minor=36_500, cumulated_minor=sum_minor))
    plain = BusinessCase(
        currency="EUR",
        lines=(
            CostLine(name="fibre-1", component="access", layer="resource", nrc_minor=90_000, mrc_minor=32_000),
            CostLine(name="cpe-1", component="cpe", layer="resource", nrc_minor=18_000, mrc_minor=4_500),
            CostLine(name="terminal", component="access", layer="service", nrc_minor=None, mrc_minor=0, supplier="sat"),
        ),
        one_time_minor=108_000,
        recurring_minor=36_500,
        investment=(
            Investment(layer="service", nrc_minor=18_000, mrc_minor=4_500),
            Investment(layer="resource", nrc_minor=90_000, mrc_minor=32_000),
        ),
        cash_flow=tuple(flow),
        discount_rate=0.09,
        npv_minor=612_345,
        irr=0.4321,
        payback_months=10,
        time_to_revenue_days=60,
        monthly_margin_minor=52_500,
        verdict="accepted",
        verdict_reason="NPV and payback are within the rules.",
        missing=("one-time price of the terminal",),
        sensitivity=(Sensitivity(what="price", change="-10 %", npv_minor=401_000),),
    )
    return replace(plain, **changes)


def some_operations() -> Operations:
    return Operations(
        method="Managed access with two legs",
        support_tier="24x7, four hours",
        spares=(Spare(model="cpe-1", pieces=2, location="Depot West"),),
        maintenance_window="Sunday 02:00 to 06:00 (Europe/Berlin)",
        training=(
            Training(
                team="NOC",
                skill="SD-WAN",
                people=2,
                course="SD-WAN operation",
                start=date(2026, 11, 9),
                end=date(2026, 11, 11),
                needed_by=date(2026, 12, 2),
                nrc_minor=150_000,
            ),
        ),
        checklist=("Runbook is accepted", "Monitoring is on"),
    )


RISKS = (
    Risk(
        code="plannedBuild",
        cause="The card may come later than planned.",
        probability=0.2,
        impact_days=15,
        impact_minor=240_000,
        mitigation="Order the partner's access in time.",
        owner="engineering",
    ),
    Risk(
        code="partnerLate",
        cause="The partner was late before.",
        probability=0.1,
        impact_days=10,
        impact_minor=None,
        mitigation="Ask each week.",
        owner="procurement",
        item="1",
    ),
)
OBJECTIVES = (
    Objective(
        name="availability",
        target=0.999,
        threshold=0.9992,
        comparator=">=",
        unit="",
        period="month",
        measuring_point="CPE",
    ),
    Objective(
        name="latency",
        target=30.0,
        threshold=27.0,
        comparator="<=",
        unit="ms",
        period="5 min",
        measuring_point="CPE to hub",
        reference="slo-7",
    ),
)


def a_full_design(**changes: Any) -> SiteSolution:
    """Two legs and a backup by radio, one of them by a partner, with everything that a design can tell."""
    requirement = a_requirement(
        availability=0.999,
        backup="mobile",
        backup_mbps=50,
        budget_nrc_minor=120_000,
        budget_mrc_minor=36_000,
        budget_currency="EUR",
        price_nrc_minor=200_000,
        price_mrc_minor=89_000,
        price_currency="EUR",
        jitter_ms=5.0,
        loss=0.001,
        cpe_features=("ipsec",),
        technology_forbidden=("satellite",),
        change_freeze=(Span(start=date(2026, 11, 15), end=date(2027, 1, 10), yearly=True),),
        bespoke_activities=(Work(id="crane", name="Crane", days=1, nrc_minor=77_700),),
        cost_components=(CostComponent(name="management", nrc_minor=0, mrc_minor=6_000),),
    )
    offer = an_access(id="north-1", partner="north", quote="q-7", nrc_minor=240_001, mrc_minor=41_001)
    asked = (
        PartnerAnswer(partner="north", ref="1", asked="offered", offer=offer, valid_until=NOW, took_s=0.25),
        PartnerAnswer(partner="east", ref="1", asked="silent", text="No answer in 10 s.", took_s=10.0),
    )
    radio = a_leg(
        access="radio-1",
        technology="mobile",
        nodes=("east", "hub"),
        links=("east-hub",),
        pop="east",
        srlgs=("k1",),
        mbps=50,
        offered_mbps=100,
        offered_up_mbps=20,
        nrc_minor=0,
        mrc_minor=0,
        planned=True,
        build="card-1",
    )
    plain = a_solution(
        requirement=requirement,
        place=replace(a_place("Headquarters"), far=None),
        legs=(a_leg(access="north-1", supplier="north", quote="q-7", srlgs=("k1", "k2"), offered_mbps=200), radio),
        shared_risks=("srlg:k1",),
        availability=0.9998848,
        jitter_ms=2.0,
        loss=0.0001,
        confidence="yellow",
        confidence_reason="radio-1 counts on capacity that is not in service yet",
        cpe_facts={"ports": 4, "power_w": 30, "rack_u": 1, "stock_location": "Depot West"},
        asked=asked,
        roles=("cheapest",),
        rank=1,
        diverse_in="link",
        arrangement=Arrangement(kind="special", why=("The standard backup allows 99.9 %, 99.99 % would be needed.",)),
        not_used=(NotUsed(access="mw-1", technology="microwave", why="It is booked until 2026-12-04."),),
        plan=a_plan(),
        case=a_case(),
        risks=RISKS,
        operations=some_operations(),
        objectives=OBJECTIVES,
        where=(
            Located(id="Headquarters", role="place", lat_deg=50.05, lon_deg=8.2),
            Located(id="west", role="node", lat_deg=50.1, lon_deg=8.0),
            Located(id="east", role="node", lat_deg=50.0, lon_deg=8.6),
            Located(id="hub", role="node", lat_deg=50.2, lon_deg=8.7),
        ),
    )
    return replace(plain, **changes)


def a_point_to_point() -> SiteSolution:
    """With an access at its far end."""
    far = Spot(id="plant", name="Plant", ids=("plant",))
    place = a_place("Headquarters")
    return a_full_design(
        place=Place(id=place.id, name=place.name, ids=place.ids, far=far),
        legs=(a_leg(nodes=tuple(f"node-{number}" for number in range(9))), a_leg(access="far-1", end="z", links=())),
        cpe_quantity=2,
    )


def a_member(number: int, **changes: Any) -> Member:
    plain = Member(
        ref=str(number),
        result="qualified",
        place=f"Store {number}",
        design_id=f"design-{number}",
        ready=date(2027, 3, 23),
        nrc_minor=57_100,
        mrc_minor=5_900,
        availability=0.9995,
        technology=("fibre",),
    )
    return replace(plain, **changes)


def a_whole(members: int = 3, **changes: Any) -> WholeSolution:
    told = [a_member(number) for number in range(1, members)]
    lost = a_member(members, result="unqualified", design_id=None, ready=None, availability=None, codes=("SD-ACC-01",))
    waves = (
        Wave(number=0, start=date(2027, 1, 11), end=date(2027, 1, 15), items=20, pilot=True),
        Wave(number=1, start=date(2027, 1, 18), end=date(2027, 2, 10), items=880, reason="CPE are out of stock."),
    )
    plain = WholeSolution(
        design_id="whole-1",
        version=1,
        wanted=a_requirement(
            bundles=tuple(str(number) for number in range(1, members + 1)),
            budget_nrc_minor=99_000_000,
            rollout=Rollout(pilot_items=20, pilot_days=5),
        ),
        members=(*told, replace(lost, nrc_minor=None, mrc_minor=None)),
        currency="EUR",
        nrc_minor=113_582_000,
        mrc_minor=12_345_600,
        computed_at=NOW,
        availability=0.99,
        plan=a_plan(waves=waves),
        case=a_case(),
        risks=RISKS,
        operations=some_operations(),
        objectives=OBJECTIVES,
        findings=(Finding(code="SD-ACC-01", label="No access technology reaches 1 of the places."),),
    )
    return replace(plain, **changes)


def a_large_whole(members: int = 2000) -> WholeSolution:
    """With seven steps of each member, one line of cost for each, and a risk for every tenth."""
    whole = a_whole(members)
    steps = tuple(
        a_step(f"{kind}:{number}", number // 40, 1, kind=kind, critical=number % 400 == 0)
        for number in range(members)
        for kind in ("survey", "delivery", "staging", "installation", "configuration", "test", "handover")
    )
    lines = tuple(
        CostLine(name=f"fibre-{number}", component="access", layer="resource", nrc_minor=6_000, mrc_minor=3_800)
        for number in range(members)
    )
    assert whole.plan is not None
    return replace(
        whole,
        plan=replace(whole.plan, steps=steps, critical_path=tuple(step.id for step in steps if step.critical)),
        case=a_case(lines=lines),
        risks=tuple(replace(RISKS[0], item=str(number)) for number in range(0, members, 10)),
    )


def totals_with(whole: WholeSolution) -> Totals:
    """Of an answer that has one solution for all its items."""
    return Totals(
        qualified=1,
        alternate=0,
        unqualified=0,
        nrc_minor=1,
        mrc_minor=1,
        currency="EUR",
        ready=None,
        gap=None,
        whole=whole,
    )


def site_json(**changes: Any) -> Json:
    """As it is stored and read again."""
    return orjson.loads(orjson.dumps(write_design(a_full_design(**changes))))


def whole_json(whole: WholeSolution) -> Json:
    return orjson.loads(orjson.dumps(write_whole(whole)))


def with_distinct_amounts(value: Any, numbers: Iterator[int] | None = None) -> Any:
    """The same with a large amount that occurs nowhere else in every field of money, those that were None too."""
    numbers = numbers or count(7_100_003, 1_009)
    if is_dataclass(value) and not isinstance(value, type):
        told = {one.name: getattr(value, one.name) for one in fields(value)}
        changed = {
            name: next(numbers) if name.endswith("_minor") else with_distinct_amounts(part, numbers)
            for name, part in told.items()
        }
        return replace(value, **changed)
    if isinstance(value, tuple):
        return tuple(with_distinct_amounts(one, numbers) for one in value)
    return value
