"""The country of a time zone, from the packaged table."""

import pytest

from resources.countries import country_of


@pytest.mark.parametrize(
    ("zone", "country"),
    [
        ("America/New_York", "US"),
        ("Europe/Prague", "CZ"),
        ("Europe/Kyiv", "UA"),
        ("Asia/Tehran", "IR"),
    ],
)
def test_a_zone_belongs_to_its_country(zone, country):
    assert country_of(zone) == country


@pytest.mark.parametrize("zone", ["UTC", "Etc/GMT+5", "Nowhere/Town", ""])
def test_a_zone_of_no_country_has_none(zone):
    assert country_of(zone) == ""
