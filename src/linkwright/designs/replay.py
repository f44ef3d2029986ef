"""What a design was computed from, as bytes that can be kept, and the same computation again."""

import gzip
import json
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from hashlib import sha256
from typing import Any

import orjson

from linkwright.design.ask import Ask
from linkwright.design.model import Build, CpeModel, FieldCapacity, Network, Outcome, Problem
from linkwright.remembered import remembered

NOWHERE = Network(nodes=(), links=())
SHARED = ("network", "builds", "cpe_models", "field_capacity")
"""What many problems have in common, as a file names it."""
WORTH_PACKING = 2_000
PACKED = b"\x1f\x8b"
"""How compressed bytes begin, and no JSON does."""
UNREPEATABLE = ("time ", "stopped")
"""Guards that depend on the machine or on somebody: what they ended cannot be found again by computing."""


@dataclass(frozen=True)
class Snapshot:
    """A problem in two parts, since many problems share a network, with what was asked and the answer.

    Everything but the ids is JSON, compressed if it is long; equal ids say that all the rest is equal.
    """

    id: str
    network_id: str
    network: bytes
    rest: bytes
    ask: bytes
    outcome: bytes

    def problem(self) -> Problem:
        from linkwright.design.files.format import read_problem

        network, items = (json.loads(unpacked(part)) for part in (self.network, self.rest))
        versions = [doc["format"] for doc in (network, items) if "format" in doc]
        shared = {name: network[name] for name in SHARED if name in network}
        whole = {**items, **shared} | ({"format": max(versions)} if versions else {})
        return read_problem(json.dumps(whole).encode())

    def asked(self) -> Ask:
        return Ask.of(json.loads(unpacked(self.ask)))

    def answer(self) -> bytes:
        """The answer as it was given, as JSON."""
        return unpacked(self.outcome)


@dataclass(frozen=True, kw_only=True, eq=False)
class Inputs:
    """The same as objects: what a solution carries until it is stored."""

    problem: Problem
    ask: Ask
    outcome: Outcome

    @property
    def id(self) -> str:
        return self.snapshot.id

    @cached_property
    def snapshot(self) -> Snapshot:
        from linkwright.design.files.format import problem_members

        problem = self.problem
        network_id, network = _network(problem.network, problem.builds, problem.cpe_models, problem.field_capacity)
        parts = (
            _bytes(problem_members(replace(problem, network=NOWHERE, builds=(), cpe_models=(), field_capacity=()))),
            _bytes(self.ask.options()),
            outcome_bytes(self.outcome),
        )
        return Snapshot(_digest(network_id.encode(), *parts), network_id, network, *map(packed, parts))


def outcome_bytes(outcome: Outcome) -> bytes:
    """An answer without the time that it took, which is never the same."""
    from linkwright.design.files.format import outcome_members

    return _bytes(outcome_members(replace(outcome, elapsed_s=0.0)))


def is_repeatable(outcome: Any) -> bool:
    """Whether the answer (as JSON) was ended by nothing but the problem itself."""
    return not any(guard.startswith(UNREPEATABLE) for guard in outcome.get("guards", ()))


def is_cut_short(outcome: Outcome) -> bool:
    """Whether it was ended before all that was asked for was looked for, and not by the problem itself."""
    return any(guard.startswith(UNREPEATABLE) for guard in outcome.guards)


def first_difference(one: Any, other: Any, at: str = "") -> str | None:
    """Where two JSON documents differ first; None where they are equal."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in dict.fromkeys([*one, *other]):
            if name not in one or name not in other:
                return f"{at}.{name}".lstrip(".")
            found = first_difference(one[name], other[name], f"{at}.{name}".lstrip("."))
            if found is not None:
                return found
        return None
    if isinstance(one, list) and isinstance(other, list):
        for place, (a, b) in enumerate(zip(one, other, strict=False)):
            found = first_difference(a, b, f"{at}[{place}]")
            if found is not None:
                return found
        return None if len(one) == len(other) else f"{at}[{min(len(one), len(other))}]"
    return None if one == other else at or "."


@remembered
def _network(
    network: Network, builds: tuple[Build, ...], cpe_models: tuple[CpeModel, ...], crews: tuple[FieldCapacity, ...]
) -> tuple[str, bytes]:
    """The digest and the bytes of what is large, and the same for many problems."""
    from linkwright.design.files.format import problem_members

    bare = Problem(
        name="",
        as_of=date(2000, 1, 1),
        term_months=1,
        network=network,
        sites=(),
        access_options=(),
        cpe_models=cpe_models,
        builds=builds,
        field_capacity=crews,
    )
    written = _bytes(problem_members(bare))
    return _digest(written), packed(written)


def _bytes(members: dict[str, Any]) -> bytes:
    """Without blanks, names in order; the quick writer knows no whole numbers beyond 64 bits."""
    try:
        return orjson.dumps(members, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        return json.dumps(members, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _digest(*parts: bytes) -> str:
    found = sha256()
    for part in parts:
        found.update(len(part).to_bytes(8, "big"))
        found.update(part)
    return found.hexdigest()


def packed(written: bytes) -> bytes:
    """Compressed in little time, the same bytes every time; what is short stays as it is."""
    return written if len(written) < WORTH_PACKING else gzip.compress(written, compresslevel=1, mtime=0)


def unpacked(stored: bytes) -> bytes:
    return gzip.decompress(stored) if stored.startswith(PACKED) else stored
