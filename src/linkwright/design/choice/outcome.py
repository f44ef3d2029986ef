"""From chosen columns back to the words of the outside."""

from collections.abc import Iterable

from linkwright.design.choice.case import Case, Column
from linkwright.design.choice.choice import opened_by
from linkwright.design.model import Design, Leg, SiteDesign


def design_of(case: Case, columns: Iterable[Column]) -> Design:
    """The design that these columns make, with every build that they use and every augment that they need."""
    chosen = sorted(columns, key=lambda column: column.site)
    augments = sorted(opening.id for opening in opened_by(case, chosen) if opening.kind == "augment")
    return Design(
        sites=tuple(_site_design(case, column) for column in chosen),
        builds=tuple(sorted({build for column in chosen for build in column.builds})),
        augments=tuple(augments),
    )


def _site_design(case: Case, column: Column) -> SiteDesign:
    site = case.sites[column.site]
    end = site.ends[column.end]
    legs = []
    for number, path in zip(column.options, column.paths, strict=True):
        far = end.far_of(path)
        links = path if far is None else path[:-1]
        ids = tuple(end.graph.link_ids[link] for link in links)
        legs.append(Leg(access=site.options[number].id, path=ids, far=None if far is None else far.id))
    return SiteDesign(site=site.site.id, cpe=column.cpe, legs=tuple(legs))
