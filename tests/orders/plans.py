"""A plan whose installation has to wait for a window: a delivery has three working days of float before that."""

from datetime import date
from typing import Any

from linkwright.plan.model import Plan, Step

ORDERED, SURVEYED, LICENSED = date(2027, 5, 3), date(2027, 5, 5), date(2027, 6, 4)
DELIVERED, INSTALLED, TESTED = date(2027, 6, 9), date(2027, 6, 17), date(2027, 6, 18)


def a_step(**changes: Any) -> Step:
    plain = {"kind": "bespoke", "name": changes["id"], "days": 1}
    return Step(**{**plain, **changes})


def an_event_plan(access: str = "tail", **changes: Any) -> Plan:
    """Survey, licence (soft point of no return) and the delivery of an access, then installation (hard) and test."""
    steps = (
        a_step(id="survey", kind="survey", start=ORDERED, end=date(2027, 5, 4), ready=SURVEYED, days=2),
        a_step(
            id="licence",
            name="Temporary spectrum licence",
            bespoke=True,
            owner="regulation",
            start=SURVEYED,
            end=date(2027, 6, 3),
            ready=LICENSED,
            days=20,
            float_days=6,
            free_float_days=6,
            no_return="soft",
            after=("survey",),
        ),
        a_step(
            id=f"delivery:{access}",
            kind="delivery",
            start=ORDERED,
            end=date(2027, 6, 8),
            ready=DELIVERED,
            days=25,
            float_days=3,
            free_float_days=3,
        ),
        a_step(
            id="installation",
            name="Installation",
            kind="installation",
            start=date(2027, 6, 14),
            end=date(2027, 6, 16),
            ready=INSTALLED,
            days=3,
            float_days=0,
            no_return="hard",
            after=("licence", f"delivery:{access}"),
        ),
        a_step(
            id="test", kind="test", start=INSTALLED, end=INSTALLED, ready=TESTED, float_days=0, after=("installation",)
        ),
    )
    plain = {
        "ordered": ORDERED,
        "start": ORDERED,
        "end": INSTALLED,
        "ready": TESTED,
        "duration_days": 33,
        "steps": steps,
        "soft_no_return": SURVEYED,
        "hard_no_return": date(2027, 6, 14),
        "total_float_days": 3,
    }
    return Plan(**{**plain, **changes})
