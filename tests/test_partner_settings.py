"""The table of a partner in linkwright.toml."""

from pathlib import Path

import pytest

from linkwright.designs.footprints import Area
from linkwright.partner_settings import Partner
from linkwright.settings import Settings
from linkwright.wire.v4.dialect import Dialect

NORTH = """
[partners.north]
url = "http://north"
max_per_s = 5
items_per_check = 1
technologies = ["fibre"]
specifications = ["cfs-vpn-site"]
headers = { X-Tenant = "us" }

[[partners.north.area]]
countries = ["Germany"]
postcodes = ["10*"]

[[partners.north.area]]
circles = [[52.52, 13.4, 30.0]]
boxes = [[47.0, 5.0, 49.0, 7.0]]

[partners.north.dialect]
qualification_path = "/sq/v4/"
catalogue_path = "sc/v4"
bandwidth = "kbps"
names = { bandwidth = "speed" }
"""


def partner(tmp_path: Path, text: str = NORTH, **environment: str) -> Partner:
    file = tmp_path / "linkwright.toml"
    file.write_text(text)
    return Settings.load(environment, file).partners[0]


def test_a_partner_says_where_it_is_and_how_it_is_spoken_to(tmp_path: Path) -> None:
    north = partner(tmp_path)
    assert (north.max_per_s, north.items_per_check, north.reuse_s) == (5, 1, 86_400.0)
    assert north.footprint.areas == (
        Area(countries=("Germany",), postcodes=("10*",)),
        Area(circles=((52.52, 13.4, 30.0),), boxes=((47.0, 5.0, 49.0, 7.0),)),
    )
    assert (north.footprint.technologies, north.footprint.specifications) == ({"fibre"}, {"cfs-vpn-site"})
    assert north.dialect == Dialect(bandwidth="kbps", names={"bandwidth": "speed"})
    assert north.paths == {
        "tmf-api/serviceQualificationManagement/v4": "sq/v4",
        "tmf-api/serviceCatalogManagement/v4": "sc/v4",
    }
    assert north.all_headers == {"X-Tenant": "us"}


VARIABLE = "LINKWRIGHT_PARTNER_NORTH_TOKEN"


def test_a_token_comes_from_the_environment_or_a_file_and_is_never_shown(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("from-a-file\n")
    text = NORTH.replace("max_per_s = 5", f"token_file = {str(file)!r}")
    named = partner(tmp_path, **{f"{VARIABLE}_FILE": str(file)})
    assert named.all_headers["Authorization"] == "Bearer from-a-file"
    assert partner(tmp_path, text).all_headers["Authorization"] == "Bearer from-a-file"
    given = partner(tmp_path, text, **{VARIABLE: "given"})
    assert given.all_headers["Authorization"] == "Bearer given"
    assert "given" not in repr(given)


def test_a_token_may_go_in_another_header(tmp_path: Path) -> None:
    text = '[partners.north]\nurl = "http://north"\ntoken_header = "X-API-Key"\n'
    assert partner(tmp_path, text, **{VARIABLE: "k"}).all_headers == {"X-API-Key": "k"}


@pytest.mark.parametrize(
    ("said", "at_once"),
    [
        ("", 16),
        ("max_per_s = 5", 10),
        ("max_per_s = 0.1", 2),
        ("max_per_s = 100", 16),
        ("max_per_s = 5\nat_once = 3", 3),
    ],
)
def test_so_many_checks_are_open_at_once(tmp_path: Path, said: str, at_once: int) -> None:
    assert partner(tmp_path, f'[partners.north]\nurl = "http://north"\n{said}\n').checks_at_once == at_once


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("max_pers = 5", "max_pers"),
        ("max_per_s = 0", "max_per_s"),
        ("at_once = 0", "at_once"),
        ("items_per_check = 0", "items_per_check"),
        ("area = [{ postcode = ['1'] }]", "postcode"),
        ("area = [{ circles = [[1.0, 2.0]] }]", "circles"),
        ("area = [{ boxes = [1.0, 2.0, 3.0, 4.0] }]", "boxes"),
        ("dialect = { bandwidth = 'baud' }", "baud"),
        ("dialect = { version = 'v5' }", "version"),
        ("dialect = { names = { a = 'x', b = 'x' } }", "names"),
        ("token_file = '/nowhere'", "token"),
        ("token_file = '/dev/null'", "token"),
        ('headers = { X-Key = "hush\\nhush" }', "header"),
        ("headers = { X-Key = '' }", "header"),
        ("answer_within_s = 'soon'", "answer_within_s"),
        ("answer_within_s = 0", "answer_within_s"),
        ("reuse_s = true", "reuse_s"),
        ("catalogue_s = 0", "catalogue_s"),
        ("catalogue_s = true", "catalogue_s"),
    ],
)
def test_nonsense_is_named(tmp_path: Path, wrong: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        partner(tmp_path, f'[partners.north]\nurl = "http://north"\n{wrong}\n')


def test_a_token_that_cannot_be_sent_is_refused_without_being_told() -> None:
    with pytest.raises(ValueError, match="north") as refused:
        Partner(name="north", url="http://north", token="hush\nhush")  # noqa: S106 - this is the test
    assert "hush" not in str(refused.value)
