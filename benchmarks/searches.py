"""The searches of the design core side by side with those of networkx: the same questions, the same answers."""

import gc
import random
import time
from collections.abc import Callable, Sequence
from itertools import islice, pairwise
from typing import Any

from benchmarks.figures import Row
from benchmarks.instances import CONTINENT, Instance
from linkwright.design.routes.graph import Routes, aim_of, compile_graph
from linkwright.design.routes.pairs import disjoint_pair
from linkwright.design.routes.paths import Effort, paths_by_price

TURN = 24
"""So many questions in a row are asked of each."""
NO_LIMIT = (float("inf"),) * 5


def searches(seeds: Sequence[int]) -> list[Row]:
    """The same questions to networkx; figures count only where the answers are equal."""
    import networkx as nx

    graph = compile_graph(Instance(graph=CONTINENT, sites=1, seed=1).problem().network)
    goal = 100
    routes = Routes(aim_of(graph, frozenset({goal}), frozenset()), graph.link_mrc_minor)
    plain, directed = nx.Graph(), nx.DiGraph()
    for (a, z), price in zip(graph.link_ends, graph.link_mrc_minor, strict=True):
        if not plain.has_edge(a, z) or plain[a][z]["weight"] > price:
            plain.add_edge(a, z, weight=price)
    for a, z, data in plain.edges(data=True):
        for one, other in ((a, z), (z, a)):
            directed.add_edge(one, other, weight=data["weight"], capacity=1)
    dice = random.Random(2)
    starts = [start for start in dice.sample(range(len(graph.arcs)), 12 * len(seeds)) if start != goal]
    paths = _times(starts, lambda start: _ten(routes, start), lambda start: _ten_of(nx, plain, start, goal))
    pairs = _times(starts, lambda start: _pair(routes, start), lambda start: _flow(nx, directed, start, goal))
    on = f"{CONTINENT}, {len(graph.node_ids)} nodes, {len(graph.link_ids)} links, {len(starts)} starts"
    return [_against("disjoint pair", *pairs, 100, on), _against("10 cheapest paths", *paths, 50, on)]


def _ten(routes: Routes, start: int) -> list[float]:
    steps = paths_by_price(routes.aim, routes.price, routes.tree, start, NO_LIMIT, Effort(10**9))
    return [step.price for step in islice(steps, 10)]


def _ten_of(nx: Any, plain: Any, start: int, goal: int) -> list[float]:
    found = islice(nx.shortest_simple_paths(plain, start, goal, "weight"), 10)
    return [sum(plain[a][z]["weight"] for a, z in pairwise(path)) for path in found]


def _pair(routes: Routes, start: int) -> float | None:
    routes.pairs.clear()
    pair = disjoint_pair(routes, start, start, by_node=False)
    return None if pair is None else pair.price


def _flow(nx: Any, directed: Any, start: int, goal: int) -> float | None:
    """Two units of flow at the least cost: the textbook's disjoint pair."""
    asked = directed.copy()
    asked.add_node(start, demand=-2)
    asked.add_node(goal, demand=2)
    try:
        return float(nx.min_cost_flow_cost(asked))
    except nx.NetworkXUnfeasible:
        return None


def _times(starts: Sequence[int], *asked: Callable[[int], object]) -> list[tuple[float, list[object]]]:
    """For each of those asked the ms of CPU of a question, and its answers; they take turns, so that what others
    compute meets all of them, and none cleans up after another."""
    spent, answers = [0.0] * len(asked), [[ask(starts[0])][:0] for ask in asked]
    for first in range(0, len(starts), TURN):
        for number, ask in enumerate(asked):
            gc.collect()
            began = time.process_time()
            answers[number] += [ask(start) for start in starts[first : first + TURN]]
            spent[number] += time.process_time() - began
    return [(1000 * cpu_s / len(starts), own) for cpu_s, own in zip(spent, answers, strict=True)]


def _against(what: str, own: tuple[float, list[object]], other: tuple[float, list[object]], goal: int, on: str) -> Row:
    equal = sum(a == b for a, b in zip(own[1], other[1], strict=True))
    times = other[0] / own[0]
    figure = f"{times:.0f} x ({own[0]:.2f} against {other[0]:.1f} ms), {equal}/{len(own[1])} equal"
    holds = times >= goal and equal == len(own[1])
    return Row(what=f"{what} against networkx", figure=figure, goal=f">= {goal} x, equal", holds=holds, on=on)
