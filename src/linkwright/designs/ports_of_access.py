"""Accesses that several items want: each can be had as often as it has ports, mostly once.

The core counts crew-days by skill, each up to a day. A port is such a skill: who has the access spends one of it, and
there are as many as there are ports. So the core and its verifier need not know of ports of accesses.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from linkwright.design.model import AccessOption, FieldCapacity
from linkwright.designs.facts import AccessFact, CapacityBooking
from linkwright.plan.working_days import WorkingDays

PORT = "access:"
"""How the skill begins that stands for a port."""


def with_ports(
    options: Sequence[AccessOption],
    facts: Mapping[str, AccessFact],
    bookings: Mapping[str, Sequence[CapacityBooking]],
    days: WorkingDays,
) -> tuple[tuple[AccessOption, ...], tuple[FieldCapacity, ...]]:
    """The options that spend a port where there are too few for all, and how many there are.

    `facts` are those of the options by their id. What a partner offers he offers to one item: that is no access of the
    inventory. Whoever keeps the access that he has takes nothing from others.
    """
    wanted = {key: fact for key, fact in facts.items() if fact.quote is None and not fact.existing}
    users = Counter(fact.id for fact in wanted.values())
    there = {fact.id: ports_of(fact, bookings.get(fact.id, ())) for fact in wanted.values()}
    scarce = {name: ports for name, ports in there.items() if users[name] > ports}
    if not scarce:
        return tuple(options), ()
    spending = (
        replace(option, work={**option.work, PORT + fact.id: 1})
        if (fact := wanted.get(option.id)) is not None and fact.id in scarce
        else option
        for option in options
    )
    ports = (FieldCapacity(skill=PORT + name, by_day=days.last, crew_days=scarce[name]) for name in sorted(scarce))
    return tuple(spending), tuple(ports)


def ports_of(fact: AccessFact, bookings: Sequence[CapacityBooking]) -> int:
    """A booking of the only port says on which days it is not there; of several it takes some, on whatever day."""
    if fact.ports == 1:
        return 1
    return max(fact.ports - sum(booking.quantity for booking in bookings), 0)


def access_of(skill: str) -> str | None:
    """The access whose port is meant, None where the skill is one of people."""
    return skill.removeprefix(PORT) if skill.startswith(PORT) else None
