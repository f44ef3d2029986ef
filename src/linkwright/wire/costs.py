"""What of a document a caller without `cost:read` does not see: our costs, budgets, and the prices of partners.

Works on anything that we serve or send: resources, events and design documents. Nothing is marked as left out.
"""

import json
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from linkwright.orders.outcome import OUTCOME
from linkwright.orders.results import COMPARED
from linkwright.wire.json import Json, joined
from linkwright.wire.repairs import Repaired

_OF_ALL = (
    "oneTime", "recurring", "budget", "cost", "investment", "npv", "irr", "payback", "timeToRevenue", "monthlyMargin",
    "verdict", "missingPrices", "sensitivity",
)  # fmt: skip
OURS = ("commercial.", *(f"design.solution.{word}" for word in _OF_ALL))
"""Prefixes of characteristics that are costs or follow from them."""
WITH_COSTS = ("risk.", "ops.", "design.solution.")
"""Prefixes of those of which a `cost` within is ours, and nothing that a requester has sent."""
SENT = frozenset({"budgetOneTime", "budgetRecurring", "priceOneTime", "priceRecurring"})
"""Characteristics of the requester's own: hidden from others alone."""
MEMBERS = frozenset(
    {
        "oneTimeCost",
        "recurringCost",
        "oneTimeCostMinor",
        "recurringCostMinor",
        "budgetOneTimeMinor",
        "budgetRecurringMinor",
        "priceOneTimeMinor",
        "priceRecurringMinor",
        "impactMinor",
        "businessCase",
    }
)
"""Members of partners' answers and of design documents; what is within a business case goes with it."""
MEMBERS_SENT = SENT | {"cost"}
"""Members that a requester has sent: `cost` is that of an activity."""
TELLING = ("SD-BUD-", "SD-FIN-", "BUDGET_EXCEEDED", "PROPOSED_DESIGN/")
"""Beginnings of codes, names and ids of things whose text has amounts of money in it."""
UNTOLD = "Money stands in the way; the amounts are told to callers that may see costs."
TOLD = ("label", "message", "text")
"""Members that hold such a text."""
THROUGH = frozenset(
    {"serviceCharacteristic", "eligibilityUnavailabilityReason", "errorMessage", "jeopardyAlert", "note"}
)
"""Attributes on the way to what is hidden: who does not see it must not find out by filtering either."""

_PLAIN = frozenset({str, int, float, bool, type(None)})


def without_costs(value: Json, *, own: bool) -> Json:
    """The document without money; `own` leaves in what its requester himself has sent."""
    if value.__class__ in _PLAIN:
        return value
    if isinstance(value, list):
        return [without_costs(one, own=own) for one in value if not _is_hidden(one, own)]
    if not isinstance(value, Mapping):
        return value
    own = own and not _has_our_costs(value)
    kept = {name: without_costs(part, own=own) for name, part in value.items() if not _names_money(name, own)}
    if kept.get("name") == COMPARED and isinstance(kept.get("message"), str):
        kept = _without_outcome(kept)
    return _untold(kept) if _tells_money(value) or (not own and _quotes_money(value)) else kept


def with_costs(patched: Json, seen: Json, stored: Json) -> Repaired:
    """What a requester made of `seen`, which is `stored` without costs, with all that he did not see back in its place.

    What he writes himself where such things are stored is left out, whatever it is, so that he cannot find out what is
    there; it is noted.
    """
    back = _Back()
    return Repaired(body=back.value(patched, seen, stored, ""), notes=tuple(back.notes))


def leads_to_costs(path: str) -> bool:
    """True for a filter or sort path whose result would tell something of what is hidden."""
    return not THROUGH.isdisjoint(path.split("."))


def _is_hidden(value: Any, own: bool) -> bool:
    name = value.get("name") if isinstance(value, Mapping) and "value" in value else None
    return isinstance(name, str) and (name.startswith(OURS) or (name in SENT and not own))


def _has_our_costs(value: Mapping[str, Json]) -> bool:
    return "value" in value and str(value.get("name", "")).startswith(WITH_COSTS)


def _names_money(name: str, own: bool) -> bool:
    return name in MEMBERS or (name in MEMBERS_SENT and not own)


def _tells_money(value: Mapping[str, Json]) -> bool:
    return any(str(value.get(word, "")).startswith(TELLING) for word in ("code", "name", "id"))


def _quotes_money(value: Mapping[str, Json]) -> bool:
    """A text may quote what its requester has sent, such as a budget that is not understood."""
    return any(name in str(value.get(word, "")) for word in TOLD for name in SENT)


def _without_outcome(value: dict[str, Json]) -> dict[str, Json]:
    """What is expected of money stands behind all else that is compared in the end."""
    return value | {"message": value["message"].partition(OUTCOME)[0]}


def _untold(value: dict[str, Json]) -> dict[str, Json]:
    return {name: UNTOLD if name in TOLD else part for name, part in value.items()}


@dataclass(frozen=True)
class _Back:
    """Three documents at once: what came back, what was shown, and what is stored."""

    notes: list[str] = field(default_factory=list)

    def value(self, now: Json, seen: Json, stored: Json, path: str) -> Json:
        if isinstance(now, Mapping) and isinstance(seen, Mapping):
            return self._object(now, seen, stored, path)
        if isinstance(now, list) and isinstance(seen, list):
            return self._list(now, seen, stored, path)
        return now

    def _object(self, now: Mapping[str, Json], seen: Mapping[str, Json], stored: Mapping[str, Json], path: str) -> Json:
        back = {}
        for name, value in now.items():
            here = joined(path, name)
            if _names_money(name, own=True):
                self._left_out(here)
            else:
                back[name] = self.value(value, seen[name], stored[name], here) if name in seen else value
        for name in stored.keys() - back.keys():
            if name not in seen:
                back[name] = stored[name]
            elif rest := self._rest(seen[name], stored[name], joined(path, name)):
                back[name] = rest
        return self._retold(back, stored, path)

    def _rest(self, seen: Json, stored: Json, path: str) -> Json:
        """What was not seen of a value that was removed."""
        return self.value(type(seen)(), seen, stored, path) if isinstance(seen, dict | list) else None

    def _retold(self, back: dict[str, Json], stored: Mapping[str, Json], path: str) -> Json:
        """Where a text was shown in place of the stored one, the stored one counts."""
        if not (_tells_money(stored) and _tells_money(back)):
            return back
        for word in TOLD:
            if back.get(word, UNTOLD) != UNTOLD:
                self._left_out(joined(path, word))
        return {name: part for name, part in back.items() if name not in TOLD} | {
            word: stored[word] for word in TOLD if word in stored
        }

    def _list(self, now: Sequence[Json], seen: Sequence[Json], stored: Sequence[Json], path: str) -> Json:
        """What was not seen stays behind the element that it stood behind, or at the end where that one is gone."""
        first, *visible = _in_groups(stored)
        back, gone = list(first), set(range(len(visible)))
        for position, (one, place) in enumerate(zip(now, _places(now, seen), strict=True)):
            here = f"{path}[{position}]"
            if _is_hidden(one, own=True):
                self._left_out(here)
            elif place is None:
                back.append(one)
            else:
                gone.remove(place)
                was, *behind = visible[place]
                back += [self.value(one, seen[place], was, here), *behind]
        return back + [one for place in sorted(gone) for one in visible[place][1:]]

    def _left_out(self, path: str) -> None:
        self.notes.append(f"{path}: not shown to this caller, and left as it is")


def _in_groups(stored: Sequence[Json]) -> list[list[Json]]:
    """Each element that is shown with those behind it that are not; the first group has only such."""
    groups: list[list[Json]] = [[]]
    for one in stored:
        if _is_hidden(one, own=True):
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _places(now: Sequence[Json], seen: Sequence[Json]) -> list[int | None]:
    """Where each element stood before: by its id or name, or else as a whole.

    Of those that have neither and are not the same any more, each is taken for the next one that is missing, where
    there are as many of both.
    """
    keys = [_key(one) for one in seen]
    waiting: dict[tuple[str, str], deque[int]] = defaultdict(deque)
    for place, key in enumerate(keys):
        waiting[key].append(place)
    wanted = [_key(one) for one in now]
    found = [waiting[key].popleft() if waiting[key] else None for key in wanted]
    new = [position for position, place in enumerate(found) if place is None and not wanted[position][0]]
    missing = [place for key, places in waiting.items() if not key[0] for place in places]
    if len(new) == len(missing):
        for position, place in zip(new, sorted(missing), strict=True):
            found[position] = place
    return found


def _key(one: Json) -> tuple[str, str]:
    if isinstance(one, Mapping):
        for word in ("id", "name"):
            if isinstance(one.get(word), str):
                return word, one[word]
    return "", json.dumps(one, sort_keys=True)
