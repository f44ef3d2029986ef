"""The same problem gives the same bytes in every process: nothing hangs on the hash of a name, nor on the time that is
left over."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAMME = """
import sys
from hashlib import sha256
from linkwright.design.files.format import write_outcome
from linkwright.design.solve import solve
from tests.design.medium import a_medium_problem
from tests.design.tiny_all import drawn_from

time_limit_s = float(sys.argv[1])
problems = [drawn_from(seed).problem for seed in range(24)] + [a_medium_problem("germany50", sites=8, seed=5)]
for number, problem in enumerate(problems):
    outcome = solve(
        problem,
        relax=number % 3 == 0,
        serve="most" if number % 5 == 0 else "all",
        alternatives=3 if number % 4 == 0 else 0,
        time_limit_s=time_limit_s,
        clock=lambda: 0.0,
    )
    print(problem.name, outcome.status, sha256(write_outcome(outcome).encode()).hexdigest())
"""


def _answers(hash_seed: str, time_limit_s: str) -> list[str]:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    command = [sys.executable, "-c", PROGRAMME, time_limit_s]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_the_answers_are_the_same_in_another_process_and_with_another_time_limit() -> None:
    first = _answers("0", "60")
    assert len(first) == 25
    assert any(" optimal " in line for line in first)
    assert any(" infeasible " in line for line in first)
    assert _answers("1", "600") == first
