"""Every intended departure of our contracts from the published files, with its reason.

A pattern is the text of a `compare.Difference` in which `*` stands for anything. A departure that no pattern covers
fails the tests, and so does a pattern that nothing needs any more.
"""

import re
from collections.abc import Iterable, Mapping

from .compare import Difference

Reasons = Mapping[str, str]

_HTTP: Reasons = {
    "+ (api) security bearer: http bearer": "configuration may ask callers for a token",
    "+ (api) security apiKey: apiKey header X-API-Key": "configuration may ask callers for a key",
    "+ POST * 201 header Location: string": "a client finds what it created by the header",
    "+ GET */{id} 200 header ETag: string": "what is read names its version",
    "+ PATCH * 200 header ETag: string": "what was changed names its new version",
    "+ PATCH * header If-Match: string": "a change can be tied to the version that was read",
    "+ PATCH * 412 application/json: Error": "and is refused if that version is no longer stored",
    "+ GET * 200 header Link: string": "pages link to their neighbours",
    "+ GET * 206 *": "a page that is not all of it may say so, where the operator wants that",
    "+ GET * 501 application/json: Error": "filters in JSONPath are another convention's",
    "+ DELETE * header If-Match: string": "a removal can be tied to the version that was read",
    "+ DELETE * 412 application/json: Error": "and is refused if that version is no longer stored",
    "+ GET * query sort: string": "lists can be sorted",
    "~ GET * query offset: integer -> integer minimum=0": "a negative offset is a mistake of the caller",
    "~ GET * query limit: integer -> integer maximum=1000 minimum=1": "pages are bounded, and none is empty on purpose",
    "+ POST * 201 link *": "what was created leads to what can be done with it",
    "+ P* 413 application/json: Error": "bodies are limited in size",
    "+ P* 415 application/json: Error": "only JSON is read",
    "+ * 503 application/json: Error": "an overloaded server says so",
    "+ * 503 header Retry-After: string": "and says when to come back",
    "+ PATCH * body application/json-patch+json: JsonPatch required": "the REST guidelines offer it for every PATCH",
    "+ JsonPatch (schema): [JsonPatchOperation]": "the body of a JSON patch",
    "+ JsonPatchOperation *": "the body of a JSON patch",
}
_TOLERANCE: Reasons = {
    "~ Feature featureCharacteristic: [Characteristic] minItems=1 required -> [Characteristic] minItems=1": (
        "a feature that is only switched on has none, also in the standard's own sample"
    ),
    "~ RelatedParty @referredType: string required -> string": "real orders leave it out, and nothing depends on it",
    "~ * (schema): object -> object x-strict-required=*": "what is demanded there, kept for the strict profile",
    "~ Characteristic (schema): object -> object x-strict-not-null=*": "the conformance profile refuses a null value",
}

SERVED: Mapping[str, Reasons] = {
    "tmf641-v4.yaml": {
        **_HTTP,
        **_TOLERANCE,
        "+ PATCH * body application/merge-patch+json: ServiceOrder_Update required": "RFC 7396 to the letter",
        "~ RelatedParty @type: string required -> string": "the standard's own sample order leaves it out",
        "~ ServiceOrderItemRef id: undeclared required -> string": (
            "required there without being declared, beside itemId that means the same; we read either"
        ),
        "+ CancelServiceOrder_Create serviceOrderItem: [ServiceOrderItemRef] minItems=1": (
            "extension: stop some items of an order"
        ),
        "+ CancelServiceOrder serviceOrderItem: [ServiceOrderItemRef]": "extension: which items were asked to stop",
    },
    "tmf645-v4.yaml": {
        **_HTTP,
        **_TOLERANCE,
        "+ POST *ServiceQualification 200 header Location: string": "an answer at once is stored too, and can be found",
        "+ POST *ServiceQualification 200 link *": "and leads on like one that comes later",
        "+ PATCH * body application/merge-patch+json: *ServiceQualification_Update required": "RFC 7396 to the letter",
    },
}

OUTWARD: Mapping[str, Reasons] = {}


def unexplained(found: Iterable[Difference], reasons: Reasons) -> list[str]:
    """The differences that no pattern covers."""
    return [str(each) for each in found if not any(_matches(pattern, each) for pattern in reasons)]


def needless(found: Iterable[Difference], reasons: Reasons) -> list[str]:
    """The patterns that cover no difference."""
    all_found = list(found)
    return [pattern for pattern in reasons if not any(_matches(pattern, each) for each in all_found)]


def _matches(pattern: str, difference: Difference) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), str(difference)) is not None
