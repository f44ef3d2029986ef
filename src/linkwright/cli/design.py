"""`linkwright design`: the design core alone, from a problem file to a design file."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from linkwright.errors import BadProblem

if TYPE_CHECKING:
    from linkwright.design.limits import Limits
    from linkwright.design.model import Outcome, Problem
    from linkwright.design.solve import Round

BAD_FILE, INFEASIBLE = 2, 3


def design(
    problem_file: Annotated[
        Path | None, typer.Argument(metavar="PROBLEM.json", help="A problem of the design core.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="DESIGN.json", help="Where the design goes; else stdout.")
    ] = None,
    time_limit_s: Annotated[float, typer.Option(help="Stop the search after this many seconds.", min=0.1)] = 60.0,
    gap_limit: Annotated[
        float, typer.Option(help="A proved gap of this share of the cost is near enough.", min=0.0, max=1.0)
    ] = 0.0,
    node_limit: Annotated[
        int | None, typer.Option(help="Stop after this many nodes of the integer programme, or branches.", min=0)
    ] = None,
    replay: Annotated[
        str | None,
        typer.Option(metavar="DESIGN_ID", help="Compute a stored design again, instead of reading a problem."),
    ] = None,
    database: Annotated[str | None, typer.Option(help="SQLAlchemy URL of the store, for --replay.")] = None,
) -> None:
    """Design the cheapest solution with a proved bound, or say why there is none (exit code 3).

    With --replay the exit code is 1 if the design comes out otherwise now, and 2 if nobody knows it.
    """
    if replay is not None:
        _replay(replay, database, time_limit_s, output)
        return
    if problem_file is None:
        raise typer.BadParameter("a problem file or --replay is needed", param_hint="PROBLEM.json")
    _design(problem_file, output, time_limit_s, gap_limit, node_limit)


def _replay(design_id: str, database: str | None, time_limit_s: float, output: Path | None) -> None:
    from linkwright.cli.replayed import replayed

    found = replayed(design_id, database, time_limit_s)
    if found.text:
        _write(found.text, output)
    if found.remark:
        typer.echo(found.remark, err=True)
    if found.code:
        raise typer.Exit(found.code)


def _design(
    problem_file: Path, output: Path | None, time_limit_s: float, gap_limit: float, node_limit: int | None
) -> None:
    from linkwright.design.files.format import read_problem, write_outcome
    from linkwright.design.limits import Limits

    try:
        problem = read_problem(problem_file.read_bytes())
    except (BadProblem, OSError) as error:
        _refuse(f"{problem_file}: {error.strerror if isinstance(error, OSError) else error}", error)
    limits = Limits(gap=gap_limit, seconds=time_limit_s)
    if node_limit is not None:
        limits = replace(limits, nodes=node_limit, branches=min(limits.branches, node_limit))
    outcome = _solved(problem, limits)
    _write(write_outcome(outcome), output)
    if outcome.design is None:
        raise typer.Exit(INFEASIBLE)


def _write(text: str, output: Path | None) -> None:
    if output is None:
        typer.echo(text)
        return
    try:
        output.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        _refuse(f"{output}: {error.strerror}", error)


def _refuse(why: str, cause: Exception) -> NoReturn:
    typer.echo(why, err=True)
    raise typer.Exit(BAD_FILE) from cause


def _solved(problem: "Problem", limits: "Limits") -> "Outcome":
    """With a line of progress, where somebody is looking."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from linkwright.design.solve import solve

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[gap]}"), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task(f"{len(problem.sites)} sites", total=limits.seconds, gap="")

        def show(step: "Round") -> None:
            progress.update(task, completed=step.elapsed_s, gap=f"gap {step.gap:.2%}")

        return solve(problem, time_limit_s=limits.seconds, limits=limits, relax=True, on_round=show)
