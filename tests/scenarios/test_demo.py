"""`linkwright demo --scenario` says by its exit code whether everything came out as expected."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

MINE = """
name: mine
title: One site with a fibre
clock: 2027-05-03T08:00:00Z
facts:
  specifications:
    - {{id: cfs, mandatory: [bandwidth], defaults: {{designPattern: siteToHub, destination: [core], termMonths: 12}}}}
  sites: [{{id: site}}]
  resources:
    - {{category: pop, id: core, facts: {{latitudeDeg: 50, longitudeDeg: 8, availability: 0.9999, delayMs: 0}}}}
    - {{category: cpeModel, id: cpe, facts: {{maxMbps: 1000, nrc: 100, mrc: 5, availability: 0.9999, delayMs: 0}}}}
    - category: accessOption
      id: fibre
      place: site
      facts: {{technology: fibre, bandwidthMbps: 1000, nrc: 900, mrc: 300, availability: 0.999, delayMs: 1,
               leadTimeDays: 5}}
      relations: {{terminatesAt: core}}
steps:
  - check:
      items: [{{id: one, site: site, specification: cfs, wishes: {{bandwidth: 100, neededBy: 2027-06-01}}}}]
  - expect:
      - {{of: item(one).qualificationResult, is: qualified}}
      - {{of: item(one).characteristic(commercial.oneTimeCost), is: {once}}}
      - {{of: item(one).characteristic(plan.readyForServiceDate), is: 2027-05-10}}
"""


def demo(folder: Path, scenario: str) -> subprocess.CompletedProcess[str]:
    (folder / "scenario.yaml").write_text(scenario)
    command = [sys.executable, "-m", "linkwright", "demo", "--scenario", str(folder)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "COLUMNS": "200"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(("once", "code"), [(1000, 0), (999, 1)])
def test_it_ends_well_only_if_all_is_as_expected(once: int, code: int, tmp_path: Path) -> None:
    ended = demo(tmp_path, MINE.format(once=once))
    assert ended.returncode == code, ended.stderr
    assert f"{2 + (code == 0)} of 3 as expected" in ended.stdout


def test_what_cannot_be_used_is_named(tmp_path: Path) -> None:
    ended = demo(tmp_path, MINE.format(once=1).replace("clock:", "watch:"))
    assert ended.returncode == 2
    assert "watch" in ended.stderr


ORDERED = """
faults: {{downstream: {{orders_wait: true}}, resource-orders: {{orders_wait: true}}}}
steps:
  - order:
      items: [{{id: one, site: site, specification: cfs, wishes: {{bandwidth: 100, neededBy: 2027-06-01}}}}]
      until: [inProgress]
  - change: {{items: [{{id: one, wishes: {{neededBy: 2027-06-02}}}}], answer: {answer}}}
  - expect: [{{of: order.item(one).characteristic(neededBy), is: 2027-06-02}}]
"""


@pytest.mark.parametrize(("answer", "said"), [(200, "1 of 1 as expected"), (409, "0 of 1 as expected")])
def test_a_customer_may_order_at_once_and_change_his_mind(answer: int, said: str, tmp_path: Path) -> None:
    facts, _, _ = MINE.format(once=1000).partition("steps:")
    ended = demo(tmp_path, facts + ORDERED.format(answer=answer))
    assert ended.returncode == (0 if answer == 200 else 1), ended.stderr
    assert said in ended.stdout
