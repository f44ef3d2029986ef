"""The page as it is read and printed: what comes first, what each sheet says, and what does not fit."""

import re

import pytest

from linkwright.documents.html_style import on_paper
from linkwright.documents.render import Form, rendered, rendered_difference
from linkwright.documents.sections import document_of

from .samples import a_large_whole, a_whole, site_json, whole_json
from .test_hostile import NAMES
from .test_render import DOCUMENTS, facts, section, tags_of


@pytest.mark.parametrize("doc", DOCUMENTS)
def test_the_answer_stands_before_the_contents(doc: object) -> None:
    page = rendered(doc, "html")
    assert page.index('<section id="summary"') < page.index("<nav") < page.index('<section id="compliance"')


def test_answer_date_price_and_risk_are_seen_at_a_glance() -> None:
    page = rendered(site_json(), "html")
    told = page[page.index('<dl class="glance">') :].partition("</dl>")[0]
    names = re.findall("<dt>(.*?)</dt>", told)
    assert names[:7] == [
        "Can it be built?",
        "Ready for service",
        "Cost once",
        "Cost a month",
        "Business case",
        "Risks",
        "Order by",
    ]
    assert '<span class="warn">In part</span>' in told
    assert "2, exposure 4 working days" in told


def test_availability_at_a_glance_is_cut_and_never_rounded_up() -> None:
    told = facts(section(document_of(site_json(availability=0.999989999)), "summary"))
    assert told["Availability"] == "99.99899 %"


def test_a_budget_of_all_items_that_is_not_kept_is_part_of_the_answer() -> None:
    page = rendered(whole_json(a_whole()), "md")
    assert "Not met of what is wanted of all together: budget once" in page


def test_each_sheet_says_what_it_is_of() -> None:
    page = rendered(site_json(), "html")
    assert '@top-left{content:"Headquarters"' in page
    assert '@top-right{content:"Design design-1 \\b7  Version 1 \\b7  Computed on 2 Nov 2026"' in page
    assert 'content:"Page " counter(page) " of " counter(pages)' in page


@pytest.mark.parametrize("name", [*NAMES, '"}</style><script>', "\\", "a\\", "*/", "url(https://evil.example)"])
def test_a_title_does_not_end_the_style_sheet(name: str) -> None:
    doc = site_json()
    doc["designId"] = doc["place"]["name"] = name
    sheet = on_paper(document_of(doc))
    assert set("<>();'\n").isdisjoint(re.sub(r"counter\(pages?\)|;(font|color)", "", sheet))
    assert sheet.count('"') == 8
    tags_of(rendered(doc, "html"))


def test_what_has_no_space_may_be_broken_and_stays_the_same_text() -> None:
    name = "averylongname" * 12
    page = rendered(site_json(snapshot=name), "html")
    broken = re.findall("averylong(?:[a-z]|<wbr/>)*", page)
    assert broken
    assert all(re.sub("<wbr/>", "", one) == name for one in broken)
    assert max(len(part) for one in broken for part in one.split("<wbr/>")) <= 18


def test_a_title_and_a_label_hold_no_tag() -> None:
    doc = site_json()
    doc["place"]["name"] = "&" + "x" * 200
    page = rendered(doc, "html")
    assert f"<title>&amp;{'x' * 200}</title>" in page.partition("</head>")[0]
    assert [one for one in re.findall('aria-label="([^"]*)"', page) if "<" in one] == []


@pytest.mark.parametrize("doc", DOCUMENTS)
def test_what_may_be_wider_than_the_screen_is_moved_by_itself_and_has_a_name(doc: object) -> None:
    page = rendered(doc, "html")
    regions = re.findall('<div class="wide" role="region" tabindex="0" aria-label="([^"]*)"><(table|svg)', page)
    assert len(regions) == page.count("<table>") + page.count("<svg ")
    assert all(name for name, _ in regions)


@pytest.mark.parametrize("doc", DOCUMENTS)
def test_every_row_and_every_column_has_a_name(doc: object) -> None:
    page = rendered(doc, "html")
    assert page.count('<th scope="row"') == page.count("<tr") - page.count("<thead>")
    assert '<th scope="col"></th>' not in page


def test_the_trace_leads_to_its_sections() -> None:
    trace = rendered(site_json(), "html").partition('<section id="trace"')[2]
    assert '<a href="#risk">17. Risk register</a>' in trace


def test_the_style_of_a_narrow_screen_is_none_of_paper() -> None:
    assert "@media(max-width" not in rendered(site_json(), "html")


def test_a_comparison_says_what_it_compares() -> None:
    page = rendered_difference(site_json(), site_json(version=2), "html")
    assert "design-1, version 1, computed on 2 Nov 2026" in page
    assert "design-1, version 2, computed on 2 Nov 2026" in page


def test_a_page_of_two_thousand_sites_is_sent_in_one_go() -> None:
    forms: tuple[Form, ...] = ("html", "md")
    for form in forms:
        assert len(rendered(whole_json(a_large_whole(2000)), form).encode()) < 2_000_000
