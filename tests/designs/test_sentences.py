"""Reasons of the design core in sentences: every kind of constraint, with numbers that are never told too well."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkwright.design.model import Change, Combination, Design, Reason, Relaxation
from linkwright.design.rules.rules import OWN_RULES
from linkwright.designs.amounts import percent, percent_up
from linkwright.designs.facts import AccessFact
from linkwright.designs.parts_of_answers import Finding
from linkwright.designs.reasons import beside_the_others, findings, relaxed_value
from linkwright.plan.working_days import WorkingDays
from tests.builders import NOW, a_requirement, an_access

DAYS = WorkingDays(NOW.date())
FACTS: dict[str, AccessFact] = {
    "1:a": an_access(technology="5g", optical_db=1.0),
    "1:b": an_access(technology="fibre-build", optical_db=1.0),
    "1:c": an_access(technology="dsl", partner="north", optical_db=1.0),
}


def _reason(
    constraint: str, limit: float | None = None, needed: float | None = None, option: str | None = None
) -> Reason:
    return Reason(constraint=constraint, limit=limit, needed=needed, option=option)


def _told(*reasons: Reason, value: float | str | None = None, diversity: str = "none") -> Finding:
    """The finding on one constraint, and the remedy that was found if there is a value."""
    remedy = Relaxation(
        constraint=reasons[0].constraint, value=value or "", cost_minor=1, gap=0.0, design=Design(sites=())
    )
    (found,) = findings(reasons, [remedy] if value is not None else [], DAYS, FACTS, "EUR", diversity)
    return found


@pytest.mark.parametrize(
    ("aspect", "limit", "needed", "code", "sentence"),
    [
        ("latency", 4.0, 4.55, "SD-SLA-02", "8 ms round trip is wanted, 9.1 ms is the least"),
        ("jitter", 3.0, 3.0001, "SD-SLA-03", "a jitter of at most 3 ms is wanted, 3.001 ms is the least"),
        ("loss", 0.001, 0.0012, "SD-SLA-04", "a packet loss of at most 0.1 % is wanted, 0.12 % is the least"),
        ("optical", 20.0, 20.5, "SD-SLA-02", "an optical loss of at most 20 dB is wanted, 20.5 dB is the least"),
        ("differential", 1.0, 1.25, "SD-SLA-02",
         "a differential delay of at most 2 ms round trip is wanted, 2.5 ms is the least"),
        ("availability", 0.999, 0.99899999, "SD-SLA-01", "availability 99.90000 % is wanted, 99.89999 % is the most"),
        ("availability", 0.9999999999, 0.9999999999 - 1e-12, "SD-SLA-01",
         "availability 99.99999999 % is wanted, 99.99999 % is the most"),
        ("loss", 1e-13, 2e-13, "SD-SLA-04",
         "a packet loss of at most 0.00000000001 % is wanted, 0.00001 % is the least"),
        ("date", 5, 10, "SD-TIM-01", "it is needed by 2026-11-09, 2026-11-16 is the earliest"),
        ("period", 10, 5, "SD-TIM-02", "it is wanted until 2026-11-16, 2026-11-09 is the last day"),
        ("bandwidth", 100, 50, "SD-CAP-01", "100 Mbit/s is wanted, 50 Mbit/s is the most"),
        ("budget_nrc", 100_00, 120_50, "SD-BUD-01", "budgetOneTime allows 100.00 EUR, 120.50 EUR would be needed"),
        ("budget_mrc", 100_00, 120_50, "SD-BUD-02", "budgetRecurring allows 100.00 EUR, 120.50 EUR would be needed"),
        ("budget_total", 1_00, 2_00, "SD-BUD-02", "the budget over the term allows 1.00 EUR, 2.00 EUR would be needed"),
    ],
)  # fmt: skip
def test_a_limit_of_an_item_is_told_with_its_numbers(
    aspect: str, limit: float, needed: float, code: str, sentence: str
) -> None:
    assert _told(_reason(f"site:1/{aspect}", limit, needed)) == Finding(code=code, label=f"{sentence}.")


@pytest.mark.parametrize(
    ("aspect", "value", "code", "sentence"),
    [
        ("technology", "5g,dsl", "SD-POL-01",
         "no access of a permitted technology does; would be feasible if 5g, dsl were permitted."),
        ("partner", "north", "SD-POL-01",
         "no access of our own or of a permitted partner does; would be feasible if north were permitted."),
        ("features", "ipsec,bgp", "SD-CPE-01",
         "no CPE model has all features that are wanted; would be feasible if it did without ipsec, bgp."),
        ("backup", "none", "SD-DIV-01",
         "there is no backup such as is wanted; would be feasible if it did without a backup."),
    ],
)  # fmt: skip
def test_a_rule_is_told_with_what_would_have_to_be_given_up(aspect: str, value: str, code: str, sentence: str) -> None:
    assert _told(_reason(f"site:1/{aspect}"), value=value) == Finding(code=code, label=sentence)


@pytest.mark.parametrize(
    ("constraint", "limit", "needed", "code", "sentence"),
    [
        ("link:L/capacity", 100, 150, "SD-CAP-01", "link L capacity allows 100 Mbit/s, 150 Mbit/s would be needed"),
        ("pop:P/ports", 1, 2, "SD-CAP-01", "pop P ports allows 1, 2 would be needed"),
        ("field:civil@5", 3, 4, "SD-SKL-01",
         "field capacity of civil until 2026-11-09 allows 3 crew-days, 4 crew-days would be needed"),
        ("cpe:box@5", 1, 2, "SD-CPE-01", "stock of CPE box until 2026-11-09 allows 1 pieces, 2 pieces would be needed"),
        ("budget/nrc", 1_00, 2_00, "SD-BUD-01", "budgetOneTime allows 1.00 EUR, 2.00 EUR would be needed"),
        ("budget/total", 1_00, None, "SD-BUD-02", "the budget over the term allows 1.00 EUR"),
        ("apart:1+2/diversity", None, None, "SD-DIV-01",
         "items 1 and 2 cannot be as diverse from each other as wanted"),
        ("meet:vpn/together", None, None, "SD-DIV-01", "the items of vpn have no node where all of them can meet"),
    ],
)  # fmt: skip
def test_a_common_limit_is_told_with_its_numbers(
    constraint: str, limit: float | None, needed: float | None, code: str, sentence: str
) -> None:
    assert _told(_reason(constraint, limit, needed)) == Finding(code=code, label=f"{sentence}.")


def test_each_access_is_told_with_what_it_has_and_what_would_do() -> None:
    latency = _told(_reason("site:1/latency", 4.0, 4.55), _reason("site:1/latency", 4.0, 4.55, "1:a"))
    assert "(5g: 9.1 ms > 8 ms)" in latency.label
    dates = [_reason("site:1/date", 5, 10), _reason("site:1/date", 5, 10, "1:b"), _reason("site:1/date", 5, 12, "1:a")]
    assert "(fibre-build: 2026-11-16 > 2026-11-09; 5g: 2026-11-18 > 2026-11-09)" in _told(*dates).label
    narrow = _told(_reason("site:1/bandwidth", 100, 50), _reason("site:1/bandwidth", 100, 50, "1:a"))
    assert "(5g: 50 Mbit/s < 100 Mbit/s)" in narrow.label


def test_an_access_that_is_not_permitted_is_told_by_its_name() -> None:
    technology = _told(_reason("site:1/technology"), _reason("site:1/technology", option="1:a"))
    assert "(5g is not permitted)" in technology.label
    partner = _told(_reason("site:1/partner"), _reason("site:1/partner", option="1:c"))
    assert "(dsl of north is not)" in partner.label


@pytest.mark.parametrize("probability", [0.9999999999999999, 0.999999999999999, 0.99999995, 0.9999999])
def test_an_availability_below_one_is_never_told_as_certain(probability: float) -> None:
    assert percent(probability) == "99.99999 %"
    assert percent(1.0) == "100.00000 %"


@settings(derandomize=True, deadline=None)
@given(st.floats(0, 1))
def test_no_availability_is_told_too_well_and_no_loss_too_small(probability: float) -> None:
    assert Decimal(percent(probability).removesuffix(" %")) <= Decimal(repr(probability)) * 100
    assert (Decimal(percent_up(probability).removesuffix(" %")) > 0) is (probability > 0)


SEVERAL = {
    "1:a": an_access(id="mast-1", technology="5g"),
    "1:b": an_access(id="duct-1", technology="fibre-build", pop="west"),
    "1:c": an_access(id="duct-2", technology="fibre-build", pop="east"),
    "1:d": an_access(id="q-1", technology="dsl", partner="north"),
    "1:e": an_access(id="q-2", technology="dsl", partner="south"),
    "1:f": an_access(id="q-3", technology="dsl", partner="south"),
    "10:a": an_access(id="mast-2", technology="5g"),
}


def _told_of_several(aspect: str) -> str:
    reasons = [_reason(f"site:1/{aspect}", 4.0, 4.55)]
    reasons += [_reason(f"site:1/{aspect}", 4.0, 4.55, option) for option in SEVERAL if option.startswith("1:")]
    (found,) = findings(reasons, [], DAYS, SEVERAL)
    return found.label


def test_accesses_of_one_technology_are_told_apart_by_supplier_and_access_point() -> None:
    names = (
        "5g",
        "own fibre-build at west",
        "own fibre-build at east",
        "dsl of north at west",
        "dsl of south at west (q-2)",
        "dsl of south at west (q-3)",
    )
    assert f"({'; '.join(f'{name}: 9.1 ms > 8 ms' for name in names)})" in _told_of_several("latency")
    assert "(dsl of north at west is not; dsl of south at west (q-2) is not;" in _told_of_several("partner")


@pytest.mark.parametrize(
    ("diversity", "told"),
    [
        ("technology", ", all 2 ways to the place share the technology fibre."),
        ("node+technology", ", all 2 ways to the place share the technology fibre."),
        ("srlg", ", all 2 ways to the place share duct, north not declaring all that its route shares."),
        ("entry", ", all 2 ways to the place share door, duct, north not declaring all that its route shares."),
        ("carrier", "."),
        ("node", "."),
    ],
)
def test_what_ways_have_in_common_is_told_where_it_matters(diversity: str, told: str) -> None:
    shared = {"srlgs": ("duct",), "entries": ("door",)}
    ways = {"1:a": an_access(**shared), "1:b": an_access(partner="north", risks_declared=False, **shared)}
    (found,) = findings([_reason("site:1/diversity")], [], DAYS, ways, diversity=diversity)
    assert found.label == f"no two legs are as diverse as wanted{told}"


def test_an_optical_loss_that_is_not_known_is_told_as_missing_and_not_as_too_much() -> None:
    ways = {"1:a": an_access(), "1:b": an_access(id="dsl-1", technology="dsl")}
    (unknown,) = findings([_reason("site:1/optical", 20.0)], [], DAYS, ways)
    assert unknown == Finding(
        code="SD-INF-01",
        label="Information missing (an optical loss of at most 20 dB is wanted): opticalLossDb of fibre-1 (fibre), "
        "dsl-1 (dsl); would be answered if it were given.",
    )
    lit = {key: replace(way, optical_db=3.0) for key, way in ways.items()}
    (dark,) = findings([_reason("site:1/optical", 20.0)], [], DAYS, lit)
    assert dark.code == "SD-INF-01"
    assert "links" in dark.label


def test_beside_a_known_loss_that_is_too_much_an_unknown_one_is_told_too() -> None:
    ways = {"1:a": an_access(optical_db=25.0), "1:b": an_access(id="fibre-2")}
    seen = [_reason("site:1/optical", 20.0, 25.0), _reason("site:1/optical", 20.0, 25.0, "1:a")]
    too_much, unknown = findings(seen, [], DAYS, ways)
    assert too_much.code == "SD-SLA-02"
    assert "(own fibre at west (fibre-1): 25 dB > 20 dB)" in too_much.label
    assert (unknown.code, "opticalLossDb of fibre-2" in unknown.label) == ("SD-INF-01", True)


@pytest.mark.parametrize(
    ("wanted", "value", "code"),
    [
        ("carrier", "link", "SD-DIV-02"),
        ("carrier+srlg", "srlg", "SD-DIV-02"),
        ("carrier+srlg", "node", "SD-DIV-01"),
        ("carrier", "none", "SD-DIV-01"),
        ("srlg", "node", "SD-DIV-01"),
        ("carrier", None, "SD-DIV-01"),
    ],
)
def test_where_only_another_carrier_is_missing_that_is_said_with_its_own_code(
    wanted: str, value: str | None, code: str
) -> None:
    assert _told(_reason("site:1/diversity"), value=value, diversity=wanted).code == code


def test_a_relaxed_diversity_is_told_in_the_requesters_words() -> None:
    told = _told(_reason("site:1/diversity"), value="carrier+srlg", diversity="carrier+entry")
    assert "would be feasible if accessDiversity were carrier and duct." in told.label


@pytest.mark.parametrize(
    ("aspect", "value", "offered"),
    [
        ("jitter", 3.00001, 3.001),
        ("optical", 20.5, 20.5),
        ("differential", 1.25, 2.5),
        ("loss", 0.0012, 0.0012),
        ("backup", "none", "none"),
        ("diversity", "carrier+srlg", ["carrier", "duct"]),
        ("diversity", "entry", "entry"),
        ("date", 5, date(2026, 11, 9).isoformat()),
    ],
)
def test_a_relaxed_value_is_offered_in_the_requesters_units(aspect: str, value: float | str, offered: object) -> None:
    change = Relaxation(constraint=f"site:1/{aspect}", value=value, cost_minor=1, gap=0.0, design=Design(sites=()))
    assert relaxed_value(change, DAYS) == offered


@pytest.mark.parametrize("dimension", [rule.dimension for rule in OWN_RULES])
def test_every_rule_of_an_item_has_a_sentence_and_a_code(dimension: str) -> None:
    told = _told(_reason(f"site:1/{dimension}", 1.0))
    assert told.code != "SD-ACC-01"
    assert "whatever else is given up" not in told.label


def _together(**values: float | str) -> Combination:
    """Changes of limits of item 1 that are enough together."""
    changes = tuple(Change(constraint=f"site:1/{aspect}", value=value) for aspect, value in values.items())
    return Combination(changes=changes, cost_minor=1, gap=0.0, design=Design(sites=()))


LATE, NARROW = _reason("site:1/date", 5, 10), _reason("site:1/bandwidth", 100, 50)
DEAR = _reason("site:1/budget_nrc", 100_00, 120_50)


@pytest.mark.parametrize(
    ("reasons", "changes", "told_under", "end"),
    [
        ((LATE, NARROW), {"bandwidth": 50, "date": 10}, "SD-TIM-01",
         "bandwidth were 50 Mbit/s and the date were 2026-11-16"),
        ((LATE, NARROW), {"latency": 4.5, "bandwidth": 50}, "SD-CAP-01",
         "latencyMaxMs were 9 ms and bandwidth were 50 Mbit/s"),
        ((LATE, NARROW), {"latency": 4.5, "jitter": 3.0}, "SD-TIM-01",
         "latencyMaxMs were 9 ms and jitterMaxMs were 3 ms"),
        ((LATE, DEAR), {"date": 10, "latency": 4.5, "budget_nrc": 120_50}, "SD-BUD-01",
         "the date were 2026-11-16, latencyMaxMs were 9 ms and budgetOneTime were 120.50 EUR"),
        ((LATE,), {"date": 10, "budget_mrc": 30_00}, "SD-BUD-02",
         "the date were 2026-11-16 and budgetRecurring were 30.00 EUR"),
        ((), {"date": 10, "bandwidth": 50}, "SD-TIM-01", "the date were 2026-11-16 and bandwidth were 50 Mbit/s"),
        ((_reason("site:1/optical", 20.0), NARROW), {"date": 10, "features": "macsec"}, "SD-CAP-01",
         "the date were 2026-11-16 and it did without macsec"),
    ],
)  # fmt: skip
def test_changes_that_are_enough_together_are_told_once_and_amounts_of_money_at_a_budget(
    reasons: tuple[Reason, ...], changes: dict[str, float | str], told_under: str, end: str
) -> None:
    found = findings(reasons, [], DAYS, {}, "EUR", combinations=[_together(**changes)])
    (told,) = [one for one in found if "would be feasible" in one.label]
    assert told.code == told_under
    assert told.label.endswith(f"; would be feasible if {end}.")


def test_where_one_change_is_enough_several_are_not_told() -> None:
    remedy = Relaxation(constraint="site:1/date", value=20, cost_minor=1, gap=0.0, design=Design(sites=()))
    (told,) = findings([LATE], [remedy], DAYS, {}, combinations=[_together(date=10, bandwidth=50)])
    assert told.label.endswith("; would be feasible if the date were 2026-11-30.")


def test_what_is_needed_beside_others_is_told_under_the_code_of_a_budget_where_it_is_money() -> None:
    both, plain = _together(date=10, budget_mrc=30_00), _together(date=10, bandwidth=50)
    told = [beside_the_others(one, DAYS, {}, "EUR", a_requirement()) for one in (both, plain)]
    assert [one.code for one in told] == ["SD-BUD-02", "SD-TIM-01"]
    assert told[0].label.startswith("Beside the others")
    assert told[0].label.endswith("the date were 2026-11-16 and budgetRecurring were 30.00 EUR.")
