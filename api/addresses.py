"""Whose request it is when proxies stand before the API: the client's address and scheme.

`X-Forwarded-For` is believed from trusted proxies only, and read from the right: what stands left
of the first address that is not a proxy of ours was written by the client.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address

from starlette.types import Scope

from resources.http_settings import Network


def believe_proxies(scope: Scope, trusted: Sequence[Network]) -> None:
    """Put the client's address and scheme into the scope, as far as proxies can be believed."""
    client = scope.get("client")
    if not trusted or not client or not _is_in(client[0], trusted):
        return
    headers = dict(scope["headers"])
    hops = headers.get(b"x-forwarded-for", b"").decode("latin-1").split(",")
    for hop in reversed([hop.strip() for hop in hops if hop.strip()]):
        if not _is_address(hop):
            break  # what is no address ends the chain: the proxy before it is the last we know
        scope["client"] = (hop, 0)
        if not _is_in(hop, trusted):
            break
    scheme = headers.get(b"x-forwarded-proto", b"").decode("latin-1").strip().lower()
    if scheme in ("http", "https"):
        scope["scheme"] = scheme


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_in(text: str, networks: Sequence[Network]) -> bool:
    try:
        address = ip_address(text)
    except ValueError:
        return False
    return any(address in network for network in networks)
