"""What stands in a rendered document, in which order, and what is left out of it."""

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from typing import Any, get_args

import orjson
import pytest

from linkwright.designs.facts import PlannedUpgrade
from linkwright.designs.parts_of_answers import Before, Given
from linkwright.designs.requirement import Aspect
from linkwright.documents import amounts, closing, html, risks, schedule, svg, svg_gantt, whole, words
from linkwright.documents.blocks import Document, Facts, Paragraph, Section, Table
from linkwright.documents.render import rendered
from linkwright.documents.sections import OF_A_SITE, OF_ALL, document_of
from linkwright.wire.design_document import write_design
from tests.builders import a_leg, a_requirement, a_solution
from tests.counting import lines_run

from .samples import RISKS, a_full_design, a_large_whole, a_plan, a_point_to_point, a_whole, site_json, whole_json

VOID = {"meta", "wbr", "link", "br", "hr", "img", "rect", "polyline", "polygon", "circle"}


class Tags(HTMLParser):
    """Every tag is closed in its turn; what is asked for from outside is noted."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.addresses: list[str] = []
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self._note(tag, attrs)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID, tag
        self._note(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def _note(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.addresses += [str(value) for name, value in attrs if name in ("href", "src", "action", "xlink:href")]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]


def tags_of(page: str) -> Tags:
    found = Tags()
    found.feed(page)
    found.close()
    assert found.open == []
    return found


def section(document: Document, name: str) -> Section:
    return next(one for one in document.sections if one.id == name)


def titles(document: Document) -> list[str]:
    return [one.title for one in document.sections]


def cells(one: Section) -> list[tuple[str, ...]]:
    """All rows of all tables of a section, as plain texts."""
    tables = [block for block in one.blocks if isinstance(block, Table)]
    return [
        tuple(cell if isinstance(cell, str) else cell.text for cell in row) for table in tables for row in table.rows
    ]


def facts(one: Section) -> dict[str, str]:
    told = [block for block in one.blocks if isinstance(block, Facts)]
    return {name: cell if isinstance(cell, str) else cell.text for block in told for name, cell in block.rows}


def texts(one: Section) -> str:
    return " ".join(block.text for block in one.blocks if isinstance(block, Paragraph))


def test_every_clause_is_answered_by_a_full_document() -> None:
    rows = cells(section(document_of(site_json()), "trace"))
    assert [row[0] for row in rows] == list(closing.CLAUSES)
    assert [row[0] for row in rows if row[2] == "not in this document"] == []


def test_c11_the_answer_comes_first_and_the_trace_last() -> None:
    document = document_of(site_json())
    first = section(document, "summary")
    assert document.sections[0] is first
    assert document.sections[-1].id == "trace"
    assert texts(first).startswith(
        "In part: the service at Headquarters can be built; what is not met: budget a month."
    )
    assert "ready for service on 30 Nov 2026, 91 days before" in texts(first)
    assert "EUR 1,080.00 once and EUR 365.00 a month, which is EUR 14,220.00 over 36 months" in texts(first)


def test_a_design_that_is_late_says_so() -> None:
    told = texts(section(document_of(site_json(ready=date(2027, 3, 4))), "summary"))
    assert "on 4 Mar 2027, 3 days after the date that was wanted" in told


def test_c02_each_wish_stands_beside_what_was_designed_and_the_margin() -> None:
    rows = {row[0]: row[1:] for row in cells(section(document_of(site_json()), "compliance"))}
    assert rows["Bandwidth"] == ("100 Mbit/s", "200 Mbit/s", "+100 Mbit/s", "met")
    assert rows["Bandwidth of the backup"] == ("50 Mbit/s", "100 Mbit/s", "+50 Mbit/s", "met")
    assert rows["Availability"] == ("99.90 %", "99.98848 %", "+0.08848 %", "met")
    assert rows["Budget a month"] == ("EUR 360.00", "EUR 365.00", "EUR \N{MINUS SIGN}5.00", "not met")
    assert rows["Features of the CPE"][-1] == "verified"
    assert rows["Ready for service by"] == ("1 Mar 2027", "30 Nov 2026", "91 d", "met")


def test_a_margin_below_zero_is_not_met() -> None:
    document = document_of(site_json(availability=0.9989, latency_ms=20.0))
    rows = {row[0]: row[1:] for row in cells(section(document, "compliance"))}
    assert rows["Availability"] == ("99.90 %", "99.89 %", "\N{MINUS SIGN}0.01 %", "not met")
    assert rows["Latency, round trip"] == ("30 ms", "40 ms", "\N{MINUS SIGN}10 ms", "not met")


def test_c19_availability_is_told_with_every_digit_and_never_rounded() -> None:
    told = facts(section(document_of(site_json(availability=0.999884799750006)), "expected"))
    assert told["Availability"] == "99.9884799750006 %"


@pytest.mark.parametrize("aspect", get_args(Aspect))
def test_c31_an_aspect_that_was_left_out_has_no_section_and_is_listed(aspect: str) -> None:
    scope = tuple(one for one in get_args(Aspect) if one != aspect)
    doc = site_json(requirement=a_requirement(design_scope=scope))
    document = document_of(doc)
    whole = document_of(site_json())
    gone = set(titles(whole)) - set(titles(document)) - {"Scope"}
    assert gone
    assert "Not in scope" in titles(document)
    assert closing.ASPECTS[aspect] in rendered(doc, "md")
    assert {name for name, _ in OF_A_SITE} | {name for name, _ in OF_ALL} == {"", *get_args(Aspect)}


def test_a_design_of_a_former_version_is_rendered_with_what_it_has() -> None:
    doc = orjson.loads(orjson.dumps(write_design(a_solution())))
    document = document_of(doc)
    assert "Implementation plan" not in titles(document)
    assert "Cost" in titles(document)
    assert ("fibre-1", "Access", "Resource", "own", "EUR 900.00", "EUR 320.00") in cells(section(document, "cost"))
    trace = {row[0]: row[2] for row in cells(section(document, "trace"))}
    assert trace["C22"] == "not in this document"
    tags_of(rendered(doc, "html"))


def test_c20_a_price_that_nobody_stated_is_no_zero() -> None:
    legs = (a_leg(nrc_minor=0, unpriced=("nrc",)),)
    doc = orjson.loads(orjson.dumps(write_design(a_solution(legs=legs))))
    row = next(row for row in cells(section(document_of(doc), "cost")) if row[0] == "fibre-1")
    assert row[-2:] == ("not stated", "EUR 320.00")


def test_c26_a_case_without_price_says_what_is_not_known() -> None:
    case = replace(
        a_full_design().case,  # type: ignore[type-var]
        npv_minor=None,
        irr=None,
        payback_months=None,
        verdict="notAssessed",
        cash_flow=(),
    )
    told = facts(section(document_of(site_json(case=case)), "business"))
    assert told["Verdict"] == "Not assessed"
    assert (told["Net present value"], told["Payback"]) == ("not stated", "not stated")


def test_c29_the_orders_that_follow_stand_in_their_order() -> None:
    rows = cells(section(document_of(site_json()), "orders"))
    assert [row[1] for row in rows[:7]] == [
        "Hold resources",
        "Order an access",
        "Order resources",
        "Allocate service parameters",
        "Publish service level objectives",
        "Implement, configure and activate",
        "Register the service",
    ]
    assert rows[1][2:] == ("north", "TMF641 service order", "access north-1, quote q-7", "1")
    assert rows[4][2:4] == ("service quality management", "TMF657 service level objectives")
    assert (rows[4][4], rows[5][-1], rows[6][-1]) == ("2 objectives", "1, 2, 3, 4, 5", "1, 6")
    assert ("Management address and identifier", "cpe-1", "1") in rows


def test_c18_the_upgrades_that_a_design_stands_on_are_named() -> None:
    card = PlannedUpgrade(id="card-2", link="west-hub", adds_mbps=1_000, in_service=date(2027, 5, 24))
    told = str(section(document_of(site_json(upgrades=(card,))), "capacity").blocks)
    day = words.day("2027-05-24")
    assert f"It stands on upgrade card-2 of link west-hub, 1,000 Mbit/s from {day} on." in told


def test_c33_all_partners_that_were_asked_are_compared() -> None:
    rows = cells(section(document_of(site_json()), "partners"))
    assert rows[0][:5] == ("north", "offered", "EUR 2,400.01", "EUR 410.01", "20 working days")
    assert rows[0][-1] == "chosen"
    assert (rows[1][0], rows[1][1], rows[1][-1]) == ("east", "silent", "")


def test_another_partner_whose_offer_is_called_the_same_is_not_the_chosen_one() -> None:
    doc = site_json()
    alike = {**doc, "asked": [*doc["asked"], {**doc["asked"][0], "partner": "south"}]}
    rows = {row[0]: row for row in cells(section(document_of(alike), "partners"))}
    assert (rows["north"][-1], rows["south"][-1]) == ("chosen", "")


def test_what_the_resource_domain_is_asked_for_is_listed() -> None:
    rows = [row for row in cells(section(document_of(site_json()), "assignments")) if row[2].startswith("TMF")]
    assert [row[2] for row in rows][:2] == ["TMF639 resource", "TMF685 reservation"]
    assert "snapshot" in rows[0][3]


def test_c07_the_whole_of_a_request_leads_to_the_document_of_each_member() -> None:
    page = rendered(whole_json(a_whole()), "html")
    assert {"./design-1?format=html", "./design-2?format=html"} <= set(tags_of(page).addresses)
    told = document_of(whole_json(a_whole()))
    assert "of 3 items 2 can be had as wanted, 0 in another way, and 1 cannot be had" in texts(told.sections[0])
    assert cells(section(told, "members"))[2][2] == "unqualified"
    rows = {row[0]: row[1:] for row in cells(section(told, "compliance"))}
    assert rows["Budget once"][-1] == "not met"
    assert rows["Pilot first"] == ("20 sites", "20 sites", "", "met")


def test_the_whole_says_what_stands_in_the_document_of_each_item() -> None:
    trace = {row[0]: row[2] for row in cells(section(document_of(whole_json(a_whole())), "trace"))}
    assert trace["C8"] == "in the document of each item"
    assert "not in this document" not in trace.values()


def test_the_scope_of_the_whole_counts_for_it() -> None:
    document = document_of(whole_json(a_whole(scope=("plan",))))
    assert "Implementation plan" in titles(document)
    assert "Business assessment" not in titles(document)


DOCUMENTS = (site_json(), whole_json(a_whole()), orjson.loads(orjson.dumps(write_design(a_point_to_point()))))


@pytest.mark.parametrize("doc", DOCUMENTS)
def test_a_page_needs_nothing_from_outside(doc: Any) -> None:
    page = rendered(doc, "html")
    found = tags_of(page)
    assert found.seen.isdisjoint({"script", "link", "img", "iframe", "object", "use", "image", "foreignObject"})
    assert found.handlers == []
    assert all(address.startswith(("#", "./")) for address in found.addresses)
    assert "url(" not in page
    assert "@import" not in page
    assert "@page{size:A4" in page


def test_every_address_within_the_page_is_there() -> None:
    page = rendered(site_json(), "html")
    wanted = {address[1:] for address in tags_of(page).addresses if address.startswith("#")}
    assert wanted == set(re.findall('<section id="([^"]*)"', page))


def test_a_large_document_is_told_in_short() -> None:
    """Of 14,000 steps those that matter are shown, and how many are not; the work does not grow beyond that."""
    doc = whole_json(a_large_whole(2000))
    page = rendered(doc, "html")
    assert page.count("<tr") < 2600
    assert "13,880 more steps stand in the JSON form" in page
    assert "2,000 x access" in page
    assert page.count('href="./design-') == 1999


def test_the_work_of_drawing_grows_no_faster_than_the_document() -> None:
    few, many = (whole_json(a_large_whole(members)) for members in (100, 400))
    modules = (schedule, risks, whole, amounts, svg_gantt, html, words, svg)
    assert lines_run(lambda: rendered(many, "html"), *modules) < 4.5 * lines_run(
        lambda: rendered(few, "html"), *modules
    )


def test_markdown_has_the_same_sections() -> None:
    told = rendered(site_json(), "md")
    heads = re.findall(r"^## \d+\. (.*?)(?: \(C.*)?$", told, re.M)
    assert heads == titles(document_of(site_json()))
    assert "| Availability | 99.90 % | 99.98848 % | \\+0.08848 % | met |".replace("\\+", "+") in told.replace(
        "\\+", "+"
    )


def test_c12_a_plan_without_steps_is_told_by_its_dates() -> None:
    told = document_of(site_json(plan=a_plan(steps=(), critical_path=())))
    assert facts(section(told, "plan"))["Latest order date"] == "6 Nov 2026"


def test_c13_training_is_planned_before_it_is_needed_or_said_to_be_needless() -> None:
    rows = cells(section(document_of(site_json()), "training"))
    assert rows[0][:4] == ("NOC", "SD-WAN", "2", "SD-WAN operation")
    operations = a_full_design().operations
    assert operations is not None
    trained = document_of(site_json(operations=replace(operations, training=())))
    assert "No course is needed" in texts(section(trained, "training"))


def test_c15_objectives_are_told_with_their_alarm_and_their_unit() -> None:
    rows = cells(section(document_of(site_json()), "quality"))
    assert rows[0][:4] == ("Availability", "at least", "99.90 %", "99.92 %")
    assert rows[1][1:] == ("at most", "30 ms", "27 ms", "5 min", "CPE to hub", "slo-7")


def test_c16_what_a_change_gives_back_is_told() -> None:
    released = Given(resource="old-1", category="accessOption", quantity=1, supplier="north", reference="q-1")
    before = Before(service="svc-1", change="modify", released=(released,))
    told = section(document_of(site_json(before=before)), "existing")
    assert cells(told) == [("old-1", "accessOption", "1", "north", "given back")]
    orders = [row[1] for row in cells(section(document_of(site_json(before=before)), "orders"))]
    assert "Give up: order an access" in orders


def test_c22_the_register_begins_with_the_largest_exposure() -> None:
    told = section(document_of(site_json(risks=RISKS[::-1])), "risk")
    assert [row[0] for row in cells(told)] == ["Planned build", "Partner late, item 1"]
    assert facts(told)["Exposure in time"] == "4 working days"
    assert facts(told)["Exposure in money"] == "EUR 480.00, and 1 risk whose cost is not stated"
