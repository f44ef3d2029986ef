"""Partners: what they are asked (their TMF645), what they answer, and what is ordered from them (their TMF641)."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from operator import itemgetter
from typing import Any

from linkwright.designs.bandwidths import LEAST_MBPS
from linkwright.designs.facts import Asked, PartnerAnswer
from linkwright.designs.parts_of_answers import LegSolution
from linkwright.designs.requirement import Place, Requirement
from linkwright.orders.errands import Errand, Seen
from linkwright.orders.tasks import gives_up
from linkwright.wire import quantities
from linkwright.wire.characteristics import read_characteristics, unwrapped, write_characteristics
from linkwright.wire.json import Json, moment_of, write_day
from linkwright.wire.v4.changes import write_partner_cease
from linkwright.wire.v4.dialect import OURS, WANTED, Dialect
from linkwright.wire.v4.errands import item_of, keyed, leg_of, place_of, related_place
from linkwright.wire.v4.offers import PRICES, read_offer, write_offer
from linkwright.wire.v4.progress import items_of, read_order_of
from linkwright.wire.wishes import BETWEEN_US, OF_THE_CATALOGUE, wishes

NOT_PASSED_ON = frozenset(
    {
        *BETWEEN_US,
        *OF_THE_CATALOGUE,
        "accessDiversity",
        "accessLegs",
        "backup",
        "backupBandwidth",
        "differentialDelayMaxMs",
        "objective",
        "npvNrcFactor",
        "npvMrcFactor",
        "budgetOneTime",
        "budgetRecurring",
        "partnerPreferred",
        "partnerExcluded",
        "designPattern",
        "destination",
        "cpePerLeg",
        "cpeFeatures",
        "cpeOwnership",
        "holdPolicy",
        "maxAlternatives",
    }
)
"""Wishes about the whole design, and what is between the customer and us: a partner builds one leg."""
OFFERED = frozenset({"qualified", "alternate"})
NO_COVERAGE = "01"
PARTNER_CATEGORY = "Outsourced Access"


Question = tuple[Requirement, Place]


def question_key(question: Question, currency: str | None) -> str:
    """Equal for questions that are the same for every partner, whoever asks them and however he writes it."""
    service = _asked_service(*question, OURS)
    del service["place"][0]["name"]
    service["serviceCharacteristic"].sort(key=itemgetter("name"))
    return sha256(json.dumps([service, currency], sort_keys=True).encode()).hexdigest()


def write_partner_check(questions: Sequence[Question], external_id: str | None = None, dialect: Dialect = OURS) -> Json:
    """Ask for one leg at each place, in items that are numbered from 1. The specification is ours: no partner is told.

    One question is asked as if there were no others, so that it is understood by who knows one item at a time.
    """
    named = questions[0][1].name if len(questions) == 1 else f"{len(questions)} places"
    check = {
        "description": f"Access at {named}",
        "instantSyncQualification": True,
        "provideAlternative": True,
        "provideUnavailabilityReason": True,
        "serviceQualificationItem": [
            {
                "id": str(number),
                "service": _asked_service(requirement, place, dialect),
                "@type": "CheckServiceQualificationItem",
            }
            for number, (requirement, place) in enumerate(questions, start=1)
        ],
        "@type": "CheckServiceQualification",
    }
    return check if external_id is None else {"externalId": external_id, **check}


def _asked_service(requirement: Requirement, place: Place, dialect: Dialect) -> dict[str, Json]:
    wanted = {**wishes(requirement), **requirement.characteristics}
    passed = {name: value for name, value in wanted.items() if name not in NOT_PASSED_ON and value is not None}
    if WANTED in passed:
        passed[WANTED] = quantities.same_bandwidth(unwrapped(passed[WANTED]))
    return {
        "place": [related_place(place, requirement.place)],
        "serviceCharacteristic": write_characteristics(dialect.said(passed)),
        "@type": "Service",
    }


def read_partner_check(
    doc: Json, partner: str, questions: Sequence[Question], *, currency: str | None = None, dialect: Dialect = OURS
) -> tuple[PartnerAnswer, ...]:
    """What a finished check of a partner says to each question. An offer that lacks a fact is none, and no refusal.

    `currency`: the only one in which a price is understood; None takes any, if both prices are in the same one.
    """
    if not isinstance(doc, Mapping) or str(doc.get("state", "")).lower() != "done":
        text, raw = _why_not_done(doc)
        failed = PartnerAnswer(partner=partner, ref="", asked="failed", text=text, raw=raw)
        return tuple(replace(failed, ref=one.ref) for one, _ in questions)
    items = [item for item in _list(doc.get("serviceQualificationItem")) if isinstance(item, Mapping)]
    found = {str(item.get("id")): item for item in items}
    if len(questions) == 1 and items:  # whatever its only item is called
        found = {"1": items[0]}
    return tuple(
        _answer(doc, found.get(str(number)), partner, *question, currency=currency, dialect=dialect)
        for number, question in enumerate(questions, start=1)
    )


def _answer(
    doc: Mapping[str, Json],
    item: Mapping[str, Json] | None,
    partner: str,
    requirement: Requirement,
    place: Place,
    *,
    currency: str | None,
    dialect: Dialect,
) -> PartnerAnswer:
    def answer(asked: Asked, text: str = "", **more: Any) -> PartnerAnswer:
        return PartnerAnswer(partner=partner, ref=requirement.ref, asked=asked, text=text, **more)

    if item is None:
        return answer("failed", "its answer has no item")
    result = str(item.get("qualificationResult") or doc.get("qualificationResult") or "").lower()
    if result == "unqualified":
        return answer(*_refusal(item), valid_until=_refused_until(item, doc))
    if result not in OFFERED:
        text, raw = _why_not_done(item)
        return answer("failed", text, raw=raw)
    quote = f"{doc.get('id')}/{item.get('id', '1')}"
    try:
        words = _offer_words(item, dialect)
        offer = read_offer(words, partner=partner, place_id=place.id, quote=quote, currency=currency)
        until = _valid_until(item, doc)
    except ValueError as error:
        return answer("failed", f"its offer cannot be used: {error}")
    return answer("offered", offer=offer, valid_until=until)


def write_partner_order(errand: Errand, dialect: Dialect = OURS) -> Json:
    """Order one leg, as it was offered, with the partner's own answer as reference; or end one."""
    item_id = errand.task.items[0]
    if gives_up(errand.task):
        return write_partner_cease(errand, keyed(errand, PARTNER_CATEGORY, f"End of an access for {item_id}"))
    solution, leg = errand.solutions[item_id], leg_of(errand, item_id)
    at = solution.place.far if leg.end == "z" and solution.place.far is not None else solution.place
    offers = (answer.offer for answer in solution.asked if answer.offer is not None)
    offer = next((offer for offer in offers if offer.id == leg.access), None)
    if offer is not None:
        words = write_offer(offer, solution.currency)
    else:
        words = {
            "offer.technology": leg.technology,
            "offer.bandwidthMbps": _ordered_mbps(leg, solution.requirement),
            "offer.handoverPop": leg.pop,
        }
    service: dict[str, Json] = {
        "name": f"{leg.technology} access at {at.name}",
        "place": [place_of(solution, leg.end)],
        "serviceCharacteristic": write_characteristics(dialect.said(words)),
        "@type": "Service",
    }
    order = keyed(errand, PARTNER_CATEGORY, f"Access for {item_of(errand, item_id).id} at {at.name}") | {
        "requestedCompletionDate": write_day(leg.ready),
        "serviceOrderItem": [{"id": item_id, "action": "add", "service": service, "@type": "ServiceOrderItem"}],
        "@type": "ServiceOrder",
    }
    if leg.quote is not None:
        quoted = {"id": leg.quote, "name": leg.quote, "externalReferenceType": "serviceQualification"}
        order["externalReference"] = [quoted | {"@type": "ExternalReference"}]
    return order


def read_partner_order(errand: Errand, doc: Json, dialect: Dialect = OURS) -> Seen:
    """How it stands; once it is done, with the prices that it states: these are confirmed then."""
    seen = read_order_of(errand, doc)
    if seen.state != "done" or gives_up(errand.task):
        return seen
    prices = {str(item.get("id")): _confirmed(item, dialect) for item in items_of(doc)}
    return replace(seen, reported={item: {"confirmed": said} for item, said in prices.items() if said})


def _confirmed(item: Mapping[str, Json], dialect: Dialect) -> dict[str, Json]:
    service = item.get("service")
    said = read_characteristics(service.get("serviceCharacteristic")) if isinstance(service, Mapping) else {}
    words, found = dialect.heard(said), dict[str, Json]()
    for name in PRICES:
        with suppress(ValueError, TypeError, AttributeError, KeyError):
            minor, unit = quantities.money_minor(words[f"offer.{name}"])
            found[name] = {"minor": minor, "unit": unit}
    return found


def _ordered_mbps(leg: LegSolution, wanted: Requirement) -> int | None:
    """Of a leg of which no bandwidth was asked what it offers, where that is known."""
    offered = leg.offered_mbps if leg.mbps == LEAST_MBPS else None
    return offered or leg.mbps or wanted.bandwidth_mbps


def _offer_words(item: Mapping[str, Json], dialect: Dialect) -> dict[str, Json]:
    """From the item's service, else from the first alternate proposal."""
    proposals = [one for one in _list(item.get("alternateServiceProposal")) if isinstance(one, Mapping)]
    services = [item.get("service"), *(one.get("alternateService") for one in proposals)]
    for service in services:
        said = read_characteristics(service.get("serviceCharacteristic")) if isinstance(service, Mapping) else {}
        values = dialect.heard(said)
        words = {name.removeprefix("offer."): value for name, value in values.items() if name.startswith("offer.")}
        if words:
            return words
    return {}


def _refusal(item: Mapping[str, Json]) -> tuple[Asked, str]:
    reasons = [one for one in _list(item.get("eligibilityUnavailabilityReason")) if isinstance(one, Mapping)]
    text = "; ".join(str(one.get("label") or one.get("code") or "") for one in reasons)
    uncovered = any(str(one.get("code", "")).endswith(NO_COVERAGE) for one in reasons)
    return ("noCoverage" if uncovered else "refused"), text


def _why_not_done(doc: Json) -> tuple[str, str]:
    """In our words, and what was said."""
    if not isinstance(doc, Mapping):
        return "its answer is no check", ""
    items = [item for item in _list(doc.get("serviceQualificationItem")) if isinstance(item, Mapping)]
    said = "; ".join(text for one in (doc, *items) for text in _errors(one))
    return "its check ended without an answer", said or f"it ended as {doc.get('state')}"


def _errors(doc: Mapping[str, Json]) -> list[str]:
    errors = [one for one in _list(doc.get("terminationError")) if isinstance(one, Mapping)]
    return [str(one.get("value") or one.get("id") or "") for one in errors]


def _valid_until(item: Mapping[str, Json], doc: Mapping[str, Json]) -> datetime | None:
    written: Sequence[Json] = [one["expirationDate"] for one in (item, doc) if one.get("expirationDate")]
    return min((moment_of(str(one)) for one in written), default=None)


def _refused_until(item: Mapping[str, Json], doc: Mapping[str, Json]) -> datetime | None:
    """A date that cannot be read does not make a refusal undone."""
    try:
        return _valid_until(item, doc)
    except ValueError:
        return None


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
