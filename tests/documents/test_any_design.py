"""Whatever a design holds that can be stored, there is a page of it."""

from dataclasses import replace
from typing import Any

import orjson
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from linkwright.documents.diff import changes
from linkwright.documents.render import rendered, rendered_difference
from linkwright.wire.design_document import write_design
from linkwright.wire.document_costs import document_without_costs
from tests.wire.test_design_document import SOLUTIONS

from .samples import site_json
from .test_render import tags_of


def within_reason(value: Any) -> Any:
    """Without figures that no network has, and without texts that no partner is called by."""
    if isinstance(value, float):
        return value % 1000
    if isinstance(value, dict):
        return {name: within_reason(part) for name, part in value.items()}
    return [within_reason(part) for part in value] if isinstance(value, list) else value


@settings(max_examples=40, derandomize=True, deadline=None, phases=[Phase.generate])
@given(SOLUTIONS, st.booleans())
def test_any_design_can_be_drawn(solution: Any, costs: bool) -> None:
    legs = tuple(replace(leg, supplier=leg.supplier or "own") for leg in solution.legs)
    doc = within_reason(orjson.loads(orjson.dumps(write_design(replace(solution, legs=legs)))))
    doc = doc if costs else document_without_costs(doc)
    assert "script" not in tags_of(rendered(doc, "html")).seen
    assert rendered(doc, "md")
    assert changes(doc, doc) == []
    tags_of(rendered_difference(doc, site_json(), "html"))
