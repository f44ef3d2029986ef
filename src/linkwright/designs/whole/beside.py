"""What a joint schedule leaves to one of its items that is planned once more, with another design."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from linkwright.plan.model import Activity, Network, Schedule, Timed
from linkwright.plan.tasks import needs_of

Taken = Mapping[str, Counter[int]]
"""Jobs or pieces by pool or stock, and day."""


@dataclass(frozen=True, kw_only=True)
class Beside:
    """All others stay where they are: crews and stocks have what they leave, and a pilot is over when it is.

    What is counted over all activities is counted once, so each further design costs no more than its own activities
    and the days of the schedule.
    """

    network: Network
    schedule: Schedule

    @property
    def pieces(self) -> int:
        return sum(one.pieces for one in self.network.activities if one.stock)

    def wave(self, ref: str) -> int | None:
        return next((one.wave for one, _ in self._by_item.get(ref, ())), None)

    def around(self, network: Network, ref: str) -> Network:
        """The network of this item alone, among all others."""
        own = self._by_item.get(ref, [])
        jobs, pieces = _taken(own)
        gates = self._gates(own, {one.id for one in network.activities})
        return replace(
            network,
            activities=tuple(self._placed(one, gates) for one in network.activities),
            pools=tuple(replace(one, taken=_left(self._taken[0], jobs, one.id)) for one in network.pools),
            stocks=tuple(replace(one, taken=_left(self._taken[1], pieces, one.id)) for one in network.stocks),
        )

    def _placed(self, one: Activity, gates: Mapping[str, int]) -> Activity:
        """What is done for all is done when it was to be, by crews that are counted already."""
        there = self._timed.get(one.id) if one.item is None else None
        if there is not None:
            start = max(one.not_before_day, there.start_day)
            return replace(one, not_before_day=start, pool=None, needs={}, stock=None, pieces=0)
        return replace(one, not_before_day=max(one.not_before_day, gates.get(one.kind, 0)))

    def _gates(self, own: Iterable[tuple[Activity, Timed]], drawn: set[str]) -> dict[str, int]:
        """By kind of activity the day on which a pilot, or the wave before, lets it begin."""
        gates: dict[str, int] = {}
        mine = {one.id for one, _ in own}
        for one, _ in own:
            for link in one.after:
                if link.activity not in mine and link.activity not in drawn:
                    ready = self._timed[link.activity].ready_day + link.lag_days
                    gates[one.kind] = max(gates.get(one.kind, 0), ready)
        return gates

    @cached_property
    def _timed(self) -> dict[str, Timed]:
        return {one.activity: one for one in self.schedule.timed}

    @cached_property
    def _by_item(self) -> dict[str | None, list[tuple[Activity, Timed]]]:
        found: dict[str | None, list[tuple[Activity, Timed]]] = defaultdict(list)
        for one, timed in zip(self.network.activities, self.schedule.timed, strict=True):
            found[one.item].append((one, timed))
        return found

    @cached_property
    def _taken(self) -> tuple[Taken, Taken]:
        return _taken(zip(self.network.activities, self.schedule.timed, strict=True))


def _taken(pairs: Iterable[tuple[Activity, Timed]]) -> tuple[Taken, Taken]:
    jobs: dict[str, Counter[int]] = defaultdict(Counter)
    pieces: dict[str, Counter[int]] = defaultdict(Counter)
    for one, timed in pairs:
        for pool, count in needs_of(one).items():
            for day in range(timed.start_day, timed.ready_day):
                jobs[pool][day] += count
        if one.stock and one.pieces:
            pieces[one.stock][timed.start_day] += one.pieces
    return jobs, pieces


def _left(all_: Taken, own: Taken, name: str) -> tuple[tuple[int, int], ...]:
    """What others take."""
    return tuple(sorted((all_.get(name, Counter()) - own.get(name, Counter())).items()))
