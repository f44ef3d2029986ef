from linkwright.engine.orphans import ORPHANED_AFTER_S, Orphans
from tests.engine.fakes import Monotonic


def test_a_run_is_given_up_once_it_was_missed_at_every_look_for_long_enough() -> None:
    clock = Monotonic()
    orphans = Orphans(clock)
    assert orphans.found(["ended", "begins"]) == []
    clock.at_s += ORPHANED_AFTER_S / 2
    assert orphans.found(["ended"]) == []
    clock.at_s += ORPHANED_AFTER_S / 2
    assert orphans.found(["ended", "begins"]) == ["ended"]
    assert orphans.is_given_up("ended")
    assert not orphans.is_given_up("begins")
