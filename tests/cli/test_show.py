"""What the demonstration shows of an answer."""

from typing import Any

import pytest
from rich.console import Console

from linkwright.cli.show import show_check

Json = Any


def _shown(**facts: Json) -> str:
    told = [{"name": name.replace("_", ".", 1), "value": value} for name, value in facts.items()]
    item = {"id": "1", "qualificationResult": "qualified", "service": {"serviceCharacteristic": told}}
    console = Console(width=200)
    with console.capture() as captured:
        show_check({"id": "c", "state": "done", "serviceQualificationItem": [item]}, console)
    return captured.get()


@pytest.mark.parametrize(
    ("availability", "told"),
    [(0.9999999999999999, "99.99999 %"), (99.99999999999999, "99.99999 %"), (0.999, "99.90000 %"), (1, "100.00000 %")],
)
def test_an_availability_is_shown_cut(availability: float, told: str) -> None:
    assert told in _shown(sla_availability=availability)


def test_a_latency_is_shown_rounded_up() -> None:
    assert "9.11 ms" in _shown(sla_latencyMs=9.1001)
    assert "9.10 ms" in _shown(sla_latencyMs=9.1)
