"""The records of items, and of what they can be made of, in a file, member by member, as docs/model.md lists them."""

from linkwright.design.files.network import ACCESS_BOOKING
from linkwright.design.files.reading import Place
from linkwright.design.files.records import (
    Known,
    Member,
    Record,
    Written,
    amount,
    flag,
    id_of,
    ids_of,
    in_order,
    later,
    listed,
    measure,
    one_of,
    positive,
    probability,
    some_of,
    text,
    texts,
    whole,
)
from linkwright.design.model import (
    AccessOption,
    Budget,
    Build,
    CpeModel,
    FieldCapacity,
    Freed,
    LegWish,
    Meeting,
    Partner,
    Separation,
    Site,
    Stock,
    Worth,
)
from linkwright.design.rules.apart import IMPLIED, canonical
from linkwright.design.wishes import MOST_LEGS

OLD_DIVERSITIES = ("none", "link", "node", "srlg")
DIVERSITIES = ("none", *IMPLIED)
LEAST_WORTH = 1000
"""Discounted coefficients have no finer parts than one of so many."""


def _work(place: Place, _known: Known) -> dict[str, int]:
    if not isinstance(place.value, dict):
        raise place.wrong("an object with crew-days by skill is expected")
    skills = [Place(place.path, skill).text() for skill in sorted(place.value) if place.has(skill)]
    return {skill: place.member(skill).whole() for skill in skills}


def _diversity(place: Place, known: Known) -> str:
    """One word, or in newer files an array of words."""
    if known.version == 1:
        return place.one_of(OLD_DIVERSITIES)
    if isinstance(place.value, list):
        return canonical(item.one_of(DIVERSITIES) for item in place.elements())
    return place.one_of(DIVERSITIES)


def _write_diversity(diversity: str, written: Written) -> str | list[str]:
    if diversity not in OLD_DIVERSITIES:
        written.needs(2)
    words = diversity.split("+")
    return diversity if len(words) == 1 else words


def _write_destinations(nodes: tuple[str, ...], written: Written) -> list[str]:
    if not nodes:
        written.needs(2)
    return list(nodes)


def _coefficient(place: Place, _known: Known) -> float:
    parts = place.amount() * LEAST_WORTH
    if abs(parts - round(parts)) > 1e-6:
        raise place.wrong(f"at most three decimals are expected, not {place.value}")
    return place.amount()


def _link_or_pop(place: Place, freed: Freed, _known: Known) -> None:
    of_link = freed.link is not None and freed.mbps > 0 and freed.pop is None and freed.ports == 0
    of_pop = freed.pop is not None and freed.ports > 0 and freed.link is None and freed.mbps == 0
    if not of_link and not of_pop:
        raise place.wrong("either a link with mbps or a pop with ports is expected, both above zero")


def _two_items(place: Place, apart: Separation, _known: Known) -> None:
    if apart.a == apart.b:
        raise place.wrong(f"an item cannot be apart from itself, {apart.a!r}")


def _check_site(place: Place, site: Site, known: Known) -> None:
    in_order("required_day", "end_day")(place, site, known)
    if len(site.legs) > MOST_LEGS:
        raise place.member("legs").wrong(f"at most {MOST_LEGS} legs are expected, not {len(site.legs)}")


BUDGET = Record(
    Budget,
    (
        Member("nrc", "nrc_minor", whole, default=None),
        Member("mrc", "mrc_minor", whole, default=None),
        Member("total", "total_minor", whole, default=None),
    ),
)
WORTH = Record(Worth, (Member("nrc", "nrc", _coefficient), Member("mrc", "mrc", _coefficient)))
WISH = Record(
    LegWish,
    (
        later("role", "role", one_of("primary", "backup"), "primary"),
        later("bandwidth_mbps", "bandwidth_mbps", positive),
        later("max_latency_ms", "max_latency_ms", amount),
        later("max_jitter_ms", "max_jitter_ms", amount),
        later("max_loss", "max_loss", probability),
        later("max_optical_db", "max_optical_db", amount),
        later("technologies", "technologies", texts, write=listed),
    ),
)
_FREED = (
    Member("link", "link", id_of("link", "link"), default=None),
    later("mbps", "mbps", whole, 0),
    Member("pop", "pop", id_of("pop", "node"), default=None),
    later("ports", "ports", whole, 0),
)
FREED_BY_ITEM = Record(Freed, _FREED, _link_or_pop)
FREED = Record(Freed, (*_FREED, later("day", "day", whole, 0)), _link_or_pop)
SITE = Record(
    Site,
    (
        Member("id", "id", text),
        Member("bandwidth_mbps", "bandwidth_mbps", positive),
        Member("max_latency_ms", "max_latency_ms", amount),
        Member("min_availability", "min_availability", probability),
        Member("diversity", "diversity", _diversity, _write_diversity, default="none"),
        Member("required_day", "required_day", whole),
        Member("destinations", "destinations", ids_of("pop", "node"), _write_destinations, default=()),
        Member("cpe_per_leg", "cpe_per_leg", flag, default=False),
        Member("features", "features", texts, listed, default=()),
        later("legs", "legs", WISH.read_all, (), WISH.write_all),
        later("backup_of_other_technology", "backup_of_other_technology", flag, False),
        later("max_jitter_ms", "max_jitter_ms", amount),
        later("max_loss", "max_loss", probability),
        later("max_optical_db", "max_optical_db", amount),
        later("max_differential_ms", "max_differential_ms", amount),
        later("end_day", "end_day", whole),
        later("term_months", "term_months", whole),
        later("npv", "npv", WORTH.read, write=WORTH.write),
        later("budget", "budget", BUDGET.read, write=BUDGET.write),
        later("technologies_allowed", "technologies_allowed", texts, write=listed),
        later("technologies_forbidden", "technologies_forbidden", texts, (), listed),
        later("partners_excluded", "partners_excluded", texts, (), listed),
        later("partners_preferred", "partners_preferred", texts, (), listed),
        later("frees", "frees", FREED_BY_ITEM.read_all, (), FREED_BY_ITEM.write_all),
        later("nrc", "nrc_minor", whole, 0),
        later("mrc", "mrc_minor", whole, 0),
    ),
    _check_site,
)
OPTION = Record(
    AccessOption,
    (
        Member("id", "id", text),
        Member("site", "site", id_of("site", "site")),
        Member("kind", "kind", text, lambda kind, _written: kind or None, default=""),
        Member("pop", "pop", id_of("pop", "node")),
        Member("bandwidth_mbps", "bandwidth_mbps", whole),
        Member("nrc", "nrc_minor", whole),
        Member("mrc", "mrc_minor", whole),
        Member("availability", "availability", probability),
        Member("delay_ms", "delay_ms", measure),
        Member("lead_days", "lead_days", whole),
        Member("srlg", "srlgs", ids_of("srlg", "risk group"), listed, default=()),
        Member("build", "build", id_of("build", "build"), default=None),
        Member("partner", "partner", id_of("partner", "partner"), default=None),
        Member("work", "work", _work, lambda work, _written: dict(work), default={}),
        later("end", "end", one_of("a", "z"), "a"),
        later("jitter_ms", "jitter_ms", measure, 0.0),
        later("loss", "loss", probability, 0.0),
        later("optical_db", "optical_db", measure),
        later("undeclared", "undeclared", some_of("srlg", "entry", "carrier"), (), listed),
        later("until_day", "until_day", whole),
        later("bookings", "bookings", ACCESS_BOOKING.read_all, (), ACCESS_BOOKING.write_all),
        later("existing", "existing", flag, False),
    ),
)
STOCK = Record(Stock, (Member("by_day", "by_day", whole), Member("pieces", "pieces", whole)))
CPE = Record(
    CpeModel,
    (
        Member("id", "id", text),
        Member("max_mbps", "max_mbps", whole),
        Member("features", "features", texts, listed, default=()),
        Member("nrc", "nrc_minor", whole),
        Member("mrc", "mrc_minor", whole),
        Member("availability", "availability", probability),
        Member("delay_ms", "delay_ms", measure),
        later("jitter_ms", "jitter_ms", measure, 0.0),
        later("loss", "loss", probability, 0.0),
        later("stock", "stock", STOCK.read_all, (), STOCK.write_all),
    ),
)
BUILD = Record(
    Build,
    (
        Member("id", "id", text),
        Member("nrc", "nrc_minor", whole),
        Member("mrc", "mrc_minor", whole),
        Member("lead_days", "lead_days", whole),
        Member("max_sites", "max_sites", whole, default=None),
        Member("capacity_mbps", "capacity_mbps", whole, default=None),
    ),
)
PARTNER = Record(Partner, (Member("id", "id", text), Member("max_orders", "max_orders", whole, default=None)))
FIELD = Record(
    FieldCapacity,
    (Member("skill", "skill", text), Member("by_day", "by_day", whole), Member("crew_days", "crew_days", whole)),
)
APART = Record(
    Separation,
    (
        Member("a", "a", id_of("site", "site")),
        Member("b", "b", id_of("site", "site")),
        later("diversity", "diversity", _diversity, "node", _write_diversity),
    ),
    _two_items,
)
MEETING = Record(
    Meeting,
    (
        Member("id", "id", text),
        Member("sites", "sites", ids_of("site", "site"), listed),
        Member("nodes", "nodes", ids_of("pop", "node"), listed, default=()),
    ),
)
