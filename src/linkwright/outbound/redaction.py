"""What is left out of the audit trail: credentials of systems, and what tells where a person can be reached.

The one list of these words. Names are compared without case, blanks, hyphens and underscores.
"""

import re
import zlib
from hashlib import sha256
from urllib.parse import parse_qsl, urlencode

import orjson

from linkwright.designs.requirement import Json
from linkwright.exchanges import NOTHING, Said
from linkwright.wire.depth import may_be_too_deep, too_deep

CREDENTIALS = frozenset(
    {
        "authorization",
        "proxyauthorization",
        "cookie",
        "setcookie",
        "password",
        "passwd",
        "secret",
        "clientsecret",
        "sharedsecret",
        "token",
        "bearertoken",
        "authtoken",
        "sessiontoken",
        "accesstoken",
        "refreshtoken",
        "idtoken",
        "apikey",
        "xapikey",
        "credential",
        "credentials",
        "privatekey",
        "passphrase",
        "psk",
        "presharedkey",
        "pin",
        "sig",
        "signature",
    }
)
CREDENTIALS_END = ("token", "secret", "password", "apikey", "accesskey", "subscriptionkey")
PERSONAL = frozenset(
    {
        "contactmedium",
        "contactmedia",
        "contact",
        "email",
        "emailaddress",
        "phone",
        "phonenumber",
        "mobile",
        "mobilenumber",
        "mobilephone",
        "telephone",
        "telephonenumber",
        "msisdn",
        "fax",
        "faxnumber",
        "contactname",
        "contactperson",
        "contactemail",
        "contactphone",
        "socialnetworkid",
        "birthdate",
        "givenname",
        "familyname",
        "fullname",
        "firstname",
        "lastname",
        "surname",
        "nationalid",
    }
)
HIDDEN = CREDENTIALS | PERSONAL
PARTIES = frozenset({"relatedparty"})
"""Below these a `name` is that of a person, unless it is said to be an organization's."""
ORGANIZATIONS = frozenset({"organization", "organisation"})
WITH_A_NAME = ("name", "id", "code")
"""What a characteristic is called: `{"name": "apiKey", "value": …}` hides its value."""

REDACTED = "***"
MOST_BYTES = 64 * 1024
LONGEST_PATH = 2000
_FILLING = re.compile(r"[\s_-]+")


def said(body: bytes | None) -> Said:
    """A body as it may be kept; one that cannot be redacted (too large, too deep, no JSON) by its digest alone."""
    if not body:
        return NOTHING
    digest = sha256(body).hexdigest()
    if len(body) > MOST_BYTES:
        return Said(size_bytes=len(body), sha256=digest)
    return Said(text=_text(body), size_bytes=len(body), sha256=digest)


def _text(body: bytes) -> bytes | None:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if may_be_too_deep(body) and too_deep(value):
        return None
    return zlib.compress(orjson.dumps(redacted(value)), 1)


def redacted(value: Json, *, of_party: bool = False) -> Json:
    """The same without what may not be kept."""
    if isinstance(value, list):
        return [redacted(one, of_party=of_party) for one in value]
    if not isinstance(value, dict):
        return _without_query(value)
    return {name: _kept(name, one, value, of_party) for name, one in value.items()}


def redacted_path(path: str, params: dict[str, str]) -> str:
    """A path with its query."""
    told = [(name, REDACTED if _word(name) in HIDDEN else value) for name, value in params.items()]
    return (f"{path}?{urlencode(told)}" if told else path)[:LONGEST_PATH]


def is_credential(name: str) -> bool:
    """Of a header, whose names are less settled than those of members."""
    word = _word(name)
    return word in CREDENTIALS or word.endswith(CREDENTIALS_END)


def _kept(name: str, value: Json, parent: Json, of_party: bool) -> Json:
    word = _word(name)
    named = next((_word(str(parent[of])) for of in WITH_A_NAME if parent.get(of)), "")
    if word in HIDDEN or (word == "value" and named in HIDDEN):
        return REDACTED
    if of_party and word == "name" and _word(str(parent.get("@referredType", ""))) not in ORGANIZATIONS:
        return REDACTED
    return redacted(value, of_party=word in PARTIES)


def _without_query(value: Json) -> Json:
    """Addresses often carry a token of whoever gave them."""
    if not (isinstance(value, str) and value.startswith(("http://", "https://")) and "?" in value):
        return value
    address, _, query = value.partition("?")
    told = [(name, REDACTED) for name, _ in parse_qsl(query, keep_blank_values=True)]
    return f"{address}?{urlencode(told, safe='*')}"


def _word(name: str) -> str:
    return _FILLING.sub("", name).lower()
