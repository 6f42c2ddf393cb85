"""Who is in the factory: the five children, their commands and what each may know.

Each gets the database URLs and secrets that it needs and no others.
What does not belong here: starting and ending them (`factory.py`, `child.py`).
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from resources.database.urls import DatabaseUrls
from resources.processes.child import ChildSpec
from resources.processes.dagster_home import ROOT, DagsterHome
from resources.processes.leftovers import MARK
from resources.processes.readiness import answers_http, daemons_are_healthy, listens
from resources.secret_store import resolve_app_secrets
from resources.settings import Settings, child_environment

DEFINITIONS_MODULE = "posthub_assets.definitions"
API_FACTORY = "api.app:create_app"
EVENT_BATCH_SIZE = "100"
"""Events written at once; with one by one, a backfill is ten times slower."""


@dataclass(frozen=True, slots=True)
class Lineup:
    """The children, in the order in which they are started."""

    api: ChildSpec
    code_server: ChildSpec
    web_server: ChildSpec
    daemon: ChildSpec
    notifier: ChildSpec


def line_up(
    settings: Settings,
    urls: DatabaseUrls,
    dagster: DagsterHome,
    *,
    definitions_module: str = DEFINITIONS_MODULE,
    api_factory: str = API_FACTORY,
) -> Lineup:
    """Give the five children of a factory. `settings` has the ports that they will listen on."""
    graph = _graph_environment(settings, urls, dagster)
    dagster_url = f"http://{reachable_host(settings)}:{settings.dagster_port}"
    workspace = ("-w", str(dagster.workspace))
    code = ("-m", "resources.processes.code_server", "api", "grpc")
    socket = ("--socket", str(dagster.code_socket))
    web = ("-m", "dagster_webserver", "-h", settings.host, "-p", str(settings.dagster_port))
    return Lineup(
        api=_api(settings, urls, api_factory),
        code_server=_spec(
            settings,
            "code-server",
            (
                *code,
                *socket,
                "-m",
                definitions_module,
                "-d",
                str(ROOT),
                "--location-name",
                "posthub",
            ),
            graph,
            lambda: listens(dagster.code_socket),
        ),
        web_server=_spec(
            settings,
            "dagster-webserver",
            (*web, *workspace, "--dagster-log-level", "warning"),
            graph,
            lambda: answers_http(f"{dagster_url}/server_info"),
        ),
        daemon=_spec(
            settings,
            "dagster-daemon",
            ("-m", "dagster._daemon", "run", *workspace),
            graph,
            lambda: daemons_are_healthy(dagster_url),
        ),
        notifier=_notifier(settings, urls),
    )


def reachable_host(settings: Settings) -> str:
    """Give the host under which this machine reaches its own servers."""
    every_interface = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}
    host = every_interface.get(settings.host, settings.host)
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _api(settings: Settings, urls: DatabaseUrls, api_factory: str) -> ChildSpec:
    secrets = resolve_app_secrets(settings)
    environment = _environment(
        settings,
        POSTHUB_API_DATABASE_URL=urls.api,
        POSTHUB_SECRET_KEY=secrets.secret_key,
        POSTHUB_ADMIN_KEYRING=",".join(secrets.admin_keyring),
        POSTHUB_USER_KEYRING=",".join(secrets.user_keyring),
        POSTHUB_METRICS_TOKEN=settings.http.metrics_token or "",
    )
    server = ("-m", "uvicorn", api_factory, "--factory", "--no-access-log", "--no-proxy-headers")
    place = ("--host", settings.host, "--port", str(settings.api_port))
    ending = ("--timeout-graceful-shutdown", "5")
    ready_url = f"http://{reachable_host(settings)}:{settings.api_port}/readyz"
    return _spec(
        settings, "api", (*server, *place, *ending), environment, lambda: answers_http(ready_url)
    )


def _notifier(settings: Settings, urls: DatabaseUrls) -> ChildSpec:
    """Nobody waits for it: it is ready when it runs."""
    secrets = resolve_app_secrets(settings)
    environment = _environment(
        settings,
        POSTHUB_FACTORY_DATABASE_URL=urls.factory,
        POSTHUB_USER_KEYRING=",".join(secrets.user_keyring),
        POSTHUB_SMTP_URL=settings.notify.smtp_url or "",
    )
    return _spec(settings, "notifier", ("-m", "resources.notifying"), environment, lambda: True)


def _graph_environment(
    settings: Settings, urls: DatabaseUrls, dagster: DagsterHome
) -> dict[str, str]:
    secrets = resolve_app_secrets(settings)
    return _environment(
        settings,
        POSTHUB_FACTORY_DATABASE_URL=urls.factory,
        POSTHUB_DAGSTER_DATABASE_URL=urls.dagster,
        POSTHUB_ADMIN_KEYRING=",".join(secrets.admin_keyring),
        POSTHUB_USER_KEYRING=",".join(secrets.user_keyring),
        DAGSTER_HOME=str(dagster.directory),
        DAGSTER_EVENT_BATCH_SIZE=EVENT_BATCH_SIZE,
        DAGSTER_DISABLE_TELEMETRY="yes",
    )


def _environment(settings: Settings, **variables: str) -> dict[str, str]:
    environment = child_environment(settings, **variables)
    path = [str(ROOT), environment.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(part for part in path if part)
    environment["PYTHONUNBUFFERED"] = "1"
    environment[MARK] = str(settings.home)
    return environment


def _spec(
    settings: Settings,
    name: str,
    arguments: tuple[str, ...],
    environment: dict[str, str],
    is_ready: object,
) -> ChildSpec:
    assert callable(is_ready)
    return ChildSpec(
        name=name,
        command=(sys.executable, *arguments),
        environment=environment,
        working_directory=Path(settings.home),
        log_path=settings.home / "logs" / f"{name}.log",
        is_ready=lambda: bool(is_ready()),
    )
