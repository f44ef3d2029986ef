"""Another design for an item whose own cannot be ready in time any more. It is proposed; its requester decides."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from linkwright.designs.answers import ItemAnswer, SiteSolution
from linkwright.designs.designer import Designer
from linkwright.designs.facts import OWN
from linkwright.designs.requirement import Requirement
from linkwright.errors import LinkwrightError, StaleVersion, Stopping, Unavailable
from linkwright.orders.dates import Dates, Slip, ready_of
from linkwright.orders.model import Order, OrderItem, Replacement
from linkwright.orders.states import FINAL, leaves, with_leaves

NOTHING_BETTER = "No other design would be ready before that"
Late = Mapping[str, Sequence[Slip]]
"""By item, what makes it come too late."""


@dataclass(frozen=True, kw_only=True)
class Instead:
    """Nobody is asked twice about the same news. Where facts cannot be read, the next look asks again."""

    designer: Designer

    def of(
        self, order: Order, dates: Dates, solutions: Mapping[str, SiteSolution]
    ) -> tuple[Order, Sequence[SiteSolution]]:
        """The order with what is proposed now, and the designs that are new; a proposal is over once time suffices."""
        late: dict[str, list[Slip]] = defaultdict(list)
        for slip in dates.slips:
            if slip.severity == "Critical":
                late[slip.item].append(slip)
        items = {leaf.id: leaf for leaf in leaves(order.items)}
        over = {
            leaf.id: replace(leaf, replacement=None)
            for leaf in items.values()
            if leaf.replacement is not None and leaf.id not in late
        }
        open_ = [leaf for leaf in items.values() if leaf.id in late and _is_news(leaf, late[leaf.id])]
        found = self._asked(open_, late, solutions) if open_ else {}
        told, designs = dict(over), []
        for leaf in (items[item] for item in found):
            design = _better(found[leaf.id], dates.ready[leaf.id])
            design = None if design is None else design.in_place_of(solutions[leaf.id])
            designs += [] if design is None else [design]
            told[leaf.id] = replace(leaf, replacement=_proposal(late[leaf.id], solutions[leaf.id], design))
        return (replace(order, items=with_leaves(order.items, told)) if told else order), designs

    def _asked(
        self, items: Sequence[OrderItem], late: Late, solutions: Mapping[str, SiteSolution]
    ) -> Mapping[str, ItemAnswer | None]:
        """None for an item to which there is no answer, and never will be with these facts."""
        wanted = [_wanted(item, solutions[item.id], late[item.id]) for item in items]
        try:
            answers = self.designer.answer(wanted).items
        except Unavailable:
            return {}
        except (StaleVersion, Stopping):
            raise
        except LinkwrightError:
            answers = ()
        found = {answer.ref: answer for answer in answers}
        return {item.id: found.get(item.id) for item in items}


def _is_news(leaf: OrderItem, slips: Iterable[Slip]) -> bool:
    if leaf.state in FINAL or leaf.action != "add":
        return False
    return leaf.replacement is None or leaf.replacement.news != _news(slips)


def _news(slips: Iterable[Slip]) -> str:
    return ", ".join(sorted(f"{slip.task.key}: {slip.now.isoformat()}" for slip in slips))


def _wanted(item: OrderItem, solution: SiteSolution, slips: Sequence[Slip]) -> Requirement:
    """What the item's design was made for, without those partners and technologies of ours that are too late."""
    wanted = solution.requirement
    partners = tuple(dict.fromkeys(slip.task.system for slip in slips if slip.task.kind == "procure"))
    is_ours = any(slip.task.kind == "provide" for slip in slips)
    ours = tuple(dict.fromkeys(leg.technology for leg in solution.legs if is_ours and leg.supplier == OWN))
    preferred = tuple(one for one in wanted.partner_preferred or () if one not in partners)
    return replace(
        wanted,
        ref=item.id,
        change="add",
        partner_excluded=(*(wanted.partner_excluded or ()), *partners) or None,
        partner_preferred=preferred or None,
        technology_forbidden=(*(wanted.technology_forbidden or ()), *ours) or None,
    )


def _better(answer: ItemAnswer | None, ready: date) -> SiteSolution | None:
    """What was asked for, or else that with another date and nothing else given up; earlier than what is there now."""
    if answer is None:
        return None
    dated = [one.solution for one in answer.proposals if {gone.dimension for gone in one.relaxed} <= {"date"}]
    designs = dated if answer.solution is None else [answer.solution, *dated]
    return next((design for design in designs if ready_of(design) < ready), None)


def _proposal(slips: Sequence[Slip], old: SiteSolution, new: SiteSolution | None) -> Replacement:
    news = _news(slips)
    if new is None:
        return Replacement(news=news, text=NOTHING_BETTER)
    ready = ready_of(new)
    needed = next((slip.needed for slip in slips if slip.needed is not None), ready)
    in_time = "in time" if ready <= needed else "not in time either, but earlier"
    return Replacement(
        news=news,
        text=f"Design {new.design_id} ({_legs(new)}) would be ready on {ready.isoformat()}, {in_time}, in place "
        f"of {old.design_id} ({_legs(old)})",
        design_id=new.design_id,
        money=f"Design {new.design_id}: NRC {_money(new, new.nrc_minor)}, MRC {_money(new, new.mrc_minor)}; "
        f"{old.design_id}, which it would replace: NRC {_money(old, old.nrc_minor)}, "
        f"MRC {_money(old, old.mrc_minor)}",
    )


def _legs(solution: SiteSolution) -> str:
    return ", ".join(f"{leg.technology} of {leg.supplier}" for leg in solution.legs)


def _money(solution: SiteSolution, minor: int) -> str:
    return f"{minor / 100:,.2f} {solution.currency}"
