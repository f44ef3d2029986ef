"""That all instances together never call a partner more often than it allows, whoever comes and goes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

import pytest

from linkwright.engine.sharing import Sharers
from linkwright.outbound.partners.pace import Pace

from .fakes import Ticking


@dataclass
class Installation:
    """Instances on one database."""

    clock: Ticking = field(default_factory=Ticking)
    members: list[int] = field(default_factory=list)
    is_there: bool = True
    slow: dict[int, float] = field(default_factory=dict)
    """So long the answer to these is on its way."""

    def look_of(self, one: int) -> Callable[[], Sharers | None]:
        def look() -> Sharers | None:
            if not self.is_there:
                return None
            if one not in self.members:
                self.members = sorted([*self.members, one])
            found = Sharers(
                members=tuple(self.members), place=self.members.index(one), clock_s=self.clock.now_s + 1_000.0
            )
            self.clock.sleep(self.slow.get(one, 0.0))
            return found

        return look

    def leaves(self, one: int) -> None:
        self.members.remove(one)


class NoTurnYet(Exception):
    pass


class Caller:
    """An instance that calls whenever it may; who would have to wait tries again later."""

    def __init__(self, installation: Installation, one: int, max_per_s: float, arrived: list[float]) -> None:
        self._clock, self._arrived = installation.clock, arrived
        self.called = 0
        self._pace = Pace(max_per_s, look=installation.look_of(one), monotonic=installation.clock, pause=self._not_yet)

    def try_to_call(self) -> None:
        try:
            with self._pace.turn():
                self._arrived.append(self._clock.now_s)
                self.called += 1
        except NoTurnYet:
            return

    def _not_yet(self, _seconds: float) -> None:
        raise NoTurnYet


def most_within_a_second(moments: list[float]) -> int:
    moments, most, first = sorted(moments), 0, 0
    for last, moment in enumerate(moments):
        while moments[first] <= moment - 1.0:
            first += 1
        most = max(most, last - first + 1)
    return most


def run(callers: list[Caller], clock: Ticking, seconds: float, chance: Random) -> None:
    until_s = clock.now_s + seconds
    while clock.now_s < until_s:
        clock.sleep(0.02)
        for caller in chance.sample(callers, len(callers)):
            caller.try_to_call()


@pytest.mark.parametrize(("max_per_s", "instances"), [(5, 2), (5, 3), (5, 7), (2, 3), (1, 2)])
def test_c33_a_rate_is_that_of_all_instances_also_while_they_come_and_go(max_per_s: int, instances: int) -> None:
    installation, chance, arrived = Installation(), Random(3), list[float]()
    callers = []
    for one in range(instances):
        callers.append(Caller(installation, one, max_per_s, arrived))
        run(callers, installation.clock, 17.3, chance)
    run(callers, installation.clock, 90.0, chance)
    together = [caller.called for caller in callers]
    while len(callers) > 1:
        callers.pop()
        installation.leaves(len(callers))
        run(callers, installation.clock, 17.3, chance)
    assert most_within_a_second(arrived) <= max_per_s
    assert all(together)


def test_who_is_alone_has_the_whole_rate_from_the_first_call() -> None:
    installation, arrived = Installation(), list[float]()
    run([Caller(installation, 0, 5, arrived)], installation.clock, 10.0, Random(1))
    assert len(arrived) >= 10 * 5 * 0.9


def test_what_does_not_divide_is_not_used() -> None:
    installation, arrived, chance = Installation(), list[float](), Random(1)
    callers = [Caller(installation, one, 5, arrived) for one in range(2)]
    run(callers, installation.clock, 20.0, chance)
    arrived.clear()
    run(callers, installation.clock, 20.0, chance)
    assert 20 * 4 * 0.85 <= len(arrived) <= 20 * 4


def test_where_nobody_knows_who_shares_nobody_calls() -> None:
    installation, arrived, chance = Installation(is_there=False), list[float](), Random(1)
    caller = Caller(installation, 0, 5, arrived)
    run([caller], installation.clock, 10.0, chance)
    assert not arrived
    installation.is_there = True
    run([caller], installation.clock, 20.0, chance)
    assert arrived


def test_shifts_do_not_overlap_where_the_clock_is_told_slowly() -> None:
    installation, arrived, chance = Installation(slow={0: 1.9}), list[float](), Random(1)
    callers = [Caller(installation, one, 1, arrived) for one in range(2)]
    run(callers, installation.clock, 120.0, chance)
    assert most_within_a_second(arrived) <= 1
    assert all(caller.called for caller in callers)


def test_one_that_comes_and_goes_again_and_again_does_not_keep_the_others_from_calling() -> None:
    installation, arrived, chance = Installation(), list[float](), Random(1)
    callers = [Caller(installation, 0, 5, arrived)]
    run(callers, installation.clock, 10.0, chance)
    callers.append(Caller(installation, 1, 5, arrived))
    for number in range(20):
        restless = Caller(installation, 100 + number, 5, arrived)
        run([*callers, restless], installation.clock, 4.7, chance)
        installation.leaves(100 + number)
    assert most_within_a_second(arrived) <= 5
    assert callers[1].called > 20


def test_who_was_lost_for_a_while_comes_as_somebody_new() -> None:
    """The others may have taken over its share meanwhile."""
    installation, arrived, chance = Installation(), list[float](), Random(1)
    callers = [Caller(installation, one, 4, arrived) for one in range(2)]
    run(callers, installation.clock, 30.0, chance)
    installation.is_there = False
    run(callers[:1], installation.clock, 6.0, chance)  # the first one has noticed
    installation.is_there = True
    installation.leaves(0)
    run(callers[1:], installation.clock, 30.0, chance)  # the second one is alone
    run(callers, installation.clock, 30.0, chance)
    assert most_within_a_second(arrived) <= 4
