"""The systems and partners that are called, each behind its own client."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from linkwright.outbound.design_log import watched_in_log
from linkwright.outbound.design_pool import DesignPool
from linkwright.outbound.http import Client
from linkwright.outbound.partners.standard import PartnerLine, PartnerMarket
from linkwright.outbound.tmf639_resources import Tmf639Inventory
from linkwright.outbound.tmf685_reservations import reservations
from linkwright.settings import SYSTEMS, Settings
from linkwright.wiring.sources import new_id, now


@dataclass(frozen=True, kw_only=True)
class Outside:
    systems: Mapping[str, Client]
    partners: Mapping[str, Client]
    inventory: Tmf639Inventory
    market: PartnerMarket
    pool: DesignPool


def outside_of(settings: Settings) -> Outside:
    partners = {partner.name: client_of(settings, partner.name, partner.url) for partner in settings.partners}
    lines = [
        PartnerLine(partner=p.name, client=partners[p.name], answer_within_s=p.answer_within_s)
        for p in settings.partners
    ]
    systems = {name: client_of(settings, name, settings.systems.get(name, "")) for name in SYSTEMS}
    inventory = Tmf639Inventory(
        systems["resources"],
        now=now,
        network_freshness_s=settings.network_freshness_s,
        access_freshness_s=settings.access_freshness_s,
        reservations=partial(reservations, systems["pool"]) if "pool" in settings.systems else tuple,
    )
    return Outside(
        systems=systems,
        partners=partners,
        inventory=inventory,
        market=PartnerMarket(lines, currency=lambda: inventory.network().currency, new_id=new_id),
        pool=DesignPool(settings.design_time_limit_s, workers=settings.design_workers, watched=watched_in_log),
    )


def client_of(settings: Settings, system: str, url: str) -> Client:
    return Client(system, url, connect_timeout_s=settings.connect_timeout_s, read_timeout_s=settings.read_timeout_s)
