"""`linkwright plan`: a project of PSPLIB, scheduled."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from linkwright.plan.model import Schedule

BAD_FILE = 2


def plan(
    project_file: Annotated[Path, typer.Argument(metavar="FILE.sm", help="A single-mode project of PSPLIB.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="OUT.json", help="Where the start of each job goes.")
    ] = None,
    time_limit_s: Annotated[float, typer.Option(help="Search so long for a shorter schedule.", min=0.0)] = 10.0,
    seed: Annotated[int, typer.Option(help="Of the simulated courses.")] = 0,
) -> None:
    """Schedule a project with scarce resources as short as can be, with a proved bound."""
    from linkwright.plan.psplib import read_psplib
    from linkwright.plan.schedule import schedule

    try:
        found = schedule(read_psplib(project_file.read_text(encoding="utf-8")), seed=seed, improve_s=time_limit_s)
    except (ValueError, OSError) as error:
        _refuse(f"{project_file}: {error.strerror if isinstance(error, OSError) else error}", error)
    typer.echo(f"makespan {found.ready_day}, bound {found.bound_day}, gap {found.gap:.2%}")
    typer.echo(f"critical chain {' -> '.join(found.chain)}")
    if output is None:
        return
    try:
        output.write_text(f"{_written(found)}\n", encoding="utf-8")
    except OSError as error:
        _refuse(f"{output}: {error.strerror}", error)


def _written(found: "Schedule") -> str:
    return json.dumps(
        {
            "makespan": found.ready_day,
            "bound": found.bound_day,
            "gap": found.gap,
            "criticalChain": found.chain,
            "starts": {timed.activity: timed.start_day for timed in found.timed},
        },
        indent=2,
    )


def _refuse(why: str, cause: Exception) -> NoReturn:
    typer.echo(why, err=True)
    raise typer.Exit(BAD_FILE) from cause
