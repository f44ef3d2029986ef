"""The days on which something may be possible that was not a day earlier, as far as facts and items name them."""

from collections.abc import Iterator, Mapping

from linkwright.design.model import AccessOption, Problem


def ready_day(option: AccessOption, build_lead_days: Mapping[str, int]) -> int:
    """The day an access is there: its own lead time, or that of the build it waits for."""
    return max(option.lead_days, build_lead_days[option.build] if option.build is not None else 0)


def first_days(problem: Problem) -> Iterator[int]:
    """In no order, and some of them twice."""
    lead_days = {build.id: build.lead_days for build in problem.builds}
    for option in problem.access_options:
        yield ready_day(option, lead_days)
        yield from (booking.to_day + 1 for booking in option.bookings)
    for link in problem.network.links:
        yield from (upgrade.day for upgrade in link.upgrades)
        yield from (booking.to_day + 1 for booking in link.bookings)
        if link.augment is not None:
            yield link.augment.lead_days
    yield from (crew.by_day + 1 for crew in problem.field_capacity)
    yield from (stock.by_day + 1 for model in problem.cpe_models for stock in model.stock)
    yield from (freed.day for freed in problem.frees)
    yield from (site.required_day for site in problem.sites)
    yield from (site.end_day + 1 for site in problem.sites if site.end_day is not None)
