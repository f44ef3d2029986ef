"""What adds up along a leg: latency, jitter, packet loss, optical loss and unsoundness, as one tuple of sums."""

from collections.abc import Sequence
from math import inf, log1p

from linkwright.design.model import AccessOption, CpeModel, Link, Node
from linkwright.design.units import (
    JITTER_TOLERANCE_MS,
    LATENCY_TOLERANCE_MS,
    LOSS_TOLERANCE,
    OPTICAL_TOLERANCE_DB,
    fibre_delay_ms,
    loss_of,
)
from linkwright.design.wishes import Wish
from linkwright.remembered import kept_with_its_object

N_FIGURES = 5
LATENCY, JITTER, LOSS, OPTICAL, UNSOUND = range(N_FIGURES)
"""Latency and jitter in ms, the other probabilities as minus the logarithm of not being lost, of being available."""
Sums = tuple[float, ...]
"""One for each figure."""
NO_LIMIT: Sums = (inf,) * N_FIGURES


def sums_of_node(node: Node) -> Sums:
    return node.delay_ms, node.jitter_ms, lost(node.loss), 0.0, loss_of(node.availability)


def sums_of_link(link: Link) -> Sums:
    """An optical loss that is not known is infinite."""
    latency_ms = fibre_delay_ms(link.length_km)
    return latency_ms, link.jitter_ms, lost(link.loss), optical_db(link), loss_of(link.availability)


def sums_of_option(option: AccessOption) -> Sums:
    """Risk groups are left out of its unsoundness."""
    optical_db = inf if option.optical_db is None else option.optical_db
    return option.delay_ms, option.jitter_ms, lost(option.loss), optical_db, loss_of(option.availability)


@kept_with_its_object
def sums_of_cpe(model: CpeModel) -> Sums:
    return model.delay_ms, model.jitter_ms, lost(model.loss), 0.0, loss_of(model.availability)


def most_of(wish: Wish) -> Sums:
    """What a whole leg may have of each figure, as near as the rules can tell; of unsoundness anything."""
    return (
        wish.max_latency_ms + LATENCY_TOLERANCE_MS,
        wish.max_jitter_ms + JITTER_TOLERANCE_MS,
        inf if wish.max_loss == inf else lost(wish.max_loss + LOSS_TOLERANCE),
        wish.max_optical_db + OPTICAL_TOLERANCE_DB,
        inf,
    )


def lost(probability: float) -> float:
    """A probability of loss as what adds up.

    >>> lost(0.0), lost(1.0)
    (0.0, inf)
    """
    return -log1p(-probability) if 0 < probability < 1 else inf if probability > 0 else 0.0


def added(parts: Sequence[Sums]) -> Sums:
    return tuple(map(sum, zip(*parts, strict=True)))


def within(most: Sums, unsound: float, latency_ms: float = inf) -> Sums:
    """The same limits, and these on unsoundness and latency."""
    if unsound >= most[UNSOUND] and latency_ms >= most[LATENCY]:
        return most
    return (min(most[LATENCY], latency_ms), *most[LATENCY + 1 : UNSOUND], min(most[UNSOUND], unsound))


def optical_db(link: Link) -> float:
    fibre = link.fibre
    if fibre is None:
        return inf
    joints_db = fibre.splices * fibre.splice_db + fibre.connectors * fibre.connector_db
    return link.length_km * fibre.db_per_km + joints_db + fibre.margin_db
