"""What lets a text pass unsearched: the hints of a leftover stand in every match of its pattern."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from posthub_assets.domain.quality.leftovers import LEFTOVERS

HINTED = [sort for sort in LEFTOVERS if sort.hints]


@pytest.mark.parametrize("sort", HINTED, ids=lambda sort: f"{sort.name}: {sort.hints[0]!r}")
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_a_pattern_finds_is_never_passed_over_for_want_of_a_hint(sort, data):
    text = data.draw(st.from_regex(sort.pattern))
    folded = "\n" + text.casefold()
    found = [match.span() for match in sort.find(text, folded)]
    assert found == [match.span() for match in sort.pattern.finditer(text)]
