"""Of a store that cannot be asked nothing is said, least of all that there is nothing."""

from collections.abc import Callable

import pytest
import typer

from linkwright.cli.audit import audit
from linkwright.cli.holds import holds
from linkwright.cli.hub import list_, replay
from linkwright.cli.orders import approve
from linkwright.cli.partners import partners

NOBODY = "postgresql+psycopg://linkwright:hush-hush@127.0.0.1:9/linkwright"


@pytest.mark.parametrize(
    "command",
    [
        lambda: audit("order-1", NOBODY, False),
        lambda: holds(NOBODY),
        lambda: list_(NOBODY),
        lambda: replay("subscription-1", False, None, NOBODY),
        lambda: approve("order-1", database=NOBODY),
        lambda: partners(NOBODY, ""),
    ],
    ids=["audit", "holds", "hub list", "hub replay", "approve", "partners"],
)
def test_a_store_that_does_not_answer_is_told_without_its_password(
    command: Callable[[], None], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as ended:
        command()
    told = capsys.readouterr()
    assert ended.value.exit_code == 1
    assert "does not answer" in told.err
    assert "hush" not in told.out + told.err
