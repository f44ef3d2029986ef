"""Bundles that name other bundles."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from linkwright.designs.requirement import Requirement


def without_nesting(requirements: Sequence[Requirement]) -> tuple[Requirement, ...]:
    """Whoever names a bundle means what that stands for, at whatever depth; a circle leads to nothing more."""
    bundles = {one.ref: one for one in requirements if one.is_bundle}
    others = [one.ref for one in requirements if not one.is_bundle]
    return tuple(
        one if bundles.keys().isdisjoint(one.bundles or ()) else replace(one, bundles=_meant(one, bundles, others))
        for one in requirements
    )


def _meant(outer: Requirement, bundles: Mapping[str, Requirement], others: Sequence[str]) -> tuple[str, ...]:
    seen = {outer.ref}

    def below(bundle: Requirement) -> Iterator[str]:
        for name in bundle.bundles or others:
            if name not in bundles:
                yield name
            elif name not in seen:
                seen.add(name)
                yield from below(bundles[name])

    return tuple(dict.fromkeys(below(outer)))
