"""One operator, one BSS that may see costs, and what it asked and ordered: made once for all clauses."""

from collections.abc import Iterator, Mapping

import pytest
import requests

from linkwright.api.api_keys import digest_of, new_key
from tests.clauses.bss import HOLIDAY, ORDERS, Bss, Document, Json, euro, on, price_named, words
from tests.clauses.inventory import Inventory
from tests.clauses.wanted import (
    OTHERS,
    PLANNED,
    bundle,
    by_partner,
    diverse,
    headquarters,
    order_of,
    planned,
    plant,
    worth,
)
from tests.journeys.processes import Linkwright, clear_faults, mock_state, mock_world, set_faults, until
from tests.journeys.warm import Forge

BUSINESS = """[business]
currency = "EUR"
discount_rate = 0.08
max_payback_months = 36
min_npv_minor = 0
max_time_to_revenue_days = 400"""
APPROVAL = """[approval.business]
currency = "EUR"
one_time_minor = 600000"""
SCOPES = [
    f"{area}:{verb}"
    for area in ("serviceOrdering", "serviceQualificationManagement", "designDocument")
    for verb in ("read", "write")
]
ROLES = {
    "engineering": [*SCOPES, "cost:read"],
    "sales": SCOPES,
    "business": [*SCOPES, "cost:read", "resources:all", "orders:approve:business"],
}
KEYS = {role: new_key() for role in ROLES}
APPROVED = {
    "serviceOrderItem": [{"id": "all", "serviceOrderItem": [{"id": "hq", "state": "inProgress"}]}],
    "note": [{"text": "a good customer", "author": "Ann"}],
}
IN_TIME_DAYS, LATE_DAYS = 50, 90
"""So many weekdays after today the partner says that it will deliver: in time, and later than it has promised."""


@pytest.fixture(scope="session")
def forge() -> Iterator[Forge]:
    warm = Forge()
    yield warm
    warm.close()


@pytest.fixture(scope="session")
def mocks(tmp_path_factory: pytest.TempPathFactory, forge: Forge) -> Iterator[Mapping[str, str]]:
    with mock_world(tmp_path_factory.mktemp("mocks"), "--step-s", "0.05", forge=forge) as urls:
        yield urls


@pytest.fixture(scope="session")
def inventory(mocks: Mapping[str, str]) -> Iterator[Inventory]:
    before = Inventory(mocks["resources"])
    yield before
    before.close()


@pytest.fixture(scope="session")
def server(
    tmp_path_factory: pytest.TempPathFactory, mocks: Mapping[str, str], inventory: Inventory, forge: Forge
) -> Iterator[Linkwright]:
    folder = tmp_path_factory.mktemp("linkwright")
    keys = [f'[api_keys.{role}]\nsha256 = "{digest_of(KEYS[role])}"\nscopes = {ROLES[role]}' for role in ROLES]
    limits = {"first_look_s": "0.1", "longest_look_s": "0.5", "tries": "2", "first_pause_s": "0.05"}
    freshness = {"access_freshness_s": "0", "sync_budget_s": "60", "design_time_limit_s": "3"}
    urls = {**mocks, "resources": inventory.url}
    made = Linkwright(folder, urls, BUSINESS, APPROVAL, *keys, forge=forge, **limits, **freshness)
    file = folder / "linkwright.toml"
    file.write_text(f"holidays = [{HOLIDAY.isoformat()}]\n{file.read_text()}")
    yield made.start()
    made.stop()


@pytest.fixture(scope="session")
def bss(server: Linkwright) -> Bss:
    return Bss(url=server.url, key=KEYS["engineering"])


@pytest.fixture(scope="session")
def sales(server: Linkwright) -> Bss:
    """Without the scope that costs take."""
    return Bss(url=server.url, key=KEYS["sales"])


@pytest.fixture(scope="session")
def business(server: Linkwright) -> Bss:
    """Who may approve on behalf of the business."""
    return Bss(url=server.url, key=KEYS["business"])


@pytest.fixture(scope="session")
def others(bss: Bss, sales: Bss, mocks: Mapping[str, str]) -> dict[str, Json]:
    """Answers to what is asked before anything is held: by name, each the only item of its check."""
    answers = {name: bss.answer_for(one) for name, one in OTHERS.items()}
    set_faults(mocks, "partner-metro", {"fail_rate": 1.0, "operations": ["createCheckServiceQualification"]})
    answers["withoutMetro"] = bss.answer_for(diverse(mbps=900, neededBy=on(80)))
    clear_faults(mocks, "partner-metro")
    answers["poorer"] = bss.answer_for(worth(2000))
    named = price_named(answers["poorer"])
    answers["worth"] = {price: bss.answer_for(worth(price)) for price in (named, named - 1)}
    answers["seenBySales"] = sales.answer_for(diverse(mbps=950, neededBy=on(80), budgetOneTime=euro(5000)))
    answers["salesDesign"] = sales.answer_for(headquarters(holdPolicy="none"))
    answers["salesDocument"] = sales.document(answers["salesDesign"]["service"])
    return answers


@pytest.fixture(scope="session")
def alike(bss: Bss) -> list[Json]:
    """Items at an address that partners alone reach, with the same wishes."""
    return bss.check(*[by_partner(f"no-{n}") for n in (1, 2, 3)])["serviceQualificationItem"]


@pytest.fixture(scope="session")
def check(bss: Bss, others: dict[str, Json], alike: list[Json]) -> Json:
    """Both sites as one solution."""
    return bss.check(bundle("all", "hq", "plant", budgetOneTime=euro(12_000)), headquarters(), plant())


@pytest.fixture(scope="session")
def items(check: Json) -> dict[str, Json]:
    assert check["state"] == "done"
    return {one["id"]: one for one in check["serviceQualificationItem"]}


@pytest.fixture(scope="session")
def hq(items: dict[str, Json]) -> dict[str, Json]:
    """The words of the headquarters' design."""
    return words(items["hq"]["service"])


@pytest.fixture(scope="session")
def whole(items: dict[str, Json]) -> dict[str, Json]:
    """The words of the solution of all items."""
    return words(items["all"]["service"])


@pytest.fixture(scope="session")
def document(bss: Bss, items: dict[str, Json]) -> Document:
    return bss.document(items["hq"]["service"])


@pytest.fixture(scope="session")
def whole_document(bss: Bss, items: dict[str, Json]) -> Document:
    return bss.document(items["all"]["service"])


@pytest.fixture(scope="session")
def world_then(mocks: Mapping[str, str], check: Json) -> dict[str, Json]:
    """What others have stored for us once all checks are answered, before anything is ordered."""
    return {name: mock_state(mocks, name) for name in mocks}


@pytest.fixture(scope="session")
def world(mocks: Mapping[str, str], order: Json) -> dict[str, Json]:
    """The same once the order is completed, and what it held is given back, which comes right behind that."""
    until("nothing is held for it any more", lambda: not _held(mocks, order))
    return {name: mock_state(mocks, name) for name in mocks}


@pytest.fixture(scope="session")
def course(
    bss: Bss,
    business: Bss,
    mocks: Mapping[str, str],
    check: Json,
    world_then: dict[str, Json],
) -> dict[str, Json]:
    """The order of the check as it was at each stage: designed, waiting, late, and done."""
    seen: dict[str, Json] = {}
    set_faults(mocks, "pool", {"hold": "before", "operations": ["createReservation", "patchReservation"]})
    made = bss.post(ORDERS, order_of(check, "hq", "plant"))["id"]
    seen["designed"] = bss.order_when("it is designed", made, lambda one: _milestone(one, "designComplete"))
    clear_faults(mocks, "pool")
    set_faults(mocks, "partner-north", {"orders_wait": True})
    seen["waiting"] = bss.order_when("it asks for approval", made, lambda one: "needs business approval" in _notes(one))
    seen["refused"] = bss.patch(f"{ORDERS}/{made}", APPROVED).json()
    seen["approved"] = business.patch(f"{ORDERS}/{made}", APPROVED).json()
    placed = until("the partner has it", lambda: mock_state(mocks, "partner-north")["serviceOrder"])[0]["id"]
    seen["begun"] = bss.order_when("the partner's order", made, lambda one: _milestone(one, "partnerOrdersPlaced"))
    _steer(mocks, "partner-north", placed, slipDays=LATE_DAYS)
    seen["late"] = bss.order_when("it is late", made, lambda one: _alert(one, "DATE_AT_RISK"))
    _steer(mocks, "partner-north", placed, slipDays=IN_TIME_DAYS - LATE_DAYS)
    bss.order_when("it is in time again", made, lambda one: not _alert(one, "DATE_AT_RISK"))
    clear_faults(mocks, "partner-north")
    seen["done"] = bss.order_in(made, "completed", "failed", "partial", "rejected")
    assert seen["done"]["state"] == "completed", seen["done"]
    return seen


@pytest.fixture(scope="session")
def order(course: dict[str, Json]) -> Json:
    return course["done"]


@pytest.fixture(scope="session")
def ordered(order: Json) -> dict[str, Json]:
    (parent,) = order["serviceOrderItem"]
    return {one["id"]: one for one in parent["serviceOrderItem"]}


@pytest.fixture(scope="session")
def slipped(bss: Bss, mocks: Mapping[str, str], inventory: Inventory, order: Json) -> Json:
    """An order of the planned access, whose inventory says a later day as soon as it is designed."""
    asked = bss.check(planned())
    set_faults(mocks, "resource-orders", {"orders_wait": True})
    inventory.slipped[PLANNED] = f"{on(100)}T00:00:00Z"
    made = bss.post(ORDERS, order_of(asked, "later"))["id"]
    late = bss.order_when("the build slips", made, lambda one: _alert(one, "PLANNED_BUILD_SLIPPED"))
    inventory.slipped.clear()
    clear_faults(mocks, "resource-orders")
    bss.order_in(made, "completed", "failed")
    return late


def _held(mocks: Mapping[str, str], order: Json) -> set[str]:
    """Reservations of the order that still take something from the pool."""
    referred = {one["id"] for one in order["externalReference"] if one["externalReferenceType"] == "reservation"}
    there = {one["id"] for one in mock_state(mocks, "pool")["reservation"] if one["state"] == "completed"}
    return referred & there


def _milestone(order: Json, name: str) -> bool:
    return name in [one["name"] for one in order.get("milestone", ())]


def _alert(order: Json, name: str) -> bool:
    return name in [one["name"] for one in order.get("jeopardyAlert", ())]


def _notes(order: Json) -> str:
    return " ".join(one["text"] for one in order.get("note", ()))


def _steer(mocks: Mapping[str, str], system: str, order_id: str, **wish: Json) -> None:
    answer = requests.patch(f"{mocks[system]}/mock-control/orders/{order_id}", json=wish, timeout=10)
    assert answer.status_code == 204, answer.text
