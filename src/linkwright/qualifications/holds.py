"""What a check asks to be held, and what it is told of that.

The design of each item that asks for it is held; where it only has proposals, each of those that its requester sees.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from linkwright.designs.answers import Answer, ItemAnswer, SiteSolution
from linkwright.designs.existing import needed_by
from linkwright.designs.parts_of_answers import Held
from linkwright.errors import StaleVersion
from linkwright.holds.keep import give_back
from linkwright.holds.model import Hold, Policy, Spans, Wanted
from linkwright.holds.ports import HoldTx
from linkwright.qualifications.model import Question

NO_POOL = "no resource pool is configured"
REFUSED = "SD-CAP-01"


def asks_for_holds(question: Question) -> bool:
    return question.kind == "check" and bool(_policies(question))


def wanted_holds(question: Question, now: datetime, spans: Spans) -> tuple[Wanted, ...]:
    """The holds for the answer of a check; none ends after what it holds for is no longer on offer."""
    policies = _policies(question)
    return tuple(
        Wanted(
            hold=_hold(question, item.ref, policies[item.ref], solution, now, spans),
            solution=solution,
            body=question.body,
        )
        for item in (question.answer.items if question.answer is not None else ())
        if item.ref in policies
        for solution in _to_hold(question, item)
    )


def with_holds(question: Question, holds: Sequence[Hold], why_not: str = "") -> Question:
    """The answered check with what became of its holds; `why_not` is said where there could be none."""
    if question.answer is None:
        return question
    told = {(hold.item_id, hold.design_id): _told(hold) for hold in holds}
    policies = _policies(question)
    items = tuple(_item(question, item, policies.get(item.ref), told, why_not) for item in question.answer.items)
    return replace(question, answer=_until(replace(question.answer, items=items), told.values()))


def keep_only_told(tx: HoldTx, ended: Question, now: datetime) -> None:
    """The check ends: what was held for it and is not told, by a run that died or lost a race, is given back.

    Raises:
        StaleVersion: something that is told is not held any more, since another run answers this check too.
    """
    if not asks_for_holds(ended):
        return
    told, holds = set(_reservations(ended)), tx.holds_of(ended.id)
    if not told <= {hold.remote_id for hold in holds if hold.state == "held"}:
        raise StaleVersion(f"{ended.kind} {ended.id}: a hold of the answer was given back meanwhile.")
    for hold in holds:
        if hold.remote_id not in told:
            give_back(tx, hold, now, "no answer tells of it")


def _reservations(question: Question) -> Iterator[str]:
    for item in question.answer.items if question.answer is not None else ():
        for hold in (item.hold, *(proposal.hold for proposal in item.proposals)):
            if hold is not None and hold.reservation is not None:
                yield hold.reservation


def _policies(question: Question) -> dict[str, Policy]:
    return {
        wanted.ref: wanted.hold_policy
        for wanted in question.requirements
        if wanted.hold_policy is not None and wanted.hold_policy != "none"
    }


def _to_hold(question: Question, item: ItemAnswer) -> Iterator[SiteSolution]:
    """A release or a service that stays as it is needs nothing, and perhaps not every change does."""
    found = [item.solution] if item.solution is not None else []
    if not found and question.wants_alternatives:
        found = [proposal.solution for proposal in item.proposals]
    yield from (solution for solution in found if needed_by(solution))


def _hold(
    question: Question, item_id: str, policy: Policy, solution: SiteSolution, now: datetime, spans: Spans
) -> Hold:
    return Hold(
        key=f"{question.id}/hold/{item_id}/{solution.design_id}",
        check_id=question.id,
        item_id=item_id,
        design_id=solution.design_id,
        policy=policy,
        requester=question.requester,
        asked_at=now,
        expires_at=min(now + spans.of(policy), solution.valid_until),
    )


def _told(hold: Hold) -> Held:
    if hold.state == "held":
        return Held(policy=hold.policy, reservation=hold.remote_id, expires=hold.expires_at)
    code = f"{REFUSED}: " if hold.state == "refused" else ""
    return Held(policy=hold.policy, why_not=f"{code}{hold.note}")


def _item(
    question: Question,
    item: ItemAnswer,
    policy: Policy | None,
    told: Mapping[tuple[str, str], Held],
    why_not: str,
) -> ItemAnswer:
    if policy is None:
        return item

    def held(solution: SiteSolution) -> Held | None:
        return told.get((item.ref, solution.design_id)) or (Held(policy=policy, why_not=why_not) if why_not else None)

    if item.solution is not None:
        return replace(item, hold=held(item.solution))
    if not question.wants_alternatives:
        return item
    return replace(item, proposals=tuple(replace(one, hold=held(one.solution)) for one in item.proposals))


def _until(answer: Answer, holds: Iterable[Held]) -> Answer:
    """The answer holds no longer than the first of its holds."""
    ends = [hold.expires for hold in holds if hold.expires is not None]
    if answer.valid_until is not None:
        ends.append(answer.valid_until)
    return replace(answer, valid_until=min(ends, default=None))
