"""All answers of one question as a whole: in the order of the request, with totals, a bundle judged by its members."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from linkwright.designs.answers import Answer, ItemAnswer, Result, Totals, WholeSolution
from linkwright.designs.bundle_budget import beside_budgets, paid_once_minor
from linkwright.designs.item import own_budget
from linkwright.designs.parts_of_answers import Before, Finding
from linkwright.designs.reasons import missing, over_budget
from linkwright.designs.requirement import Requirement
from linkwright.designs.understand import misread

WORST_FIRST: tuple[Result, ...] = ("unqualified", "alternate")


def compose(
    requirements: Sequence[Requirement],
    answers: Mapping[str, ItemAnswer],
    now: datetime,
    wholes: Sequence[WholeSolution] = (),
    limits: Sequence[Finding] = (),
) -> Answer:
    """`answers` holds one for each requirement that is no bundle, by its ref; `wholes` are the solutions of the
    bundles, or the one of all items without one. `limits` are in the way of the only bundle itself."""
    whole_of = {"" if one.wanted is None else one.wanted.ref: one for one in wholes}
    answers = beside_budgets(requirements, answers, whole_of)
    items = tuple(
        _bundle_answer(one, answers, whole_of.get(one.ref), limits) if one.is_bundle else answers[one.ref]
        for one in requirements
    )
    bundles = [one for one in requirements if one.is_bundle]
    totals = [_totals(_members(one, answers), whole_of.get(one.ref)) for one in bundles]
    if not bundles:
        totals = [_totals(list(answers.values()), whole_of.get(""))]
    solutions = [item.solution for item in answers.values() if item.solution is not None]
    instead = [item for item in answers.values() if item.solution is None]
    offered = solutions + [proposal.solution for item in instead for proposal in item.proposals]
    return Answer(
        items=items,
        totals=totals[0],
        further={one.ref: told for one, told in zip(bundles[1:], totals[1:], strict=False) if told is not None},
        valid_until=min((solution.valid_until for solution in offered), default=None),
        computed_at=now,
    )


def _bundle_answer(
    bundle: Requirement, answers: Mapping[str, ItemAnswer], whole: WholeSolution | None, limits: Sequence[Finding]
) -> ItemAnswer:
    """The worst of its members, and of its own budget; without a member's result there is none for the bundle."""
    members = _members(bundle, answers)
    if not members:
        return ItemAnswer(ref=bundle.ref, result="unqualified", findings=(missing("the items of the bundle"),))
    if broken := [member.ref for member in members if member.broken is not None]:
        return ItemAnswer(ref=bundle.ref, result=None, broken=f"Items without an answer: {', '.join(broken)}.")
    if own := [*misread(bundle), *_beyond_budget(bundle, members, whole), *_not_worth_it(whole)]:
        return ItemAnswer(ref=bundle.ref, result="unqualified", findings=tuple(own))
    for worst in WORST_FIRST:
        concerned = [member for member in members if member.result == worst]
        if concerned:
            counts = f"{len(concerned)} of {len(members)} items are {worst}"
            codes = sorted({finding.code for member in concerned for finding in member.findings})
            own = [one for one in limits if one.code in codes]
            theirs = [code for code in codes if code not in {one.code for one in own}]
            why = (*own, *(Finding(code=code, label=f"{counts}, see them.") for code in theirs))
            return ItemAnswer(ref=bundle.ref, result=worst, findings=why)
    return ItemAnswer(ref=bundle.ref, result="qualified")


def _not_worth_it(whole: WholeSolution | None) -> tuple[Finding, ...]:
    """The operator's rules for money bind the solution as a whole."""
    case = None if whole is None else whole.case
    if case is None or case.verdict != "rejected":
        return ()
    return (Finding(code="SD-FIN-01", label=case.verdict_reason),)


def _members(bundle: Requirement, answers: Mapping[str, ItemAnswer]) -> list[ItemAnswer]:
    """The answers that a bundle stands for."""
    return [answers[ref] for ref in bundle.members_among(list(answers))]


def _beyond_budget(
    bundle: Requirement, members: Sequence[ItemAnswer], whole: WholeSolution | None
) -> tuple[Finding, ...]:
    """Of what is answered, and of what is paid once for all of it."""
    solutions = [member.solution for member in members if member.solution is not None]
    beside_minor = paid_once_minor(whole) if solutions else 0
    nrc_minor = sum(solution.nrc_minor for solution in solutions) + beside_minor
    mrc_minor = sum(solution.mrc_minor for solution in solutions)
    return over_budget(nrc_minor, mrc_minor, own_budget(bundle), solutions[0].currency if solutions else "")


def _totals(items: Sequence[ItemAnswer], whole: WholeSolution | None) -> Totals | None:
    if not items:
        return None
    solutions = [item.solution for item in items if item.solution is not None]
    currencies = [one.currency for one in solutions] + [one.currency for one in _before(items)]
    if whole is not None:
        currencies.insert(0, whole.currency)
    return Totals(
        qualified=sum(item.result == "qualified" for item in items),
        alternate=sum(item.result == "alternate" for item in items),
        unqualified=sum(item.result == "unqualified" for item in items),
        nrc_minor=sum(solution.nrc_minor for solution in solutions),
        mrc_minor=sum(solution.mrc_minor for solution in solutions),
        currency=next((found for found in currencies if found), ""),
        ready=max((solution.ready for solution in solutions), default=None),
        gap=max((solution.gap for solution in solutions), default=None),
        mrc_before_minor=_mrc_before(items),
        whole=whole,
        missing_nrc=any(solution.without_nrc for solution in solutions),
        missing_mrc=any(solution.without_mrc for solution in solutions),
    )


def _before(items: Sequence[ItemAnswer]) -> list[Before]:
    """The services that are there before, of all items with a result that stands."""
    found = (item.before if item.solution is None else item.solution.before for item in items)
    return [one for one in found if one is not None]


def _mrc_before(items: Sequence[ItemAnswer]) -> int | None:
    there = _before(items)
    if not there or any(one.mrc_minor is None for one in there):
        return None
    return sum(one.mrc_minor for one in there if one.mrc_minor is not None)
