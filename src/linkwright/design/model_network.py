"""The network of a problem: where items can go, what that costs, and what is free from day to day."""

from dataclasses import dataclass
from typing import Literal

RiskKind = Literal["risk", "entry", "carrier"]


@dataclass(frozen=True, kw_only=True)
class Node:
    """A place where links meet. `ports`: free access ports when used as PoP, None for no limit.

    `loss` is the probability that a packet is lost there.
    """

    id: str
    lat_deg: float
    lon_deg: float
    availability: float
    delay_ms: float
    ports: int | None = None
    jitter_ms: float = 0.0
    loss: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Upgrade:
    """Planned capacity that comes anyway and costs this design nothing."""

    day: int
    adds_mbps: int


@dataclass(frozen=True, kw_only=True)
class Retirement:
    """Capacity that is taken away on `day`."""

    day: int
    removes_mbps: int


@dataclass(frozen=True, kw_only=True)
class Booking:
    """Taken by somebody else from `from_day` to `to_day`, both included; `mbps` counts on links alone."""

    from_day: int
    to_day: int
    mbps: int = 0


@dataclass(frozen=True, kw_only=True)
class Fibre:
    """What light loses on a link: by its length, its splices and its connectors, and a margin for ageing."""

    db_per_km: float
    splices: int = 0
    splice_db: float = 0.0
    connectors: int = 0
    connector_db: float = 0.0
    margin_db: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Augment:
    """Capacity that can be bought for this design: all of it or none."""

    adds_mbps: int
    nrc_minor: int
    mrc_minor: int
    lead_days: int


@dataclass(frozen=True, kw_only=True)
class Link:
    """An undirected link; `capacity_mbps` is the free capacity for the sum of all legs on it.

    Without `fibre` its optical loss is unknown, and nothing with an optical budget may use it.
    """

    id: str
    a: str
    z: str
    length_km: float
    availability: float
    mrc_minor_per_mbps: int
    capacity_mbps: int
    srlgs: tuple[str, ...] = ()
    upgrades: tuple[Upgrade, ...] = ()
    augment: Augment | None = None
    jitter_ms: float = 0.0
    loss: float = 0.0
    fibre: Fibre | None = None
    retirements: tuple[Retirement, ...] = ()
    bookings: tuple[Booking, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Srlg:
    """A shared-risk group: a duct or bridge (`risk`), a building entry, a carrier; a failure component of its own.

    Its kind says which word of diversity it offends when two legs share it.
    """

    id: str
    availability: float
    kind: RiskKind = "risk"


@dataclass(frozen=True, kw_only=True)
class Network:
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    srlgs: tuple[Srlg, ...] = ()
