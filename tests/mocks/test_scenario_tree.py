"""A scenario's file: what is read as text, what is repeated, and what twins change."""

from pathlib import Path

import pytest

from mocks.scenario.tree import BadScenario, changed, read_tree, repeated


def written(folder: Path, text: str) -> Path:
    (folder / "scenario.yaml").write_text(text)
    return folder


def test_days_times_and_words_stay_text_and_numbers_are_numbers(tmp_path: Path) -> None:
    text = "{day: 2026-12-25, hour: 20:00, no: no, on: on, yes: true, n: 12, x: 0.5, e: 1e-3, none: null}"
    assert read_tree(written(tmp_path, text)) == {
        "day": "2026-12-25", "hour": "20:00", "no": "no", "on": "on", "yes": True, "n": 12, "x": 0.5, "e": 0.001,
        "none": None,
    }  # fmt: skip


def test_a_folder_without_a_file_and_a_file_that_is_no_yaml_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadScenario, match="there is neither"):
        read_tree(tmp_path)
    with pytest.raises(BadScenario, match="flow sequence"):
        read_tree(written(tmp_path, "a: [1"))


def test_a_member_is_repeated_with_its_number() -> None:
    tree = {
        "list": [{"repeat": {"from": 9, "to": 10}, "id": "s-{n:03}", "n": "{n}", "in": [{"at": "p{n}"}]}, {"id": "x"}]
    }
    assert repeated(tree) == {
        "list": [
            {"id": "s-009", "n": 9, "in": [{"at": "p9"}]},
            {"id": "s-010", "n": 10, "in": [{"at": "p10"}]},
            {"id": "x"},
        ]
    }


def test_what_is_no_repetition_is_refused() -> None:
    with pytest.raises(BadScenario, match="repeat"):
        repeated([{"repeat": {"from": 1}, "id": "a"}])


TREE = {"facts": {"resources": [{"id": "a-1", "price": 1}, {"id": "a-2", "price": 1}, {"id": "b", "price": 1}]}}


def test_a_change_finds_members_by_id_pattern_and_number() -> None:
    found = changed(
        TREE,
        [
            {"set": "facts.resources(a-*).price", "to": 2},
            {"remove": "facts.resources[3]"},
            {"add": "facts.resources", "value": {"id": "c"}},
            {"set": "facts.new", "to": "there"},
        ],
    )
    assert found == {
        "facts": {"resources": [{"id": "a-1", "price": 2}, {"id": "a-2", "price": 2}, {"id": "c"}], "new": "there"}
    }
    assert TREE["facts"]["resources"][0]["price"] == 1


def test_all_members_that_fit_are_removed() -> None:
    assert changed(TREE, [{"remove": "facts.resources(a-[1-9])"}]) == {
        "facts": {"resources": [{"id": "b", "price": 1}]}
    }


@pytest.mark.parametrize(
    "change",
    [
        {"remove": "facts.resources(z)"},
        {"set": "facts.nothing.price", "to": 1},
        {"remove": "facts..resources"},
        {"add": "facts.resources[1].price", "value": 1},
        {"change": "facts"},
        {"set": "facts"},
    ],
)
def test_a_change_that_cannot_be_made_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(BadScenario):
        changed(TREE, [change])
