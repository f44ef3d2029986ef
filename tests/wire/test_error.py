"""The body of an answer that is an error."""

import pytest

from linkwright.wire.v4.error import write_error
from tests.wire.schemas import assert_contract, assert_published


@pytest.mark.parametrize("status", [400, "400"])
def test_every_attribute_of_an_error_is_a_text_the_status_too(status: int | str) -> None:
    error = write_error(status, "badRequest", "Bad request", "The id is missing.", "https://x/errors/1")
    assert error == {
        "code": "badRequest",
        "reason": "Bad request",
        "message": "The id is missing.",
        "status": "400",
        "referenceError": "https://x/errors/1",
        "@type": "Error",
    }


def test_a_reference_that_nobody_has_is_left_out() -> None:
    assert "referenceError" not in write_error(404, "notFound", "Not found", "No serviceOrder has the id 'x'.")


@pytest.mark.parametrize("api", ["TMF641-ServiceOrdering-v4.1.0", "TMF645-ServiceQualification-v4.0.1"])
def test_an_error_is_what_both_standards_say(api: str) -> None:
    assert_published(api, "Error", write_error(500, "500", "Internal error", "It is our fault."))


@pytest.mark.parametrize("contract", ["tmf641-v4.yaml", "tmf645-v4.yaml"])
def test_an_error_is_what_both_contracts_say(contract: str) -> None:
    assert_contract(contract, "Error", write_error(500, "500", "Internal error", "It is our fault."))
