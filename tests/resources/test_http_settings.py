"""The API's settings as a server: what is understood, and what is refused by name."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from posthub_assets.domain.errors import InvalidInput
from resources.http_settings import HttpSettings, http_settings
from resources.settings import child_environment, load_settings


def test_nothing_set_means_the_defaults():
    assert http_settings({}) == HttpSettings()


def test_lists_are_separated_by_commas():
    found = http_settings(
        {
            "POSTHUB_TRUSTED_PROXIES": "10.0.0.0/8, 127.0.0.1,",
            "POSTHUB_CORS_ORIGINS": "https://a.example.com,http://localhost:5173",
        }
    )
    assert found.trusted_proxies == (ip_network("10.0.0.0/8"), ip_network("127.0.0.1/32"))
    assert found.cors_origins == ("https://a.example.com", "http://localhost:5173")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("POSTHUB_TRUSTED_PROXIES", "proxy.example.com"),
        ("POSTHUB_CORS_ORIGINS", "*"),
        ("POSTHUB_CORS_ORIGINS", "https://a.example.com/path"),
        ("POSTHUB_RATE_ANONYMOUS", "0"),
        ("POSTHUB_RATE_SIGNED_IN", "many"),
        ("POSTHUB_LOG_FORMAT", "xml"),
    ],
)
def test_a_bad_value_is_refused_by_the_name_of_its_variable(name: str, value: str):
    with pytest.raises(InvalidInput, match=name):
        load_settings({name: value})


def test_a_child_process_gets_what_the_file_said_and_the_token_by_name_only():
    # The API is a child in another directory, where the file .env is not read again.
    said = {
        "POSTHUB_TRUSTED_PROXIES": "10.0.0.0/8",
        "POSTHUB_CORS_ORIGINS": "https://a.example.com",
        "POSTHUB_RATE_SIGNED_IN": "11",
        "POSTHUB_RATE_SUPERVISOR": "7",
        "POSTHUB_RATE_ANONYMOUS": "3",
        "POSTHUB_LOG_FORMAT": "json",
        "POSTHUB_REGISTRATION": "closed",
        "POSTHUB_METRICS_TOKEN": "planted",
    }
    settings = load_settings(said)
    passed_on = child_environment(settings)
    assert "planted" not in passed_on.values()
    again = load_settings({**passed_on, "POSTHUB_METRICS_TOKEN": "planted"})
    assert again.http == settings.http != HttpSettings()


def test_the_metrics_token_is_not_in_the_repr():
    assert "planted" not in repr(load_settings({"POSTHUB_METRICS_TOKEN": "planted"}))
