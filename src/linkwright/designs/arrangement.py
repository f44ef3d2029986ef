"""Whether the standard arrangement of the catalogue would have done: its defaults are compared with what is wanted.

What asks for no more than the defaults is served by the design that these have; so only what goes beyond is told.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from linkwright.designs.amounts import plain, uncut_percent
from linkwright.designs.bandwidths import both_ways, ways_wanted
from linkwright.designs.item import has_backup, legs_in_all, working_legs
from linkwright.designs.parts_of_answers import Arrangement
from linkwright.designs.requirement import Requirement
from linkwright.designs.sentences import diversity_text


class Figure(NamedTuple):
    """A number that a requirement may limit: `lower` where less of it is harder to keep."""

    field: str
    said: str
    text: Callable[[float], str]
    lower: bool


def _ms(value: float) -> str:
    return f"{plain(value)} ms"


def _percent_of(value: float) -> str:
    return f"{plain(100 * value)} %"


FIGURES = (
    Figure("availability", "availability", uncut_percent, lower=False),
    Figure("round_trip_ms", "a round trip of at most", _ms, lower=True),
    Figure("jitter_ms", "a jitter of at most", _ms, lower=True),
    Figure("loss", "a packet loss of at most", _percent_of, lower=True),
    Figure("differential_round_trip_ms", "a differential delay of at most", _ms, lower=True),
    Figure("optical_db", "an optical loss of at most", lambda value: f"{plain(value)} dB", lower=True),
)
LISTS = (
    ("technology_allowed", "technologies"),
    ("partner_preferred", "preferred partners"),
)
EXCLUSIONS = (("technology_forbidden", "technology"), ("partner_excluded", "partner"))
"""Wishes that leave less to choose from."""


def arrangement_of(wanted: Requirement, without_backup: float | None = None) -> Arrangement | None:
    """`without_backup` is the availability of the working legs alone; None where it is not known what is standard."""
    standard = wanted.standard
    if standard is None:
        return None
    why = tuple(_beyond(wanted, standard, without_backup))
    return Arrangement(kind="special" if why else "standard", why=why)


def _beyond(wanted: Requirement, standard: Requirement, without_backup: float | None) -> Iterator[str]:
    yield from _bandwidth(wanted, standard)
    for figure in FIGURES:
        own, usual = getattr(wanted, figure.field), getattr(standard, figure.field)
        if own is not None and (usual is None or (own < usual if figure.lower else own > usual)):
            told = "none" if usual is None else figure.text(usual)
            yield f"{figure.said} {figure.text(own)} wanted, {told} is standard"
    yield from _legs(wanted, standard, without_backup)
    yield from _limits(wanted, standard)
    yield from _money_and_time(wanted, standard)
    yield from _works(wanted, standard)


def _bandwidth(wanted: Requirement, standard: Requirement) -> Iterator[str]:
    """A bandwidth that the catalogue leaves to the requester is no special one."""
    if standard.bandwidth_mbps is None:
        return
    own, usual = ways_wanted(wanted), ways_wanted(standard)
    if own[0] > usual[0] or own[1] > usual[1]:
        yield f"{both_ways(*own)} wanted, {both_ways(*usual)} is standard"


def _legs(wanted: Requirement, standard: Requirement, without_backup: float | None) -> Iterator[str]:
    own, usual = (one.diversity or "none" for one in (wanted, standard))
    if own not in ("none", usual):
        yield f"legs diverse by {diversity_text(own)} wanted, {diversity_text(usual)} is standard"
    if working_legs(wanted) > working_legs(standard):
        yield f"{working_legs(wanted)} working legs wanted, {working_legs(standard)} is standard"
    if has_backup(wanted) and wanted.backup != standard.backup:
        usual_backup = standard.backup if has_backup(standard) else "none"
        yield f"a backup ({wanted.backup}) wanted, {usual_backup} is standard{_needed(wanted, without_backup)}"
    if has_backup(wanted) and (wanted.backup_mbps or 0) > (standard.backup_mbps or 0):
        backup_mbps = "none" if standard.backup_mbps is None else f"{standard.backup_mbps} Mbit/s"
        yield f"a bandwidth of the backup of {wanted.backup_mbps} Mbit/s wanted, {backup_mbps} is standard"
    if wanted.cpe_per_leg and not standard.cpe_per_leg:
        yield f"one CPE for each of {legs_in_all(wanted)} legs wanted, one for all is standard"


def _needed(wanted: Requirement, without_backup: float | None) -> str:
    """What the service would miss without its backup."""
    target = wanted.availability
    if without_backup is None or target is None:
        return ""
    told = f"; without it the availability is {100 * without_backup:.5f} %"
    necessary = f"less than the {uncut_percent(target)} wanted, so it is necessary"
    enough = f"no less than the {uncut_percent(target)} wanted"
    return f"{told}, {necessary if without_backup < target else enough}"


def _limits(wanted: Requirement, standard: Requirement) -> Iterator[str]:
    if more := _more(wanted.cpe_features, standard.cpe_features):
        yield f"CPE features {more} wanted, {_listed(standard.cpe_features)} is standard"
    if not set(wanted.destinations or ()) <= set(standard.destinations or wanted.destinations or ()):
        yield f"destination {_listed(wanted.destinations)} wanted, {_listed(standard.destinations)} is standard"
    for name, said in LISTS:
        own, usual = getattr(wanted, name), getattr(standard, name)
        if own is not None and own != usual:
            yield f"{said} {_listed(own)} wanted, {_listed(usual, 'any')} is standard"
    for name, said in EXCLUSIONS:
        if more := _more(getattr(wanted, name), getattr(standard, name)):
            yield f"no {said} {more} wanted, without {_listed(getattr(standard, name))} is standard"


def _money_and_time(wanted: Requirement, standard: Requirement) -> Iterator[str]:
    for name, minor, usual_minor in (
        ("one-time", wanted.budget_nrc_minor, standard.budget_nrc_minor),
        ("monthly", wanted.budget_mrc_minor, standard.budget_mrc_minor),
    ):
        if minor is not None and (usual_minor is None or minor < usual_minor):
            yield f"a {name} budget wanted, {'none' if usual_minor is None else 'a larger one'} is standard"
    if wanted.service_end is not None and standard.service_end is None:
        yield f"a service until {wanted.service_end} wanted, one without an end is standard"
    if others := (*(wanted.diverse_from or ()), *(wanted.protects or ())):
        yield f"kept apart from {_listed(others)} wanted, none is standard"


def _works(wanted: Requirement, standard: Requirement) -> Iterator[str]:
    if wanted.bespoke_activities:
        names = _listed([one.name or one.id for one in wanted.bespoke_activities])
        yield f"bespoke activities {names} wanted, none is standard"
    for name, said in (("site_access", "access to the place"), ("change_freeze", "no change")):
        own, usual = getattr(wanted, name), getattr(standard, name)
        if own and own != usual:
            spans = ", ".join(f"{span.start} to {span.end}" for span in own)
            yield f"{said} {'only ' if name == 'site_access' else ''}from {spans} wanted, {_usual(usual)} is standard"


def _usual(spans: Sequence[object] | None) -> str:
    return "another calendar" if spans else "on any day"


def _more(own: Sequence[str] | None, usual: Sequence[str] | None) -> str:
    return ", ".join(one for one in own or () if one not in (usual or ()))


def _listed(names: Sequence[str] | None, otherwise: str = "none") -> str:
    return ", ".join(names or ()) or otherwise
