"""The rest of a design as characteristics: plan, money, risk, operation and service quality, of an item or of all.

Dates are those of working days, money is `{unit, value}`; what is not known, or not in scope, is not there.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from linkwright.business.model import BusinessCase, Risk
from linkwright.business.register import exposure, top
from linkwright.designs.answers import WholeSolution
from linkwright.designs.requirement import Aspect
from linkwright.operations.model import Objective, Operations
from linkwright.plan.model import Plan, Step, Wave
from linkwright.wire.json import Json, present
from linkwright.wire.quantities import write_money, write_price

TOLD_RISKS = 5
"""So many risks stand in `risk.top`; the document has all."""
OF_ASPECT: Mapping[Aspect, tuple[str, ...]] = {
    "plan": ("plan.",),
    "training": ("ops.trainingMeasures",),
    "support": ("ops.operationalMethod", "ops.supportTier", "ops.spares", "ops.maintenanceWindow", "ops.handover"),
    "quality": ("sqm.",),
    "risk": ("risk.",),
    "cost": ("commercial.costBreakdown", "commercial.investment"),
    "business": (
        "commercial.npv", "commercial.irr", "commercial.paybackMonths", "commercial.timeToRevenueDays",
        "commercial.verdict", "commercial.monthlyMargin", "commercial.sensitivity",
    ),
    "cpe": ("cpe.",),
    "topology": ("access.path", "access.sharedRisk", "access.notUsed"),
    "assignments": ("capacity.",),
    "efficiency": ("design.score", "design.optimalityGap", "design.reusedFrom"),
    "orders": (),
}  # fmt: skip
"""The beginnings of the words of each aspect that a requester may leave out."""
NOT_IN_SCOPE = "design.notInScope"
ALWAYS = frozenset({"plan.readyForServiceDate"})
"""What answers the question itself, whatever is left out."""


def whole_words(
    *,
    plan: Plan | None,
    case: BusinessCase | None,
    risks: Sequence[Risk],
    operations: Operations | None,
    objectives: Sequence[Objective],
    currency: str,
) -> dict[str, Json]:
    return {
        **({} if plan is None else plan_words(plan)),
        **({} if case is None else _case(case)),
        **(_risks(risks, currency) if risks else {}),
        **({} if operations is None else _operations(operations, currency)),
        **({"sqm.objectives": [_objective(one) for one in objectives]} if objectives else {}),
    }


def solution_of_all_words(whole: WholeSolution) -> dict[str, Json]:
    """What is told of all items together; `design.withProposals` are those that count as they are first offered."""
    offered = [one.ref for one in whole.members if one.result == "alternate" and one.design_id is not None]
    words = whole_words(
        plan=whole.plan,
        case=whole.case,
        risks=whole.risks,
        operations=whole.operations,
        objectives=whole.objectives,
        currency=whole.currency,
    )
    told = {"design.id": whole.design_id, "design.version": whole.version, "sla.lowestAvailability": whole.availability}
    missing = (
        [] if whole.case is None else [one.name for one in whole.case.lines if None in (one.nrc_minor, one.mrc_minor)]
    )
    beside = {"design.withProposals": offered or None, "commercial.missingPrices": missing or None}
    return present(**told, **beside) | words


def in_scope(words: Mapping[str, Json], scope: Sequence[Aspect] | None) -> dict[str, Json]:
    """Without the words of the aspects that were not asked for, which are named instead; None asks for all."""
    if scope is None:
        return dict(words)
    left_out = [aspect for aspect in OF_ASPECT if aspect not in scope]
    return without_aspects(words, left_out) | ({NOT_IN_SCOPE: list(left_out)} if left_out else {})


def without_aspects(words: Mapping[str, Json], left_out: Collection[str]) -> dict[str, Json]:
    hidden = tuple(beginning for aspect in OF_ASPECT if aspect in left_out for beginning in OF_ASPECT[aspect])
    return {name: value for name, value in words.items() if name in ALWAYS or not name.startswith(hidden)}


def plan_words(plan: Plan) -> dict[str, Json]:
    steps = {step.id: step for step in plan.steps}
    return present(
        **{
            "plan.earliestStart": plan.start.isoformat(),
            "plan.readyForServiceDate": plan.ready.isoformat(),
            "plan.durationWorkingDays": plan.duration_days,
            "plan.criticalPath": [_step(one) for name in plan.critical_path if (one := steps.get(name)) and one.days],
            "plan.totalFloatDays": plan.total_float_days,
            "plan.latestOrderDate": _day(plan.latest_order),
            "plan.p50Date": _day(plan.p50),
            "plan.p80Date": _day(plan.p80),
            "plan.pointOfNoReturn": present(soft=_day(plan.soft_no_return), hard=_day(plan.hard_no_return)) or None,
            "plan.waves": [_wave(wave) for wave in plan.waves] or None,
            "plan.bottleneck": plan.bottleneck or None,
            "plan.bespoke": [_step(step) for step in plan.steps if step.bespoke] or None,
        }
    )


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _step(step: Step) -> Json:
    return present(
        activity=step.id,
        name=step.name,
        kind=step.kind,
        start=step.start.isoformat(),
        end=step.end.isoformat(),
        readyDate=step.ready.isoformat(),
        workingDays=step.days,
        floatDays=step.float_days,
        bespoke=step.bespoke or None,
        owner=step.owner or None,
        pointOfNoReturn=step.no_return,
    )


def _wave(wave: Wave) -> Json:
    return present(
        number=wave.number,
        start=wave.start.isoformat(),
        end=wave.end.isoformat(),
        items=wave.items,
        pilot=wave.pilot or None,
        reason=wave.reason or None,
    )


def _case(case: BusinessCase) -> dict[str, Json]:
    def money(minor: int | None) -> Json:
        return write_price(minor, case.currency)

    return present(
        **{
            "commercial.investment": [
                {
                    "layer": one.layer,
                    "oneTimeCost": money(one.nrc_minor),
                    "recurringCost": money(one.mrc_minor),
                }
                for one in case.investment
            ],
            "commercial.npv": money(case.npv_minor),
            "commercial.irr": case.irr,
            "commercial.paybackMonths": case.payback_months,
            "commercial.timeToRevenueDays": case.time_to_revenue_days,
            "commercial.monthlyMargin": money(case.monthly_margin_minor),
            "commercial.verdict": case.verdict,
            "commercial.verdictReason": case.verdict_reason or None,
            "commercial.sensitivity": [
                {"what": one.what, "change": one.change, "npv": money(one.npv_minor)} for one in case.sensitivity
            ]
            or None,
        }
    )


def _risks(risks: Sequence[Risk], currency: str) -> dict[str, Json]:
    days, minor = exposure(risks)
    return {
        "risk.count": len(risks),
        "risk.top": [_risk(one, currency) for one in top(risks, TOLD_RISKS)],
        "risk.exposure": present(days=round(days, 2), cost=write_money(minor, currency) if minor else None),
    }


def _risk(risk: Risk, currency: str) -> Json:
    return present(
        code=risk.code,
        cause=risk.cause,
        probability=risk.probability,
        impact=present(days=risk.impact_days, cost=write_price(risk.impact_minor, currency)),
        mitigation=risk.mitigation,
        owner=risk.owner,
        item=risk.item,
    )


def _operations(operations: Operations, currency: str) -> dict[str, Json]:
    return present(
        **{
            "ops.operationalMethod": operations.method,
            "ops.supportTier": operations.support_tier,
            "ops.spares": [
                present(model=one.model, pieces=one.pieces, location=one.location or None) for one in operations.spares
            ]
            or None,
            "ops.maintenanceWindow": operations.maintenance_window or None,
            "ops.trainingMeasures": [
                present(
                    team=one.team,
                    skill=one.skill,
                    people=one.people,
                    course=one.course,
                    start=one.start.isoformat(),
                    end=one.end.isoformat(),
                    neededBy=one.needed_by.isoformat(),
                    oneTimeCost=write_price(one.nrc_minor, currency),
                )
                for one in operations.training
            ]
            or None,
            "ops.handoverChecklist": list(operations.checklist) or None,
        }
    )


def _objective(one: Objective) -> Json:
    return present(
        name=one.name,
        target=one.target,
        threshold=one.threshold,
        comparator=one.comparator,
        unit=one.unit,
        period=one.period,
        measuringPoint=one.measuring_point,
        reference=one.reference,
    )
