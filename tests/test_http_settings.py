"""What the user says about services is read from variables and config.toml, and checked."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pss_kg.errors import UsageError
from pss_kg.http.asking import Access
from pss_kg.http.client import limits
from pss_kg.http.settings import Settings, settings_from

KEY = "0123456789abcdef"


def test_variables_name_url_key_rate_and_address() -> None:
    found = settings_from(
        {
            "PSS_KG_EUROPEPMC_URL": "https://mirror.example.org/rest/",
            "PSS_KG_PUBMED_KEY": f" {KEY}\n",
            "PSS_KG_PUBMED_RATE": "2.5",
            "PSS_KG_MAILTO": "me@example.org",
            "PSS_KG_DIR": "kg",
            "PSS_KG_CROSSREF_KEY": "",
        }
    )
    assert found.urls == {"europepmc": "https://mirror.example.org/rest"}
    assert found.keys == {"pubmed": KEY}
    assert found.rates == {"pubmed": 2.5}
    assert found.mailto == "me@example.org"


def test_a_variable_goes_before_the_config_file() -> None:
    config = {
        "mailto": "old@example.org",
        "pubmed": {"key": "x" * 12, "rate": 1},
        "semantic-scholar": {"key": KEY},
    }
    found = settings_from({"PSS_KG_PUBMED_KEY": KEY, "PSS_KG_MAILTO": "me@example.org"}, config)
    assert found.keys == {"pubmed": KEY, "semanticscholar": KEY}
    assert found.rates == {"pubmed": 1.0}
    assert found.mailto == "me@example.org"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PSS_KG_PUBMED_URL", "eutils"),
        ("PSS_KG_PUBMED_URL", "ftp://example.org"),
        ("PSS_KG_PUBMED_URL", "https://example.org/?a=b"),
        ("PSS_KG_PUBMED_URL", "http://example.org:port"),
        ("PSS_KG_PUBMED_KEY", "two\nlines"),
        ("PSS_KG_PUBMED_RATE", "fast"),
        ("PSS_KG_PUBMED_RATE", "-1"),
        ("PSS_KG_PUBMED_RATE", "nan"),
        ("PSS_KG_MAILTO", "me"),
        ("PSS_KG_MAILTO", "me@example.org\r\nX: y"),
        ("PSS_KG_MAILTO", "me@example.org) evil ("),
    ],
)
def test_a_value_that_cannot_be_right_is_named_but_not_a_key(name: str, value: str) -> None:
    with pytest.raises(UsageError) as caught:
        settings_from({name: value})
    assert name in str(caught.value)
    assert "lines" not in str(caught.value)


@pytest.mark.parametrize("config", [{"pubmed": {"keys": "x"}}, {"pubmed": 3}, {"pubmed": {"rate": True}}])
def test_unknown_settings_in_the_config_file_are_errors(config: dict[str, object]) -> None:
    with pytest.raises(UsageError, match=r"config\.toml"):
        settings_from({}, config)


def test_a_repr_holds_no_key() -> None:
    assert KEY not in repr(Settings(keys={"pubmed": KEY}, mailto="me@example.org"))


ACCESS = Access(
    "pubmed",
    "PubMed",
    "https://example.org",
    rate=3,
    rate_with_key=10,
    rate_with_contact=5,
    concurrency_with_contact=4,
    key=("param", "api_key"),
)


def test_a_key_or_an_address_gives_the_documented_higher_rate() -> None:
    assert limits(ACCESS, Settings()) == (3, 1)
    assert limits(ACCESS, Settings(mailto="me@example.org")) == (5, 4)
    assert limits(ACCESS, Settings(mailto="me@example.org", keys={"pubmed": KEY})) == (10, 4)


def test_a_rate_of_the_user_lowers_and_raises_only_for_a_mirror() -> None:
    assert limits(ACCESS, Settings(rates={"pubmed": 1})) == (1, 1)
    assert limits(ACCESS, Settings(rates={"pubmed": 50})) == (3, 1)
    assert limits(ACCESS, Settings(rates={"pubmed": 0})) == (3, 1)
    assert limits(ACCESS, Settings(rates={"pubmed": 50}, urls={"pubmed": "http://localhost"})) == (50, 1)
    assert limits(ACCESS, Settings(urls={"pubmed": "http://localhost"})) == (3, 1)


def test_the_seam_imports_nothing_heavy() -> None:
    code = (
        "import sys, pss_kg.http.asking, pss_kg.http.settings;"
        "heavy = {'requests', 'warcio', 'urllib3', 'tenacity', 'pyrate_limiter', 'sqlite3'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"
