"""Reads problems in the format of PSPLIB (`.sm`): activities with renewable resources, one mode each."""

import re

from linkwright.plan.model import Activity, After, Network, Pool
from linkwright.plan.tasks import tasks_of

SECTIONS = ("PRECEDENCE RELATIONS", "REQUESTS/DURATIONS", "RESOURCEAVAILABILITIES")
SINGLE = 1


def read_psplib(text: str) -> Network:
    """The jobs as activities `1`…`n` and the resources as pools `R1`…`Rk`, with all that a file says of them.

    Raises ValueError, with the line or the section, for what is no such file, and for several modes and resources that
    are not renewable, which plans do not have.
    """
    sections = _sections(text)
    for name in SECTIONS:
        if name not in sections:
            raise ValueError(f"no section {name}: not a PSPLIB file")
    _only_renewable(text)
    capacities = _capacities(sections["RESOURCEAVAILABILITIES"])
    behind = _successors(sections["PRECEDENCE RELATIONS"])
    durations = _durations(sections["REQUESTS/DURATIONS"], len(capacities))
    if set(behind) != set(durations):
        raise ValueError("the sections on precedence and durations name different jobs")
    before: dict[int, list[int]] = {job: [] for job in behind}
    for job, successors in behind.items():
        for other in successors:
            if other not in before:
                raise ValueError(f"job {job} has the successor {other}, which is not there")
            before[other].append(job)
    network = Network(
        activities=tuple(
            Activity(
                id=str(job),
                name=f"job {job}",
                kind="build",
                days=days,
                after=tuple(After(activity=str(other)) for other in before[job]),
                needs={f"R{n}": jobs for n, jobs in enumerate(requests, 1) if jobs},
            )
            for job, (days, requests) in durations.items()
        ),
        pools=tuple(Pool(id=f"R{n}", jobs_per_day=jobs) for n, jobs in enumerate(capacities, 1)),
    )
    tasks_of(network)
    return network


def _sections(text: str) -> dict[str, list[tuple[int, str]]]:
    """The numbered lines below each heading, without rules and empty lines."""
    sections: dict[str, list[tuple[int, str]]] = {}
    lines: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        heading = re.fullmatch(r"([A-Z][A-Z/ ]+):\s*", line)
        if heading:
            lines = sections.setdefault(heading[1].strip(), [])
        elif line.strip() and not line.startswith(("*", "-")):
            lines.append((number, line))
    return sections


def _only_renewable(text: str) -> None:
    for kind in ("nonrenewable", "doubly constrained"):
        told = re.search(rf"- {kind}\s*:\s*(\d+)", text)
        if told and int(told[1]):
            raise ValueError(f"{int(told[1])} {kind} resources: only renewable ones can be planned")


def _capacities(lines: list[tuple[int, str]]) -> list[int]:
    for number, line in lines:
        if not re.search(r"[A-Za-z]", line):
            return _numbers(number, line)
    raise ValueError("the section RESOURCEAVAILABILITIES has no line of numbers")


def _successors(lines: list[tuple[int, str]]) -> dict[int, list[int]]:
    behind: dict[int, list[int]] = {}
    for number, line in lines:
        if re.search(r"[A-Za-z]", line):
            continue
        job, modes, count, *successors = (*_numbers(number, line, least=3),)
        if modes != SINGLE:
            raise ValueError(f"line {number}: job {job} has {modes} modes, only one can be planned")
        if job in behind:
            raise ValueError(f"line {number}: job {job} is there twice")
        if count != len(successors):
            raise ValueError(f"line {number}: job {job} has {len(successors)} successors where {count} are announced")
        behind[job] = successors
    return behind


def _durations(lines: list[tuple[int, str]], resources: int) -> dict[int, tuple[int, list[int]]]:
    durations: dict[int, tuple[int, list[int]]] = {}
    for number, line in lines:
        if re.search(r"[A-Za-z]", line):
            continue
        values = _numbers(number, line)
        if len(values) != 3 + resources or values[0] in durations:
            raise ValueError(f"line {number}: not job, mode, duration and {resources} requests of a job with one mode")
        durations[values[0]] = (values[2], values[3:])
    return durations


def _numbers(number: int, line: str, least: int = 1) -> list[int]:
    try:
        values = [int(word) for word in line.split()]
    except ValueError as error:
        raise ValueError(f"line {number}: not whole numbers: {line.strip()}") from error
    if len(values) < least or min(values) < 0:
        raise ValueError(f"line {number}: {least} numbers or more are needed, none below zero")
    return values
