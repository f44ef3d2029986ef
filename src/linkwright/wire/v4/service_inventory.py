"""A service of the inventory (TMF638) as what a change of it starts from."""

from collections import Counter
from collections.abc import Callable, Mapping

from linkwright.designs.answers import SiteSolution
from linkwright.designs.bandwidths import wanted_mbps
from linkwright.designs.existing import ACCESS, CPE_MODEL, ExistingService
from linkwright.designs.facts import OWN, AccessFact
from linkwright.designs.item import backup_mbps, has_backup, legs_in_all, working_legs
from linkwright.designs.requirement import Requirement
from linkwright.wire.characteristics import read_characteristics
from linkwright.wire.json import Json, objects
from linkwright.wire.naming import customer_of
from linkwright.wire.quantities import money_minor
from linkwright.wire.requirements import requirement
from linkwright.wire.v4.changes import PARTNER_ORDER
from linkwright.wire.v4.design_words import design_id_of
from linkwright.wire.v4.offers import read_offer

LINK, POP = "link", "pop"


Designed = Callable[[str], SiteSolution | None]
"""The design with an id, where it is one of ours."""


def read_service(doc: Mapping[str, Json], designed: Designed = lambda _: None) -> ExistingService:
    """What it was ordered to do (its wishes) and what it uses (our words, and its supporting resources).

    What partners provide is no resource of the inventory: the service says it itself, or else its design does.
    """
    service_id, words = str(doc["id"]), read_characteristics(doc.get("serviceCharacteristic"))
    wanted = requirement(service_id, doc, needed_by=None, bundles=None)
    supporting = _supporting(doc)
    cpe = words.get("cpe.model") or next(iter(supporting.get(CPE_MODEL, ())), None)
    pieces = words.get("cpe.quantity")
    pieces = pieces if isinstance(pieces, int) and pieces > 0 else 1
    uses: Counter[tuple[str, str]] = Counter({(name, ACCESS): 1 for name in supporting.get(ACCESS, ())})
    uses.update(_links(wanted, words, supporting.get(LINK, [])))
    uses.update((str(pop), POP) for pop in _list(words.get("access.entryPoint")))
    if cpe:
        uses[str(cpe), CPE_MODEL] = pieces
    legs, currency = _partner_legs(wanted, words)
    if not legs and any(provider != OWN for provider in _list(words.get("access.provider"))):
        design_id = design_id_of(doc)
        legs, currency = _legs_of(None if design_id is None else designed(design_id))
    return ExistingService(
        id=service_id,
        state=str(doc.get("state") or "").lower(),
        requirement=wanted,
        uses=dict(uses),
        cpe=str(cpe) if cpe else None,
        cpe_pieces=pieces,
        customer=customer_of(doc),
        partner_legs=legs,
        partner_currency=currency,
        partner_orders=_partner_orders(doc),
        is_whole=_is_whole(words, len(supporting.get(ACCESS, ())), len(legs))
        and wanted.bandwidth_mbps is not None
        and bool(cpe),
    )


def _supporting(doc: Mapping[str, Json]) -> dict[str, list[str]]:
    """Ids by what they are."""
    found: dict[str, list[str]] = {}
    for _, one in objects(doc, "supportingResource", ""):
        if one.get("id"):
            found.setdefault(str(one.get("@referredType") or ""), []).append(str(one["id"]))
    return found


def _partner_orders(doc: Mapping[str, Json]) -> dict[str, str]:
    """Our orders at partners, by access."""
    entities = (one for _, one in objects(doc, "relatedEntity", "") if one.get("role") == PARTNER_ORDER)
    return {str(one["name"]): str(one["id"]) for one in entities if one.get("id") and one.get("name")}


def _links(wanted: Requirement, words: Mapping[str, Json], supporting: list[str]) -> Counter[tuple[str, str]]:
    """Mbit/s by link: what each leg carries on its path, or, where the paths are not said, the least of all legs."""
    mbps = wanted_mbps(wanted)
    spare = backup_mbps(wanted) if has_backup(wanted) else mbps
    working, legs = working_legs(wanted), legs_in_all(wanted)
    used: Counter[tuple[str, str]] = Counter()
    paths = _list(words.get("access.path"))
    if not paths:
        return Counter({(link, LINK): min(mbps, spare) for link in supporting})
    for number, path in enumerate(paths):
        for link in _list(path):
            used[str(link), LINK] += mbps if number * legs < len(paths) * working else spare
    return used


def _partner_legs(wanted: Requirement, words: Mapping[str, Json]) -> tuple[tuple[AccessFact, ...], str]:
    """The accesses that partners provide, and the currency of their prices; empty where not all of it is understood."""
    ends = [end for end in (wanted.place, wanted.far_place) if end is not None]
    found, currencies = [], set()
    providers, offers = _list(words.get("access.provider")), _list(words.get("access.offer"))
    for number, (provider, offer) in enumerate(zip(providers, offers, strict=False)):
        place_id = ends[number % len(ends)].id if ends else None
        if provider == OWN or not isinstance(offer, Mapping) or place_id is None:
            continue
        try:
            leg = read_offer(offer, partner=str(provider), place_id=place_id, quote=str(offer.get("quote") or number))
            currencies.add(money_minor(offer["mrc"])[1])
        except ValueError:
            return (), ""
        found.append(leg)
    return (tuple(found), currencies.pop()) if len(currencies) == 1 else ((), "")


def _legs_of(solution: SiteSolution | None) -> tuple[tuple[AccessFact, ...], str]:
    if solution is None:
        return (), ""
    offers = {leg.id: leg for leg in (solution.before.kept if solution.before is not None else ())}
    offers |= {answer.offer.id: answer.offer for answer in solution.asked if answer.offer is not None}
    return tuple(offers[leg.access] for leg in solution.legs if leg.access in offers), solution.currency


def _is_whole(words: Mapping[str, Json], accesses: int, partner_legs: int) -> bool:
    """Every leg has an access of our own that is named, or one of a partner that is known."""
    providers = _list(words.get("access.provider"))
    own = sum(provider == OWN for provider in providers) if providers else 1
    return accesses >= own and partner_legs == len(providers) - (own if providers else 0)


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
