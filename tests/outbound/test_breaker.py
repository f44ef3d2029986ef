from linkwright.outbound.partners.breaker import Breaker

from .fakes import Ticking


def an_open_one(clock: Ticking) -> Breaker:
    breaker = Breaker(2, 30.0, clock)
    breaker.unanswered("failed")
    assert breaker.lets_through()
    breaker.unanswered("silent")
    return breaker


def test_after_so_many_questions_without_answer_none_goes_through_for_a_while() -> None:
    clock = Ticking()
    breaker = an_open_one(clock)
    assert breaker.left == "silent"
    clock.sleep(29.0)
    assert not breaker.lets_through()


def test_then_one_goes_through_and_the_others_wait_for_what_becomes_of_it() -> None:
    clock = Ticking()
    breaker = an_open_one(clock)
    clock.sleep(30.0)
    assert [breaker.lets_through() for _ in range(3)] == [True, False, False]
    breaker.answered()
    assert [breaker.lets_through() for _ in range(3)] == [True, True, True]


def test_one_that_stays_without_answer_opens_it_again() -> None:
    clock = Ticking()
    breaker = an_open_one(clock)
    clock.sleep(30.0)
    assert breaker.lets_through()
    breaker.unanswered("failed")
    clock.sleep(29.0)
    assert not breaker.lets_through()


def test_an_answer_in_between_counts_as_one() -> None:
    breaker = Breaker(2, 30.0, Ticking())
    for _ in range(5):
        breaker.unanswered("failed")
        breaker.answered()
    assert breaker.lets_through()
