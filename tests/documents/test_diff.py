"""What is different between two designs."""

from dataclasses import replace
from datetime import date

import pytest

from linkwright.documents.diff import Change, changes
from linkwright.documents.diff_page import difference_document
from linkwright.documents.html import write_html
from linkwright.documents.render import rendered_difference
from tests.builders import a_leg

from .samples import a_full_design, a_plan, a_whole, site_json, whole_json
from .test_render import cells, section, tags_of


def paths(**more: object) -> dict[str, Change]:
    return {change.path: change for change in changes(site_json(), site_json(**more))}


def test_the_same_design_under_another_id_has_no_difference() -> None:
    assert paths(design_id="design-2", version=2) == {}
    assert "The two designs are the same" in rendered_difference(site_json(), site_json(design_id="d"), "md")


def test_a_changed_figure_is_told_with_its_section() -> None:
    found = paths(nrc_minor=7)
    assert found == {"oneTimeCostMinor": Change(section="Cost", path="oneTimeCostMinor", was=108_000, now=7)}
    assert found["oneTimeCostMinor"].as_json() == {
        "section": "Cost",
        "path": "oneTimeCostMinor",
        "was": 108_000,
        "is": 7,
    }


def test_elements_are_compared_by_what_names_them() -> None:
    legs = a_full_design().legs
    assert paths(legs=legs[::-1]) == {}
    found = paths(legs=(legs[0], a_leg(access="radio-2")))
    assert set(found) == {"legs[radio-1/a]", "legs[radio-2/a]"}
    assert (found["legs[radio-1/a]"].now, found["legs[radio-2/a]"].was) == (None, None)


def test_a_step_that_moved_is_one_difference_of_each_date() -> None:
    *steps, test = a_plan().steps
    later = replace(test, start=date(2026, 12, 8), end=date(2026, 12, 8), ready=date(2026, 12, 9))
    found = paths(plan=a_plan(steps=(*steps, later)))
    assert set(found) == {"plan.steps[test].start", "plan.steps[test].end", "plan.steps[test].ready"}
    assert {one.section for one in found.values()} == {"Implementation plan"}


def test_what_is_named_twice_is_compared_by_its_place() -> None:
    twice = [{"id": "a", "x": 1}, {"id": "a", "x": 2}]
    found = changes({"legs": twice}, {"legs": [*twice[:1], {"id": "a", "x": 3}]})
    assert [change.path for change in found] == ["legs[1].x"]


def test_words_of_a_list_come_and_go() -> None:
    found = changes({"roles": ["cheapest", "earliest"]}, {"roles": ["earliest", "balanced"]})
    assert [(one.path, one.was, one.now) for one in found] == [
        ("roles[cheapest]", "cheapest", None),
        ("roles[balanced]", None, "balanced"),
    ]


@pytest.mark.parametrize("now", [{}, {"legs": None}, {"legs": 1}, {"legs": {}}])
def test_documents_of_other_shapes_are_compared_too(now: object) -> None:
    assert changes({"legs": [{"access": "x"}]}, now)


def test_a_comparison_is_a_page() -> None:
    was, now = site_json(), site_json(nrc_minor=7, cpe="cpe-2")
    page = write_html(difference_document(was, now, changes(was, now)))
    assert "Bill of materials" in page
    assert tags_of(page).seen.isdisjoint({"script", "img"})


def told(**more: object) -> dict[str, tuple[str, ...]]:
    """Every row of the comparison by its first cell."""
    was, now = site_json(), site_json(**more)
    document = difference_document(was, now, changes(was, now))
    return {row[0]: row[1:] for one in document.sections for row in cells(one)}


def test_the_main_figures_of_both_come_first() -> None:
    was, now = site_json(), site_json(nrc_minor=123_400, ready=date(2026, 12, 1))
    summary = section(difference_document(was, now, changes(was, now)), "summary")
    assert cells(summary) == [
        ("Ready for service", "30 Nov 2026", "1 Dec 2026"),
        ("Cost once", "EUR 1,080.00", "EUR 1,234.00"),
    ]


def test_differences_are_told_in_words_with_units() -> None:
    legs = a_full_design().legs
    rows = told(legs=(replace(legs[0], latency_ms=1.25, planned=True), legs[1]), latency_ms=0.5, jitter_ms=2.5)
    assert rows["Legs, north-1/a, latency one way"] == ("0.8 ms", "1.25 ms")
    assert rows["Legs, north-1/a, planned"] == ("no", "yes")
    assert rows["Jitter"] == ("2 ms", "2.5 ms")


def test_a_leg_that_is_gone_is_told_in_words() -> None:
    was, now = told(legs=a_full_design().legs[:1])["Legs, radio-1/a"]
    assert "technology mobile; supplier own; PoP east; nodes east, hub" in was
    assert "offered 100 Mbit/s" in was
    assert "{" not in was
    assert now == "none"


def test_money_is_told_in_the_currency_that_it_is_in() -> None:
    was, now = site_json(), site_json()
    now["requirement"] |= {"budgetOneTimeMinor": 5, "budgetCurrency": "CHF"}
    document = difference_document(was, now, changes(was, now))
    rows = {row[0]: row[1:] for one in document.sections for row in cells(one)}
    assert rows["Requirement, budget one time"] == ("EUR 1,200.00", "CHF 0.05")


def test_a_path_that_is_none_of_ours_stays_as_it_is() -> None:
    document = difference_document({}, {}, [Change(section="Scope", path="a[b[c]].d e", was="x", now=None)])
    assert cells(section(document, "scope")) == [("a[b[c]].d e", "x", "none")]


def test_two_solutions_are_compared_by_their_figures() -> None:
    was, now = whole_json(a_whole()), whole_json(a_whole(nrc_minor=1))
    assert "| Cost once | EUR 1,135,820.00 | EUR 0.01 |" in rendered_difference(was, now, "md")
