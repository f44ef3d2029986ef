"""The systems and partners that are called, each behind its own client."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from linkwright.designs.partner_book import NoBook, PartnerBook
from linkwright.engine.sharing import Sharing, sharing_of
from linkwright.errors import Refused
from linkwright.outbound.address_guard import AddressGuard, guarded_session
from linkwright.outbound.design_log import watched_in_log
from linkwright.outbound.design_pool import DesignPool
from linkwright.outbound.http import Client
from linkwright.outbound.partners.market import PartnerMarket
from linkwright.outbound.partners.own_catalogue import OwnCatalogue
from linkwright.outbound.partners.pace import Pace
from linkwright.outbound.partners.share import Look
from linkwright.outbound.partners.standard import PartnerLine
from linkwright.outbound.recording import Recorder
from linkwright.outbound.redaction import is_credential
from linkwright.outbound.tmf639_resources import Tmf639Inventory
from linkwright.outbound.tmf685_reservations import reservations
from linkwright.partner_settings import Partner
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
    book: PartnerBook
    pool: DesignPool
    sharing: Sharing | None

    def close(self) -> None:
        self.pool.close()
        self.market.close()
        if self.sharing is not None:
            self.sharing.leave()


def outside_of(settings: Settings, book: PartnerBook | None = None, recorder: Recorder | None = None) -> Outside:
    """`book` is what is remembered of the partners.

    Raises `Refused` where a system or partner has an address that may not be called.
    """
    book = book or NoBook()
    guard = AddressGuard(allow_loopback=is_loopback(settings.host), allowed_networks=settings.outward_networks)
    client = partial(_client, settings, guard, recorder)
    sharing = sharing_of(settings.database)
    lines = [_line_of(partner, client, None if sharing is None else sharing.look) for partner in settings.partners]
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
        partners={line.partner: line.client for line in lines},
        inventory=inventory,
        market=PartnerMarket(lines, currency=lambda: inventory.network().currency, new_id=new_id, book=book, now=now),
        book=book,
        pool=DesignPool(settings.design_time_limit_s, workers=settings.design_workers, watched=watched_in_log),
        sharing=sharing,
    )


def _line_of(partner: Partner, client: Callable[..., Client], look: Look | None) -> PartnerLine:
    """Its questions and its orders go through one client, and count together."""
    pace = Pace(partner.max_per_s, look=look)
    own = {"connect_timeout_s": partner.connect_timeout_s, "read_timeout_s": partner.read_timeout_s}
    own_client = client(
        partner.name,
        partner.url,
        **{name: value for name, value in own.items() if value is not None},
        headers=partner.all_headers,
        secrets=_secrets_of(partner),
        paths=partner.paths,
        turn=pace.turn,
    )
    footprint, catalogue = partner.footprint, None
    if partner.catalogue_s is not None:
        declared = footprint.specifications
        catalogue = OwnCatalogue(own_client, declared=declared, fresh_s=partner.catalogue_s, now=now)
        footprint = replace(footprint, specifications=frozenset())
    return PartnerLine(
        partner=partner.name,
        client=own_client,
        pace=pace,
        answer_within_s=partner.answer_within_s,
        at_once=partner.checks_at_once,
        items_per_check=partner.items_per_check,
        dialect=partner.dialect,
        footprint=footprint,
        catalogue=catalogue,
        breaker_most=partner.breaker_failures,
        breaker_pause_s=partner.breaker_pause_s,
        reuse_s=partner.reuse_s,
    )


def _secrets_of(partner: Partner) -> list[str]:
    told = [value for name, value in partner.headers.items() if is_credential(name)]
    return told if partner.token is None else [*told, partner.token]


def _client(
    settings: Settings, guard: AddressGuard, recorder: Recorder | None, system: str, url: str, **more: Any
) -> Client:
    if url:
        _check(guard, system, url)
    limits = {"connect_timeout_s": settings.connect_timeout_s, "read_timeout_s": settings.read_timeout_s}
    session_factory = partial(guarded_session, guard)
    return Client(system, url, session_factory=session_factory, recorder=recorder, **{**limits, **more})


def _check(guard: AddressGuard, system: str, url: str) -> None:
    try:
        guard.check(url)
    except Refused as refused:
        told = re.sub(r"//[^/]*@", "//***@", url)
        raise Refused(system, f"{told} may not be called unless outward_networks has it: {refused.detail}") from None
