"""Tokens of links to pictures: what was signed comes back, and nothing else is taken."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from resources.file_tokens import TOKEN, FileTokens
from resources.ids import new_id

SECRET = "a secret of the tests, longer than it must be"
ENDS = datetime(2026, 12, 4, 19, 30, tzinfo=UTC)


def test_a_token_says_whose_picture_it_is_and_until_when():
    organization, asset = new_id(), new_id()
    token = FileTokens(SECRET).issue(organization, asset, ENDS + timedelta(microseconds=7))
    found = FileTokens(SECRET).read(token)
    assert re.fullmatch(TOKEN, token)
    assert found is not None
    assert (found.organization_id, found.asset_id, found.expires_at) == (organization, asset, ENDS)


def test_a_token_of_another_secret_or_with_any_sign_changed_is_nobodys():
    tokens = FileTokens(SECRET)
    token = tokens.issue(new_id(), new_id(), ENDS)
    assert FileTokens(SECRET + "!").read(token) is None
    for place in range(len(token)):
        other = "A" if token[place] != "A" else "B"
        assert tokens.read(token[:place] + other + token[place + 1 :]) is None


@pytest.mark.parametrize("token", ["", "A", "A" * 96, "ž" * 96, "A" * 95, "=" * 96])
def test_what_was_never_a_token_is_nobodys(token):
    assert FileTokens(SECRET).read(token) is None


def test_the_secret_is_not_shown():
    assert SECRET not in repr(FileTokens(SECRET))
