"""The activities of one item as they are drawn, before they have days."""

from dataclasses import dataclass

from linkwright.plan.model import Activity


@dataclass(frozen=True, kw_only=True)
class Drafts:
    """The activities of one item, and those that are done once for all items."""

    own: tuple[Activity, ...]
    common: tuple[Activity, ...]

    @property
    def all(self) -> tuple[Activity, ...]:
        return (*self.common, *self.own)

    def ahead_of(self, name: str) -> set[str]:
        """All that has to be ready before."""
        before = {one.id: [link.activity for link in one.after] for one in self.all}
        found, left = set[str](), [name]
        while left:
            for other in before.get(left.pop(), ()):
                if other not in found:
                    found.add(other)
                    left.append(other)
        return found
