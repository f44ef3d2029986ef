"""What a design costs, component by component and layer by layer, and what it brings in, month by month."""

from collections.abc import Iterator, Sequence

from linkwright.business.model import CostLine, Layer, Stream
from linkwright.designs.answers import SiteSolution
from linkwright.designs.parts_of_answers import LegSolution
from linkwright.designs.requirement import Work
from linkwright.operations.model import Training
from linkwright.plan.model import Plan

OWN = "own"


def cost_lines(solution: SiteSolution) -> tuple[CostLine, ...]:
    """They add up to the costs of the design; what nobody has stated is None, and in no sum."""
    ref = solution.requirement.ref
    lines = [*_legs(solution), *_fixed(solution)]
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


def _fixed(solution: SiteSolution) -> Iterator[CostLine]:
    for one in solution.fixed:
        yield CostLine(
            name=one.name,
            component=one.component,
            layer=one.layer,
            nrc_minor=one.nrc_minor,
            mrc_minor=one.mrc_minor,
            item=solution.requirement.ref,
        )


def common_lines(works: Sequence[Sequence[Work]], training: Sequence[Training]) -> tuple[CostLine, ...]:
    """What is paid once for all items: activities that are done for all of them, and courses."""
    common = {work.id: work for some in works for work in some if not work.each and work.nrc_minor is not None}
    done = [
        CostLine(name=work.name or work.id, component="bespoke", layer="service", nrc_minor=work.nrc_minor)
        for work in common.values()
    ]
    taught = [
        CostLine(name=f"Course {one.course}", component="training", layer="service", nrc_minor=one.nrc_minor)
        for one in training
        if one.nrc_minor is not None
    ]
    return (*done, *taught)


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
