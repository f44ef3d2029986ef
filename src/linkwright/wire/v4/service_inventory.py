"""A service of the inventory (TMF638) as what a change of it starts from."""

from collections import Counter
from collections.abc import Mapping

from linkwright.designs.existing import OWN, ExistingService
from linkwright.designs.item import has_backup
from linkwright.designs.requirement import Requirement
from linkwright.wire.characteristics import read_characteristics
from linkwright.wire.json import Json, objects
from linkwright.wire.naming import customer_of
from linkwright.wire.requirements import requirement

ACCESS, LINK, POP, CPE = "accessOption", "link", "pop", "cpeModel"


def read_service(doc: Mapping[str, Json]) -> ExistingService:
    """What it was ordered to do (its wishes) and what it uses (our words, and its supporting resources)."""
    service_id, words = str(doc["id"]), read_characteristics(doc.get("serviceCharacteristic"))
    wanted = requirement(service_id, doc, needed_by=None, bundles=None)
    supporting = _supporting(doc)
    cpe = words.get("cpe.model") or next(iter(supporting.get(CPE, ())), None)
    pieces = words.get("cpe.quantity")
    pieces = pieces if isinstance(pieces, int) and pieces > 0 else 1
    uses: Counter[tuple[str, str]] = Counter({(name, ACCESS): 1 for name in supporting.get(ACCESS, ())})
    uses.update(_links(wanted, words, supporting.get(LINK, [])))
    uses.update((str(pop), POP) for pop in _list(words.get("access.entryPoint")))
    if cpe:
        uses[str(cpe), CPE] = pieces
    return ExistingService(
        id=service_id,
        state=str(doc.get("state") or "").lower(),
        requirement=wanted,
        uses=dict(uses),
        cpe=str(cpe) if cpe else None,
        cpe_pieces=pieces,
        customer=customer_of(doc),
        is_whole=_is_whole(words, len(supporting.get(ACCESS, ()))) and wanted.bandwidth_mbps is not None and bool(cpe),
    )


def _supporting(doc: Mapping[str, Json]) -> dict[str, list[str]]:
    """Ids by what they are."""
    found: dict[str, list[str]] = {}
    for _, one in objects(doc, "supportingResource", ""):
        if one.get("id"):
            found.setdefault(str(one.get("@referredType") or ""), []).append(str(one["id"]))
    return found


def _links(wanted: Requirement, words: Mapping[str, Json], supporting: list[str]) -> Counter[tuple[str, str]]:
    """Mbit/s by link: what each leg carries on its path, or, where the paths are not said, the least of all legs."""
    mbps = wanted.bandwidth_mbps or 0
    spare = (wanted.backup_mbps or mbps) if has_backup(wanted) else mbps
    used: Counter[tuple[str, str]] = Counter()
    paths = _list(words.get("access.path"))
    if not paths:
        return Counter({(link, LINK): min(mbps, spare) for link in supporting})
    for number, path in enumerate(paths):
        for link in _list(path):
            used[str(link), LINK] += spare if 2 * number >= len(paths) > 1 else mbps
    return used


def _is_whole(words: Mapping[str, Json], accesses: int) -> bool:
    """Every leg has an access of our own that is named."""
    providers = _list(words.get("access.provider"))
    return accesses >= max(len(providers), 1) and all(provider == OWN for provider in providers)


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
