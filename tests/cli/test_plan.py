"""`linkwright plan`: what it prints and writes, and the exit code of a bad file."""

import json
from pathlib import Path

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from linkwright.cli.plan import plan
from tests.plan.projects import written

PROJECT = written((1,), [(0, (0,), (2, 3)), (3, (1,), (4,)), (2, (1,), (4,)), (0, (0,), ())])


def _run(*arguments: str | Path) -> Result:
    app = typer.Typer()
    app.command()(plan)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def project(tmp_path: Path) -> Path:
    file = tmp_path / "made.sm"
    file.write_text(PROJECT, encoding="utf-8")
    return file


def test_a_project_is_scheduled_with_its_bound_and_chain(project: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.json"
    result = _run(project, "-o", output, "--time-limit-s", "5", "--seed", "3")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "makespan 5, bound 5, gap 0.00%"
    told = json.loads(output.read_text(encoding="utf-8"))
    assert (told["makespan"], told["bound"], told["gap"]) == (5, 5, 0.0)
    assert sorted(told["starts"]) == ["1", "2", "3", "4"]
    assert sorted([told["starts"]["2"], told["starts"]["3"]])[0] == 0
    assert {"2", "3"} <= set(told["criticalChain"])
    assert result.stdout.splitlines()[1] == f"critical chain {' -> '.join(told['criticalChain'])}"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nothing", "no section"),
        (PROJECT.replace("   2        1  ", "   2        3  "), "3 modes"),
        (PROJECT.replace("   3      1     2       1", "   3      1     2       2"), "activity 3 can never start"),
        (None, "No such file"),
    ],
)
def test_a_bad_file_is_exit_code_2_and_a_sentence(tmp_path: Path, text: str | None, words: str) -> None:
    file = tmp_path / "bad.sm"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    result = _run(file)
    assert result.exit_code == 2
    assert words in result.stderr
    assert str(file) in result.stderr


def test_a_file_that_is_no_text_or_no_place_to_write_is_exit_code_2(project: Path, tmp_path: Path) -> None:
    binary = tmp_path / "binary.sm"
    binary.write_bytes(b"\xff\xfe\x00")
    assert _run(binary).exit_code == 2
    assert _run(project, "-o", tmp_path / "missing" / "out.json", "--time-limit-s", "0").exit_code == 2
