"""Deletion: a minimal part of a list for which something is still true, in halves so that what does not matter goes
together (Chinneck, Feasibility and Infeasibility in Optimization, 2008)."""

from collections.abc import Callable, Sequence


def shrunk(items: Sequence[str], holds: Callable[[Sequence[str]], bool]) -> list[str]:
    """A minimal part of `items` for which `holds` is still true; it must be true of all of them."""
    kept = list(items)
    size = max(1, len(kept) // 2)
    position = 0
    while position < len(kept):
        without = kept[:position] + kept[position + size :]
        if holds(without):
            kept = without
        elif size > 1:
            size = max(1, size // 2)
            continue
        else:
            position += 1
        size = max(1, min(size * 2, (len(kept) - position + 1) // 2))
    return kept
