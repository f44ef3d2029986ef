"""The systems and partners that are called, each behind its own client."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from linkwright.designs.partner_book import NoBook, PartnerBook
from linkwright.outbound.design_log import watched_in_log
from linkwright.outbound.design_pool import DesignPool
from linkwright.outbound.http import Client
from linkwright.outbound.partners.market import PartnerMarket
from linkwright.outbound.partners.pace import Pace
from linkwright.outbound.partners.standard import PartnerLine
from linkwright.outbound.tmf639_resources import Tmf639Inventory
from linkwright.outbound.tmf685_reservations import reservations
from linkwright.settings import SYSTEMS, Partner, Settings
from linkwright.wiring.sources import new_id, now


@dataclass(frozen=True, kw_only=True)
class Outside:
    systems: Mapping[str, Client]
    partners: Mapping[str, Client]
    inventory: Tmf639Inventory
    market: PartnerMarket
    book: PartnerBook
    pool: DesignPool


def outside_of(settings: Settings, book: PartnerBook | None = None) -> Outside:
    """`book` is what is remembered of the partners."""
    book = book or NoBook()
    lines = [_line_of(settings, partner) for partner in settings.partners]
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
        partners={line.partner: line.client for line in lines},
        inventory=inventory,
        market=PartnerMarket(lines, currency=lambda: inventory.network().currency, new_id=new_id, book=book, now=now),
        book=book,
        pool=DesignPool(settings.design_time_limit_s, workers=settings.design_workers, watched=watched_in_log),
    )


def _line_of(settings: Settings, partner: Partner) -> PartnerLine:
    """Its questions and its orders go through one client, and count together."""
    pace = Pace(partner.max_per_s)
    client = Client(
        partner.name,
        partner.url,
        connect_timeout_s=partner.connect_timeout_s or settings.connect_timeout_s,
        read_timeout_s=partner.read_timeout_s or settings.read_timeout_s,
        headers=partner.all_headers,
        paths=partner.paths,
        turn=pace.turn,
    )
    return PartnerLine(
        partner=partner.name,
        client=client,
        pace=pace,
        answer_within_s=partner.answer_within_s,
        at_once=partner.checks_at_once,
        items_per_check=partner.items_per_check,
        dialect=partner.dialect,
        footprint=partner.footprint,
        breaker_most=partner.breaker_failures,
        breaker_pause_s=partner.breaker_pause_s,
        reuse_s=partner.reuse_s,
    )


def client_of(settings: Settings, system: str, url: str) -> Client:
    return Client(system, url, connect_timeout_s=settings.connect_timeout_s, read_timeout_s=settings.read_timeout_s)
