"""The answer to a check or query, laid over what was asked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from linkwright.designs.answers import Answer, ItemAnswer, Proposal, SiteSolution
from linkwright.designs.dimensions import FIELD_OF
from linkwright.designs.parts_of_answers import Held
from linkwright.designs.requirement import PlaceWanted, Requirement
from linkwright.qualifications.model import Question
from linkwright.wire.characteristics import write_characteristics
from linkwright.wire.json import Json, objects, write_day, write_moment
from linkwright.wire.large_json import Made
from linkwright.wire.places import at_each_place, ends_wanted
from linkwright.wire.requirements import without_ties, write_service
from linkwright.wire.v4.commercial_words import in_bundle_words
from linkwright.wire.v4.design_words import (
    asked_words,
    before_words,
    cut_short_words,
    loosened_words,
    with_solution,
    with_words,
)
from linkwright.wire.v4.holds import hold_words
from linkwright.wire.v4.qualification_so_far import as_asked, with_count, with_heard
from linkwright.wire.v4.whole_on_item import with_totals
from linkwright.wire.wishes import WORDS, wishes, wishes_for_others

ITEMS = "serviceQualificationItem"
CRITERIA = "searchCriteria"
DONE = "done"
REASONS = "eligibilityUnavailabilityReason"
UNANSWERED = {"accepted": "acknowledged", "inProgress": "inProgress"}
WORST_FIRST = ("unqualified", "alternate", "qualified")


def answered(question: Question, base_url: str) -> dict[str, Json]:
    """The attributes that the answer adds or changes; without an answer the items stay as they are in the body."""
    told = answered_in_turns(question, base_url)
    return {**told, ITEMS: list(told[ITEMS])}


def answered_in_turns(question: Question, base_url: str) -> dict[str, Json]:
    """The same; the items of an answered check are made when they are walked."""
    return _check(question, base_url) if question.kind == "check" else _query(question, base_url)


def _check(question: Question, base_url: str) -> dict[str, Json]:
    sent = {str(item.get("id")): item for _, item in objects(question.body, ITEMS, "")}
    asked = {wanted.ref: _asked(wanted, sent.get(wanted.ref)) for wanted in question.requirements}
    if question.answer is None:
        return {ITEMS: [_so_far(asked[one.ref], one, question, base_url) for one in question.requirements]}
    answer = question.answer

    def items() -> Iterator[Json]:
        made = (_once(asked[one.ref], one, question, base_url) for one in answer.items if one.ref in asked)
        return _with_totals(made, question.requirements, answer, base_url)

    told: dict[str, Json] = {ITEMS: Made(items)}
    results = {one.result for one in answer.items}
    worst = next((result for result in WORST_FIRST if result in results), None)
    if worst is not None and None not in results:
        told["qualificationResult"] = worst
    if answer.valid_until is not None:
        told["expirationDate"] = write_moment(answer.valid_until)
    return told


def _asked(wanted: Requirement, sent: Mapping[str, Json] | None) -> dict[str, Json]:
    item = _item_from(wanted) if sent is None else sent
    return {"@type": "CheckServiceQualificationItem", **item, "id": wanted.ref}


def _item_from(wanted: Requirement) -> dict[str, Json]:
    """For a question that was not made from a resource."""
    return {"service": write_service(wanted)}


def _so_far(asked: dict[str, Json], wanted: Requirement, question: Question, base_url: str) -> dict[str, Json]:
    """The item of a check that has no answer yet."""
    known = question.so_far
    if (settled := known.settled.get(wanted.ref)) is not None:
        return _once(asked, settled, question, base_url)
    state = UNANSWERED.get(question.state)
    item = asked | ({"state": state} if state else {})
    if wanted.is_bundle and known:
        return with_count(item, wanted, question)
    return with_heard(item, known.heard.get(wanted.ref, ()))


def _once(asked: Mapping[str, Json], answer: ItemAnswer, question: Question, base_url: str) -> dict[str, Json]:
    """An item that was told as final before stays as it was told, with its reasons or without as is wanted by now."""
    if answer.ref in question.so_far.settled and asked.get("state") == DONE:
        return {name: value for name, value in asked.items() if name != REASONS} | _reasons(answer, question)
    return _item(as_asked(asked, question), answer, question, base_url)


def _item(asked: Mapping[str, Json], answer: ItemAnswer, question: Question, base_url: str) -> dict[str, Json]:
    item = {**asked, "state": DONE if answer.broken is None else "terminatedWithError"}
    if answer.broken is not None:
        return item | {"terminationError": [{"id": "1", "value": answer.broken, "@type": "TerminationError"}]}
    item["qualificationResult"] = answer.result
    item |= _reasons(answer, question)
    if answer.proposals and question.wants_alternatives:
        service = asked.get("service") or {}
        item["alternateServiceProposal"] = [_proposal(service, one, base_url) for one in answer.proposals]
    if answer.solution is not None:
        item["service"] = _held(_feasible(item.get("service") or {}, answer.solution, base_url), answer.hold)
        item.setdefault("expectedServiceAvailabilityDate", write_day(answer.solution.ready))
    elif answer.before is not None:
        item["service"] = with_words(item.get("service") or {}, before_words(answer.before))
    elif answer.asked and item.get("service"):
        currency = next((proposal.solution.currency for proposal in answer.proposals), "")
        item["service"] = with_words(item["service"], {"partner.asked": asked_words(answer.asked, currency)})
    if answer.cut_short and item.get("service"):
        item["service"] = _plus(item["service"], cut_short_words(answer.cut_short))
    until = _valid_until(answer)
    return item | ({"expirationDate": write_moment(until)} if until is not None else {})


def _reasons(answer: ItemAnswer, question: Question) -> dict[str, Json]:
    if not answer.findings or not question.wants_reasons:
        return {}
    return {
        REASONS: [
            {"code": one.code, "label": one.label, "@type": "ServiceEligibilityUnavailabilityReason"}
            for one in answer.findings
        ]
    }


def _valid_until(answer: ItemAnswer) -> datetime | None:
    if answer.solution is not None:
        return _earlier(answer.solution, answer.hold)
    return min((_earlier(proposal.solution, proposal.hold) for proposal in answer.proposals), default=None)


def _earlier(solution: SiteSolution, hold: Held | None) -> datetime:
    return solution.valid_until if hold is None or hold.expires is None else min(solution.valid_until, hold.expires)


def _held(service: Mapping[str, Json], hold: Held | None) -> dict[str, Json]:
    return dict(service) if hold is None else _plus(service, hold_words(hold))


def _feasible(service: Mapping[str, Json], solution: SiteSolution, base_url: str) -> dict[str, Json]:
    return {**with_solution(service, solution, base_url, "feasibility"), "state": "feasibilityChecked"}


def _proposal(service: Mapping[str, Json], proposal: Proposal, base_url: str) -> Json:
    """What can be ordered instead: the service as it was asked for, with what is relaxed of it and its own design."""
    return {
        "id": proposal.id,
        "alternateServiceAvailabilityDate": write_day(proposal.solution.ready),
        "alternateService": _alternate(service, proposal, base_url),
        "@type": "AlternateServiceProposal",
    }


def _alternate(service: Mapping[str, Json], proposal: Proposal, base_url: str) -> dict[str, Json]:
    feasible = _held(_feasible(_relaxed(service, proposal), proposal.solution, base_url), proposal.hold)
    loosened = loosened_words(proposal)
    if over := in_bundle_words(proposal):
        feasible = _plus(feasible, over)
    return without_ties(_plus(feasible, loosened), *loosened.values()) if loosened else feasible


def _relaxed(service: Mapping[str, Json], proposal: Proposal) -> dict[str, Json]:
    """A budget that is too small is left out: what would be enough is a cost, which not every caller may see."""
    fields = [FIELD_OF[one.dimension] for one in proposal.relaxed]
    relaxed = wishes(proposal.solution.requirement, fields)
    names = {name for name, word in WORDS.items() if word.field in fields}
    kept = [one for one in service.get("serviceCharacteristic") or () if one.get("name") not in names]
    return {**service, "serviceCharacteristic": kept + write_characteristics(relaxed)}


def _with_totals(
    items: Iterable[dict[str, Json]], requirements: Sequence[Requirement], answer: Answer, base_url: str
) -> Iterator[dict[str, Json]]:
    """Totals stand on each bundle item; without one on the first item that asks for a service."""
    bundles = {wanted.ref: wanted for wanted in requirements if wanted.is_bundle}
    first = answer.totals
    for item in items:
        bundle, totals = bundles.get(item["id"]), answer.further.get(item["id"])
        if totals is None and first is not None and (bundle is not None if bundles else item.get("service")):
            totals, first = first, None
        if totals is None:
            yield item
        else:
            yield item | {"service": with_totals(item.get("service") or {}, totals, bundle, base_url, "feasibility")}


def _plus(service: Mapping[str, Json], words: Mapping[str, Json]) -> dict[str, Json]:
    there = service.get("serviceCharacteristic") or []
    return {**service, "serviceCharacteristic": [*there, *write_characteristics(words)]}


def _query(question: Question, base_url: str) -> dict[str, Json]:
    """What is eligible: one item for each service that can be had as it was asked for."""
    sent = question.body.get(CRITERIA)
    criteria = _item_from(question.requirements[0]) if sent is None else sent
    told: dict[str, Json] = {CRITERIA: criteria, ITEMS: question.body.get(ITEMS) or []}
    if question.state != "done" or not question.offers:
        return told
    at_places = [(ends_wanted(one)[0], one) for one in at_each_place(criteria.get("service") or {})]
    found = [solution for offer in question.offers for solution in _solutions(offer)]
    told[ITEMS] = [
        _offer(str(number), _service_at(at_places, one), one, base_url) for number, one in enumerate(found, start=1)
    ]
    if found:
        told["expirationDate"] = write_moment(min(solution.valid_until for solution in found))
    return told


def _service_at(
    at_places: Sequence[tuple[PlaceWanted | None, Mapping[str, Json]]], solution: SiteSolution
) -> Mapping[str, Json]:
    return next((one for place, one in at_places if place == solution.requirement.place), at_places[0][1])


def _solutions(offer: Answer) -> list[SiteSolution]:
    return [item.solution for item in offer.items if item.solution is not None]


def _offer(item_id: str, service: Mapping[str, Json], solution: SiteSolution, base_url: str) -> Json:
    """The service of the criteria, made definite: with its specification and what the catalogue filled in."""
    wanted = solution.requirement
    there = {one.get("name") for one in service.get("serviceCharacteristic") or ()}
    filled = {name: value for name, value in wishes_for_others(wanted).items() if name not in there}
    definite = {**service, "serviceSpecification": {"id": wanted.specification, "@type": "ServiceSpecificationRef"}}
    return {
        "id": item_id,
        "service": _feasible(_plus(definite, filled), solution, base_url),
        "expectedServiceAvailabilityDate": write_day(solution.ready),
        "expirationDate": write_moment(solution.valid_until),
        "@type": "ServiceQualificationItem",
    }
