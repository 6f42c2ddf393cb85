"""Slugs are made from names in any script."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posthub_assets.domain.naming import slug_of


@pytest.mark.parametrize(
    ("name", "website", "slug"),
    [
        ("Kolna Cargo Works", "", "kolna-cargo-works"),
        ("Žluťoučký kůň, s.r.o.", "", "zlutoucky-kun-s-r-o"),
        ("شرکت نمونه", "https://www.nemoone.example.com/fa", "nemoone-example"),
        ("Приклад", "", "company"),
        ("—", "not a website", "company"),
    ],
)
def test_a_name_becomes_a_slug(name, website, slug):
    assert slug_of(name, website) == slug


@given(st.text(max_size=200), st.text(max_size=40))
def test_whatever_the_name_the_slug_is_one(name, host):
    try:
        slug = slug_of(name, f"https://{host}")
    except ValueError:
        return  # no address at all: it was refused before
    assert re.fullmatch("[a-z0-9-]{1,40}", slug)
