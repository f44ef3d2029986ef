"""What stands on the chart of a plan beside its bars."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from linkwright.designs.requirement import Span
from linkwright.documents.render import rendered
from linkwright.documents.svg_gantt import CLOSED, FREE, OPEN, Band, Bar, Flag, draw_gantt
from tests.builders import a_requirement

from .samples import a_plan, a_step, a_whole, site_json, whole_json
from .test_svg import SVG, assert_apart, assert_inside, boxes, drawings, tree_of

MONDAY = date(2026, 11, 2)


def days_of(svg: str, colour: str, start: date = MONDAY) -> list[tuple[date, date]]:
    """First and last day of each band, measured on bars of one day."""
    rects = list(tree_of(svg).iter(f"{SVG}rect"))
    one = next(each for each in rects if (title := each.find(f"{SVG}title")) is not None and "one: " in str(title.text))
    left, per_day = float(one.attrib["x"]), float(one.attrib["width"])
    found = []
    for rect in rects:
        if rect.attrib["fill"] == colour and float(rect.attrib["height"]) > 8:
            first = round((float(rect.attrib["x"]) - left) / per_day)
            many = round(float(rect.attrib["width"]) / per_day)
            found.append((start + timedelta(days=first), start + timedelta(days=first + many - 1)))
    return found


ONE_DAY = Bar(name="one", start=MONDAY, end=MONDAY)
LAST = Bar(name="last", start=MONDAY + timedelta(days=14), end=MONDAY + timedelta(days=15))


def test_weekends_and_free_days_are_grey() -> None:
    free = Band(kind="free", start=date(2026, 11, 11), end=date(2026, 11, 11))
    found = days_of(draw_gantt([ONE_DAY, LAST], (), [free]), FREE)
    assert sorted(found) == [
        (date(2026, 11, 1), date(2026, 11, 1)),
        (date(2026, 11, 7), date(2026, 11, 8)),
        (date(2026, 11, 11), date(2026, 11, 11)),
        (date(2026, 11, 14), date(2026, 11, 15)),
    ]


def test_weekends_of_a_chart_of_years_are_left_out() -> None:
    late = Bar(name="late", start=MONDAY + timedelta(days=900), end=MONDAY + timedelta(days=901))
    svg = draw_gantt([ONE_DAY, late], ())
    assert FREE not in svg
    assert "no working day" not in svg


def test_days_of_access_and_of_no_change_stand_behind_the_bars() -> None:
    bands = [
        Band(kind="open", start=date(2026, 11, 4), end=date(2026, 11, 5)),
        Band(kind="closed", start=date(2026, 11, 10), end=date(2027, 11, 10)),
    ]
    svg = draw_gantt([ONE_DAY, LAST], (), bands)
    assert days_of(svg, OPEN) == [(date(2026, 11, 4), date(2026, 11, 5))]
    assert days_of(svg, CLOSED) == [(date(2026, 11, 10), date(2026, 11, 18))]
    words = [text for text, _ in boxes(svg)]
    assert {"access to the site", "no change allowed", "no working day"} <= set(words)
    assert_apart(svg)
    assert_inside(svg)


def test_a_freeze_of_every_year_is_drawn_where_it_comes() -> None:
    page = rendered(site_json(), "html")
    assert "no change allowed: 16 Nov 2026 to 8 Jan 2027" in page


def test_access_to_the_site_and_holidays_come_from_the_document() -> None:
    wanted = a_requirement(site_access=(Span(start=date(2026, 12, 2), end=date(2026, 12, 4)),))
    doc = site_json(requirement=wanted, plan=a_plan(free_days=(date(2026, 11, 18),)))
    page = rendered(doc, "html")
    assert "access to the site: 2 Dec 2026 to 4 Dec 2026" in page
    without = rendered(site_json(requirement=wanted), "html")
    assert page.count(f'fill="{FREE}"') == without.count(f'fill="{FREE}"') + 1


def test_the_latest_order_is_a_day_of_the_chart() -> None:
    schedule = next(one for one in drawings(rendered(site_json(), "html")) if "Schedule" in one)
    words = [text for text, _ in boxes(schedule)]
    assert {"Order by 6 Nov 2026", "Ready 7 Dec 2026", "80 % sure 11 Dec 2026", "Wanted 1 Mar 2027"} <= set(words)


@pytest.mark.parametrize("apart", [0, 1, 2])
def test_no_day_that_counts_goes_without_its_name(apart: int) -> None:
    names = ("Ready", "Wanted", "80 % sure", "Order by")
    flags = [Flag(name=name, on=MONDAY + timedelta(days=apart * n)) for n, name in enumerate(names)]
    svg = draw_gantt([ONE_DAY, replace(LAST, end=MONDAY + timedelta(days=300))], flags)
    words = " ".join(text for text, _ in boxes(svg))
    assert all(name.lower() in words.lower() for name in names)
    assert_apart(svg)
    assert_inside(svg)


def test_names_of_work_have_the_room_that_they_need() -> None:
    name = "Access partner-north:check-1/1 (fibre, own network)"
    words = [text for text, _ in boxes(draw_gantt([replace(ONE_DAY, name=name)], ()))]
    assert name in words


def test_work_of_many_items_is_told_with_its_place() -> None:
    steps = tuple(a_step(f"{ref}/installation", 0, 2, name="Installation", kind="installation") for ref in ("1", "2"))
    steps += (a_step("1/test", 2, 1, name="Test", kind="test", after=("1/installation",)),)
    last = a_step("accepted", 3, 1, name="Accepted", after=("1/installation", "2/installation"))
    page = rendered(whole_json(a_whole(plan=a_plan(steps=(*steps, last), critical_path=("2/installation",)))), "md")
    assert "Critical path: Store 2: Installation." in page
    assert "Store 1: Installation, Store 2: Installation" in page
    assert "| Store 1: Test | Test |" in page
    assert "| Installation |" in next(row for row in page.splitlines() if row.startswith("| Store 1: Test"))
    assert re.search(r"^\| Accepted \|", page, re.M)


def test_waves_are_drawn_beside_few_steps() -> None:
    page = rendered(whole_json(a_whole()), "html")
    schedule = next(one for one in drawings(page) if "Schedule" in one)
    words = [text for text, _ in boxes(schedule)]
    assert {"Pilot", "20 sites", "Wave 1", "880 sites", "Delivery"} <= set(words)
    assert "The waves, and the work that drives the dates" in page
    assert "All work of the plan" not in page


def test_how_many_sites_a_wave_at_the_edge_has_is_told() -> None:
    late = Bar(name="late", start=LAST.end, end=LAST.end, mark="1,234 sites")
    words = [text for text, _ in boxes(draw_gantt([ONE_DAY, late], ()))]
    assert "1,234 sites" in words


def test_what_takes_no_time_is_a_moment_and_no_day_of_work() -> None:
    svg = draw_gantt([ONE_DAY, replace(LAST, name="handover", moment=True)], ())
    told = [str(title.text) for title in tree_of(svg).iter(f"{SVG}title")]
    assert "handover: 16 Nov 2026" in told
    assert not any(text.startswith("handover") and " to " in text for text in told)
    assert_apart(svg)
    assert_inside(svg)


def test_of_too_much_work_what_takes_no_time_is_left_out_first() -> None:
    work = [a_step(f"work-{n}", n, 1) for n in range(30)]
    moments = [a_step(f"moment-{n}", n, 0) for n in range(30)]
    page = rendered(site_json(plan=a_plan(steps=(*work, *moments), critical_path=("work-0", "moment-0"))), "html")
    assert "All work of the plan that takes time." in page
    assert "<title>Work-29: " in page
    assert "<title>Moment-0: " not in page
    assert "Critical path: Work-0." in page
