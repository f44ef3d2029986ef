"""A search that is told to stop gives back what it has, and says so."""

from linkwright.design.ask import seldom
from linkwright.design.solve import solve
from tests.design.medium import a_medium_problem
from tests.design.pieces import a_case, a_network, a_site, an_option


def test_who_has_said_stop_is_not_asked_again_and_nobody_is_asked_often() -> None:
    moments, asked = iter([0.0, 0.0, 0.0, 0.5, 1.0, 1.0, 2.5, 2.5, 9.0]), list[int]()

    def stop() -> bool:
        asked.append(len(asked))
        return len(asked) == 3

    often = seldom(stop, 1.0, lambda: next(moments))
    assert [often() for _ in range(6)] == [False, False, False, True, True, True]
    assert len(asked) == 3


def test_a_search_that_is_stopped_gives_back_what_it_has_and_says_so() -> None:
    problem = a_medium_problem("germany50", sites=40, seed=1, room=1.2)
    found: list[bool] = []
    outcome = solve(
        problem,
        relax=True,
        alternatives=12,
        on_round=lambda step: found.append(step.cost_minor is not None),
        stop=lambda: any(found),
    )
    assert outcome.guards == ("stopped",)
    assert (outcome.status, outcome.gap is not None and outcome.gap > 0) == ("feasible", True)


def test_a_search_that_is_stopped_at_once_explains_nothing() -> None:
    """The only way is late and too slow, which nobody waits to hear."""
    network = a_network("h")
    problem = a_case(network, [a_site("s")], [an_option("1", "s", "h", lead_days=300)])
    asked: list[int] = []
    outcome = solve(problem, relax=True, stop=lambda: bool(asked.append(1)) or True)
    assert outcome.guards == ("stopped",)
    assert (outcome.reasons, outcome.relaxations, outcome.combinations) == ((), (), ())
