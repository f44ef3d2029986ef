"""The systems and partners that are called, each behind its own client."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from linkwright.errors import Refused
from linkwright.outbound.address_guard import AddressGuard, guarded_session
from linkwright.outbound.design_log import watched_in_log
from linkwright.outbound.design_pool import DesignPool
from linkwright.outbound.http import Client
from linkwright.outbound.partners.standard import PartnerLine, PartnerMarket
from linkwright.outbound.recording import Recorder
from linkwright.outbound.tmf639_resources import Tmf639Inventory
from linkwright.outbound.tmf685_reservations import reservations
from linkwright.settings import SYSTEMS, Settings, is_loopback
from linkwright.wiring.sources import new_id, now


@dataclass(frozen=True, kw_only=True)
class Outside:
    """`client` makes one for another system, by its name and base URL."""

    client: Callable[[str, str], Client]
    systems: Mapping[str, Client]
    partners: Mapping[str, Client]
    inventory: Tmf639Inventory
    market: PartnerMarket
    pool: DesignPool


def outside_of(settings: Settings, recorder: Recorder | None = None) -> Outside:
    """Raises `Refused` where a system or partner has an address that may not be called."""
    guard = AddressGuard(allow_loopback=is_loopback(settings.host), allowed_networks=settings.outward_networks)
    client = partial(_client, settings, guard, recorder)
    partners = {partner.name: client(partner.name, partner.url) for partner in settings.partners}
    lines = [
        PartnerLine(partner=p.name, client=partners[p.name], answer_within_s=p.answer_within_s)
        for p in settings.partners
    ]
    systems = {name: client(name, settings.systems.get(name, "")) for name in SYSTEMS}
    inventory = Tmf639Inventory(
        systems["resources"],
        now=now,
        network_freshness_s=settings.network_freshness_s,
        access_freshness_s=settings.access_freshness_s,
        reservations=partial(reservations, systems["pool"]) if "pool" in settings.systems else tuple,
    )
    return Outside(
        client=client,
        systems=systems,
        partners=partners,
        inventory=inventory,
        market=PartnerMarket(lines, currency=lambda: inventory.network().currency, new_id=new_id),
        pool=DesignPool(settings.design_time_limit_s, workers=settings.design_workers, watched=watched_in_log),
    )


def _client(settings: Settings, guard: AddressGuard, recorder: Recorder | None, system: str, url: str) -> Client:
    if url:
        _check(guard, system, url)
    return Client(
        system,
        url,
        connect_timeout_s=settings.connect_timeout_s,
        read_timeout_s=settings.read_timeout_s,
        session_factory=partial(guarded_session, guard),
        recorder=recorder,
    )


def _check(guard: AddressGuard, system: str, url: str) -> None:
    try:
        guard.check(url)
    except Refused as refused:
        raise Refused(system, f"{url} may not be called unless outward_networks has it: {refused}") from refused
