"""What a design uses that a requirement does not permit: technologies, and another kind of backup than was wanted."""

from collections.abc import Mapping, Sequence

from linkwright.design.model import Design
from linkwright.designs.facts import AccessFact
from linkwright.designs.item import BACKUP_TECHNOLOGIES, has_backup
from linkwright.designs.requirement import Backup, Requirement

Legs = Sequence[Sequence[str]]
"""The technologies of each leg in turn; the backup is the last."""


def technologies_of(design: Design, facts: Mapping[str, AccessFact], ref: str) -> Legs:
    """Of one item; `facts` are its access options by what they are called in the problem."""
    legs = (leg for site in design.sites if site.site == ref for leg in site.legs)
    return [[facts[access].technology for access in (leg.access, leg.far) if access is not None] for leg in legs]


def lists_technologies(requirement: Requirement) -> bool:
    """Whether it says which are permitted, and not only which kind of backup is wanted."""
    return requirement.technology_allowed is not None or bool(requirement.technology_forbidden)


def kind_of_backup(requirement: Requirement) -> str:
    """Of a backup that has to be of certain technologies; else nothing."""
    return str(requirement.backup) if requirement.backup in BACKUP_TECHNOLOGIES else ""


def is_permitted(technology: str, requirement: Requirement) -> bool:
    """By the lists of the requirement."""
    allowed, forbidden = requirement.technology_allowed, requirement.technology_forbidden or ()
    return technology not in forbidden and (allowed is None or technology in allowed)


def unpermitted(requirement: Requirement, legs: Legs) -> tuple[str, ...]:
    return tuple(sorted({kind for leg in legs for kind in leg if not is_permitted(kind, requirement)}))


def other_backup(requirement: Requirement, legs: Legs) -> tuple[str, ...]:
    """The technologies of a backup that is not of the wanted kind."""
    wanted = BACKUP_TECHNOLOGIES.get(requirement.backup or "")
    if not has_backup(requirement) or wanted is None or not legs:
        return ()
    return tuple(sorted(set(legs[-1]).difference(wanted)))


def backup_of(technologies: Sequence[str]) -> Backup:
    """The kind of backup that all of these are, `any` where there is none."""
    kinds: Sequence[Backup] = ("mobile", "satellite", "fibre")
    return next((kind for kind in kinds if set(technologies) <= set(BACKUP_TECHNOLOGIES[kind])), "any")
