"""What becomes of a question in the end, whatever its answer was."""

from dataclasses import replace
from datetime import datetime

from linkwright.designs.answers import Answer, Documented, ItemAnswer
from linkwright.qualifications.model import Question, State


def begun(question: Question) -> Question:
    return question.moved("inProgress") if question.state == "accepted" else question


def laid_over(stored: Question, ended: Question) -> Question:
    return begun(stored).moved(ended.state, done_at=ended.done_at, answer=ended.answer, offers=ended.offers)


def end_of(question: Question) -> State:
    """Where no item has an answer, none was produced."""
    items = items_of(question)
    return "terminatedWithError" if items and all(item.broken is not None for item in items) else "done"


def items_of(question: Question) -> list[ItemAnswer]:
    answers = question.offers + ((question.answer,) if question.answer else ())
    return [item for answer in answers for item in answer.items]


def designs_of(question: Question) -> list[Documented]:
    items = items_of(question)
    designs: list[Documented] = [item.solution for item in items if item.solution is not None]
    designs += [proposal.solution for item in items for proposal in item.proposals]
    return [*designs, *(() if question.answer is None else question.answer.wholes)]


def broken_off(question: Question, why: str, now: datetime) -> Question:
    """No answer could be produced: said for every item that has none yet, so that the requester can ask again."""
    settled = question.so_far.settled
    items = tuple(settled.get(r.ref) or ItemAnswer(ref=r.ref, result=None, broken=why) for r in question.requirements)
    answer = Answer(items=items, totals=None, valid_until=None, computed_at=now)
    ended = replace(begun(question), answer=answer)
    return ended.moved(end_of(ended), done_at=now)
