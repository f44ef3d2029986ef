"""A design as a document: nothing is lost on the way."""

from datetime import UTC, date, datetime
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from linkwright.designs.answers import SiteSolution
from linkwright.designs.facts import AccessFact, PartnerAnswer
from linkwright.designs.parts_of_answers import LegSolution
from linkwright.designs.requirement import CostComponent, Place, PlaceWanted, Requirement, Rollout, Span, Work
from linkwright.plan.model import After
from linkwright.wire.design_document import is_whole, read_design, read_whole, write_design, write_whole
from tests.builders import NOW, a_leg, a_requirement, a_solution, an_access
from tests.documents.samples import a_full_design, a_whole

from .schemas import assert_contract

WORD = st.text(max_size=5)
WORDS = st.lists(WORD, max_size=3).map(tuple)
NUMBER = st.floats(allow_nan=False, allow_infinity=False)
MINOR = st.integers(0, 2**53)
MOMENT = st.datetimes(timezones=st.just(UTC))
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | WORD,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORD, inner, max_size=2),
    max_leaves=4,
)
st.register_type_strategy(
    PlaceWanted, st.builds(PlaceWanted, value=st.dictionaries(WORD, WORD, max_size=2), id=st.none() | WORD)
)
WORKS = st.lists(
    st.builds(
        Work,
        days=st.none() | MINOR,
        after=st.none() | st.lists(st.builds(After, lag_days=MINOR), max_size=2).map(tuple),
        on_site=st.none() | st.booleans(),
        nrc_minor=st.none() | MINOR,
        no_return=st.none() | st.sampled_from(["soft", "hard"]),
    ),
    max_size=2,
).map(tuple)
REQUIREMENTS = st.builds(
    Requirement,
    specification=st.none() | WORD,
    destinations=st.none() | WORDS,
    bandwidth_mbps=st.none() | MINOR,
    term_months=st.none() | MINOR,
    budget_nrc_minor=st.none() | MINOR,
    budget_mrc_minor=st.none() | MINOR,
    availability=st.none() | NUMBER,
    cpe_per_leg=st.none() | st.booleans(),
    needed_by=st.none() | st.dates(),
    bundles=st.none() | WORDS,
    price_nrc_minor=st.none() | MINOR,
    design_scope=st.none() | st.just(("plan", "cost")),
    site_access=st.none() | st.lists(st.builds(Span, hours=WORD), max_size=2).map(tuple),
    activities=st.none() | WORKS,
    bespoke_activities=st.none() | WORKS,
    cost_components=st.none() | st.lists(st.builds(CostComponent, nrc_minor=st.none() | MINOR), max_size=2).map(tuple),
    rollout=st.none() | st.builds(Rollout, pilot_items=MINOR),
    characteristics=st.dictionaries(WORD, JSON, max_size=3),
    misread=WORDS,
)
LEGS = st.builds(
    LegSolution,
    nodes=WORDS,
    links=WORDS,
    length_km=NUMBER,
    latency_ms=NUMBER,
    availability=NUMBER,
    nrc_minor=MINOR,
    mrc_minor=MINOR,
    srlgs=WORDS,
)
OFFERS = st.builds(
    AccessFact,
    bandwidth_mbps=MINOR,
    nrc_minor=MINOR,
    mrc_minor=MINOR,
    availability=NUMBER,
    delay_ms=NUMBER,
    lead_days=MINOR,
    work=st.dictionaries(WORD, st.integers(0, 9), max_size=2),
    srlgs=WORDS,
)
ANSWERS = st.builds(PartnerAnswer, offer=st.none() | OFFERS, valid_until=st.none() | MOMENT, took_s=NUMBER)
SOLUTIONS = st.builds(
    SiteSolution,
    requirement=REQUIREMENTS,
    place=st.builds(Place, ids=WORDS),
    legs=st.lists(LEGS, max_size=2).map(tuple),
    latency_ms=NUMBER,
    availability=NUMBER,
    version=MINOR,
    cpe_quantity=MINOR,
    nrc_minor=MINOR,
    mrc_minor=MINOR,
    shared_risks=WORDS,
    gap=NUMBER,
    computed_at=MOMENT,
    valid_until=MOMENT,
    cpe_facts=st.dictionaries(WORD, JSON, max_size=2),
    asked=st.lists(ANSWERS, max_size=2).map(tuple),
    augments=WORDS,
)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(SOLUTIONS)
def test_every_design_comes_back_as_it_was(solution: SiteSolution) -> None:
    assert read_design(orjson.loads(orjson.dumps(write_design(solution)))) == solution


def test_a_reader_sees_units_and_directions() -> None:
    doc = write_design(a_solution(legs=(a_leg(quote="q-1"),)))

    assert (doc["designId"], doc["version"], doc["@type"]) == ("design-1", 1, "ServiceDesign")
    assert (doc["latencyOneWayMs"], doc["oneTimeCostMinor"], doc["recurringCostMinor"]) == (0.8, 108_000, 36_500)
    assert (doc["ready"], doc["computedAt"]) == ("2026-11-30", "2026-11-02T09:00:00+00:00")
    assert doc["legs"][0]["lengthKm"] == 100.0
    assert doc["requirement"]["latencyRoundTripMs"] == 30.0
    assert doc["requirement"]["place"] == {"kind": "site", "id": "site-1", "value": {}}
    assert "bundles" not in doc["requirement"]
    assert_contract("design-document-v1.yaml", "DesignDocument", doc)


def test_a_cost_that_nobody_has_stated_does_not_become_nothing() -> None:
    unknown = CostComponent(name="management", nrc_minor=None, mrc_minor=0)
    solution = a_solution(requirement=a_requirement(cost_components=(unknown,)))
    assert read_design(write_design(solution)).requirement.cost_components == (unknown,)


def test_what_is_none_and_would_be_read_as_none_is_left_out() -> None:
    doc = write_design(a_solution(requirement=a_requirement(needed_by=None)))
    assert "neededBy" not in doc["requirement"]


def test_characteristics_keep_their_own_names() -> None:
    given_by_requester = {"free_form": {"snake_case": None}, "nrc_minor": 1}
    solution = a_solution(requirement=a_requirement(characteristics=given_by_requester))

    assert write_design(solution)["requirement"]["characteristics"] == given_by_requester
    assert read_design(write_design(solution)) == solution


def test_what_partners_offered_and_when_it_was_computed_is_kept_to_the_microsecond() -> None:
    offer = an_access(partner="north", usable_from=date(2027, 1, 4), work={"install": 1}, risks_declared=False)
    answer = PartnerAnswer(partner="north", ref="1", asked="offered", offer=offer, valid_until=NOW, took_s=0.25)
    solution = a_solution(asked=(answer,), computed_at=datetime(2026, 11, 2, 9, 0, 0, 123456, tzinfo=UTC))

    assert read_design(orjson.loads(orjson.dumps(write_design(solution)))) == solution


def test_everything_that_a_design_or_a_whole_can_tell_comes_back() -> None:
    full, whole = a_full_design(), a_whole()
    assert read_design(orjson.loads(orjson.dumps(write_design(full)))) == full
    doc = orjson.loads(orjson.dumps(write_whole(whole)))
    assert read_whole(doc) == whole
    assert (doc["@type"], is_whole(doc), is_whole(write_design(full))) == ("SolutionDesign", True, False)
    assert_contract("design-document-v1.yaml", "DesignDocument", doc)
