"""Questions that tell whether a server is ready. Each takes two seconds at most.

What does not belong here: waiting (`child.py`).
"""

from __future__ import annotations

import http.client
import json
import socket
from pathlib import Path
from urllib.parse import urlsplit

from posthub_assets.domain.errors import InvalidInput

TIMEOUT_S = 2.0
DAEMON_QUERY = "{instance{daemonHealth{allDaemonStatuses{daemonType required healthy}}}}"


def answers_http(url: str) -> bool:
    """Say whether GET `url` gives 200."""
    return _request("GET", url) is not None


def daemons_are_healthy(dagster_url: str) -> bool:
    """Say whether all daemons that Dagster requires have reported to its web server."""
    body = json.dumps({"query": DAEMON_QUERY}).encode()
    answer = _request("POST", f"{dagster_url}/graphql", body)
    if answer is None:
        return False
    try:
        statuses = json.loads(answer)["data"]["instance"]["daemonHealth"]["allDaemonStatuses"]
    except (ValueError, KeyError, TypeError):
        return False
    needed = [status for status in statuses if status["required"]]
    return bool(needed) and all(status["healthy"] for status in needed)


def listens(path: Path) -> bool:
    """Say whether a Unix socket takes connections."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(TIMEOUT_S)
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


def require_free_port(host: str, port: int, variable: str) -> None:
    """Raise InvalidInput, naming the variable, when another program has the port."""
    if not port_is_free(host, port):
        raise InvalidInput(
            f"Port {port} on {host} is taken by another program. Set {variable} to a free one.",
            field=variable,
        )


def port_is_free(host: str, port: int) -> bool:
    """Say whether a server could listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(host: str) -> int:
    """Give a port that is free now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
    return port


def _request(method: str, url: str, body: bytes | None = None) -> bytes | None:
    """Give the body of a 200, else None. Proxies of the environment are not used."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT_S)
    headers = {"Content-Type": "application/json"} if body else {}
    try:
        connection.request(method, parts.path or "/", body, headers)
        answer = connection.getresponse()
        content = answer.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    return content if answer.status == 200 else None
