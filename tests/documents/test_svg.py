"""Drawings: they are XML, what they show is where it belongs, and texts do not lie on one another."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from xml.etree import ElementTree

import orjson
import pytest

from linkwright.documents.legs import lanes_of, role_of
from linkwright.documents.render import rendered
from linkwright.documents.svg import WIDE
from linkwright.documents.svg_cash import MonthOf, draw_cash
from linkwright.documents.svg_gantt import Bar, Flag, draw_gantt
from linkwright.documents.svg_map import Spot, Way, draw_map
from linkwright.documents.svg_topology import draw_topology
from linkwright.wire.design_document import write_design
from tests.builders import a_leg, a_requirement

from .samples import a_full_design, a_large_whole, a_point_to_point, site_json, whole_json

Box = tuple[float, float, float, float]
SVG = "{http://www.w3.org/2000/svg}"


def tree_of(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314


def boxes(svg: str) -> Iterator[tuple[str, Box]]:
    """Each text with the room that it takes."""
    for text in tree_of(svg).iter(f"{SVG}text"):
        x, y, size = (float(text.attrib[name]) for name in ("x", "y", "font-size"))
        words = text.text or ""
        wide = len(words) * size * WIDE
        left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[text.attrib["text-anchor"]]
        yield words, (left, y - size * 0.85, left + wide, y + size * 0.15)


def assert_apart(svg: str) -> None:
    for (one, a), (other, b) in combinations(boxes(svg), 2):
        apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
        assert apart, (one, other)


def assert_inside(svg: str) -> None:
    _, _, wide, high = (float(one) for one in tree_of(svg).attrib["viewBox"].split())
    for words, box in boxes(svg):
        assert box[0] >= -1, words
        assert box[2] <= wide + 1, words
        assert box[1] >= -1, words
        assert box[3] <= high + 1, words


def drawings(page: str) -> list[str]:
    return re.findall("<svg.*?</svg>", page, re.S)


@pytest.mark.parametrize(
    "doc",
    [
        site_json(),
        whole_json(a_large_whole(300)),
        orjson.loads(orjson.dumps(write_design(a_point_to_point()))),
        site_json(
            legs=tuple(a_leg(access=f"a-very-long-name-of-an-access-{n}", srlgs=tuple("abcdefgh")) for n in range(4))
        ),
    ],
)
def test_texts_lie_apart_and_within_the_drawing(doc: object) -> None:
    found = drawings(rendered(doc, "html"))
    assert found
    for svg in found:
        assert_apart(svg)
        assert_inside(svg)


def test_the_backup_is_the_last_of_the_legs_and_dashed() -> None:
    doc = site_json()
    assert [role_of(doc, number) for number in (0, 1)] == ["working", "backup"]
    svg = draw_topology("here", "cpe", None, lanes_of(doc))
    dashed = [one for one in tree_of(svg).iter(f"{SVG}polyline") if "stroke-dasharray" in one.attrib]
    assert len(dashed) == 2  # the leg, and its sign in the legend


def test_two_legs_without_a_backup_both_work() -> None:
    doc = site_json(requirement=a_requirement(access_legs=2))
    assert [role_of(doc, number) for number in (0, 1)] == ["working 1", "working 2"]


def test_what_legs_share_is_told_at_each_of_them() -> None:
    svg = draw_topology("here", "cpe", None, lanes_of(site_json()))
    words = [text for text, _ in boxes(svg)]
    assert words.count("Shared with another leg: k1") == 2
    assert "Risk groups: k2" in words
    alone = draw_topology("here", "cpe", None, lanes_of(site_json(shared_risks=())))
    assert not any(text.startswith("Shared") for text, _ in boxes(alone))


def test_of_many_nodes_the_first_and_the_last_are_drawn() -> None:
    doc = orjson.loads(orjson.dumps(write_design(a_point_to_point())))
    words = [text for text, _ in boxes(draw_topology("here", "cpe", "there", lanes_of(doc)))]
    assert {"node-0", "node-8", "5 nodes", "far-1", "there"} <= set(words)


def test_a_map_is_true_to_its_coordinates() -> None:
    spots = [
        Spot(name="south", lat_deg=50.0, lon_deg=8.0, is_place=True),
        Spot(name="north", lat_deg=51.0, lon_deg=8.0),
        Spot(name="east", lat_deg=50.0, lon_deg=9.0),
    ]
    tree = tree_of(draw_map(spots, [Way(through=("south", "north")), Way(through=("south", "east"), is_backup=True)]))
    way, backup = (one.attrib["points"] for one in tree.iter(f"{SVG}polyline") if one.attrib["stroke-width"] == "2")
    (ax, ay), (bx, by) = (tuple(map(float, point.split(","))) for point in way.split())
    (_, _), (cx, cy) = (tuple(map(float, point.split(","))) for point in backup.split())
    assert ax == bx
    assert by < ay
    assert cy == ay
    assert (cx - ax) / (ay - by) == pytest.approx(0.638, abs=0.005)  # the cosine of the latitude in the middle


@pytest.mark.parametrize("lat_deg", [-90.0, 0.0, 89.9])
def test_a_map_of_one_point_or_at_a_pole_is_drawn(lat_deg: float) -> None:
    spots = [Spot(name=f"p{n}", lat_deg=lat_deg, lon_deg=179.9, is_place=True) for n in range(3)]
    assert_apart(draw_map(spots, ()))


def test_a_thousand_places_have_names_where_there_is_room() -> None:
    spots = [
        Spot(name=f"store {n}", lat_deg=47 + n % 37 / 5, lon_deg=6 + n % 91 / 10, is_place=True) for n in range(1000)
    ]
    svg = draw_map(spots, ())
    assert_apart(svg)
    assert_inside(svg)


def test_bars_stand_where_their_days_are() -> None:
    start = date(2027, 1, 4)
    bars = [
        Bar(name="first", start=start, end=start + timedelta(days=4), critical=True, no_return="hard"),
        Bar(name="second", start=start + timedelta(days=5), end=start + timedelta(days=9), float_days=2),
    ]
    svg = draw_gantt(bars, [Flag(name="Ready", on=start + timedelta(days=10))])
    shapes = [one for one in tree_of(svg).iter(f"{SVG}rect") if one.find(f"{SVG}title") is not None]
    (x1, w1), (x2, w2) = ((float(one.attrib["x"]), float(one.attrib["width"])) for one in shapes)
    assert x1 + w1 == pytest.approx(x2, abs=0.2)
    assert w1 == pytest.approx(w2, abs=0.2)
    flag = next(one for one in tree_of(svg).iter(f"{SVG}polyline") if one.attrib.get("stroke-dasharray") == "4 3")
    assert float(flag.attrib["points"].split(",")[0]) == pytest.approx(x2 + w2, abs=0.2)


@pytest.mark.parametrize("days", [0, 3, 60, 300, 900, 4000])
def test_a_time_axis_of_any_length_can_be_read(days: int) -> None:
    start = date(2027, 1, 1)
    svg = draw_gantt([Bar(name="all", start=start, end=start + timedelta(days=days))], [Flag(name="Ready", on=start)])
    assert_apart(svg)
    assert_inside(svg)


def test_the_payback_is_marked_in_its_month() -> None:
    months = [MonthOf(number=n, net_minor=(-300, 100)[n > 0], cumulated_minor=-300 + 100 * n) for n in range(6)]
    svg = draw_cash(months, "EUR", 3)
    assert "Paid back in month 3" in [text for text, _ in boxes(svg)]
    assert "Paid back" not in draw_cash(months, "EUR", None)


@pytest.mark.parametrize("most", [0, 1, 99, 12_345, 10**13])
def test_amounts_of_any_size_have_a_scale(most: int) -> None:
    months = [MonthOf(number=n, net_minor=most, cumulated_minor=most * n - most) for n in range(40)]
    svg = draw_cash(months, "EUR", 1)
    assert_apart(svg)
    assert_inside(svg)


def test_a_design_without_coordinates_has_no_map() -> None:
    without = orjson.loads(orjson.dumps(write_design(replace(a_full_design(), where=()))))
    assert len(drawings(rendered(without, "html"))) == len(drawings(rendered(site_json(), "html"))) - 1


def test_nodes_at_one_point_make_no_map() -> None:
    where = a_full_design().where
    alike = tuple(replace(one, lat_deg=50.0, lon_deg=8.0) for one in where)
    assert not any("Map of" in one for one in drawings(rendered(site_json(where=alike), "html")))
    assert any("Map of" in one for one in drawings(rendered(site_json(where=where), "html")))


def test_what_has_no_coordinates_is_said_below_the_map() -> None:
    where = tuple(one for one in a_full_design().where if one.id not in ("Headquarters", "east"))
    assert "Their coordinates are not known: Headquarters, east." in rendered(site_json(where=where), "html")
    assert "coordinates are not known" not in rendered(site_json(), "html")


def test_the_legend_of_a_map_has_the_ways_that_are_there() -> None:
    spots = [Spot(name="a", lat_deg=50.0, lon_deg=8.0), Spot(name="b", lat_deg=51.0, lon_deg=8.0)]
    words = [text for text, _ in boxes(draw_map(spots, [Way(through=("a", "b"))]))]
    assert "working leg" in words
    assert "backup leg" not in words
    assert "working leg" not in [text for text, _ in boxes(draw_map(spots, ()))]


def test_every_drawing_says_what_it_shows() -> None:
    titles = [tree_of(one).find(f"{SVG}title") for one in drawings(rendered(site_json(), "html"))]
    assert [title.text for title in titles if title is not None] == [
        "Topology of the service at Headquarters: 2 legs",
        "Map of 4 places and nodes, north is up",
        "Schedule from 2 Nov 2026 to 1 Mar 2027, 5 bars; a table below tells the same",
        "Cash flow by month, EUR: cumulated from \N{MINUS SIGN}5,000.00 to 7,600.00, paid back in month 10",
    ]


def test_a_cpe_that_all_legs_need_is_told_at_the_site() -> None:
    told = "One CPE for all legs"
    svg = drawings(rendered(site_json(shared_risks=("cpe:0", "srlg:k1")), "html"))[0]
    assert told in [text for text, _ in boxes(svg)]
    assert_apart(svg)
    assert told not in drawings(rendered(site_json(), "html"))[0]


def test_a_name_of_an_access_of_a_partner_is_not_cut() -> None:
    legs = (a_leg(access="partner-metro:check-1/1"), a_leg(access="b"))
    svg = drawings(rendered(site_json(legs=legs), "html"))[0]
    assert "partner-metro:check-1/1" in [text for text, _ in boxes(svg)]
