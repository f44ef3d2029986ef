"""What partners are asked: one leg at each end of a service, and beside it its backup where less is asked of that."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from linkwright.designs.bandwidths import ways_wanted
from linkwright.designs.facts import PartnerAnswer
from linkwright.designs.item import BACKUP_TECHNOLOGIES, has_backup
from linkwright.designs.ports import Meanwhile, PartnerMarket
from linkwright.designs.requirement import Place, Requirement
from linkwright.designs.understand import ASKED_FOR, Known

OF_BACKUP = ("bandwidth_mbps", "up_mbps", "technology_allowed")
"""What a backup has otherwise than the service."""


Asked = Mapping[str, Sequence[PartnerAnswer]]
"""What all partners say, by the ref of the requirement."""


def asked_about(
    known: Sequence[Known],
    market: PartnerMarket,
    stop: Callable[[], bool],
    heard: Callable[[Asked], None] | None = None,
) -> Asked:
    """All partners are asked once, all at the same time; `heard` is told meanwhile of whom they are done with."""
    ends = [*known, *_far_ends(known)]
    refs = {requirement.ref for requirement, _ in known}
    of_backup = {ref: _unused(f"{ref} (backup)", refs) for ref in refs}
    backups = [
        (replace(backup, ref=of_backup[backup.ref]), place)
        for requirement, place in ends
        if (backup := smaller_backup(requirement)) is not None
    ]
    item_of = {backup: ref for ref, backup in of_backup.items()}
    questions = [*ends, *backups]
    telling = (
        None if heard is None else _telling([item_of.get(one.ref, one.ref) for one, _ in questions], item_of, heard)
    )
    return _by_item(market.ask(questions, stop=stop, heard=telling), item_of)


def _by_item(answers: Iterable[PartnerAnswer], item_of: Mapping[str, str]) -> Asked:
    asked: dict[str, list[PartnerAnswer]] = defaultdict(list)
    for answer in answers:
        if ref := item_of.get(answer.ref):
            asked[ref].append(replace(answer, ref=ref, role="backup"))
        else:
            asked[answer.ref].append(answer)
    return asked


def _telling(items: Sequence[str], item_of: Mapping[str, str], heard: Callable[[Asked], None]) -> Meanwhile:
    """`items` has the item of each question; one is told once all of its questions are answered, in their order."""
    open_, known = Counter(items), dict[int, Sequence[PartnerAnswer]]()

    def note(answers: Mapping[int, Sequence[PartnerAnswer]]) -> None:
        known.update(answers)
        open_.subtract(items[number] for number in answers)
        ready = {items[number] for number in answers if not open_[items[number]]}
        numbers = [number for number in sorted(known) if items[number] in ready]
        heard(_by_item([answer for number in numbers for answer in known.pop(number)], item_of))

    return note


def smaller_backup(requirement: Requirement) -> Requirement | None:
    """The wish for its backup alone, without a bandwidth where none is asked of it; None where an offer for any other
    leg says as much."""
    mbps = requirement.backup_mbps
    if not has_backup(requirement) or (mbps is not None and (mbps, mbps) == ways_wanted(requirement)):
        return None
    kind, allowed = BACKUP_TECHNOLOGIES.get(requirement.backup or ""), requirement.technology_allowed
    if kind is not None:
        allowed = tuple(one for one in kind if allowed is None or one in allowed)
    if allowed == ():
        return None
    changed = [field for field in OF_BACKUP if field != "technology_allowed" or kind is not None]
    as_written = {ASKED_FOR[field] for field in changed if field in ASKED_FOR}
    left = {name: value for name, value in requirement.characteristics.items() if name not in as_written}
    return replace(requirement, bandwidth_mbps=mbps, up_mbps=None, technology_allowed=allowed, characteristics=left)


def _far_ends(known: Sequence[Known]) -> list[Known]:
    """What partners are asked about the other ends."""
    return [
        (replace(requirement, place=requirement.far_place), Place(id=far.id, name=far.name, ids=far.ids, at=far.at))
        for requirement, place in known
        if (far := place.far) is not None
    ]


def _unused(ref: str, used: Collection[str]) -> str:
    while ref in used:
        ref += "'"
    return ref
