"""Whose request it is, with proxies before the API and with liars before the proxies."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from api.addresses import believe_proxies

PROXIES = (ip_network("10.0.0.0/8"),)


def client_of(peer: str, forwarded: str, trusted=PROXIES, proto: str = "") -> tuple[str, str]:
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    headers += [(b"x-forwarded-proto", proto.encode())] if proto else []
    scope = {"type": "http", "client": (peer, 1), "scheme": "http", "headers": headers}
    believe_proxies(scope, trusted)
    return scope["client"][0], scope["scheme"]


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),  # no proxy of ours: not believed
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "1.2.3.4, 198.51.100.1", "198.51.100.1"),  # the left part is the client's word
        ("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1, unknown", "10.0.0.1"),
        ("10.0.0.1", "2001:db8::1", "2001:db8::1"),
    ],
)
def test_the_client_is_the_first_address_from_the_right_that_is_no_proxy(peer, forwarded, client):
    assert client_of(peer, forwarded)[0] == client


def test_without_trusted_proxies_nothing_is_believed():
    assert client_of("10.0.0.1", "198.51.100.1", trusted=(), proto="https") == ("10.0.0.1", "http")


def test_the_scheme_comes_from_a_trusted_proxy_only():
    assert client_of("10.0.0.1", "198.51.100.1", proto="https")[1] == "https"
    assert client_of("203.0.113.7", "198.51.100.1", proto="https")[1] == "http"
    assert client_of("10.0.0.1", "198.51.100.1", proto="javascript")[1] == "http"
