"""The designs that an order commits: those of an earlier check where they still hold, fresh ones otherwise."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from linkwright.design.ask import never
from linkwright.designs.answers import Answer, Documented, ItemAnswer, SiteSolution, WholeSolution
from linkwright.designs.designer import Designer
from linkwright.designs.expired import expired_answers
from linkwright.designs.parts_of_answers import Before, Finding
from linkwright.designs.requirement import Requirement
from linkwright.errors import LinkwrightError, StaleVersion, Stopping, Unavailable
from linkwright.orders.bundled import bundles_of, totals_of, wholes_of, with_totals
from linkwright.orders.model import Fault, Jeopardy, Order, OrderItem, QualificationRef
from linkwright.orders.plan_alerts import budget_alerts
from linkwright.orders.ports import OrderBooks, OrderTx
from linkwright.orders.progress import with_jeopardy
from linkwright.orders.states import FINAL, item_moved, leaves, with_leaves
from linkwright.orders.worse import over_budget, with_questions

NO_DESIGN = "DOWNSTREAM_FALLOUT"
DESIGNED = frozenset({"add", "modify"})
EXPIRED = "had expired"
NO_ANSWER = "The designer gave no answer to this item."


@dataclass(frozen=True, kw_only=True)
class Committed:
    """The order with its designs, or rejected as a whole: one item that cannot be done refuses them all.

    `wholes` are the designs of all items together, or of each bundle; none of those of which some items were designed
    before.
    """

    order: Order
    solutions: Mapping[str, SiteSolution]
    rejected: bool
    note: str
    wholes: tuple[WholeSolution, ...] = ()

    @property
    def documented(self) -> tuple[Documented, ...]:
        return (*self.solutions.values(), *self.wholes)


@dataclass(frozen=True, kw_only=True)
class Commitment:
    """Raises `Unavailable` when facts for a fresh design cannot be read; nothing is stored here.

    Facts that contradict themselves, and a design that the verifier refuses, reject the order with the reason.
    Where a new design is worse than agreed its requester is asked; `answer_within`: so long, for ever if None.
    """

    books: OrderBooks
    designer: Designer
    now: Callable[[], datetime]
    asks_requester: bool = True
    answer_within: timedelta | None = None

    def commit(self, order: Order, stop: Callable[[], bool] = never) -> Committed:
        """Once `stop` is true nobody waits for the designs any more, and what is returned may lack some."""
        open_items = [leaf for leaf in leaves(order.items) if leaf.state not in FINAL]
        wanted = [leaf for leaf in open_items if leaf.action in DESIGNED]
        leaving = [leaf for leaf in open_items if leaf.action == "delete"]
        referred = self.books.read(lambda tx: _referred(tx, order, wanted))
        now = self.now()
        expired = {item: design for item, design in referred.items() if design and design.valid_until <= now}
        open_ = tuple(
            replace(expired.get(item.id, item).requirement, ref=item.id, change=item.action)
            for item in wanted
            if item.id not in referred or item.id in expired
        )
        asked = (*open_, *(replace(leaf.requirement, ref=leaf.id) for leaf in leaving))
        concerned = frozenset(leaf.id for leaf in (*wanted, *leaving))
        bundles = bundles_of(order, concerned, frozenset(one.ref for one in asked))
        designed, answer = self._designed((*bundles, *asked), stop)
        of_bundles = {one.ref: designed.pop(one.ref) for one in bundles}
        faults = _faults(wanted, referred, designed, expired, now)
        faults = faults or {ref: _why_not(one, now) for ref, one in of_bundles.items() if one.result != "qualified"}
        if faults:
            return _rejected(order, faults)
        fresh = {item: _next_version(answer.solution, expired.get(item)) for item, answer in designed.items()}
        found = {item.id: fresh.get(item.id) or referred.get(item.id) for item in wanted}
        solutions = {item: solution for item, solution in found.items() if solution is not None}
        order, note = self.compared(order, expired, solutions, EXPIRED)
        order = with_jeopardy(order, *self._over_budget(wanted, solutions, referred))
        order = with_jeopardy(order, *budget_alerts(order.items, solutions, now))
        released = {item.id: designed[item.id].before for item in leaving}
        begun = _begun(order, solutions, released)
        first = next((item.id for item in wanted), None) if len(open_) == len(wanted) else None
        totals = totals_of(answer, bundles, first)
        begun = replace(begun, items=with_totals(begun.items, totals))
        return Committed(order=begun, solutions=solutions, rejected=False, note=note, wholes=wholes_of(totals))

    def anew(
        self,
        order: Order,
        items: Sequence[OrderItem],
        new: Collection[str],
        chosen: Mapping[str, SiteSolution | None],
        in_force: Mapping[str, SiteSolution],
        stop: Callable[[], bool] = never,
    ) -> tuple[dict[str, SiteSolution], dict[str, tuple[Fault, ...]]]:
        """Designs of these items of an order that is being fulfilled, each by itself, and why others have none.

        `new` are those that may refer to a design or check; `chosen` are designs that their requester has accepted,
        `in_force` those that items have.
        """
        looked_up = [leaf for leaf in items if leaf.id in new]
        referred = {**self.books.read(lambda tx: _referred(tx, order, looked_up, lone=False)), **chosen}
        now = self.now()
        expired = {item: design for item, design in referred.items() if design and design.valid_until <= now}
        open_ = tuple(
            replace(
                expired[leaf.id].requirement if leaf.id in expired else _wanted(leaf, in_force.get(leaf.id)),
                ref=leaf.id,
                change="add",
            )
            for leaf in items
            if leaf.id not in referred or leaf.id in expired
        )
        designed, _ = self._designed(open_, stop)
        faults = _faults(items, referred, designed, expired, now)
        found = {item: design for item, design in referred.items() if design is not None}
        for item, answer in designed.items():
            if (fresh := _next_version(answer.solution, expired.get(item))) is not None:
                found[item] = fresh
        return {item: design for item, design in found.items() if item not in faults}, faults

    def _designed(
        self, requirements: Sequence[Requirement], stop: Callable[[], bool]
    ) -> tuple[dict[str, ItemAnswer], Answer | None]:
        """One answer for each requirement, by its item's id; a failure that would only repeat itself is an answer."""
        if not requirements:
            return {}, None
        why, answers, found = NO_ANSWER, dict[str, ItemAnswer](), None
        try:
            found = self.designer.answer(requirements, stop=stop)
            answers = {answer.ref: answer for answer in found.items}
        except (Unavailable, StaleVersion, Stopping):
            raise
        except LinkwrightError as error:
            why = str(error)
        told = {r.ref: answers.get(r.ref) or ItemAnswer(ref=r.ref, result=None, broken=why) for r in requirements}
        return told, found

    def compared(
        self, order: Order, expired: Mapping[str, SiteSolution], solutions: Mapping[str, SiteSolution], why: str
    ) -> tuple[Order, str]:
        """A design was computed again, and `why`: what is different now is said, never hidden."""
        told = []
        for item, old in expired.items():
            new = solutions[item]
            told.append(f"design of item {item} {why} and was computed again: {_dates(old, new)}")
            if new.total_minor != old.total_minor:
                told[-1] += ", at another cost"
            told += [f"{finding.code} {finding.label}" for finding in expired_answers(old, self.now())]
            if new.total_minor > old.total_minor:
                order = with_jeopardy(order, self._alert("BUDGET_EXCEEDED", item, _costs(old, new)))
            if new.ready > old.ready:
                order = with_jeopardy(order, self._alert("DATE_AT_RISK", item, _dates(old, new)))
        if self.asks_requester:
            now = self.now()
            until = None if self.answer_within is None else now + self.answer_within
            order = with_questions(order, expired, solutions, now, until, why=why)
        return order, "; ".join(told) or f"Designed and verified services: {len(solutions)}."

    def _over_budget(
        self, wanted: Sequence[OrderItem], solutions: Mapping[str, SiteSolution], referred: Collection[str]
    ) -> Iterator[Jeopardy]:
        """Designs that their requester orders although they cost more than his item has for them."""
        for leaf in wanted:
            if leaf.id in referred and (text := over_budget(leaf, solutions)):
                alert = self._alert("BUDGET_EXCEEDED", leaf.id, text)
                yield replace(alert, id=f"{alert.id}/budget")

    def _alert(self, name: str, item: str, text: str) -> Jeopardy:
        return Jeopardy(id=f"{name}/{item}", name=name, severity="Normal", at=self.now(), message=text, items=(item,))


def _referred(
    tx: OrderTx, order: Order, wanted: Sequence[OrderItem], *, lone: bool = True
) -> dict[str, SiteSolution | None]:
    """The design that each item refers to; items that refer to nothing are left out. `lone` like `_reference_of`."""
    found: dict[str, SiteSolution | None] = {}
    for item in wanted:
        if item.design_id is not None:
            design = tx.design(item.design_id)
            if item.action == "add" or design is None or design.before is not None:
                found[item.id] = design  # what was designed when a service was new is no design of its change
        elif (ref := _reference_of(order, item, lone and len(wanted) == 1)) is not None:
            found[item.id] = tx.qualified(ref)
    return found


def _reference_of(order: Order, item: OrderItem, lone: bool) -> QualificationRef | None:
    """The check item with the same id; a lone item and a lone reference belong together whatever their ids are."""
    same = [ref for ref in order.qualifications if ref.item_id == item.id]
    if same:
        return same[0]
    return order.qualifications[0] if lone and len(order.qualifications) == 1 else None


def _wanted(leaf: OrderItem, in_force: SiteSolution | None) -> Requirement:
    """Of an item that only refers to its design it is what that was made for, and what the item says beside it."""
    said = leaf.requirement
    refers_only = said.place is None or not said.characteristics
    return said.over(in_force.requirement) if in_force is not None and refers_only else said


def _faults(
    wanted: Sequence[OrderItem],
    referred: Mapping[str, SiteSolution | None],
    designed: Mapping[str, ItemAnswer],
    expired: Mapping[str, SiteSolution],
    now: datetime,
) -> dict[str, tuple[Fault, ...]]:
    """Why items cannot be done, by item id."""
    faults: dict[str, tuple[Fault, ...]] = {}
    for item in wanted:
        design = referred.get(item.id)
        if item.id in referred and design is None:
            text = "The check item or design that this item refers to is unknown, or has no design."
            faults[item.id] = (Fault(code="SD-INF-01", reason="reference unknown", message=text, at=now),)
        elif design is not None and (text := _of_another(item, design)):
            faults[item.id] = (Fault(code="SD-INF-01", reason="reference to another change", message=text, at=now),)
    for ref, answer in designed.items():
        if answer.solution is None and (answer.before is None or answer.result != "qualified"):
            stale = expired_answers(expired[ref], now) if ref in expired else ()
            faults[ref] = (*(_fault(finding, answer, now) for finding in stale), *_why_not(answer, now))
    return faults


def _of_another(item: OrderItem, design: SiteSolution) -> str:
    """Why a design is not one of what this item does; empty where it is."""
    if design.before is None:
        return "" if item.action == "add" else "The design is one of a new service; this item changes one."
    if item.action == "add":
        return f"The design is one of a change of service {design.before.service}; this item adds a service."
    if design.before.service != item.service_id:
        return f"The design is one of a change of service {design.before.service}, not of {item.service_id}."
    return ""


def _why_not(answer: ItemAnswer, now: datetime) -> tuple[Fault, ...]:
    """Every finding; an item is never refused without a word."""
    if not answer.findings:
        text = answer.broken or "It has no design, and no reason was found."
        return (Fault(code=NO_DESIGN, reason="no design can be made", message=text, at=now),)
    return tuple(_fault(finding, answer, now) for finding in answer.findings)


def _fault(finding: Finding, answer: ItemAnswer, now: datetime) -> Fault:
    return Fault(code=finding.code, reason=f"item is {answer.result}", message=finding.label, at=now)


def _rejected(order: Order, faults: Mapping[str, tuple[Fault, ...]]) -> Committed:
    """All or nothing: items that could be done are rejected with the others. What several items have is told once."""
    changed = {
        leaf.id: replace(item_moved(leaf, "rejected"), faults=(*leaf.faults, *faults.get(leaf.id, ())))
        for leaf in leaves(order.items)
        if leaf.state not in FINAL
    }
    every = tuple(dict.fromkeys(fault for some in faults.values() for fault in some))
    order = replace(order, items=with_leaves(order.items, changed), faults=(*order.faults, *every))
    return Committed(order=order, solutions={}, rejected=True, note="")


def _begun(order: Order, solutions: Mapping[str, SiteSolution], leaving: Mapping[str, Before | None]) -> Order:
    changed = {
        leaf.id: _item_begun(leaf, solutions.get(leaf.id), leaving.get(leaf.id))
        for leaf in leaves(order.items)
        if leaf.state not in FINAL
    }
    return replace(order, items=with_leaves(order.items, changed))


def _item_begun(leaf: OrderItem, solution: SiteSolution | None, leaving: Before | None) -> OrderItem:
    leaf = replace(item_moved(leaf, "inProgress"), leaving=leaving)
    return leaf if solution is None else replace(leaf, design_id=solution.design_id, solution=solution)


def _next_version(solution: SiteSolution | None, expired: SiteSolution | None) -> SiteSolution | None:
    return solution if solution is None or expired is None else solution.in_place_of(expired)


def _dates(old: SiteSolution, new: SiteSolution) -> str:
    return f"ready {old.ready.isoformat()} then, {new.ready.isoformat()} now"


def _costs(old: SiteSolution, new: SiteSolution) -> str:
    """Amounts stand in the alert about money only, whose text not every caller sees."""

    def money(minor: int) -> str:
        return f"{minor / 100:,.2f} {new.currency}"

    return (
        f"NRC {money(old.nrc_minor)} then, {money(new.nrc_minor)} now; MRC {money(old.mrc_minor)} then, "
        f"{money(new.mrc_minor)} now"
    )
