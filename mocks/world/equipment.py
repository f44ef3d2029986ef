"""CPE models and field crews, and who runs a service. The models are invented; no manufacturer is meant."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from mocks.world.words import Json, chance, euro, moment, resource


@dataclass(frozen=True, kw_only=True)
class _Model:
    id: str
    max_mbps: int
    nrc: int
    mrc: int
    availability: float
    delay_ms: float
    features: tuple[str, ...]
    ports: int
    power_w: int
    rack_u: int
    retired: bool = False


MODELS = (
    _Model(
        id="cpe-s", max_mbps=200, nrc=180, mrc=18, availability=0.9999, delay_ms=0.4,
        features=("routing",), ports=4, power_w=25, rack_u=0,
    ),
    _Model(
        id="cpe-m", max_mbps=1000, nrc=420, mrc=35, availability=0.9999, delay_ms=0.3,
        features=("routing", "encryption"), ports=8, power_w=60, rack_u=1,
    ),
    _Model(
        id="cpe-l", max_mbps=2500, nrc=1450, mrc=75, availability=0.99995, delay_ms=0.25,
        features=("routing", "encryption", "dualPower"), ports=12, power_w=120, rack_u=1,
    ),
    _Model(
        id="cpe-xl", max_mbps=10_000, nrc=3900, mrc=160, availability=0.99997, delay_ms=0.2,
        features=("routing", "encryption", "dualPower", "sync"), ports=24, power_w=320, rack_u=2,
    ),
    _Model(
        id="cpe-old", max_mbps=1000, nrc=90, mrc=9, availability=0.9999, delay_ms=0.5,
        features=("routing",), ports=4, power_w=80, rack_u=1, retired=True,
    ),
)  # fmt: skip
CREWS = {"install": 3, "splice": 2, "rigging": 1}
"""Crews by skill: each gives one crew-day on a working day, some days are taken."""
RESTOCK_DAYS = 30
"""Working days after which the supplier of the CPE delivers as many as are wanted."""
TEAM = "network operation centre"
STAFF = {"mobile": 2, "microwave": 1}
"""People of the team who have a skill today."""
NEEDS = {"5g": ("mobile", 3), "microwave": ("microwave", 2)}
"""By technology: the skill, and how many people the team needs who have it, to run an access of it."""
COURSES = {"mobile": (3, 4, 690), "microwave": (2, 6, 480)}
"""By skill: working days, seats, and euro for each person."""
HORIZONS_DAYS = (30, 60, 120, 240)


def cpe_models(seed: int, today: date) -> Iterator[Json]:
    """All models; the retired one is still listed, with an end that has passed."""
    for model in MODELS:
        rng = chance(seed, model.id)
        facts = {
            "maxMbps": model.max_mbps,
            "nrc": euro(model.nrc),
            "mrc": euro(model.mrc),
            "availability": model.availability,
            "delayMs": model.delay_ms,
            "features": list(model.features),
            "ports": model.ports,
            "powerW": model.power_w,
            "rackU": model.rack_u,
            "stock": rng.randint(20, 90),
            "stockLocation": "central warehouse",
            "restockDays": RESTOCK_DAYS,
        }
        ended: Json = {"endOperatingDate": moment(today - timedelta(days=90))} if model.retired else {}
        yield resource("cpeModel", model.id, f"Router {model.id}", facts, **ended)


def field_capacity(seed: int, today: date) -> Iterator[Json]:
    """Crew-days are counted from today up to the end date, so the longer horizon contains the shorter one."""
    for skill, crews in CREWS.items():
        busy = chance(seed, "crew", skill).uniform(0.2, 0.4)
        for days in HORIZONS_DAYS:
            facts = {"skill": skill, "crewDays": int(crews * days * 5 / 7 * (1 - busy))}
            end = moment(today + timedelta(days=days))
            name = f"Crews for {skill}, {days} days"
            yield resource("fieldCapacity", f"crew-{skill}-{days}", name, facts, endOperatingDate=end)


def crew_pools() -> Iterator[Json]:
    for skill, crews in CREWS.items():
        yield resource("crewPool", f"pool-{skill}", f"Crews for {skill}", {"skill": skill, "crews": crews})


def people() -> Iterator[Json]:
    """Who has which skill, who needs it, and where it is taught."""
    for skill, count in STAFF.items():
        facts: Json = {"team": TEAM, "skill": skill, "people": count}
        yield resource("staff", f"staff-{skill}", f"{TEAM}: {skill}", facts)
    for technology, (skill, count) in NEEDS.items():
        facts = {"team": TEAM, "skill": skill, "people": count, "technology": technology}
        yield resource("skillNeed", f"need-{technology}", f"{technology} needs {skill}", facts)
    for skill, (days, seats, price) in COURSES.items():
        facts = {"skill": skill, "durationDays": days, "seats": seats, "nrc": euro(price)}
        yield resource("course", f"course-{skill}", f"Course {skill}", facts)
