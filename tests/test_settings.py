"""Where settings come from, and what becomes of nonsense."""

import re
from datetime import date
from pathlib import Path

import pytest

from linkwright.business.limits import Limits
from linkwright.business.risk_facts import BASE_RATES, Rate
from linkwright.business.rules import Finance
from linkwright.partner_settings import Partner
from linkwright.retention_settings import Retention
from linkwright.settings import Settings, is_loopback


def test_the_environment_beats_the_file_and_the_file_beats_the_default(tmp_path: Path) -> None:
    file = tmp_path / "linkwright.toml"
    file.write_text('port = 1\ntries = 7\n[systems]\npool = "http://pool"\n[partners.north]\nurl = "http://north"\n')
    settings = Settings.load({"LINKWRIGHT_PORT": "2", "LINKWRIGHT_RESOURCES_URL": "http://inventory/"}, file)
    assert (settings.port, settings.tries, settings.hold_days) == (2, 7, 14)
    assert settings.systems == {"pool": "http://pool", "resources": "http://inventory"}
    assert settings.partners == (Partner(name="north", url="http://north"),)


def test_the_secret_of_a_partner_is_not_shown_and_not_empty() -> None:
    partner = Partner(name="north", url="http://north", event_secret="open sesame")  # noqa: S106
    assert "sesame" not in repr(partner)
    for secret in ("", "öffne dich"):
        with pytest.raises(ValueError, match="north"):
            Partner(name="north", url="http://north", event_secret=secret)


def test_an_unknown_setting_is_named(tmp_path: Path) -> None:
    file = tmp_path / "linkwright.toml"
    file.write_text("prot = 1\n")
    with pytest.raises(ValueError, match="prot"):
        Settings.load({}, file)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('port = "many"', "port"),
        ("tries = true", "tries"),
        ("partial_content = 1", "partial_content"),
        ('[systems]\nresorces = "http://127.0.0.1:1"', "resorces"),
        ('[partners.pool]\nurl = "http://127.0.0.1:1"', r"partners\.pool"),
        ('outward_networks = ["10.0.0.300/8"]', "outward_networks"),
        ('callback_networks = ["10.0.0.1/8"]', "callback_networks"),
    ],
)
def test_a_setting_of_the_wrong_kind_is_named(tmp_path: Path, line: str, told: str) -> None:
    file = tmp_path / "linkwright.toml"
    file.write_text(line)
    with pytest.raises(ValueError, match=told):
        Settings.load({}, file)


def test_a_whole_number_is_a_number_with_a_fraction(tmp_path: Path) -> None:
    file = tmp_path / "linkwright.toml"
    file.write_text("read_timeout_s = 5")
    assert Settings.load({}, file).read_timeout_s == 5


def test_holidays_and_networks_are_lists() -> None:
    settings = Settings.load(
        {"LINKWRIGHT_HOLIDAYS": "2026-12-25, 2027-01-01", "LINKWRIGHT_CALLBACK_NETWORKS": "10.0.0.0/8"}
    )
    assert settings.holidays == (date(2026, 12, 25), date(2027, 1, 1))
    assert settings.callback_networks == ("10.0.0.0/8",)


def test_every_setting_that_one_text_can_say_is_read_from_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "linkwright.toml"
    file.write_text('holiday_regions = ["FR"]\nask_when_worse = true')
    settings = Settings.load({"LINKWRIGHT_HOLIDAY_REGIONS": "DE-BY, AT", "LINKWRIGHT_ASK_WHEN_WORSE": "false"}, file)
    assert (settings.holiday_regions, settings.ask_when_worse) == (("DE-BY", "AT"), False)
    assert Settings.load({"LINKWRIGHT_PARTNERS": "x", "LINKWRIGHT_TOKENS": "y", "LINKWRIGHT_RISK": "z"}) == Settings()


def test_the_engine_has_a_file_of_its_own_beside_the_store() -> None:
    assert Settings(database="sqlite:////data/linkwright.db").engine_url == "sqlite:////data/linkwright-engine.db"
    assert Settings(database="postgresql+psycopg://db/lw").engine_url == "postgresql+psycopg://db/lw"


def test_links_are_made_with_the_public_url_where_there_is_one() -> None:
    assert Settings(public_url="https://design.example.com/").base_url == "https://design.example.com"
    assert Settings().base_url == "http://127.0.0.1:8640"


@pytest.mark.parametrize(
    ("host", "loopback"), [("127.0.0.1", True), ("::1", True), ("localhost", True), ("10.0.0.1", False)]
)
def test_loopback_is_recognised(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_there_is_one_design_worker_unless_more_are_wanted_and_never_none() -> None:
    assert Settings().design_workers == 1
    assert Settings.load({"LINKWRIGHT_DESIGN_WORKERS": "3"}).design_workers == 3
    with pytest.raises(ValueError, match="design_workers"):
        Settings.load({"LINKWRIGHT_DESIGN_WORKERS": "0"})


APPROVAL = """
fallout_days = 2
ask_when_worse = false
[approval.business]
currency = "EUR"
one_time_minor = 500
[approval.engineering]
risk = 3
confidence = "yellow"
[partners.north]
url = "http://north"
idempotent = true
"""


def test_what_needs_approval_is_told_by_kind(tmp_path: Path) -> None:
    file = tmp_path / "linkwright.toml"
    file.write_text(APPROVAL)
    settings = Settings.load({"LINKWRIGHT_FALLOUT_DAYS": "3", "LINKWRIGHT_CONFIRMATION_DAYS": "7"}, file)
    assert settings.approval == {
        "business": Limits(currency="EUR", one_time_minor=500),
        "engineering": Limits(risk=3, confidence="yellow"),
    }
    assert (settings.fallout_days, settings.confirmation_days, settings.ask_when_worse) == (3, 7, False)
    assert settings.partners[0].idempotent


def test_nobody_is_asked_unless_it_is_told() -> None:
    assert Settings.load({}).approval == {}
    assert not Settings.load({}).business.has_rules


def test_the_rules_of_a_business_case_are_told_in_a_table(tmp_path: Path) -> None:
    file = tmp_path / "linkwright.toml"
    file.write_text(
        '[business]\ncurrency = "EUR"\ndiscount_rate = 0.09\nmin_npv_minor = 0\nmin_irr = 0.12\n'
        "max_payback_months = 24\nmax_time_to_revenue_days = 90\n"
    )
    assert Settings.load({}, file).business == Finance(
        currency="EUR",
        discount_rate=0.09,
        min_npv_minor=0,
        min_irr=0.12,
        max_payback_months=24,
        max_time_to_revenue_days=90,
    )


def test_the_environment_beats_single_rules_of_a_business_case(tmp_path: Path) -> None:
    file = tmp_path / "linkwright.toml"
    file.write_text('[business]\ncurrency = "EUR"\ndiscount_rate = 0.09\nmin_npv_minor = 0\n')
    told = {"DISCOUNT_RATE": "0.05", "MIN_NPV_MINOR": "-5", "MIN_IRR": "0.1", "MAX_PAYBACK_MONTHS": "12"}
    environment = {f"LINKWRIGHT_BUSINESS_{name}": value for name, value in told.items()}
    rules = {"discount_rate": 0.05, "min_npv_minor": -5, "min_irr": 0.1, "max_payback_months": 12}
    assert Settings.load(environment, file).business == Finance(currency="EUR", **rules)  # type: ignore[arg-type]
    alone = {"LINKWRIGHT_BUSINESS_MAX_TIME_TO_REVENUE_DAYS": "90", "LINKWRIGHT_BUSINESS_CURRENCY": "CHF"}
    assert Settings.load(alone).business == Finance(currency="CHF", max_time_to_revenue_days=90)


def test_the_rates_of_risks_are_told_in_tables_or_in_the_environment(tmp_path: Path) -> None:
    assert Settings.load({}).risk == {}
    file = tmp_path / "linkwright.toml"
    file.write_text("[risk.newBuild]\nprobability = 0.5\nslip = 1\n[risk.sharedRisk]\nprobability = 0\n")
    environment = {"LINKWRIGHT_RISK_NEW_BUILD_SLIP": "0.4", "LINKWRIGHT_RISK_WEATHER_PROBABILITY": "0.7"}
    assert Settings.load(environment, file).risk == {
        "newBuild": Rate(probability=0.5, slip=0.4),
        "sharedRisk": Rate(probability=0),
        "weather": Rate(probability=0.7, slip=BASE_RATES["weather"].slip),
    }


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("BUSINESS_DISCOUNT_RATE", "9", "business: discount_rate 9.0 is no number from 0 to 1, such as 0.09"),
        ("BUSINESS_DISCOUNT_RATE", "nine", "LINKWRIGHT_BUSINESS_DISCOUNT_RATE: 'nine' is not a float"),
        ("BUSINESS_MAX_PAYBACK_MONTHS", "-1", "business: max_payback_months -1 is no whole number from 0 to 1,200"),
        ("BUSINESS_MIN_NPV_MINOR", "5", "business: min_npv_minor needs its currency"),
        ("RISK_NEW_BUILD_PROBABILITY", "30", "risk.newBuild: probability 30.0 is no number from 0 to 1"),
        ("RISK_NEW_BUILD_SLIP", "nan", "risk.newBuild: slip nan is no number from 0 to 10"),
        ("RISK_SHARED_RISK_SLIP", "0.5", "risk.sharedRisk: slip: this risk moves no date"),
    ],
)
def test_rules_and_rates_of_the_environment_are_held_against_their_bounds(variable: str, value: str, told: str) -> None:
    with pytest.raises(ValueError, match=re.escape(told)):
        Settings.load({f"LINKWRIGHT_{variable}": value})


@pytest.mark.parametrize(
    ("table", "word"),
    [
        ("[approval.sales]\nrisk = 1", "sales"),
        ("[approval.business]\nrisks = 1", "risks"),
        ("[approval.business]\none_time_minor = 1", "currency"),
        ('[approval.business]\nrisk = "high"', "high"),
        ('[approval.business]\nconfidence = "blue"', "blue"),
    ],
)
def test_limits_that_mean_nothing_are_named(tmp_path: Path, table: str, word: str) -> None:
    file = tmp_path / "linkwright.toml"
    file.write_text(table)
    with pytest.raises(ValueError, match=word):
        Settings.load({}, file)


def test_secrets_of_listeners_come_from_files_and_are_never_shown(tmp_path: Path) -> None:
    (tmp_path / "all").write_text("for-all\n")
    (tmp_path / "one").write_text("for-one\n")
    file = tmp_path / "linkwright.toml"
    file.write_text(
        f'callback_secret_file = "{tmp_path / "all"}"\n[callback_secrets."one.test"]\nfile = "{tmp_path / "one"}"\n'
        '[callback_secrets.sub-1]\nsecret = "for-sub-1"\n'
    )
    settings = Settings.load({}, file)
    assert settings.secret_of("sub-2", "one.test") == "for-one"
    assert settings.secret_of("sub-1", "one.test") == "for-sub-1"
    assert settings.secret_of("sub-2", "two.test") == "for-all"
    assert "for-" not in repr(settings)
    assert Settings.load({"LINKWRIGHT_CALLBACK_SECRET": "mine"}).secret_of("sub-1", "x") == "mine"
    assert Settings().secret_of("sub-1", "x") is None


@pytest.mark.parametrize("table", ["", 'secret = ""', 'file = "/nowhere"', 'secret = "a"\nfile = "b"'])
def test_a_secret_that_is_none_is_refused_by_its_name(table: str, tmp_path: Path) -> None:
    file = tmp_path / "linkwright.toml"
    file.write_text(f"[callback_secrets.sub-1]\n{table}\n")
    with pytest.raises(ValueError, match=r"callback_secrets\.sub-1"):
        Settings.load({}, file)


def test_how_long_things_are_kept_can_be_set_in_days(tmp_path: Path) -> None:
    file = tmp_path / "linkwright.toml"
    file.write_text("[retention]\nevents_days = 7\nchecks_days = 0\ninputs_days = 3\n")
    ages = Settings.load({}, file).retention
    assert (ages.events_days, ages.checks_days, ages.inputs_days, ages.engine_days) == (7, 0, 3, 1)
    with pytest.raises(ValueError, match=r"retention\.runs_days"):
        Retention(runs_days=-1)
    with pytest.raises(ValueError, match=r"retention\.engine_days"):
        Retention(engine_days=0)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('hold_days = "14"', "hold_days: '14' is not a whole number"),
        ("fallout_days = 0.5", "fallout_days: 0.5 is not a whole number"),
        ("fallout_days = true", "fallout_days"),
        ("confirmation_days = -3", "confirmation_days: -3 is less than nothing"),
        ("hold_sweep_s = nan", "hold_sweep_s"),
        ('ask_when_worse = "no"', "ask_when_worse: 'no' is not true or false"),
        ("public_url = 8640", "public_url: 8640 is not a text"),
        ('holidays = ["2026-12-24"]', "holidays: '2026-12-24' is no day"),
        ('outward_networks = "10.0.0.0/8"', "outward_networks: '10.0.0.0/8' is no list"),
        ("outward_networks = [10]", "outward_networks: 10 is no text"),
        ("approval = 5", "approval: tables are expected"),
        ("api_keys.bss = 1", "api_keys: tables are expected"),
        ("tries = 0", "tries: 0 is given"),
        ("hold_days = 0", "hold_days: 0 is given"),
        ("[retention]\nevents = 3", "retention: unknown setting 'events'"),
        ('[tokens]\nissuer = "x"', "tokens: missing 2 required"),
        ('[api_keys.bss]\nsha = "x"', "api_keys.bss: unknown setting 'sha'"),
        (f'[api_keys.bss]\nsha256 = "{64 * "a"}"\nscopes = "resources:all"', "api_keys.bss: scopes must be a list"),
        ("[approval.business]\nrisk = true", "approval.business: True is no whole number"),
        ("[approval.business]\nrisk = -1", "approval.business: -1 is no whole number from 0 on"),
        ('[approval.business]\ncurrency = "eur"\nrisk = 1', "approval.business: currency 'eur'"),
        ("[approval.business]\ncurrency = 5\nrisk = 1", "approval.business: currency 5"),
        ("[business]\nrate = 0.1", "business: unknown setting 'rate'"),
        ('[business]\ndiscount_rate = "9 %"', "business: discount_rate '9 %'"),
        ("[business]\nmax_payback_months = 1.5", "business: max_payback_months 1.5"),
        ("[business]\nmin_npv_minor = 5\ndiscount_rate = 0.1", "business: min_npv_minor needs its currency"),
        ("[risk.fire]\nprobability = 0.1", "risk: fire is none of plannedBuild"),
        ("[risk.newBuild]\nchance = 0.1", "risk.newBuild: unknown setting 'chance'"),
        ("[risk.newBuild]\nprobability = 1.5", "risk.newBuild: probability 1.5 is no number from 0 to 1"),
        ('[risk.newBuild]\nprobability = "high"', "risk.newBuild: probability 'high' is no number"),
        ("[risk.newBuild]\nslip = true", "risk.newBuild: slip True is no number from 0 to 10"),
        ("risk = 5", "risk: tables are expected, such as [risk.NAME]"),
        ("business = 5", "business: a table is expected, such as [business]"),
        ("retention = 5", "retention: a table is expected, such as [retention]"),
    ],
)
def test_a_value_of_another_kind_is_named_before_anything_starts(tmp_path: Path, text: str, named: str) -> None:
    file = tmp_path / "linkwright.toml"
    file.write_text(f"{text}\n")
    with pytest.raises(ValueError, match=re.escape(named)):
        Settings.load({}, file)


def test_what_is_of_its_kind_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "linkwright.toml"
    file.write_text('hold_sweep_s = 60\nholidays = [2026-12-24]\nask_when_worse = false\npublic_url = "http://a"\n')
    settings = Settings.load({}, file)
    assert (settings.hold_sweep_s, settings.holidays) == (60, (date(2026, 12, 24),))
    assert (settings.ask_when_worse, settings.public_url) == (False, "http://a")


def test_an_amount_below_nothing_is_refused_wherever_it_comes_from() -> None:
    with pytest.raises(ValueError, match="hold_sweep_s"):
        Settings.load({"LINKWRIGHT_HOLD_SWEEP_S": "-1"})
