"""Places as the registers of addresses (TMF673) and sites (TMF674) say them."""

from linkwright.designs.requirement import Place
from linkwright.wire.json import Json

STREET = ("streetName", "streetType", "streetSuffix", "streetNr", "streetNrSuffix")
TOWN = ("postcode", "city")
PARTS = (*STREET, "locality", *TOWN, "stateOrProvince", "country")
"""The parts of an address that it can be looked up by."""


def read_site(site: Json) -> Place:
    """A site is filed under its own id and those of its addresses."""
    site_id = str(site["id"])
    addresses = (str(place["id"]) for place in site.get("place") or () if place.get("id"))
    return Place(id=site_id, name=str(site.get("name") or site_id), ids=tuple(dict.fromkeys((site_id, *addresses))))


def read_address(address: Json) -> Place:
    """An address is called as its register calls it, else by street and town."""
    address_id = str(address["id"])
    lines = (" ".join(str(address[part]) for part in line if address.get(part)) for line in (STREET, TOWN))
    name = address.get("name") or ", ".join(line for line in lines if line) or address_id
    return Place(id=address_id, name=str(name), ids=(address_id,))
