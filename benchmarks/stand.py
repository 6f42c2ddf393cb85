"""A factory for the length of a bench: a temporary home, its database, its processes.

Two code servers can stand behind one daemon: ours, and bare Dagster beside it. Runs, jobs and
events are read from the database, so that looking costs the factory nothing.
What does not belong here: what is measured, rows (`seeding.py`).
"""

from __future__ import annotations

import http.client
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import yaml
from psycopg.rows import dict_row

from benchmarks.graphs.marks import VARIABLE as MARKS
from benchmarks.harness import tree_cpu_s, with_bytecode
from benchmarks.seeding import plain_url
from resources.database.embedded import EmbeddedPostgres, resolve_database
from resources.database.migrate import migrate
from resources.database.postmaster import living_postmaster
from resources.database.urls import DatabaseUrls
from resources.processes.child import Child, ChildSpec
from resources.processes.dagster_home import DagsterHome, prepare_dagster_home
from resources.processes.lineup import DEFINITIONS_MODULE, Lineup, line_up
from resources.processes.readiness import free_port, listens
from resources.secret_store import resolve_app_secrets
from resources.settings import Settings, load_settings
from resources.tokens import AccessTokens

HOST = "127.0.0.1"
OUR_SERVER = "resources.processes.code_server"
READY_S = 180.0
POLL_S = 0.25


_LAUNCH = """
mutation($parameters: ExecutionParams!) {
    launchRun(executionParams: $parameters) {
        __typename
        ... on LaunchRunSuccess { run { runId } }
        ... on Error { message }
    }
}
"""


@dataclass(frozen=True, slots=True)
class Location:
    """A code location. `stock`: behind Dagster's own code server, not behind ours."""

    name: str
    module: str
    stock: bool = False


OURS = Location("posthub", "benchmarks.graphs.instant")
BARE = Location("bare", "benchmarks.graphs.bare", stock=True)
WARM_BARE = Location("warm", "benchmarks.graphs.bare")


@dataclass
class Stand:
    """A running factory. `children` are by name: code servers, api, dagster-webserver, daemon."""

    home: Path
    settings: Settings
    urls: DatabaseUrls
    children: dict[str, Child] = field(default_factory=dict)

    @property
    def marks_path(self) -> Path:
        """Where runs write their marks."""
        return self.home / "marks.jsonl"

    def marks(self) -> list[dict[str, Any]]:
        """Read the marks that runs have written so far."""
        if not self.marks_path.exists():
            return []
        lines = self.marks_path.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]

    @cached_property
    def _owner(self) -> psycopg.Connection[dict[str, Any]]:
        return psycopg.connect(plain_url(self.urls.owner), autocommit=True, row_factory=dict_row)

    def query(self, statement: str, **values: Any) -> list[dict[str, Any]]:
        """Read or write as the owner, committed at once; give the rows as dictionaries."""
        with self._owner.cursor() as cursor:
            cursor.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    def one(self, statement: str, **values: Any) -> Any:
        """Read one value."""
        return next(iter(self.query(statement, **values)[0].values()))

    def now(self) -> float:
        """Give the time, in seconds since 1970, as rows of the database have it."""
        return time.time()

    def wait_until(self, done: Callable[[], bool], what: str, timeout_s: float) -> None:
        """Wait for something. Raises TimeoutError that names it."""
        deadline = time.monotonic() + timeout_s
        while not done():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{what}: not within {timeout_s:.0f} s{self._ends_of_logs()}")
            time.sleep(POLL_S)

    def _ends_of_logs(self) -> str:
        return "".join(child.log_end() for child in self.children.values())

    def launch(self, location: Location, job: str, assets: Sequence[str] = ()) -> str:
        """Ask for a run of a job, or of assets; give its id. Raises RuntimeError."""
        selector: dict[str, Any] = {
            "repositoryLocationName": location.name,
            "repositoryName": "__repository__",
            "jobName": job,
        }
        if assets:
            selector["assetSelection"] = [{"path": [asset]} for asset in assets]
        answer = self.graphql(_LAUNCH, {"parameters": {"selector": selector}})["launchRun"]
        if "run" not in answer:
            raise RuntimeError(f"{job} was not launched: {answer}")
        return str(answer["run"]["runId"])

    def graphql(self, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Ask Dagster's web server. Raises RuntimeError where it says no."""
        answer = self.http(
            self.settings.dagster_port, "POST", "/graphql", {"query": query, "variables": variables}
        )
        data = json.loads(answer)
        if "errors" in data:
            raise RuntimeError(str(data["errors"])[:2000])
        return dict(data["data"])

    def http(
        self, port: int, method: str, path: str, body: object = None, token: str = ""
    ) -> bytes:
        """Ask a server of the stand. Raises RuntimeError where the status is not 2xx."""
        connection = http.client.HTTPConnection(HOST, port, timeout=60)
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        try:
            connection.request(
                method, path, json.dumps(body) if body is not None else None, headers
            )
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        if not 200 <= response.status < 300:
            raise RuntimeError(f"{method} {path}: {response.status} {content[:500]!r}")
        return content

    def approve(self, content_id: UUID, token: str) -> float:
        """Approve version 1 of an item over HTTP; give the time of the answer."""
        path = f"/v1/contents/{content_id}/approve"
        self.http(self.settings.api_port, "POST", path, {"version": 1}, token)
        return time.time()

    def token(self, user_id: UUID) -> str:
        """Give an access token, as a login would."""
        secrets = resolve_app_secrets(self.settings)
        return AccessTokens(secrets.secret_key).issue(user_id)

    def factory_cpu_s(self) -> float:
        """Give the CPU seconds so far of code servers, runs and daemon."""
        names = [name for name in self.children if "code-server" in name]
        names.append("dagster-daemon")
        return tree_cpu_s(self._pids(names))

    def postgres_cpu_s(self) -> float:
        """Give the CPU seconds so far of the database server."""
        process = living_postmaster(self.home / "postgres")
        return tree_cpu_s([process.pid]) if process else 0.0

    def cpu_s(self, name: str) -> float:
        """Give the CPU seconds so far of one child with all that it started."""
        return tree_cpu_s(self._pids([name]))

    def _pids(self, names: Sequence[str]) -> list[int]:
        found = [self.children[name].pid for name in names if name in self.children]
        return [pid for pid in found if pid is not None]

    def run_created_at(self, run_id: str) -> float:
        """Give the moment when a run was asked for, in seconds since 1970."""
        return float(
            self.one(
                "SELECT extract(epoch FROM create_timestamp AT TIME ZONE 'UTC')::float"
                " FROM dagster.runs WHERE run_id = %(run_id)s",
                run_id=run_id,
            )
        )

    def unfinished_runs(self) -> int:
        """Count the runs that have not ended."""
        return int(
            self.one(
                "SELECT count(*) FROM dagster.runs"
                " WHERE status NOT IN ('SUCCESS', 'FAILURE', 'CANCELED')"
            )
        )


@contextmanager
def stand(
    *locations: Location,
    api: bool = False,
    stock_storage: bool = False,
    prepare: Callable[[Stand], Mapping[str, str]] | None = None,
) -> Iterator[Stand]:
    """Start a factory in a temporary home; end all of it afterwards.

    Without `locations` there are no Dagster processes. `stock_storage`: Dagster's own storage for
    PostgreSQL in the place of ours. `prepare` is called when the database is
    there and nothing else is; it gives variables for the processes.
    """
    base = Path(tempfile.mkdtemp(prefix="posthub-bench-"))
    base.chmod(0o711)  # the database may run as another user, who must reach its folder
    home = base / "home"
    here = None
    try:
        here = _prepare(home)
        dagster = prepare_dagster_home(home)
        if stock_storage:
            _put_stock_storage(dagster)
        environment = prepare(here) if prepare else {}
        _start(here, dagster, locations, api=api, environment=environment)
        yield here
    finally:
        for child in reversed(list(here.children.values()) if here else []):
            child.ask_to_end()
        for child in reversed(list(here.children.values()) if here else []):
            child.wait_for_end(10)
        EmbeddedPostgres(home).stop()
        shutil.rmtree(base, ignore_errors=True)


def _prepare(home: Path) -> Stand:
    settings = load_settings({"POSTHUB_HOME": str(home)})
    api_port = free_port(HOST)
    dagster_port = free_port(HOST)
    settings = replace(settings, api_port=api_port, dagster_port=dagster_port)
    urls = resolve_database(settings)
    migrate(urls)
    return Stand(home, settings, urls)


def _put_stock_storage(dagster: DagsterHome) -> None:
    path = dagster.directory / "dagster.yaml"
    said = yaml.safe_load(path.read_text(encoding="utf-8"))
    said["storage"] = {"postgres": said["storage"]["custom"]["config"]}
    path.write_text(yaml.safe_dump(said), encoding="utf-8")


def _start(
    here: Stand,
    dagster: DagsterHome,
    locations: Sequence[Location],
    *,
    api: bool,
    environment: Mapping[str, str],
) -> None:
    lineup = line_up(here.settings, here.urls, dagster)
    added = {MARKS: str(here.marks_path), "PYTHONWARNINGS": "ignore", **environment}
    specs = {one.name: getattr(lineup, one.name) for one in fields(Lineup)}
    lineup = Lineup(
        **{
            name: replace(spec, environment=with_bytecode({**spec.environment, **added}))
            for name, spec in specs.items()
        }
    )
    if api:
        _begin(here, lineup.api)
    if locations:
        servers = _code_servers(lineup.code_server, dagster, locations)
        for spec in servers:
            _begin(here, spec)
        for spec in servers:
            _await(here, spec.name)
        for spec in (lineup.web_server, lineup.daemon):
            _begin(here, spec)
            _await(here, spec.name)
    if api:
        _await(here, lineup.api.name)


def _begin(here: Stand, spec: ChildSpec) -> None:
    here.children[spec.name] = Child(spec)
    here.children[spec.name].start()


def _await(here: Stand, name: str) -> None:
    here.children[name].wait_until_ready(READY_S, lambda: False)


def _code_servers(
    ours: ChildSpec, dagster: DagsterHome, locations: Sequence[Location]
) -> list[ChildSpec]:
    """Give a code server for each location, and write the workspace that names them."""
    servers, entries = [], []
    for location in locations:
        socket = dagster.code_socket.with_name(f"{location.name}.sock")
        said = {
            str(dagster.code_socket): str(socket),
            DEFINITIONS_MODULE: location.module,
            "posthub": location.name,
        }
        if location.stock:
            said[OUR_SERVER] = "dagster"
        servers.append(
            replace(
                ours,
                name=f"{location.name}-code-server",
                command=tuple(said.get(word, word) for word in ours.command),
                log_path=ours.log_path.with_name(f"{location.name}-code-server.log"),
                is_ready=partial(listens, socket),
            )
        )
        entries.append({"grpc_server": {"socket": str(socket), "location_name": location.name}})
    dagster.workspace.write_text(json.dumps({"load_from": entries}), encoding="utf-8")
    return servers
