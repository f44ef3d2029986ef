"""Names that somebody chose to break the page: they are shown as they are, and do nothing."""

import re
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import orjson
import pytest

from linkwright.designs.parts_of_answers import Arrangement, Located, NotUsed
from linkwright.documents.diff import changes
from linkwright.documents.diff_page import difference_document
from linkwright.documents.html import write_html
from linkwright.documents.markdown import write_markdown
from linkwright.documents.render import rendered
from linkwright.wire.design_document import write_design
from tests.builders import a_leg, a_place, a_requirement

from .samples import RISKS, a_full_design, a_member, a_plan, a_step, a_whole, site_json, whole_json
from .test_render import tags_of

NAMES = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "](javascript:alert(1))",
    "![x](https://evil.example/x)",
    "</title></style></svg><script>",
    "<!-- -->]]>&lt;&#x3c;",
    "a | b\n| c\n\n# d",
    "\x00\x08\x1f\u202e\u2066\ufffe",
    "{{7*7}} ${x} %s {0}",
    "x" * 5000,
    "",
)


def hostile(name: str) -> Any:
    """The name wherever somebody else chooses one."""
    place = replace(a_place("p"), name=name)
    leg = a_leg(
        access=name, technology=name, supplier=name or "x", pop=name, nodes=(name, "hub"), srlgs=(name,), build=name
    )
    plan = a_plan(steps=(a_step(name, 0, 3, name=name, owner=name, waits_for=name),), bottleneck=name)
    located: tuple[tuple[str, Any, float], ...] = ((name, "node", 2.0), ("p", "place", 3.0))
    return a_full_design(
        design_id=name,
        place=place,
        legs=(leg,),
        cpe=name,
        plan=plan,
        requirement=a_requirement(specification=name, cpe_features=(name,), misread=(name,), destinations=(name,)),
        shared_risks=(f"srlg:{name}",),
        arrangement=Arrangement(kind="special", why=(name,)),
        not_used=(NotUsed(access=name, technology=name, why=name),),
        risks=(replace(RISKS[0], code=name, cause=name, mitigation=name, owner=name, item=name),),
        weakest=name,
        where=tuple(Located(id=one, role=role, lat_deg=1.0, lon_deg=lon) for one, role, lon in located),
        replaces=name,
        reused_from=name,
        cpe_facts={"ports": name, "stock_location": name},
    )


def hostile_json(name: str) -> Any:
    return orjson.loads(orjson.dumps(write_design(hostile(name))))


@pytest.mark.parametrize("name", NAMES)
def test_whatever_a_name_is_the_page_stays_a_page(name: str) -> None:
    found = tags_of(rendered(hostile_json(name), "html"))
    assert found.seen.isdisjoint({"script", "img", "iframe", "object"})
    assert found.handlers == []
    assert all(address.startswith(("#", "./")) for address in found.addresses)


@pytest.mark.parametrize("name", NAMES)
def test_whatever_a_name_is_the_whole_stays_a_page(name: str) -> None:
    one = a_member(1, place=name, ref=name, design_id=name or "d", technology=(name,), codes=(name,))
    found = tags_of(rendered(whole_json(a_whole(members=1, currency=name)), "html"))
    again = tags_of(rendered(whole_json(replace(a_whole(), members=(one,))), "html"))
    for seen in (found, again):
        assert "script" not in seen.seen
        assert all(address.startswith(("#", "./")) for address in seen.addresses)


@pytest.mark.parametrize("name", NAMES)
def test_drawings_stay_xml(name: str) -> None:
    page = rendered(hostile_json(name), "html")
    drawings = page.split("<svg")[1:]
    assert len(drawings) == 4
    for drawing in drawings:
        tree = ElementTree.fromstring("<svg" + drawing.partition("</svg>")[0] + "</svg>")  # noqa: S314
        kinds = {one.tag.rpartition("}")[2] for one in tree.iter()}
        assert kinds <= {"svg", "title", "rect", "text", "polyline", "polygon", "circle"}


@pytest.mark.parametrize("name", NAMES)
def test_markdown_has_no_markup_of_a_name(name: str) -> None:
    told = rendered(hostile_json(name), "md")
    plain = re.sub(r"\\.", "", told)
    assert "<script" not in plain
    assert "](javascript" not in plain
    assert "![" not in plain
    assert "https://" not in told
    rows = [line for line in told.splitlines() if line.startswith("|")]
    assert all(row.endswith("|") for row in rows)
    assert not any(line.startswith("# d") for line in told.splitlines())


@pytest.mark.parametrize("name", NAMES)
def test_a_comparison_is_as_safe(name: str) -> None:
    was, now = site_json(), hostile_json(name)
    document = difference_document(was, now, changes(was, now))
    found = tags_of(write_html(document))
    assert "script" not in found.seen
    assert found.handlers == []
    assert "\n# d" not in write_markdown(document)
