"""The legs of a design as one reads them: which is the backup, what each shares with others, where it leads."""

from collections.abc import Mapping
from dataclasses import dataclass

from linkwright.designs.facts import OWN
from linkwright.wire.json import Json


@dataclass(frozen=True, kw_only=True)
class Lane:
    """One leg with the access at its far end, where it has one. `risks` are its groups, `shared` some of them."""

    title: str
    access: str
    technology: str
    supplier: str
    is_backup: bool
    nodes: tuple[str, ...]
    risks: tuple[str, ...]
    shared: tuple[str, ...]
    far_access: str | None = None
    capacity: str = ""


def near_legs(doc: Json) -> list[Json]:
    """Those that begin at the place itself."""
    return [leg for leg in doc.get("legs") or () if leg.get("end", "a") == "a"]


def has_backup(doc: Json) -> bool:
    """One leg more than the working ones, of a technology of its own: the last one."""
    wanted = (doc.get("requirement") or {}).get("backup")
    return wanted not in (None, "none") and len(near_legs(doc)) > 1


def role_of(doc: Json, number: int) -> str:
    legs = near_legs(doc)
    if has_backup(doc) and number == len(legs) - 1:
        return "backup"
    working = len(legs) - has_backup(doc)
    return "working" if working < 2 else f"working {number + 1}"


def supplier_of(leg: Mapping[str, Json]) -> str:
    return "own network" if leg.get("supplier") == OWN else str(leg.get("supplier"))


def capacity_of(leg: Mapping[str, Json]) -> str:
    """What its access can carry at most, empty where that is not known."""
    down, up = leg.get("offeredMbps"), leg.get("offeredUpMbps")
    if down is None:
        return ""
    return f"{down:,} Mbit/s" if up in (None, down) else f"{down:,}/{up:,} Mbit/s"


def lanes_of(doc: Json) -> tuple[Lane, ...]:
    legs, near, lanes = doc.get("legs") or [], -1, list[Lane]()
    shared = set(map(bare, doc.get("sharedRisks") or ()))
    for place, leg in enumerate(legs):
        if leg.get("end", "a") != "a":
            continue
        near += 1
        after = legs[place + 1] if place + 1 < len(legs) else {}
        risks = tuple(dict.fromkeys((*leg.get("srlgs", ()), *leg.get("links", ()), *leg.get("nodes", ()))))
        groups = tuple(name for name in risks if name in leg.get("srlgs", ()) or name in shared)
        role = role_of(doc, near)
        lanes.append(
            Lane(
                title=f"Leg {near + 1}, {role}" + (", already there" if leg.get("existing") else ""),
                access=str(leg.get("access")),
                technology=str(leg.get("technology")),
                supplier=supplier_of(leg),
                is_backup=role == "backup",
                nodes=tuple(leg.get("nodes", ())),
                risks=groups,
                shared=tuple(name for name in groups if name in shared),
                capacity=capacity_of(leg),
                far_access=after.get("access") if after.get("end") == "z" else None,
            )
        )
    return tuple(lanes)


def bare(component: str) -> str:
    """The name of a component of failure without the kind that stands before it, as in `srlg:k1`."""
    return str(component).partition(":")[2] or str(component)
