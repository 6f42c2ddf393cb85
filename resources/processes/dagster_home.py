"""Dagster's home under POSTHUB_HOME: its `dagster.yaml`, and a workspace with one code server.

What does not belong here: what stands in `dagster.yaml`; that is at the top of the repository.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from posthub_assets.domain.errors import StorageError
from resources.socket_place import socket_directory

ROOT = Path(__file__).resolve().parents[2]
"""Where the code is: `dagster.yaml`, and the directory that `posthub_assets` is imported from."""


@dataclass(frozen=True, slots=True)
class DagsterHome:
    """Where Dagster's processes find one another."""

    directory: Path
    """DAGSTER_HOME."""
    workspace: Path
    code_socket: Path
    """Where the code server listens; only our user can reach it."""


def prepare_dagster_home(home: Path) -> DagsterHome:
    """Write Dagster's home, anew at each start. Raises StorageError."""
    directory = home / "dagster"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        instance = (ROOT / "dagster.yaml").read_text(encoding="utf-8")
        (directory / "dagster.yaml").write_text(instance, encoding="utf-8")
        sockets = socket_directory(home / "sockets", os.geteuid(), _own)
        code_socket = sockets / "code.sock"
        code_socket.unlink(missing_ok=True)
        workspace = directory / "workspace.yaml"
        workspace.write_text(_workspace(code_socket), encoding="utf-8")
    except OSError as error:
        raise StorageError(f"Dagster's home {directory} cannot be written: {error}.") from error
    return DagsterHome(directory, workspace, code_socket)


def remove_sockets(home: DagsterHome) -> None:
    """Take the code server's socket away, and its directory when that is empty then."""
    home.code_socket.unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # another socket is in it, or it is gone
        home.code_socket.parent.rmdir()


def _workspace(code_socket: Path) -> str:
    """Give the workspace; JSON is YAML, and quotes every path rightly."""
    server = {"grpc_server": {"socket": str(code_socket), "location_name": "posthub"}}
    return json.dumps({"load_from": [server]}, indent=2) + "\n"


def _own(directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    directory.chmod(0o700)
