"""What light loses on a link, as the resource inventory tells it."""

from linkwright.design.model import Fibre
from linkwright.wire.v4.inventory_facts import Resource

_JOINTS = (("splices", "spliceDb"), ("connectors", "connectorDb"))


def read_fibre(resource: Resource) -> Fibre | None:
    """None where its loss is not known: without attenuation, or where joints are counted but not what each loses.

    What each loses says nothing either while it is not known how many they are.
    """
    half_known = (resource.has(one) != resource.has(each) and not _is_none(resource, one) for one, each in _JOINTS)
    if not resource.has("attenuationDbPerKm") or any(half_known):
        return None
    return Fibre(
        db_per_km=resource.number("attenuationDbPerKm"),
        splices=resource.whole_or_none("splices") or 0,
        splice_db=resource.number_or("spliceDb", 0.0),
        connectors=resource.whole_or_none("connectors") or 0,
        connector_db=resource.number_or("connectorDb", 0.0),
        margin_db=resource.number_or("marginDb", 0.0),
    )


def _is_none(resource: Resource, count: str) -> bool:
    return resource.whole_or_none(count) == 0
