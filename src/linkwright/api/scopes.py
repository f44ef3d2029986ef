"""All scopes that there are: a word that is none of them opens nothing, and nobody would notice."""

from collections.abc import Iterable, Set
from difflib import get_close_matches

from linkwright.api.identity import APPROVE, READ, SEE_ALL, SEE_COSTS, WRITE
from linkwright.api.metrics import AREA as METRICS
from linkwright.errors import BadSetting


def known_scopes(areas: Iterable[str]) -> Set[str]:
    """`areas` are those of the contracts that are served."""
    verbs = {f"{area}:{verb}" for area in areas for verb in (READ, WRITE)}
    return {*verbs, *APPROVE.values(), SEE_ALL, SEE_COSTS, f"{METRICS}:{READ}"}


def refuse_unknown(where: str, scopes: Iterable[str], known: Set[str]) -> None:
    """Raises BadSetting for a scope that is none, with the one that is nearest and all that there are."""
    for scope in scopes:
        if scope not in known:
            nearest = get_close_matches(scope, sorted(known), n=1)
            meant = f" Did you mean {nearest[0]}?" if nearest else ""
            raise BadSetting(where, f"{scope!r} is no scope.{meant} There are {', '.join(sorted(known))}.")
