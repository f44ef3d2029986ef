"""`python -m mocks [NAME ...]`: start all mocks, or the named ones, each on a port of its own, until a signal comes."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from socket import socket

from starlette.types import ASGIApp

from mocks.calls import Json
from mocks.catalogue import catalogue
from mocks.clock import FileClock
from mocks.downstream import downstream
from mocks.faults import Faults, read_faults
from mocks.frame import build_app, default_contracts_dir
from mocks.partner import partner
from mocks.places import places
from mocks.pool import pool
from mocks.quality import quality
from mocks.resource_orders import resource_orders
from mocks.resources import resources
from mocks.roles import Clock, Mock
from mocks.scenario import Loaded, load
from mocks.scenario.facts import holidays_of, reservations_of, world_of
from mocks.services import services
from mocks.serving import listen, parent_gone, serve_all, write_ports
from mocks.world import METRO, NORTH, PARTNERS, UnknownTopology, World, build_world

BASE_PORT = 9600


@dataclass(frozen=True)
class Outset:
    """What mocks are made from. The world is one for all, and built when the first of them asks for it."""

    topology: str
    seed: int
    step_s: float
    scenario: Loaded | None = None

    @cached_property
    def world(self) -> World:
        if self.scenario is not None:
            return world_of(self.scenario.scenario)
        return build_world(self.topology, self.seed, datetime.now(UTC).date())

    @property
    def reservations(self) -> list[Json]:
        return [] if self.scenario is None else reservations_of(self.scenario.scenario)

    @property
    def services(self) -> list[Json]:
        return [] if self.scenario is None else self.scenario.scenario.facts.services


MOCKS: Mapping[str, Callable[[Outset], Mock]] = {
    "resources": lambda outset: resources(outset.world),
    "catalogue": lambda outset: catalogue(outset.world),
    "services": lambda outset: services(outset.world, outset.services),
    "places": lambda outset: places(outset.world),
    "pool": lambda outset: pool(outset.world, outset.reservations),
    "resource-orders": lambda outset: resource_orders(outset.step_s),
    NORTH: lambda outset: partner(NORTH, outset.world, outset.step_s, outset.world.specifications),
    METRO: lambda outset: partner(METRO, outset.world, outset.step_s, outset.world.specifications),
    "downstream": lambda outset: downstream(outset.step_s),
    "service-quality": lambda _: quality(),
}
"""A mock's place in this table is its port, counted from the base port."""

Table = Mapping[str, Callable[[Outset], Mock]]


def table_of(scenario: Loaded | None) -> Table:
    """All mocks, with the partners of a scenario behind the systems in the place of our own."""
    if scenario is None:
        return MOCKS
    systems = {name: make for name, make in MOCKS.items() if name not in PARTNERS}
    return {**systems, **{name: _partner_of(scenario, name) for name in scenario.scenario.partners}}


def _partner_of(scenario: Loaded, name: str) -> Callable[[Outset], Mock]:
    holidays = holidays_of(scenario.scenario)

    def make(outset: Outset) -> Mock:
        world = outset.world
        return partner(
            name, world, outset.step_s, world.specifications, holidays=holidays, by_clock=True, offers_less=True
        )

    return make


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        scenario = load(options.scenario, options.twin) if options.scenario else None
        table = table_of(scenario)
        faults, apps = _apps(options, table, scenario)
        ports = {name: options.base_port and options.base_port + n for n, name in enumerate(table)}
        sockets = {name: listen(options.host, ports[name]) for name in apps}
    except (OSError, ValueError, UnknownTopology) as error:
        print(f"mocks: {error}", file=sys.stderr)  # noqa: T201
        return 2
    asyncio.run(_run(apps, faults, sockets, options))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m mocks", description="Servers that stand for our neighbours.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which mocks; all without it: {', '.join(MOCKS)}")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--base-port", type=int, default=BASE_PORT, help="port of the first mock; 0 for free ports")
    parser.add_argument("--ports-file", type=Path, help="gets {name: base URL} as JSON once all listen")
    parser.add_argument("--topology", default="germany50")
    parser.add_argument("--scenario", metavar="NAME|PATH", help="facts and partners of a scenario: docs/scenarios.md")
    parser.add_argument("--twin", metavar="NAME", help="of the scenario")
    parser.add_argument("--clock", type=Path, metavar="FILE", help="a file that moves the clock, see mocks/clock.py")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--faults", type=Path, help="JSON: {name: {fault: value}}, see mocks/faults.py")
    parser.add_argument("--step-s", type=float, default=0.3, help="seconds between two states of an order")
    parser.add_argument("--contracts", type=Path, default=default_contracts_dir())
    parser.add_argument("--with-parent", type=int, metavar="PID", help="end when this process is gone")
    return parser


def _apps(
    options: argparse.Namespace, table: Table, scenario: Loaded | None
) -> tuple[Mapping[str, Faults], Mapping[str, ASGIApp]]:
    names = options.names or list(table)
    faults = {} if scenario is None else dict(scenario.faults())
    if options.faults:
        faults |= read_faults(options.faults)
    if unknown := {*names, *faults} - table.keys():
        raise ValueError(f"no mock is called {', '.join(sorted(unknown))}; there are {', '.join(table)}")
    outset = Outset(options.topology, options.seed, options.step_s, scenario)
    clock = FileClock(options.clock) if options.clock else Clock()
    having = {name: Faults(faults.get(name)) for name in names}
    return having, {
        name: build_app(table[name](outset), contracts_dir=options.contracts, faults=having[name], clock=clock)
        for name in names
    }


async def _run(
    apps: Mapping[str, ASGIApp],
    faults: Mapping[str, Faults],
    sockets: Mapping[str, socket],
    options: argparse.Namespace,
) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)

    def ready(urls: Mapping[str, str]) -> None:
        if options.ports_file:
            write_ports(options.ports_file, urls)
        for name, url in urls.items():
            print(name, url, flush=True)  # noqa: T201

    watch = asyncio.ensure_future(parent_gone(options.with_parent, stop)) if options.with_parent else None
    let_go = asyncio.ensure_future(_let_go(faults, stop))
    await serve_all(apps, sockets, ready, stop)
    let_go.cancel()
    if watch:
        watch.cancel()


async def _let_go(faults: Mapping[str, Faults], stop: asyncio.Event) -> None:
    """What a fault still holds is let go before everything ends."""
    await stop.wait()
    for each in faults.values():
        each.clear()


if __name__ == "__main__":
    sys.exit(main())
