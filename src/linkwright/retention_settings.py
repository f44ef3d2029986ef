"""How long things are kept: the table `[retention]` of linkwright.toml."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Retention:
    """After so many days is removed what nobody needs any more; 0 keeps it for ever. What is open is never removed.

    `engine_days`: what the engine remembers of runs that are over. `runs_days`: due rows of resources that are final
    or gone. `events_days`: events that no listener waits for. `dead_days`: notifications that were given up.
    `checks_days`: finished checks and queries that no open order refers to, with their designs unless an order does.
    `inputs_days`: what designs were computed from, as long after its last use, unless a stored design names it.
    `exchange_bodies_days`: what was said in exchanges with others; `reads_days`: those exchanges that only read.
    """

    engine_days: int = 1
    runs_days: int = 30
    events_days: int = 90
    dead_days: int = 180
    checks_days: int = 730
    inputs_days: int = 30
    exchange_bodies_days: int = 180
    reads_days: int = 365

    def __post_init__(self) -> None:
        for name, days in vars(self).items():
            if not isinstance(days, int) or days < (name == "engine_days"):
                raise ValueError(f"retention.{name}: {days!r} is no number of days that it can be")
