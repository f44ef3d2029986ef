"""PATCH in its three media types, and what it may not do."""

from typing import Any

import pytest

from linkwright.wire.merge_patch import JSON_PATCH, MERGE_PATCH

from .answers import error
from .world import CHECKS, ORDERS, Client, World, a_check_body, an_item, an_order_body

ORDER = f"{ORDERS}/serviceOrder/id-1"


@pytest.fixture(autouse=True)
def _an_order(client: Client) -> None:
    note = {"id": "n1", "text": "ring twice", "author": "me"}
    items = [an_item("1", quantity=1, ours="kept"), an_item("2")]
    body = an_order_body(description="first", note=[note], serviceOrderItem=items, ourOwn={"a": 1, "b": 2})
    assert client.post(f"{ORDERS}/serviceOrder", body).status_code == 201


def patched(client: Client, patch: Any, media_type: str = "application/json") -> Any:
    answer = client.patch(ORDER, patch, media_type)
    assert answer.status_code == 200, answer.text
    assert answer.json() == client.get(ORDER).json()
    return answer.json()


@pytest.mark.parametrize("media_type", ["application/json", MERGE_PATCH])
def test_null_removes_and_what_is_not_named_stays(client: Client, media_type: str) -> None:
    order = patched(client, {"description": None, "ourOwn": {"a": None}}, media_type)
    assert "description" not in order
    assert order["ourOwn"] == {"b": 2}
    assert order["externalId"] == "bss-1"


def test_plain_json_merges_items_and_notes_by_their_id(client: Client) -> None:
    order = patched(
        client,
        {"serviceOrderItem": [{"id": "1", "quantity": 3}], "note": [{"id": "n1", "text": "knock", "author": None}]},
    )
    first, second = order["serviceOrderItem"]
    assert (first["quantity"], first["ours"], first["action"]) == (3, "kept", "add")
    assert second["id"] == "2"
    assert order["note"] == [{"id": "n1", "text": "knock"}]


def test_a_merge_patch_replaces_whole_lists(client: Client) -> None:
    order = patched(client, {"serviceOrderItem": [an_item("9")]}, MERGE_PATCH)
    assert [item["id"] for item in order["serviceOrderItem"]] == ["9"]


def test_a_merge_patch_leaves_no_half_item_behind(client: Client) -> None:
    error(client.patch(ORDER, {"serviceOrderItem": [{"id": "1"}]}, MERGE_PATCH), 400, "serviceOrderItem[0]", "service")


def test_a_json_patch_is_applied_in_order(client: Client) -> None:
    operations = [
        {"op": "test", "path": "/description", "value": "first"},
        {"op": "replace", "path": "/description", "value": "second"},
        {"op": "add", "path": "/note/-", "value": {"id": "n2", "text": "more"}},
        {"op": "remove", "path": "/ourOwn/b"},
    ]
    order = patched(client, operations, JSON_PATCH)
    assert order["description"] == "second"
    assert [note["id"] for note in order["note"]] == ["n1", "n2"]
    assert order["ourOwn"] == {"a": 1}


@pytest.mark.parametrize(
    "operations",
    [
        [{"op": "remove", "path": "/nothing"}],
        [{"op": "explode", "path": "/description"}],
        [{"path": "/description"}],
        {"op": "remove", "path": "/description"},
        [{"op": "replace", "path": "", "value": 5}],
        [{"op": "remove", "path": "/serviceOrderItem/0/action"}],
    ],
)
def test_a_json_patch_that_cannot_be_applied_changes_nothing(client: Client, operations: Any) -> None:
    before = client.get(ORDER).content
    error(client.patch(ORDER, operations, JSON_PATCH), 400)
    assert client.get(ORDER).content == before


def test_a_json_patch_whose_test_does_not_hold_is_a_conflict(client: Client) -> None:
    operations = [
        {"op": "replace", "path": "/description", "value": "new"},
        {"op": "test", "path": "/externalId", "value": "other"},
    ]
    error(client.patch(ORDER, operations, JSON_PATCH), 409, "externalId")
    assert client.get(ORDER).json()["description"] == "first"


@pytest.mark.parametrize(
    ("attribute", "value"),
    [("id", "other"), ("href", "http://x"), ("orderDate", "2027-01-01T00:00:00Z"), ("category", "new"), ("@type", "X")],
)
def test_what_is_not_patchable_is_named(client: Client, attribute: str, value: str) -> None:
    error(client.patch(ORDER, {attribute: value, "description": "x"}), 400, attribute)
    assert client.get(ORDER).json()["description"] == "first"


def test_the_whole_resource_can_be_sent_back(client: Client) -> None:
    whole = client.get(ORDER).json()
    assert patched(client, {**whole, "description": "second"})["description"] == "second"


def test_a_patch_that_changes_nothing_makes_no_version(client: Client) -> None:
    answer = client.patch(ORDER, {"description": "first"})
    assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')
    assert answer.content == client.get(ORDER).content


@pytest.mark.parametrize(
    "patch",
    [
        {"description": 5},
        {"requestedStartDate": "tomorrow"},
        {"note": "text"},
        {"serviceOrderItem": [{"id": "1", "action": "destroy"}]},
        {"serviceOrderItem": [{"id": "new"}]},
        {"state": "unheard of"},
    ],
)
def test_a_wrong_value_is_refused_with_its_path(client: Client, patch: Any) -> None:
    error(client.patch(ORDER, patch), 400, next(iter(patch)))


@pytest.mark.parametrize("patch", [[], "text", 5, None])
def test_a_merge_patch_is_an_object(client: Client, patch: Any) -> None:
    error(client.patch(ORDER, patch), 400)
    error(client.patch(ORDER, patch, MERGE_PATCH), 400)


def test_the_state_of_an_order_is_a_conflict(client: Client) -> None:
    error(client.patch(ORDER, {"state": "cancelled"}), 409, "acknowledged")


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "*/*", "application/*", "multipart/form-data"])
def test_other_media_types_are_not_read(client: Client, media_type: str) -> None:
    error(client.patch(ORDER, {"description": "x"}, media_type), 415, JSON_PATCH, MERGE_PATCH)


def test_the_spelling_of_a_media_type_does_not_matter(client: Client) -> None:
    answer = client.patch(ORDER, {"description": "x"}, "Application/Merge-Patch+JSON; charset=UTF-8")
    assert answer.status_code == 200


def test_a_change_meant_for_another_version_is_not_made(client: Client) -> None:
    error(client.patch(ORDER, {"description": "x"}, **{"if-match": '"7"'}), 412, '"7"')
    assert client.get(ORDER).json()["description"] == "first"


@pytest.mark.parametrize("tag", ['"1"', "*", '"7", "1"'])
def test_a_change_meant_for_this_version_is_made(client: Client, tag: str) -> None:
    assert client.patch(ORDER, {"description": "x"}, **{"if-match": tag}).headers["etag"] == '"2"'


def test_a_lost_race_is_run_again(client: Client, world: World) -> None:
    rivals = iter([True, True, False])
    world.shelf.before_write = lambda: world.desk.touch("id-1") if next(rivals) else None
    answer = client.patch(ORDER, {"description": "x"})
    assert (answer.status_code, answer.headers["etag"]) == (200, '"4"')


def test_a_lost_race_for_a_named_version_is_not_run_again(client: Client, world: World) -> None:
    world.shelf.before_write = lambda: world.desk.touch("id-1")
    error(client.patch(ORDER, {"description": "x"}, **{"if-match": '"1"'}), 412, "version 2")


def test_an_order_that_never_stands_still_is_a_conflict(client: Client, world: World) -> None:
    world.shelf.before_write = lambda: world.desk.touch("id-1")
    error(client.patch(ORDER, {"description": "x"}), 409)


def test_there_is_nothing_to_patch(client: Client) -> None:
    error(client.patch(f"{ORDERS}/serviceOrder/none", {"description": "x"}), 404, "none")


def test_no_patch_makes_too_many_items(client: Client) -> None:
    items = [an_item(str(number)) for number in range(60)]
    error(client.patch(ORDER, {"serviceOrderItem": items}), 400, "60")


def test_no_patch_digs_too_deep(client: Client) -> None:
    deep: Any = "bottom"
    for _ in range(90):
        deep = [deep]
    assert client.patch(ORDER, {"ourOwn": deep}).status_code == 200
    path = "/ourOwn" + "/0" * 89
    error(client.patch(ORDER, [{"op": "add", "path": path, "value": deep}], JSON_PATCH), 400, "deep")


@pytest.mark.parametrize(
    ("attribute", "value"), [("state", "completed"), ("errorMessage", [{"code": "x", "reason": "mine"}])]
)
def test_the_state_and_faults_of_an_item_are_not_patched(client: Client, attribute: str, value: Any) -> None:
    before = client.get(ORDER).content
    patch = {"description": "x", "serviceOrderItem": [{"id": "2", "quantity": 4, attribute: value}]}
    error(client.patch(ORDER, patch), 400, f"serviceOrderItem[1].{attribute}")
    operations = [{"op": "add", "path": f"/serviceOrderItem/1/{attribute}", "value": value}]
    error(client.patch(ORDER, operations, JSON_PATCH), 400, f"serviceOrderItem[1].{attribute}")
    assert client.get(ORDER).content == before


def test_the_state_of_an_item_may_be_sent_back_as_it_is(client: Client) -> None:
    patch = {"serviceOrderItem": [{"id": "2", "quantity": 4, "state": "acknowledged"}]}
    assert patched(client, patch)["serviceOrderItem"][1]["quantity"] == 4


def test_the_state_of_an_item_that_a_patch_adds_is_ignored_and_told(client: Client) -> None:
    answer = client.patch(ORDER, {"serviceOrderItem": [an_item("3", state="completed")]})
    assert answer.status_code == 200
    assert answer.json()["serviceOrderItem"][2]["state"] == "acknowledged"
    assert answer.headers["linkwright-repairs"] == "serviceOrderItem[2].state: set by us alone, and ignored"


def test_what_a_lost_race_mended_is_told_once(client: Client, world: World) -> None:
    rivals = iter([True, False])
    world.shelf.before_write = lambda: world.desk.touch("id-1") if next(rivals) else None
    answer = client.patch(ORDER, {"requestedStartDate": "2027-03-01"})
    assert answer.headers["linkwright-repairs"].count("requestedStartDate") == 1


def test_a_version_that_is_no_more_when_it_is_removed_stays(client: Client, world: World) -> None:
    rivals = iter([True, False])
    world.shelf.before_write = lambda: world.desk.touch("id-1") if next(rivals) else None
    error(client.ask("DELETE", ORDER, headers={"if-match": '"1"'}), 412, "version 2")
    assert client.get(ORDER).headers["etag"] == '"2"'


def test_what_would_be_mended_in_the_stored_resource_is_no_change_of_the_requester(
    client: Client, world: World
) -> None:
    stored = client.get(ORDER).json() | {"relatedParty": [{"id": "p", "@type": "RelatedParty"}]}
    world.shelf.put("serviceOrder", stored, 1)
    seen: list[Any] = []
    amend, world.desk.amend = world.desk.amend, lambda *given: seen.append(given[2]) or amend(*given)  # type: ignore[method-assign,func-returns-value]
    assert client.patch(ORDER, {"description": "x"}).status_code == 200
    assert seen == [("description",)]


def test_what_the_answer_of_a_check_says_is_not_patched(client: Client) -> None:
    client.post(f"{CHECKS}/checkServiceQualification", a_check_body())
    check = f"{CHECKS}/checkServiceQualification/id-2"
    error(client.patch(check, {"checkServiceQualificationDate": "2027-01-01T00:00:00Z"}), 400, "Date")
    for patch in (
        {"qualificationResult": "qualified"},
        {"state": "done"},
        {"expirationDate": "2027-01-01T00:00:00Z"},
        {"serviceQualificationItem": [{"id": "1", "qualificationResult": "qualified"}]},
    ):
        error(client.patch(check, patch), 403, f"{next(iter(patch))}", "said by the answer")
    assert client.patch(check, {"state": client.get(check).json()["state"], "description": "x"}).status_code == 200
