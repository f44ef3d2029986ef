"""Projects in the format of PSPLIB, written as its generator writes them."""

from collections.abc import Sequence

RULE = "*" * 72


def written(capacities: Sequence[int], jobs: Sequence[tuple[int, Sequence[int], Sequence[int]]]) -> str:
    """`jobs`: duration, requests of each resource, successors; the first job is number 1."""
    names = "  ".join(f"R {n}" for n in range(1, len(capacities) + 1))
    lines = [
        *(RULE, "file with basedata            : made.bas", "initial value random generator: 1", RULE),
        "projects                      :  1",
        f"jobs (incl. supersource/sink ):  {len(jobs)}",
        "horizon                       :  99",
        *("RESOURCES", f"  - renewable                 :  {len(capacities)}   R"),
        *("  - nonrenewable              :  0   N", "  - doubly constrained        :  0   D"),
        *(RULE, "PROJECT INFORMATION:", "pronr.  #jobs rel.date duedate tardcost  MPM-Time"),
        f"    1     {len(jobs) - 2}      0       99       0       99",
        *(RULE, "PRECEDENCE RELATIONS:", "jobnr.    #modes  #successors   successors"),
    ]
    for job, (_, _, behind) in enumerate(jobs, 1):
        lines.append(f"{job:4}        1          {len(behind)}           {'   '.join(map(str, behind))}".rstrip())
    lines += [RULE, "REQUESTS/DURATIONS:", f"jobnr. mode duration  {names}", "-" * 72]
    for job, (days, requests, _) in enumerate(jobs, 1):
        lines.append(f"{job:4}      1     {days}       {'    '.join(map(str, requests))}")
    lines += [RULE, "RESOURCEAVAILABILITIES:", f"  {names}", "   " + "   ".join(map(str, capacities)), RULE]
    return "\n".join(lines) + "\n"
