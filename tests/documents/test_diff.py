"""What is different between two designs."""

from dataclasses import replace
from datetime import date

import pytest

from linkwright.documents.diff import Change, changes, difference_document
from linkwright.documents.html import write_html
from linkwright.documents.render import rendered_difference
from tests.builders import a_leg

from .samples import a_full_design, a_plan, site_json
from .test_render import tags_of


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
