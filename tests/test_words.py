"""docs/words.md says every word that the wire reads or writes, with its unit, and no word that it does not know."""

import inspect
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, get_args

import pytest

from linkwright.design import model
from linkwright.designs import facts, requirement
from linkwright.designs.answers import CutShort, Proposal, Totals
from linkwright.designs.existing import ACCESS, ACTIVE, CPE_MODEL
from linkwright.designs.facts import PartnerAnswer
from linkwright.designs.item import BACKUP_TECHNOLOGIES
from linkwright.designs.parts_of_answers import Arrangement, Before, Given, Held, NotUsed
from linkwright.designs.requirement import Change
from linkwright.wire import activities, arrangements, characteristics, naming, places, quantities
from linkwright.wire.characteristics import ANSWERED, PARAMETER
from linkwright.wire.v4 import (
    bookings,
    commercial_words,
    design_words,
    downstream,
    fibre,
    inventory,
    inventory_facts,
    operator,
    order_rules,
    partner,
    progress,
    service_inventory,
    sla_words,
)
from linkwright.wire.v4.catalogue import PATTERNS
from linkwright.wire.v4.commercial_words import in_bundle_words
from linkwright.wire.v4.courses import with_course
from linkwright.wire.v4.design_words import (
    DESIGN_ROLE,
    SOLUTION,
    cut_short_words,
    loosened_words,
    solution_words,
    totals_words,
    with_solution,
)
from linkwright.wire.v4.errands import KEY_ROLE
from linkwright.wire.v4.geography import PARTS
from linkwright.wire.v4.holds import hold_words
from linkwright.wire.v4.inventory import ACCESS_CATEGORY, NETWORK_CATEGORIES
from linkwright.wire.v4.inventory_facts import Resource
from linkwright.wire.v4.offers import write_offer
from linkwright.wire.v4.partner import NOT_PASSED_ON, PARTNER_CATEGORY
from linkwright.wire.v4.qualification_so_far import ANSWERED_ITEMS
from linkwright.wire.v4.resource_domain import PROVIDE
from linkwright.wire.wishes import WORDS
from tests.builders import NOW, a_leg, a_requirement, a_solution, an_access
from tests.contract.facts import REPOSITORY
from tests.documents.samples import a_full_design, a_whole
from tests.wire.test_courses import FULL

PAGE = (REPOSITORY / "docs" / "words.md").read_text(encoding="utf-8")
FACT_READERS = (
    "text", "text_or_none", "number", "number_or_none", "whole", "whole_or_none", "degrees", "availability", "days",
    "money", "names", "work", "has", "number_or", "percent_or_none", "count", "months",
)  # fmt: skip
RELATION_READERS = ("related", "one_related", "one_or_none_related")
ATTRIBUTE_READERS = ("day", "day_needed")
OFFER = "offer."


def section(title: str) -> str:
    """The text below a heading, up to the next one of its level."""
    (found,) = re.findall(rf"^## {re.escape(title)}.*?\n(.*?)(?=^## |\Z)", PAGE, flags=re.MULTILINE | re.DOTALL)
    return str(found)


def rows(text: str) -> Iterator[list[str]]:
    """The cells of every row of every table, without heads and rules."""
    lines = text.splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if line.startswith("| ") and not following.startswith("|---"):
            yield [cell.strip() for cell in line.strip()[1:-1].split("|")]


def said(text: str) -> set[str]:
    """Everything that stands between back quotes."""
    return set(re.findall(r"`([^`]+)`", text))


def first_words(text: str) -> set[str]:
    return {word for row in rows(text) for word in said(row[0])}


SPECIFICATION, REQUIREMENT = section("Catalogue (TMF633)"), section("Requirement (TMF645 item")
ANSWERS, PARTNERS = section("Answers (TMF645 item"), section("Partners (their TMF645")
RESOURCES = {
    next(iter(said(row[0]))): (said(row[2]) | said(row[3]), said(row[4]))
    for row in rows(section("Resources (TMF639)").partition("###")[0])
}


# What the code knows


def words_of_designs() -> set[str]:
    """Of a design in which nothing is unknown, and of its totals with and without a bundle."""
    legs = (a_leg(), a_leg(access="north:1", supplier="north", quote="1/1", planned=True))
    offers = [an_access(), an_access(calendar=True)]
    asked = tuple(
        PartnerAnswer(partner="north", ref="1", asked="offered", text="x", offer=one, valid_until=NOW) for one in offers
    )
    wanted = a_requirement(diversity="link", budget_nrc_minor=1, budget_mrc_minor=1)
    facts = {"ports": 2, "power_w": 1, "rack_u": 1, "stock_location": "west"}
    solution = a_solution(requirement=wanted, legs=legs, cpe_facts=facts, asked=asked, confidence_reason="thin")
    solution = replace(
        solution, roles=("cheapest",), rank=1, alternative=2, reused_from="1", replaces="2", jitter_ms=1.0, loss=0.0
    )
    solution = replace(solution, diverse_in="link", availability_without_backup=0.9, headroom_mbps=1)
    solution = replace(solution, planned_in_service=NOW.date(), arrangement=Arrangement(kind="special", why=("x",)))
    solution = replace(solution, not_used=(NotUsed(access="5g-1", technology="5g", why="y"),))
    with_backup = replace(solution, requirement=replace(wanted, backup="any"))
    unpriced = replace(solution, legs=(replace(legs[0], unpriced=("nrc", "mrc"), offered_mbps=1),))
    given = Given(resource="west-hub", category="link", quantity=5)
    solution = replace(
        solution, before=Before(service="s", change="modify", released=(given,), mrc_minor=1, currency="EUR")
    )
    totals = Totals(
        qualified=1,
        alternate=0,
        unqualified=0,
        nrc_minor=1,
        mrc_minor=1,
        currency="EUR",
        ready=NOW.date(),
        gap=0.0,
        mrc_before_minor=1,
    )
    partly = replace(totals, missing_nrc=True, missing_mrc=True)
    over = Proposal(id="1", solution=solution, over_nrc_minor=1, over_mrc_minor=1)
    over = replace(over, bundle_nrc_minor=1, bundle_mrc_minor=1)
    offered = tuple(replace(one, result="alternate", design_id="x") for one in a_whole().members)  # type: ignore[type-var]
    whole = replace(a_whole(), members=offered)
    loosened = Proposal(id="1", dimension="diverse_from", wanted=["2"], offered=[], solution=solution)
    return {
        *cut_short_words(("alternatives",)),
        *loosened_words(loosened),
        *hold_words(Held(policy="soft", reservation="r-1", expires=NOW)),
        *hold_words(Held(policy="soft", why_not="nothing is free")),
        *(one["name"] for one in with_course({}, FULL)["serviceCharacteristic"]),
        *solution_words(solution),
        *solution_words(replace(solution, legs=legs[:1])),
        *solution_words(with_backup),
        *solution_words(unpriced),
        *in_bundle_words(over),
        *in_bundle_words(replace(over, solution=unpriced)),
        *(one["name"] for one in with_solution({}, solution, "", "commitment")["serviceCharacteristic"]),
        *totals_words(totals, None),
        *totals_words(partly, None),
        *totals_words(partly, replace(wanted, bundles=())),
        *totals_words(totals, replace(wanted, bundles=())),
        *solution_words(a_full_design()),
        *solution_words(replace(a_full_design(), requirement=replace(wanted, design_scope=("plan",)))),
        *totals_words(replace(totals, whole=whole), replace(wanted, bundles=())),
        ANSWERED_ITEMS,
    }


def read_in(module: Any, readers: tuple[str, ...]) -> set[str]:
    """The names that a module asks these readers of a resource for."""
    return set(re.findall(rf"\.(?:{'|'.join(readers)})\(\"(\w+)\"", inspect.getsource(module)))


# Requirements


def test_every_wish_that_is_understood_is_on_the_page_and_no_other_is_said_to_be() -> None:
    listed = first_words(SPECIFICATION) | first_words(REQUIREMENT)
    kept = {word for word in NOT_PASSED_ON if word not in WORDS}
    assert listed == WORDS.keys() | kept


def test_every_member_of_an_activity_is_on_the_page_and_no_other_is_said_to_be() -> None:
    members = {name: row for row in rows(section("Activities")) for name in said(row[0])}
    assert members.keys() == set(activities.MEMBERS)
    assert said(members["kind"][1]) - {"id"} == set(activities.KINDS)
    assert set(activities.NO_RETURNS) <= said(members["noReturn"][1])
    assert str(activities.MOST_DAYS) in members["days"][1]


def test_what_partners_are_not_told_is_on_the_page() -> None:
    asked, _, _ = PARTNERS.partition("Its answer says")
    by_name = said(asked) | {"budgetOneTime", "budgetRecurring", "partnerPreferred", "partnerExcluded"}
    (row,) = [row for row in rows(REQUIREMENT) if "not told to partners" in row[1]]
    assert by_name | said(row[0]) >= NOT_PASSED_ON


@pytest.mark.parametrize("words", [quantities.DIVERSITIES.keys(), PATTERNS], ids=["diversities", "patterns"])
def test_values_that_are_words_are_on_the_page(words: set[str]) -> None:
    assert words - said(SPECIFICATION) == set()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("backup", quantities.BACKUPS),
        ("objective", quantities.OBJECTIVES),
        ("holdPolicy", quantities.HOLD_POLICIES),
        ("backup", BACKUP_TECHNOLOGIES.keys()),
        ("designScope", arrangements.ASPECTS),
    ],
)
def test_the_values_of_a_wish_are_in_its_own_row(name: str, words: Iterable[str]) -> None:
    (row,) = [row for row in rows(REQUIREMENT) if f"`{name}`" in row[0]]
    assert set(words) - said(row[1]) == set()


def test_every_technology_of_a_backup_is_on_the_page() -> None:
    (row,) = [row for row in rows(REQUIREMENT) if "`backup`" in row[0]]
    assert {word for words in BACKUP_TECHNOLOGIES.values() for word in words} - said(row[1]) == set()


def test_every_kind_of_risk_is_on_the_page() -> None:
    assert inventory.KINDS_OF_RISK.keys() - said(section("Resources (TMF639)")) == set()


def test_every_unit_of_bandwidth_is_on_the_page() -> None:
    (row,) = [row for row in rows(SPECIFICATION) if "`bandwidth`" in row[0]]
    assert {unit for unit in quantities.MBPS_PER_UNIT if unit not in row[2].lower()} == set()


# Answers


def test_every_word_of_an_answer_is_on_the_page_and_no_other_is_said_to_be() -> None:
    assert first_words(ANSWERS) == words_of_designs()


def test_every_word_of_what_was_cut_short_is_in_its_own_row() -> None:
    (row,) = [row for row in rows(ANSWERS) if "`design.cutShort`" in row[0]]
    assert said(row[1]) == set(get_args(CutShort))


def test_every_word_that_stands_in_the_code_of_answers_is_among_those_that_a_full_design_says() -> None:
    prefixes = "|".join(prefix.rstrip(".") for prefix in ANSWERED)
    sources = "".join(map(inspect.getsource, (design_words, commercial_words, sla_words)))
    written = set(re.findall(rf"\"((?:{prefixes})\.\w+)\"", sources))
    assert len(written) > 20
    assert written - words_of_designs() == set()


def test_every_reserved_prefix_is_on_the_page_and_every_answer_has_one() -> None:
    assert {*ANSWERED, OFFER} - said(ANSWERS) == set()
    assert [word for word in words_of_designs() if not word.startswith(ANSWERED)] == []
    assert SOLUTION + "*" in said(ANSWERS)


# Resources


def test_every_category_is_on_the_page_and_no_other_is_said_to_be_read() -> None:
    assert RESOURCES.keys() == {*NETWORK_CATEGORIES, ACCESS_CATEGORY}


def test_every_fact_relation_and_attribute_of_resources_is_on_the_page_and_the_other_way_round() -> None:
    facts = {word for words, _ in RESOURCES.values() for word in words if word.isalpha()}
    relations = {word for _, words in RESOURCES.values() for word in words}
    unnamed = {inspect.signature(read).parameters["name"].default for read in (Resource.availability, Resource.work)}
    readers = FACT_READERS + ATTRIBUTE_READERS
    read = read_in(inventory, readers) | read_in(operator, readers) | read_in(fibre, FACT_READERS)
    assert facts == read | unnamed
    assert relations == read_in(inventory, RELATION_READERS)


def test_what_is_read_of_every_resource_is_among_the_general_rules() -> None:
    rules = section("General rules")
    read = re.findall(r"_doc\.get\(\"(\w+)\"|\.day\(\"(\w+)\"", inspect.getsource(inventory_facts))
    attributes = {name for pair in read for name in pair if name}
    assert [name for name in attributes if name not in rules] == []
    assert inventory_facts.SUPPLIER in said(rules)
    (row,) = [row for row in rows(rules) if row[0] == "not yet in service"]
    assert said(row[1]) >= inventory.NOT_BEFORE_START


# Services and reservations


def test_every_word_of_a_service_that_is_there_is_on_the_page() -> None:
    page = said(section("Existing services (TMF638)"))
    read = set(re.findall(r"words\.get\(\"([\w.]+)\"", inspect.getsource(service_inventory)))
    assert len(read) > 4
    assert {*read, ACCESS, service_inventory.LINK, CPE_MODEL, ACTIVE} - page == set()
    assert {naming.TERMINATED, naming.SERVICE_REF, naming.CUSTOMER} - page == set()
    assert set(get_args(Change)) - page == set()


def test_every_word_of_a_reservation_is_on_the_page() -> None:
    page = said(section("Resources (TMF639)").partition("### Reservations")[2])
    assert {*bookings.PERIODS, *bookings.HOLDS_NOTHING, "startDateTime", "endDateTime"} - page == set()


# Partners, places and orders


def test_every_word_of_an_offer_is_on_the_page_and_no_other_is_said_to_be() -> None:
    more = {"up_mbps": 20, "jitter_ms": 1.0, "loss": 0.1, "carriers": ("north",)}
    offers = (an_access(calendar=calendar, **more) for calendar in (True, False))
    written = {word for offer in offers for word in write_offer(offer, "EUR")}
    assert {word for word in first_words(PARTNERS) if word.startswith(OFFER)} == written
    read = set(re.findall(r"words(?:\[|\.get\()\"(\w+)\"", inspect.getsource(partner)))
    assert {OFFER + name for name in read} - written == set()


def test_every_part_of_an_address_and_every_kind_of_place_is_on_the_page() -> None:
    text = section("Places (TMF673")
    assert set(PARTS) - said(text) == set()
    assert [kind for kind in places.KINDS if not kind.endswith("ref") and kind not in text.lower()] == []


def test_the_reserved_words_around_orders_are_on_the_page() -> None:
    words = {PARTNER_CATEGORY, PROVIDE, downstream.ALLOCATE, downstream.IMPLEMENT, KEY_ROLE, DESIGN_ROLE, PARAMETER}
    assert words - said(PAGE) == set()
    assert said(section("Orders that go outward")) >= progress.DONE | progress.FAILED
    related = {word.lower() for word in said(REQUIREMENT)}
    assert related >= order_rules.WITHOUT_SEQUENCE


def test_every_role_and_type_of_reference_that_is_written_is_on_the_page() -> None:
    written = set[str]()
    for file in (REPOSITORY / "src" / "linkwright" / "wire").rglob("*.py"):
        written |= set(re.findall(r"\"(?:role|relationshipType|externalReferenceType)\": \"(\w+)\"", file.read_text()))
    assert len(written) > 5
    assert written - said(PAGE) - {"customer"} == set()


# The page itself


def test_every_word_has_a_unit() -> None:
    titles = ["Catalogue (TMF633)", "Requirement (TMF645 item", "Answers (TMF645 item", "Partners (their TMF645"]
    without = [row[0] for title in titles for row in rows(section(title)) if len(row) != 3 or not row[2]]
    assert without == []


def test_every_class_that_the_page_names_exists() -> None:
    named = {word for row in rows(section("Resources (TMF639)").partition("###")[0]) for word in said(row[1])}
    rooms = (model, facts, requirement)
    assert [name for name in named if not any(hasattr(room, name) for room in rooms)] == []


def test_the_reader_of_the_page_finds_words_and_cells() -> None:
    table = "| a | b |\n|---|---|\n| `x`, `y.z` | text |\n| `w` | |\n"
    assert list(rows(table)) == [["`x`, `y.z`", "text"], ["`w`", ""]]
    assert first_words(table) == {"x", "y.z", "w"}
    assert characteristics.is_answered("design.id")
