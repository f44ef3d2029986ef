"""The records of a network in a file, member by member, as docs/model.md lists them."""

from linkwright.design.files.reading import MOST_MEASURED, Place, unique
from linkwright.design.files.records import (
    Known,
    Member,
    Record,
    Written,
    id_of,
    ids_of,
    in_order,
    later,
    listed,
    measure,
    number,
    one_of,
    probability,
    text,
    whole,
)
from linkwright.design.model import Augment, Booking, Fibre, Link, Network, Node, Retirement, Srlg, Upgrade
from linkwright.design.rules.figures import optical_db


def _latitude(place: Place, _known: Known) -> float:
    if abs(place.number()) > 90:
        raise place.wrong(f"a latitude lies between -90 and 90 degrees, not {place.value}")
    return place.number()


def _check_link(place: Place, link: Link, _known: Known) -> None:
    if link.a == link.z:
        raise place.wrong(f"both ends are the node {link.a!r}")
    if link.fibre is not None and optical_db(link) > MOST_MEASURED:
        raise place.member("fibre").wrong(f"the optical loss must not be larger than {MOST_MEASURED:,} dB")


NODE = Record(
    Node,
    (
        Member("id", "id", text),
        Member("lat", "lat_deg", _latitude),
        Member("lon", "lon_deg", number),
        Member("availability", "availability", probability),
        Member("delay_ms", "delay_ms", measure),
        Member("ports", "ports", whole, default=None),
        later("jitter_ms", "jitter_ms", measure, 0.0),
        later("loss", "loss", probability, 0.0),
    ),
)
UPGRADE = Record(Upgrade, (Member("day", "day", whole), Member("adds_mbps", "adds_mbps", whole)))
RETIREMENT = Record(Retirement, (Member("day", "day", whole), Member("removes_mbps", "removes_mbps", whole)))
_PERIOD = (Member("from_day", "from_day", whole), Member("to_day", "to_day", whole))
LINK_BOOKING = Record(Booking, (*_PERIOD, Member("mbps", "mbps", whole)), in_order("from_day", "to_day"))
ACCESS_BOOKING = Record(Booking, _PERIOD, in_order("from_day", "to_day"))
AUGMENT = Record(
    Augment,
    (
        Member("adds_mbps", "adds_mbps", whole),
        Member("nrc", "nrc_minor", whole),
        Member("mrc", "mrc_minor", whole),
        Member("lead_days", "lead_days", whole),
    ),
)
FIBRE = Record(
    Fibre,
    (
        Member("db_per_km", "db_per_km", measure),
        later("splices", "splices", whole, 0),
        later("splice_db", "splice_db", measure, 0.0),
        later("connectors", "connectors", whole, 0),
        later("connector_db", "connector_db", measure, 0.0),
        later("margin_db", "margin_db", measure, 0.0),
    ),
)
LINK = Record(
    Link,
    (
        Member("id", "id", text),
        Member("a", "a", id_of("pop", "node")),
        Member("z", "z", id_of("pop", "node")),
        Member("length_km", "length_km", measure),
        Member("availability", "availability", probability),
        Member("mrc_per_mbps", "mrc_minor_per_mbps", whole),
        Member("capacity_mbps", "capacity_mbps", whole),
        Member("srlg", "srlgs", ids_of("srlg", "risk group"), listed, default=()),
        Member("upgrades", "upgrades", UPGRADE.read_all, UPGRADE.write_all, default=()),
        Member("augment", "augment", AUGMENT.read, AUGMENT.write, default=None),
        later("jitter_ms", "jitter_ms", measure, 0.0),
        later("loss", "loss", probability, 0.0),
        later("fibre", "fibre", FIBRE.read, write=FIBRE.write),
        later("retirements", "retirements", RETIREMENT.read_all, (), RETIREMENT.write_all),
        later("bookings", "bookings", LINK_BOOKING.read_all, (), LINK_BOOKING.write_all),
    ),
    _check_link,
)
SRLG = Record(
    Srlg,
    (
        Member("id", "id", text),
        Member("availability", "availability", probability),
        later("kind", "kind", one_of("risk", "entry", "carrier"), "risk"),
    ),
)


def read_network(place: Place, known: Known) -> Network:
    srlgs = unique(place.items("srlgs"), lambda item: SRLG.read(item, known), lambda group: group.id)
    nodes = unique(place.items("nodes"), lambda item: NODE.read(item, known), lambda node: node.id)
    known = known.also("srlg", (group.id for group in srlgs)).also("pop", (node.id for node in nodes))
    links = unique(place.items("links"), lambda item: LINK.read(item, known), lambda link: link.id)
    return Network(nodes=nodes, links=links, srlgs=srlgs)


def write_network(network: Network, written: Written) -> dict[str, list[dict[str, object]]]:
    return {
        "nodes": NODE.write_all(network.nodes, written),
        "links": LINK.write_all(network.links, written),
        "srlgs": SRLG.write_all(network.srlgs, written),
    }
