"""`linkwright design`: what it writes, and where to, and the exit code that a script can act on."""

import json
from pathlib import Path

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from linkwright.cli import main
from linkwright.cli.design import design
from linkwright.design.files.format import read_design, write_problem
from linkwright.design.model import Problem
from tests.design.medium import a_medium_problem
from tests.design.pieces import a_case, a_network, a_site, an_option

DESIGNED, BAD_FILE, INFEASIBLE = 0, 2, 3


def _problem(lead_days: int = 20) -> Problem:
    return a_case(a_network("h"), [a_site("s")], [an_option("fibre", "s", "h", 700, lead_days=lead_days)])


def _run(*arguments: str | Path) -> Result:
    app = typer.Typer()
    app.command()(design)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def good(tmp_path: Path) -> Path:
    file = tmp_path / "good.json"
    file.write_text(write_problem(_problem()), encoding="utf-8")
    return file


@pytest.fixture
def hopeless(tmp_path: Path) -> Path:
    """The only access is ready a day after it is needed."""
    file = tmp_path / "hopeless.json"
    file.write_text(write_problem(_problem(lead_days=101)), encoding="utf-8")
    return file


def test_a_design_is_written_to_the_file_and_the_code_is_0(good: Path, tmp_path: Path) -> None:
    output = tmp_path / "design.json"
    result = _run(good, "-o", output)
    assert (result.exit_code, result.stdout) == (DESIGNED, "")
    answer = json.loads(output.read_text(encoding="utf-8"))
    assert (answer["status"], answer["cost"], answer["bound"], answer["gap"]) == ("optimal", 700, 700, 0)
    assert answer["sites"] == [{"site": "s", "cpe": "box", "legs": [{"access": "fibre", "path": []}]}]
    assert read_design(output.read_bytes()).sites[0].site == "s"


def test_a_gap_that_is_near_enough_and_a_limit_of_nodes_end_the_search_and_are_named(tmp_path: Path) -> None:
    file = tmp_path / "crowded.json"
    file.write_text(write_problem(a_medium_problem("abilene", sites=10, seed=3)), encoding="utf-8")
    proved, near, short = (
        json.loads(_run(file, *limit).stdout) for limit in ((), ("--gap-limit", "0.25"), ("--node-limit", "0"))
    )
    assert (proved["status"], proved["guards"]) == ("optimal", [])
    assert (near["status"], near["guards"]) == ("feasible", ["gap 0.25"])
    assert 0 < near["gap"] <= 0.25
    assert near["bound"] <= proved["cost"] <= near["cost"]
    assert (short["status"], short["guards"]) == ("feasible", ["branches 0"])


def test_without_a_file_to_write_the_design_goes_to_stdout(good: Path) -> None:
    result = _run(good)
    assert result.exit_code == DESIGNED
    assert json.loads(result.stdout)["status"] == "optimal"
    assert result.stderr == ""


def test_without_any_design_the_code_is_3_and_the_file_says_why(hopeless: Path, tmp_path: Path) -> None:
    output = tmp_path / "design.json"
    result = _run(hopeless, "--output", output)
    assert result.exit_code == INFEASIBLE
    answer = json.loads(output.read_text(encoding="utf-8"))
    assert (answer["status"], answer["sites"], answer["cost"]) == ("infeasible", [], None)
    assert {"constraint": "site:s/date", "limit": 100, "needed": 101} in answer["reasons"]
    assert answer["relaxations"] == [{"constraint": "site:s/date", "value": 101, "cost": 700, "gap": 0}]


def test_without_any_design_stdout_says_why(hopeless: Path) -> None:
    result = _run(hopeless)
    assert result.exit_code == INFEASIBLE
    assert json.loads(result.stdout)["sites"] == []


def _assert_refused(result: Result, *words: str) -> None:
    assert result.exit_code == BAD_FILE
    assert result.stdout == ""
    assert isinstance(result.exception, SystemExit)
    for word in words:
        assert word in result.stderr
    assert "Traceback" not in result.stderr


def test_what_is_no_json_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "bad.json"
    file.write_text("{", encoding="utf-8")
    _assert_refused(_run(file), "bad.json", "not a JSON text")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    _assert_refused(_run(tmp_path / "nothing.json"), "nothing.json", "No such file")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    _assert_refused(_run(tmp_path), "Is a directory")


def test_a_contradiction_is_refused_with_its_path(good: Path, tmp_path: Path) -> None:
    problem = json.loads(good.read_text(encoding="utf-8"))
    problem["sites"][0]["destinations"] = ["h", "q"]
    bad, output = tmp_path / "bad.json", tmp_path / "design.json"
    bad.write_text(json.dumps(problem), encoding="utf-8")
    _assert_refused(_run(bad, "-o", output), "bad.json", "sites[0].destinations[1]", "'q'")
    assert not output.exists()


def test_an_output_that_cannot_be_written_is_refused(good: Path, tmp_path: Path) -> None:
    _assert_refused(_run(good, "-o", tmp_path / "no-folder" / "design.json"), "design.json", "No such file")


def test_it_is_a_command_of_linkwright(
    good: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["linkwright", "design", str(good)])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == DESIGNED
    assert json.loads(capsys.readouterr().out)["cost"] == 700
