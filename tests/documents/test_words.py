"""How single values are told."""

import re
from dataclasses import replace

import pytest

from linkwright.documents.render import rendered
from linkwright.documents.sections import document_of
from linkwright.documents.words import component, lost, period, told

from .samples import OBJECTIVES, RISKS, a_large_whole, a_plan, a_whole, site_json, whole_json
from .test_render import cells, facts, section

NOISE = 9.999999999998899e-05


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("It ends on 2026-12-02; ask by 2026-12-01.", "It ends on 2 Dec 2026; ask by 1 Dec 2026."),
        ("store-2026-12-02 and 2026-12-02-x stay", "store-2026-12-02 and 2026-12-02-x stay"),
        ("2026-13-45 is no day", "2026-13-45 is no day"),
    ],
)
def test_dates_of_sentences_are_written_as_all_others(sentence: str, expected: str) -> None:
    assert told(sentence) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("P1M", "1 month"),
        ("PT15M", "15 minutes"),
        ("P1DT12H", "1 day, 12 hours"),
        ("month", "month"),
        ("P", "P"),
        ("PT", "PT"),
        (None, ""),
    ],
)
def test_a_period_is_told_in_words(value: str | None, expected: str) -> None:
    assert period(value) == expected


@pytest.mark.parametrize(
    ("probability", "expected"), [(NOISE, "0.01 %"), (0.0000123, "0.00123 %"), (0.00001234567, "0.00124 %")]
)
def test_a_loss_is_told_without_noise_and_never_too_small(probability: float, expected: str) -> None:
    assert lost(probability) == expected


def test_a_loss_with_noise_is_none_in_the_document() -> None:
    doc = site_json(loss=NOISE)
    rows = {row[0]: row[1:] for row in cells(section(document_of(doc), "compliance"))}
    assert rows["Packet loss"] == ("0.10 %", "0.01 %", "+0.09 %", "met")
    assert facts(section(document_of(doc), "expected"))["Packet loss"] == "0.01 %"


def test_a_component_is_told_without_a_colon() -> None:
    assert [component(one) for one in ("node:core", "cpe:0", "core", "link:a:b")] == [
        "node core",
        "CPE 0",
        "core",
        "link a:b",
    ]
    assert "What legs share counts once, in series: SRLG k1." in rendered(site_json(), "md")


def test_figures_of_objectives_have_their_thousands_apart() -> None:
    doc = site_json(objectives=(replace(OBJECTIVES[1], target=10_000.0, unit="Mbit/s", period="P1D"),))
    assert cells(section(document_of(doc), "quality"))[0][2:5] == ("10,000 Mbit/s", "27 Mbit/s", "1 day")


def test_causes_of_risks_and_the_bottleneck_have_dates_as_all_others() -> None:
    doc = site_json(
        risks=(replace(RISKS[0], cause="It ends on 2026-12-02."),), plan=a_plan(bottleneck="Nobody until 2026-12-03.")
    )
    page = rendered(doc, "html")
    assert "It ends on 2 Dec 2026." in page
    assert "Nobody until 3 Dec 2026." in page
    told = re.sub("<details>.*?</details>", "", page, flags=re.DOTALL)
    assert told.count("2026-12-0") == 0


def test_the_distance_of_the_plan_from_the_shortest_is_told() -> None:
    name = "Proved distance of the plan from the shortest"
    assert facts(section(document_of(site_json(plan=a_plan(gap=0.05))), "efficiency"))[name] == "at most 5.00 %"
    assert facts(section(document_of(site_json()), "efficiency"))[name] == "none: it is the least"


def test_a_length_that_nobody_knows_is_not_zero() -> None:
    doc = site_json()
    doc["legs"][0]["lengthKm"] = 0.0
    rows = cells(section(document_of(doc), "topology"))
    assert (rows[0][7], rows[1][7]) == ("not stated", "100.0 km")


def test_the_capacity_of_each_leg_is_told() -> None:
    rows = cells(section(document_of(site_json()), "topology"))
    assert [row[6] for row in rows[:2]] == ["200 Mbit/s", "100/20 Mbit/s"]
    page = rendered(site_json(), "html")
    assert "Leg 1, working: up to 200 Mbit/s" in page


def test_a_partner_that_was_not_asked_took_no_time() -> None:
    doc = site_json()
    doc["asked"][1]["tookS"] = 0.0
    rows = cells(section(document_of(doc), "partners"))
    assert rows[1][-2] == ""


def test_days_of_every_year_are_told_without_a_year() -> None:
    rows = {row[0]: row[1:] for row in cells(section(document_of(site_json()), "compliance"))}
    assert rows["No change"][0] == "15 Nov to 10 Jan every year"


def test_of_many_items_those_that_are_not_as_wanted_come_first() -> None:
    doc = whole_json(a_large_whole(25))
    rows = cells(section(document_of(doc), "members"))
    assert [row[2] for row in rows[:2]] == ["unqualified", "qualified"]
    assert rows[0] == rows[25]
    few = cells(section(document_of(whole_json(a_whole())), "members"))
    assert [row[2] for row in few] == ["qualified", "qualified", "unqualified", ""]


def test_availability_of_an_item_among_many_is_cut() -> None:
    whole = a_whole()
    first = replace(whole.members[0], availability=0.999989999)
    rows = cells(section(document_of(whole_json(replace(whole, members=(first, *whole.members[1:])))), "members"))
    assert rows[0][5] == "99.99899 %"
