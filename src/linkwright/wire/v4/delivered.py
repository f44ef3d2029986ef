"""What an implementation order or the inventory (TMF638) reports of a service as it is now.

We send the figures of our design along, and get them back. A prediction that comes back unchanged is no report of it:
a measured figure has a word of its own (`delivered.…`), or has taken the place of ours.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace

from linkwright.designs.answers import SiteSolution
from linkwright.orders.errands import Errand, Seen
from linkwright.wire import quantities
from linkwright.wire.characteristics import read_characteristics
from linkwright.wire.json import Json, day_of
from linkwright.wire.v4.design_words import solution_words
from linkwright.wire.v4.errands import allocated
from linkwright.wire.v4.progress import items_of, read_order_progress

PREDICTED: tuple[tuple[str, str, str, Callable[[Json], Json]], ...] = (
    ("availability", "delivered.availability", "sla.availability", quantities.probability),
    ("roundTripMs", "delivered.latencyMs", "sla.latencyMs", quantities.milliseconds),
    ("diversity", "delivered.diversity", "access.diversityAchieved", quantities.diversity),
)
CONFIGURED = ("delivered.bandwidth", "bandwidth")


def read_implementation(errand: Errand, doc: Json) -> Seen:
    """How the order stands, and what it says of each service that it is done for."""
    seen = read_order_progress(doc)
    if seen.state == "failed":
        return seen
    wanted = frozenset(errand.task.items if seen.state == "done" else seen.delivered).difference(seen.failures)
    ended = {"startDate": doc.get("completionDate")} if seen.state == "done" else {}
    found = {
        str(item.get("id")): facts_of(errand, str(item.get("id")), ended | dict(item["service"]))
        for item in items_of(doc)
        if str(item.get("id")) in wanted and isinstance(item.get("service"), Mapping)
    }
    return replace(seen, reported=found)


def read_registration(errand: Errand, service: Json) -> Seen:
    """What the inventory has is registered, whatever state it is in by now."""
    (item,) = errand.task.items
    state = str(service.get("state", ""))
    return Seen(state="done", remote_state=state, reported={item: facts_of(errand, item, service)})


def facts_of(errand: Errand, item: str, service: Mapping[str, Json]) -> dict[str, Json]:
    """What is reported, by the names of `orders.results`; what cannot be read is not reported."""
    words, solution = read_characteristics(service.get("serviceCharacteristic")), errand.solutions.get(item)
    found: dict[str, Json] = {}
    for name, measured, ours, read in PREDICTED:
        told = words.get(measured, _changed(words.get(ours), ours, solution))
        with suppress(ValueError, TypeError, AttributeError):
            found[name] = read(told) if told is not None else None
    with suppress(ValueError, TypeError, AttributeError):
        configured = next((words[name] for name in CONFIGURED if name in words), None)
        found["bandwidthMbps"] = quantities.bandwidth_mbps(configured)
    with suppress(ValueError, TypeError, AttributeError):
        found["ready"] = day_of(service["startDate"]).isoformat() if service.get("startDate") else None
    given = {name: words[name] for name in allocated(errand, item) if name in words}
    return {name: value for name, value in (*found.items(), ("parameters", given)) if value not in (None, {})}


def _changed(told: Json, word: str, solution: SiteSolution | None) -> Json:
    return None if solution is None or told == solution_words(solution).get(word) else told
