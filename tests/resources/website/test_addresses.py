"""Which addresses are public, in every spelling there is."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.website.addresses import literal_address, refusal_of
from resources.website.targets import WebsiteRefused, read_target

PUBLIC = ("93.184.216.34", "8.8.8.8", "2606:4700:4700::1111", "2a00:1450:4014:80e::200e")
REFUSED = (
    "127.0.0.1",
    "127.9.9.9",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "255.255.255.255",
    "224.0.0.1",
    "240.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "fd00:ec2::254",
    "fec0::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::a9fe:a9fe",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "2001:0:7f00:1::80ff:fffe",
    "2001:db8::1",
)
SPELLINGS = (
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "0x7f.0x0.0x0.0x1",
    "017700000001",
    "127.0.0.1.",
    "0",
    "[::1]",
    "[::ffff:7f00:1]",
    "3232235777",
    "10.1",
    "0xa9fea9fe",
)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_taken(address):
    assert refusal_of(ip_address(address)) == ""


@pytest.mark.parametrize("address", REFUSED)
def test_what_leads_back_to_us_is_refused(address):
    assert refusal_of(ip_address(address))


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_other_spellings_of_an_address_are_read_as_it(spelling):
    address = literal_address(spelling)
    assert address is not None
    assert refusal_of(address)
    with pytest.raises(WebsiteRefused):
        read_target(f"http://{spelling}/")


@pytest.mark.parametrize("name", ["example.com", "1e100.net", "0x7g.example", "9.9.9.9.9", "a.1"])
def test_names_are_not_taken_for_addresses(name):
    assert literal_address(name) is None


@given(st.ip_addresses())
def test_no_address_that_is_not_global_is_taken(address):
    if not address.is_global:
        assert refusal_of(address)


@given(st.ip_addresses(v=4), st.sampled_from(["::ffff:", "64:ff9b::"]))
def test_an_address_within_another_is_judged_like_itself(inner, prefix):
    outer = ip_address(f"{prefix}{inner}")
    if refusal_of(inner):
        assert refusal_of(outer)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.com/",
        "gopher://example.com/",
        "javascript:alert(1)",
        "//example.com",
        "http://user:secret@example.com/",
        "http://example.com:22/",
        "http://example.com:99999/",
        "http://localhost/",
        "http://printer/",
        "http://metadata.google.internal/",
        "http://nas.local/",
        "http:///nothing",
        "http://exa mple.com/",
        "http://example.com/\r\nHost: other",
        "http://example.com\\@127.0.0.1/",
        "http://[::1",
        "http://" + "a" * 3000 + ".com/",
    ],
)
def test_urls_that_are_never_asked_are_refused_with_a_reason(url):
    with pytest.raises(WebsiteRefused) as caught:
        read_target(url)
    assert "is not read: " in str(caught.value)
    assert "\r" not in str(caught.value)


def test_a_plain_url_is_taken_as_it_is():
    target = read_target("https://Www.Example.com./about us?x=1".replace(" ", "%20"))
    assert target.url == "https://www.example.com/about%20us?x=1"
    assert target.site == "example.com"


def test_a_name_in_another_script_is_asked_in_its_ascii_form():
    assert read_target("https://příklad.cz/").host == "xn--pklad-zsa96e.cz"
    # Look-alikes of a digit or a dot are that digit or dot once they are normalised.
    with pytest.raises(WebsiteRefused):
        read_target("http://①②⑦.0.0.1/")
    with pytest.raises(WebsiteRefused):
        read_target("http://127。0。0。1/")
