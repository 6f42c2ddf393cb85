"""Which addresses a website may have: public ones, and none that leads back to us.

What does not belong here: resolving names (`client.py`), URLs (`targets.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

REFUSED_NETWORKS: tuple[Network, ...] = tuple(
    ip_network(one)
    for one in (
        "100.64.0.0/10",  # shared by carriers, RFC 6598
        "169.254.0.0/16",  # link-local, and the metadata of clouds
        "192.0.0.0/24",  # protocol assignments, RFC 6890
        "192.88.99.0/24",  # 6to4 relays, RFC 7526
        "198.18.0.0/15",  # benchmarks, RFC 2544
        "fec0::/10",  # site-local, RFC 3879
        "fd00:ec2::/32",  # metadata of a cloud
        "100::/64",  # discard, RFC 6666
        "2001::/23",  # protocol assignments with Teredo, RFC 2928
        "2001:db8::/32",  # documentation, RFC 3849
    )
)
"""Beside all that `ipaddress` does not call global: what it calls so in some of our Pythons."""

NAT64 = ip_network("64:ff9b::/96")
NAT64_LOCAL = ip_network("64:ff9b:1::/48")
SIX_TO_FOUR = ip_network("2002::/16")
COMPATIBLE = ip_network("::/96")


def refusal_of(address: Address, allowed: Sequence[Network] = ()) -> str:
    """Say why an address is refused; an empty text where it is public.

    `allowed` are networks of a test. An IPv4 address within an IPv6 one (mapped, compatible, 6to4,
    NAT64, Teredo) is judged as well: it is where the packet ends.
    """
    if any(address in network for network in allowed if network.version == address.version):
        return ""
    inner = _within(address)
    if inner is not None and (told := refusal_of(inner, allowed)):
        return told
    return next((told for told, holds in _reasons(address) if holds), "")


def _reasons(address: Address) -> tuple[tuple[str, bool], ...]:
    refused = [one for one in REFUSED_NETWORKS if one.version == address.version]
    single = not (address.is_multicast or address.is_unspecified or address.is_reserved)
    return (
        ("it is this machine", address.is_loopback),
        ("it is a link-local address, such as a cloud's metadata has", address.is_link_local),
        ("it is a private address", address.is_private),
        ("it is no address of a single host", not single),
        ("it is not a public address", any(address in network for network in refused)),
        ("it is not a public address", not address.is_global),
    )


def _within(address: Address) -> IPv4Address | None:
    """Give the IPv4 address that an IPv6 address carries, or None."""
    if not isinstance(address, IPv6Address):
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in NAT64 or address in NAT64_LOCAL or address in COMPATIBLE:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return None


def literal_address(host: str) -> Address | None:
    """Read a host that is an address, in whatever spelling resolvers take; None for a name.

    `0x7f.1`, `2130706433`, `0177.0.0.1` and `127.1` are all this machine (inet_aton(3)).
    """
    bare = host.removeprefix("[").removesuffix("]").partition("%")[0]
    try:
        return ip_address(bare)
    except ValueError:
        return _old_spelling(bare)


def _old_spelling(host: str) -> IPv4Address | None:
    parts = host.removesuffix(".").split(".")
    if not 1 <= len(parts) <= 4:
        return None
    numbers = [_number(part) for part in parts]
    if any(number is None for number in numbers):
        return None
    *first, last = (number or 0 for number in numbers)
    rest = 4 - len(first)
    if any(number > 255 for number in first) or last >= 256**rest:
        return None
    value = last
    for place, number in enumerate(first):
        value += number * 256 ** (3 - place)
    return IPv4Address(value)


def _number(part: str) -> int | None:
    """Read a part as inet_aton does: hexadecimal, octal or decimal."""
    text = part.casefold()
    base = 16 if text.startswith("0x") else 8 if text.startswith("0") and len(text) > 1 else 10
    digits = text.removeprefix("0x") if base == 16 else text
    if not digits and base == 16:
        return 0
    try:
        return int(digits, base) if digits.isascii() and digits.isalnum() else None
    except ValueError:
        return None
