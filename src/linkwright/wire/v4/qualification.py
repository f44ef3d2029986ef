"""CheckServiceQualification and QueryServiceQualification (TMF645) ↔ `qualifications.model.Question`.

The stored document is the resource as it is served. A question that is read back from it has no `answer`: what was
answered stays in its `body`, and stays there when it is written again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from linkwright.designs.nested import without_nesting
from linkwright.designs.requirement import Requirement
from linkwright.errors import Forbidden, InvalidRequest
from linkwright.qualifications.model import Kind, Question, State
from linkwright.remembered import kept_with_its_object
from linkwright.wire.json import (
    Json,
    an_object,
    day,
    flag,
    joined,
    moment,
    moment_of,
    objects,
    text,
    to_ms,
    write_moment,
)
from linkwright.wire.large_json import MANY
from linkwright.wire.naming import customer_of
from linkwright.wire.places import at_each_place
from linkwright.wire.repairs import ignored
from linkwright.wire.requirements import requirement
from linkwright.wire.v4 import QUALIFICATION
from linkwright.wire.v4.qualification_answer import ITEMS, answered, answered_in_turns
from linkwright.wire.v4.qualification_so_far import read_so_far

ANSWERED = ("state", "qualificationResult", "effectiveQualificationDate", "estimatedResponseDate", "expirationDate")
"""What an answer says of the whole question; a requester's word on it does not count."""
ANSWERED_ITEM = frozenset(
    {
        "state",
        "qualificationResult",
        "alternateServiceProposal",
        "eligibilityUnavailabilityReason",
        "terminationError",
        "expirationDate",
    }
)
ANSWERING = "serviceQualificationManagement:answer"
"""What a caller would need to answer by hand. No credential has it in this version: only we answer."""
RESOURCES: Mapping[Kind, str] = {"check": "checkServiceQualification", "query": "queryServiceQualification"}
CRITERIA = "searchCriteria"


class NotToAnswer(Forbidden):
    """`attribute` is said by an answer, and a requester does not answer himself."""

    def __init__(self, attribute: str) -> None:
        super().__init__(ANSWERING)
        self.args = ("is said by the answer and not changed by its requester",)
        self.attribute = attribute


def read_check(body: Json, *, id: str, now: datetime, requester: str) -> Question:
    """A new check; items without id are numbered, and what only we can say is left out.

    Raises:
        InvalidRequest: there is no item, two have the same id, or a bundle names an item that is not there.
    """
    given = _asked(body, "check")
    numbered = _numbered([item for _, item in objects(given, ITEMS, "")])
    given[ITEMS] = [{name: value for name, value in item.items() if name not in ANSWERED_ITEM} for item in numbered]
    return _question(given, id=id, kind="check", now=now, requester=requester, requirements=_check_items(given))


def read_query(body: Json, *, id: str, now: datetime, requester: str) -> Question:
    """A new query. Raises InvalidRequest where the search criteria are no object."""
    given = _asked(body, "query")
    return _question(given, id=id, kind="query", now=now, requester=requester, requirements=_criteria(given))


@kept_with_its_object
def write_question(question: Question, base_url: str) -> Json:
    """The resource as it is served and stored: the requester's attributes, with ours laid over. Safe to repeat."""
    return _outline(question, base_url) | answered(question, base_url)


def write_in_turns(question: Question, base_url: str) -> Json:
    """The same for the store; of many answered items each is made when it is written."""
    if question.answer is None or len(question.requirements) < MANY:
        return write_question(question, base_url)
    return _outline(question, base_url) | answered_in_turns(question, base_url)


def _outline(question: Question, base_url: str) -> dict[str, Json]:
    """Without what depends on the answer."""
    resource = RESOURCES[question.kind]
    given = question.body
    doc: dict[str, Json] = {
        **given,
        "id": question.id,
        "href": f"{base_url}{QUALIFICATION}/{resource}/{question.id}",
        "@type": given.get("@type") or resource[0].upper() + resource[1:],
        "state": question.state,
        f"{resource}Date": write_moment(question.asked_at),
    }
    if question.external_id is not None:
        doc["externalId"] = question.external_id
    if question.done_at is not None:
        doc["effectiveQualificationDate"] = write_moment(question.done_at)
    return doc


def read_stored_question(
    kind: Kind, doc: Json, version: int, requester: str, internals: Mapping[str, Json]
) -> Question:
    """The question behind a stored document; items that a patch added are numbered."""
    if kind == "check":
        doc = {**doc, ITEMS: _numbered([item for _, item in objects(doc, ITEMS, "")])}
    requirements = _check_items(doc) if kind == "check" else _criteria(doc)
    return Question(
        id=doc["id"],
        kind=kind,
        state=cast(State, doc["state"]),
        requirements=requirements,
        asked_at=moment_of(doc[f"{RESOURCES[kind]}Date"]),
        requester=requester,
        body=doc,
        version=version,
        done_at=moment(doc, "effectiveQualificationDate"),
        so_far=read_so_far(internals),
        **_changeable(doc),
    )


def amended_question(document: Json, before: Question) -> Question:
    """The question as its requester wants it from now on: `document` is the stored resource with a patch applied.

    Raises:
        InvalidRequest: like `read_check`, or a query is left without search criteria.
        Forbidden: the patch changes what only an answer says.
    """
    if before.kind == "query" and CRITERIA not in document:
        raise InvalidRequest("search criteria are expected; they may be empty", CRITERIA)
    for name in ANSWERED:
        if document.get(name) != before.body.get(name):
            raise NotToAnswer(name)
    if before.state == "accepted":  # later the items do not change at all
        _refuse_own_answers(document, before)
    amended = read_stored_question(before.kind, document, before.version, before.requester, {})
    return replace(before, requirements=amended.requirements, body=amended.body, **_changeable(amended.body))


def _refuse_own_answers(document: Json, before: Question) -> None:
    """All items of a query are its answer."""
    if before.kind == "query" and document.get(ITEMS) != before.body.get(ITEMS):
        raise NotToAnswer(ITEMS)
    said = {item["id"]: item for item in before.body.get(ITEMS, ())}
    for path, item in objects(document, ITEMS, ""):
        earlier = said.get(item.get("id"), {})
        for name in ANSWERED_ITEM & item.keys():
            if item[name] != earlier.get(name):
                raise NotToAnswer(f"{path}.{name}")


def _asked(body: Json, kind: Kind) -> dict[str, Json]:
    ours = _ours(kind)
    given = an_object(body, "").items()
    return {name: value for name, value in given if name not in ours and not (value == "" and name.endswith("Date"))}


def _ours(kind: Kind) -> frozenset[str]:
    """What only we say; all items of a query are its answer."""
    return frozenset({"id", "href", f"{RESOURCES[kind]}Date", *ANSWERED, *((ITEMS,) if kind == "query" else ())})


def ignored_in_check(body: Mapping[str, Json]) -> tuple[str, ...]:
    """A note for whatever `read_check` leaves out."""
    in_items = [note for path, item in objects(body, ITEMS, "") for note in ignored(item, ANSWERED_ITEM, path)]
    return (*ignored(body, _ours("check")), *in_items)


def ignored_in_query(body: Mapping[str, Json]) -> tuple[str, ...]:
    """A note for whatever `read_query` leaves out."""
    return ignored(body, _ours("query"))


def _question(
    given: Mapping[str, Json],
    *,
    id: str,
    kind: Kind,
    now: datetime,
    requester: str,
    requirements: tuple[Requirement, ...],
) -> Question:
    return Question(
        id=id,
        kind=kind,
        state="accepted",
        requirements=requirements,
        asked_at=to_ms(now),
        requester=requester,
        body=given,
        **_changeable(given),
    )


def _changeable(doc: Mapping[str, Json]) -> dict[str, Any]:
    """What a requester says, at first or later."""
    return {
        "wants_alternatives": flag(doc, "provideAlternative"),
        "wants_reasons": flag(doc, "provideUnavailabilityReason"),
        "answer_now": flag(doc, "instantSyncQualification"),
        "external_id": text(doc, "externalId"),
        "expected_by": moment(doc, "expectedQualificationDate"),
    }


def _numbered(items: Sequence[Mapping[str, Json]]) -> list[dict[str, Json]]:
    """Items without an id get their position, or the next number that nobody has."""
    taken = {text(item, "id", f"{ITEMS}[{position}]") for position, item in enumerate(items)}
    numbered, number = [], 0
    for position, item in enumerate(items, start=1):
        named = text(item, "id")
        if named is None:
            number = max(position, number + 1)
            while str(number) in taken:
                number += 1
            named = str(number)
        numbered.append({**item, "id": named})
    return numbered


def _check_items(doc: Mapping[str, Json]) -> tuple[Requirement, ...]:
    items = list(objects(doc, ITEMS, ""))
    if not items:
        raise InvalidRequest("at least one item is expected", ITEMS)
    seen: set[str] = set()
    for path, item in items:
        if item["id"] in seen:
            raise InvalidRequest(f"the item id {item['id']!r} is used twice", f"{path}.id")
        seen.add(item["id"])
    customer = customer_of(doc)
    return without_nesting([_requirement(item, path, _bundles(item, path, seen), customer) for path, item in items])


def _requirement(
    item: Mapping[str, Json], path: str, bundles: tuple[str, ...] | None, customer: str | None
) -> Requirement:
    service = an_object(item.get("service"), joined(path, "service"))
    needed_by = day(item, "expectedServiceAvailabilityDate", path)
    related = item.get("qualificationItemRelationship")
    return requirement(
        str(item.get("id") or "1"),
        service,
        needed_by=needed_by,
        bundles=bundles,
        relations=related,
        customer=customer,
    )


def _bundles(item: Mapping[str, Json], path: str, known: set[str]) -> tuple[str, ...] | None:
    """The items whose totals this one carries; none named means all the others. None: it is no bundle.

    A lone item, or one with a place of its own, is a service whose specification is a bundle, not a sum of items.
    """
    service = an_object(item.get("service"), joined(path, "service"))
    if not flag(service, "isBundle", joined(path, "service")):
        return None
    related = [
        str(relation["id"])
        for _, relation in objects(item, "qualificationItemRelationship", path)
        if str(relation.get("relationshipType", "")).lower() == "bundles" and relation.get("id")
    ]
    if not related:
        return None if service.get("place") or len(known) == 1 else ()
    if wrong := [name for name in related if name not in known or name == item["id"]]:
        where = joined(path, "qualificationItemRelationship")
        raise InvalidRequest(f"a bundle names other items of the same check, which {', '.join(wrong)} is not", where)
    return tuple(dict.fromkeys(related))


def _criteria(doc: Mapping[str, Json]) -> tuple[Requirement, ...]:
    """One for each place that is named."""
    criteria = an_object(doc.get(CRITERIA), CRITERIA)
    service = an_object(criteria.get("service"), joined(CRITERIA, "service"))
    return tuple(
        _requirement({**criteria, "service": one}, CRITERIA, None, customer_of(doc)) for one in at_each_place(service)
    )
