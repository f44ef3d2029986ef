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

from mocks.catalogue import catalogue
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
from mocks.services import services
from mocks.serving import listen, parent_gone, serve_all, write_ports
from mocks.world import METRO, NORTH, UnknownTopology, World, build_world

BASE_PORT = 9600


@dataclass(frozen=True)
class Outset:
    """What mocks are made from. The world is one for all, and built when the first of them asks for it."""

    topology: str
    seed: int
    step_s: float

    @cached_property
    def world(self) -> World:
        return build_world(self.topology, self.seed, datetime.now(UTC).date())


MOCKS: Mapping[str, Callable[[Outset], Mock]] = {
    "resources": lambda outset: resources(outset.world),
    "catalogue": lambda outset: catalogue(outset.world),
    "services": lambda outset: services(outset.world),
    "places": lambda outset: places(outset.world),
    "pool": lambda outset: pool(outset.world),
    "resource-orders": lambda outset: resource_orders(outset.step_s),
    NORTH: lambda outset: partner(NORTH, outset.world, outset.step_s, outset.world.specifications),
    METRO: lambda outset: partner(METRO, outset.world, outset.step_s, outset.world.specifications),
    "downstream": lambda outset: downstream(outset.step_s),
    "service-quality": lambda _: quality(),
}
"""A mock's place in this table is its port, counted from the base port."""


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        apps = _apps(options)
        sockets = {name: listen(options.host, _port(options.base_port, name)) for name in apps}
    except (OSError, ValueError, UnknownTopology) as error:
        print(f"mocks: {error}", file=sys.stderr)  # noqa: T201
        return 2
    asyncio.run(_run(apps, sockets, options))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m mocks", description="Servers that stand for our neighbours.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which mocks; all without it: {', '.join(MOCKS)}")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--base-port", type=int, default=BASE_PORT, help="port of the first mock; 0 for free ports")
    parser.add_argument("--ports-file", type=Path, help="gets {name: base URL} as JSON once all listen")
    parser.add_argument("--topology", default="germany50")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--faults", type=Path, help="JSON: {name: {fault: value}}, see mocks/faults.py")
    parser.add_argument("--step-s", type=float, default=0.3, help="seconds between two states of an order")
    parser.add_argument("--contracts", type=Path, default=default_contracts_dir())
    parser.add_argument("--with-parent", type=int, metavar="PID", help="end when this process is gone")
    return parser


def _apps(options: argparse.Namespace) -> Mapping[str, ASGIApp]:
    names = options.names or list(MOCKS)
    faults = read_faults(options.faults) if options.faults else {}
    if unknown := {*names, *faults} - MOCKS.keys():
        raise ValueError(f"no mock is called {', '.join(sorted(unknown))}; there are {', '.join(MOCKS)}")
    outset = Outset(options.topology, options.seed, options.step_s)
    clock = Clock()
    return {
        name: build_app(
            MOCKS[name](outset), contracts_dir=options.contracts, faults=Faults(faults.get(name)), clock=clock
        )
        for name in names
    }


def _port(base: int, name: str) -> int:
    return base and base + list(MOCKS).index(name)


async def _run(apps: Mapping[str, ASGIApp], sockets: Mapping[str, socket], options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)

    def ready(urls: Mapping[str, str]) -> None:
        if options.ports_file:
            write_ports(options.ports_file, urls)
        for name, url in urls.items():
            print(name, url, flush=True)  # noqa: T201

    watch = asyncio.ensure_future(parent_gone(options.with_parent, stop)) if options.with_parent else None
    await serve_all(apps, sockets, ready, stop)
    if watch:
        watch.cancel()


if __name__ == "__main__":
    sys.exit(main())
