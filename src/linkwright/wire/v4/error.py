"""The body of every answer that is an error."""

from linkwright.wire.json import Json, present


def write_error(status: int | str, code: str, reason: str, message: str, reference: str | None = None) -> Json:
    """All attributes of a TMF error are strings, the status too."""
    told = present(code=str(code), reason=reason, message=message, status=str(status), referenceError=reference)
    return told | {"@type": "Error"}
