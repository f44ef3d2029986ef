"""What a design costs, component by component and layer by layer, and what it brings in, month by month."""

from collections.abc import Iterable, Iterator

from linkwright.business.model import CostLine, Layer, Stream
from linkwright.designs.answers import SiteSolution
from linkwright.designs.facts import OWN
from linkwright.designs.parts_of_answers import FixedCost, LegSolution
from linkwright.plan.model import Plan


def cost_lines(solution: SiteSolution) -> tuple[CostLine, ...]:
    """They add up to the costs of the design; what nobody has stated is None, and in no sum."""
    ref = solution.requirement.ref
    lines = [*_legs(solution), *lines_of(solution.fixed, ref)]
    once = solution.nrc_minor - sum(line.nrc_minor or 0 for line in lines)
    monthly = solution.mrc_minor - sum(line.mrc_minor or 0 for line in lines)
    pieces = f"{solution.cpe_quantity} x {solution.cpe}"
    name = f"CPE {pieces}, and shares of builds and augments" if _is_shared(solution) else f"CPE {pieces}"
    rest = CostLine(name=name, component="cpe", layer="resource", nrc_minor=once, mrc_minor=monthly, item=ref)
    return (*lines, rest)


def _is_shared(solution: SiteSolution) -> bool:
    return bool(solution.augments) or any(leg.build is not None for leg in solution.legs)


def _legs(solution: SiteSolution) -> Iterator[CostLine]:
    for leg in solution.legs:
        yield CostLine(
            name=f"Access {leg.access} ({leg.technology})",
            component="access",
            layer=_layer(leg),
            nrc_minor=None if "nrc" in leg.unpriced else leg.nrc_minor,
            mrc_minor=None if "mrc" in leg.unpriced else leg.mrc_minor,
            supplier=leg.supplier,
            item=solution.requirement.ref,
        )


def _layer(leg: LegSolution) -> Layer:
    """What a partner provides is bought as a service; what is ours is put into the network."""
    return "resource" if leg.supplier == OWN else "service"


def lines_of(costs: Iterable[FixedCost], item: str | None = None) -> list[CostLine]:
    """Of one item, or of several."""
    return [
        CostLine(
            name=one.name,
            component=one.component,
            layer=one.layer,
            nrc_minor=one.nrc_minor,
            mrc_minor=one.mrc_minor,
            item=item,
        )
        for one in costs
    ]


def stream_of(solution: SiteSolution, plan: Plan) -> Stream:
    """Its cost once falls due when it is installed; it is billed once it can be used."""
    installed = [step.end for step in plan.steps if step.kind == "installation"]
    wanted = solution.requirement
    return Stream(
        item=wanted.ref,
        installed=max(installed, default=plan.end),
        activated=plan.ready,
        months=wanted.term_months or 1,
        nrc_minor=solution.nrc_minor,
        mrc_minor=solution.mrc_minor,
        price_nrc_minor=wanted.price_nrc_minor,
        price_mrc_minor=wanted.price_mrc_minor,
    )
