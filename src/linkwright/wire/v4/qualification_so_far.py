"""What is told of a check's items before it has its answer, and how it is kept beside the document.

Once stored, it stands in the items themselves; beside them is which of them have it, and what is final.
"""

from collections.abc import Mapping, Sequence

from linkwright.designs.answers import ItemAnswer
from linkwright.designs.facts import PartnerAnswer
from linkwright.designs.parts_of_answers import Finding
from linkwright.designs.requirement import Requirement
from linkwright.designs.so_far import SoFar
from linkwright.qualifications.model import Question
from linkwright.wire.characteristics import listed, write_characteristics
from linkwright.wire.json import Json
from linkwright.wire.v4.design_words import asked_words

ASKED = "partner.asked"
ANSWERED_ITEMS = "design.answeredItems"


def question_internals(question: Question) -> dict[str, Json]:
    """Nothing is kept once there is an answer."""
    known = question.so_far
    if question.answer is not None or not known:
        return {}
    settled = {
        ref: {"result": one.result, "findings": [[why.code, why.label] for why in one.findings]}
        for ref, one in known.settled.items()
    }
    return {"settled": settled, "heard": list(known.heard)}


def read_so_far(internals: Mapping[str, Json]) -> SoFar:
    """Of what partners say only that it stands in the item."""
    settled = {
        ref: ItemAnswer(
            ref=ref,
            result=told["result"],
            findings=tuple(Finding(code=code, label=label) for code, label in told["findings"]),
        )
        for ref, told in internals.get("settled", {}).items()
    }
    return SoFar(settled=settled, heard=dict.fromkeys(internals.get("heard", ()), ()))


def with_heard(item: Mapping[str, Json], said: Sequence[PartnerAnswer]) -> dict[str, Json]:
    """Without prices: which of the offers count is not known yet."""
    if not said or not item.get("service"):
        return dict(item)
    return _with_word(item, ASKED, asked_words(said, ""))


def with_count(item: Mapping[str, Json], bundle: Requirement, question: Question) -> dict[str, Json]:
    """The bundle's item with how many of its items have their final answer."""
    items = {one.ref for one in question.requirements if not one.is_bundle}
    members = items.intersection(bundle.bundles or ()) or items
    return _with_word(item, ANSWERED_ITEMS, len(members & question.so_far.settled.keys()))


def as_asked(item: Mapping[str, Json], question: Question) -> Mapping[str, Json]:
    """Without what was told of it before there was an answer."""
    if not question.so_far or not item.get("service"):
        return item
    told = (ANSWERED_ITEMS, ASKED) if item["id"] in question.so_far.heard else (ANSWERED_ITEMS,)
    return {**item, "service": _without(item["service"], told)}


def _with_word(item: Mapping[str, Json], name: str, value: Json) -> dict[str, Json]:
    service = _without(item.get("service") or {}, (name,))
    others = listed(service.get("serviceCharacteristic"))
    return {**item, "service": {**service, "serviceCharacteristic": [*others, *write_characteristics({name: value})]}}


def _without(service: Mapping[str, Json], names: Sequence[str]) -> dict[str, Json]:
    """A service that had no characteristics has none again."""
    there = listed(service.get("serviceCharacteristic"))
    kept = [one for one in there if not (isinstance(one, dict) and one.get("name") in names)]
    if len(kept) == len(there):
        return dict(service)
    left = {name: value for name, value in service.items() if name != "serviceCharacteristic"}
    return left | ({"serviceCharacteristic": kept} if kept else {})
