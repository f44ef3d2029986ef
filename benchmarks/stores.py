"""The facts of a roll-out to many stores, served by the mocks in a process of its own.

Of 2,000 stores 1,430 have a way of our own, 420 one of the larger partner, 108 one of both, 30 none but 5G that is too
slow, 12 nothing; fewer stores in the same shares. The larger partner fails 3 % of its calls, seeded.
"""

import argparse
import asyncio
import signal
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from mocks.catalogue import catalogue
from mocks.faults import Faults, FaultSettings
from mocks.frame import build_app, default_contracts_dir
from mocks.partner import partner
from mocks.places import places
from mocks.pool import pool
from mocks.resources import resources
from mocks.roles import Clock, Mock
from mocks.services import services
from mocks.serving import listen, serve_all, write_ports
from mocks.world import METRO, NORTH, World, build_world
from mocks.world.partners import PartnerOffers, Terms
from mocks.world.words import at_address, euro, resource

Json = Any

LARGE, SMALL = NORTH, METRO
FAILS = FaultSettings(fail_rate=0.03, seed=1, operations=("createCheckServiceQualification",))
SHARES: tuple[tuple[str, int], ...] = (("own", 1430), ("large", 420), ("both", 108), ("slow", 30), ("none", 12))
"""Of 2,000."""
PLENTY: Mapping[str, str] = {"link": "freeCapacityMbps", "pop": "freePorts", "cpeModel": "stock"}


@dataclass(frozen=True, kw_only=True)
class Store:
    id: str
    kind: str


def stores(count: int) -> list[Store]:
    """The kinds one after the other, `count` in all."""
    bounds = [round(count * sum(of for _, of in SHARES[: n + 1]) / 2000) for n in range(len(SHARES))]
    kinds = [next(kind for (kind, _), end in zip(SHARES, bounds, strict=True) if n < end) for n in range(count)]
    return [Store(id=f"store-{n}", kind=kind) for n, kind in enumerate(kinds)]


def asked_of(count: int, name: str) -> list[str]:
    """The places of which this partner is to be asked."""
    kinds = {"large", "both"} if name == LARGE else {"both"}
    return [store.id for store in stores(count) if store.kind in kinds]


def world_of(count: int) -> World:
    """A known network with room for all of them; every store lies where an address lies already."""
    base = build_world("germany50", today=datetime.now(UTC).date())
    known, terms = base.addresses, {}
    pops = [thing["id"] for thing in base.resources() if thing["category"] == "pop"]
    for name, mrc in ((LARGE, 52), (SMALL, 47)):
        for place in asked_of(count, name):
            terms[name, place] = _terms(mrc, pops[hash_of(place) % len(pops)])
    options = [option for store in stores(count) for option in _options(store, pops)]
    return World(
        hubs=base.hubs,
        resources=[*(_roomy(thing) for thing in base.resources()), *options],
        addresses=[
            {**known[n % len(known)], "id": store.id, "href": f"/{store.id}"} for n, store in enumerate(stores(count))
        ],
        sites=(),
        specifications=base.specifications,
        offers=PartnerOffers(terms, {store.id: store.id for store in stores(count)}),
    )


def hash_of(store_id: str) -> int:
    return int(store_id.rpartition("-")[2])


def _terms(mrc: int, pop: str) -> Terms:
    return Terms(
        max_mbps=1000,
        nrc=Decimal(85),
        mrc_base=Decimal(mrc),
        mrc_per_mbps=Decimal(0),
        availability=0.999,
        delay_ms=0.5,
        lead_time_days=30,
        handover_pop=pop,
        shared_risk_groups=None,
    )


def _options(store: Store, pops: list[str]) -> Iterator[Json]:
    speeds = {"own": ("fibre", 1000, 38, 60), "slow": ("5g", 50, 44, 40)}
    if store.kind not in speeds:
        return
    technology, mbps, mrc, nrc = speeds[store.kind]
    facts = {
        "technology": technology,
        "bandwidthMbps": mbps,
        "nrc": euro(nrc),
        "mrc": euro(mrc),
        "availability": 0.999,
        "delayMs": 0.5,
        "leadTimeDays": 10,
    }
    pop = pops[hash_of(store.id) % len(pops)]
    place = at_address(store.id)
    yield resource("accessOption", f"acc-{store.id}", store.id, facts, [("terminatesAt", pop)], place=place)


def _roomy(thing: Json) -> Json:
    named = PLENTY.get(thing["category"])
    return {
        **thing,
        "resourceCharacteristic": [
            {**one, "value": 10_000_000} if one["name"] == named else one for one in thing["resourceCharacteristic"]
        ],
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int)
    parser.add_argument("--ports-file", type=Path)
    told = parser.parse_args()
    world, clock = world_of(told.count), Clock()
    mocks: Mapping[str, Mock] = {
        "resources": resources(world),
        "catalogue": catalogue(world),
        "places": places(world),
        "services": services(world),
        "pool": pool(world),
        LARGE: partner(LARGE, world, 0.0),
        SMALL: partner(SMALL, world, 0.0),
    }
    apps = {
        name: build_app(
            mock, contracts_dir=default_contracts_dir(), faults=Faults(FAILS if name == LARGE else None), clock=clock
        )
        for name, mock in mocks.items()
    }
    asyncio.run(_serve(apps, told.ports_file))


async def _serve(apps: Mapping[str, Any], ports_file: Path) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    sockets = {name: listen("127.0.0.1", 0) for name in apps}
    await serve_all(apps, sockets, lambda urls: write_ports(ports_file, urls), stop)


if __name__ == "__main__":
    main()
