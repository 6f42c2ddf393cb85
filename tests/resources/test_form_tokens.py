"""Tokens in forms: good for what they were made for."""

from __future__ import annotations

from resources.form_tokens import FormTokens

TOKENS = FormTokens("a secret of the tests, longer than it must be")


def test_a_token_is_good_for_its_parts_alone():
    token = TOKENS.issue("link", 1, "ab")
    assert TOKENS.is_good(token, "link", 1, "ab")
    for parts in (("link", 2, "ab"), ("link", 1), ("link", 1, "a", "b"), ("lin", "k1", "ab")):
        assert not TOKENS.is_good(token, *parts)


def test_another_secret_makes_another_token():
    token = FormTokens("another secret of the tests, as long as it is").issue("link")
    assert not TOKENS.is_good(token, "link")


def test_what_is_no_token_is_not_good():
    for wrong in ("", "é" * 64, "\ud800", TOKENS.issue("link").upper() + "0"):
        assert not TOKENS.is_good(wrong, "link")


def test_the_secret_is_in_no_repr():
    assert "secret of the tests" not in repr(TOKENS)
