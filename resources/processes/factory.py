"""The factory as a whole: one supervisor for each POSTHUB_HOME.

    POSTHUB_HOME/up.lock   held by the supervisor; says its number and its addresses
    POSTHUB_HOME/logs      one file for each child

Order: database, migrations, leftovers of a killed supervisor, API and code server, web server,
daemon. It ends in the opposite order, so that nothing is launched while things end.
What does not belong here: what the children are (`lineup.py`), printing and colours (`cli.py`).
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from types import FrameType
from typing import Any, Self

from sqlalchemy.exc import SQLAlchemyError

from posthub_assets.domain.errors import Conflict, InvalidInput, PostHubError, StorageError
from resources.database.embedded import EmbeddedPostgres, resolve_database
from resources.database.urls import DatabaseUrls
from resources.file_lock import FileLock
from resources.processes.child import Child
from resources.processes.dagster_home import DagsterHome, prepare_dagster_home, remove_sockets
from resources.processes.dead_runs import (
    ask_runs_to_cancel,
    mark_dead_runs,
    unfinished_runs,
)
from resources.processes.leftovers import end_leftovers
from resources.processes.lineup import (
    API_FACTORY,
    DEFINITIONS_MODULE,
    Lineup,
    line_up,
    reachable_host,
)
from resources.processes.readiness import free_port, port_is_free, require_free_port
from resources.settings import Settings

READY_TIMEOUT_S = 180.0
REST_S = 15.0
"""A draining run waits 4 s for more, and may still find some."""

STOP_TIMEOUT_S = 10.0
WATCH_EVERY_S = 1.0
DATABASE_EVERY_S = 3.0
LOCK_ATTEMPTS = 10
LOCK_PAUSE_S = 0.1
LOCK_NAME = "up.lock"


@dataclass(frozen=True, slots=True)
class RunningFactory:
    """Where a running factory is."""

    pid: int
    """The supervisor's."""
    api_url: str
    dagster_url: str
    ready: bool


def is_up(settings: Settings) -> RunningFactory | None:
    """Give the factory of this home when one runs (or starts), else None."""
    path = settings.home / LOCK_NAME
    if not path.exists():
        return None
    lock = FileLock(path)
    try:
        if lock.try_acquire(shared=True):
            return None
        return RunningFactory(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError):  # it has the lock and has not written its note yet
        return RunningFactory(pid=0, api_url="", dagster_url="", ready=False)
    finally:
        lock.release()


class Factory:
    """Starts the children, keeps them alive, ends them. A context manager.

    `any_port`: where a port is taken, use another one instead of refusing (for `demo`).
    `say` gets one sentence at a time about what happens; `echo` gets each line of the children's
    logs, with the child's name before it. Both may be called from another thread.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        say: Callable[[str], None] = print,
        echo: Callable[[str, str], None] | None = None,
        any_port: bool = False,
        definitions_module: str = DEFINITIONS_MODULE,
        api_factory: str = API_FACTORY,
    ) -> None:
        self.settings = settings
        self._say = say
        self._echo = echo
        self._any_port = any_port
        self._modules = {"definitions_module": definitions_module, "api_factory": api_factory}
        self._lock = FileLock(settings.home / LOCK_NAME)
        self._database = EmbeddedPostgres(settings.home) if settings.is_embedded else None
        self._children: list[Child] = []
        self._dagster: DagsterHome | None = None
        self._stopping = threading.Event()
        self._watcher: threading.Thread | None = None
        self._before: Callable[[int, FrameType | None], Any] | int | None = None
        self._graph_environment: dict[str, str] = {}
        self._urls = DatabaseUrls()

    @property
    def where(self) -> RunningFactory:
        """The addresses. The ports are final once `start` has begun its children."""
        host = reachable_host(self.settings)
        return RunningFactory(
            pid=os.getpid(),
            api_url=f"http://{host}:{self.settings.api_port}",
            dagster_url=f"http://{host}:{self.settings.dagster_port}",
            ready=self._watcher is not None,
        )

    @property
    def urls(self) -> DatabaseUrls:
        """The database's URLs, once started."""
        return self._urls

    def child_pids(self) -> dict[str, int | None]:
        """Give the children's process numbers, by name."""
        return {child.spec.name: child.pid for child in self._children}

    def start(self) -> RunningFactory:
        """Start everything and wait until it is ready.

        Raises Conflict when this home has a supervisor already, InvalidInput when a port is taken,
        StorageError when something does not start; then everything is ended again.
        """
        self._take_lock()
        try:
            end_leftovers(self.settings.home, self._say)
            self._choose_ports()
            self._note()
            self._prepare_database()
            self._start_children()
        except BaseException:
            self.stop()
            raise
        self._watcher = threading.Thread(target=self._watch, name="factory-watch", daemon=True)
        self._watcher.start()
        self._note()
        return self.where

    def stop(self) -> None:
        """End the children, daemon first; then the database, if no other process uses it."""
        self._stopping.set()
        if self._watcher is not None and self._watcher is not threading.current_thread():
            self._watcher.join(STOP_TIMEOUT_S)
        self._announce_end()
        for child in reversed(self._children):
            child.ask_to_end()
        deadline = time.monotonic() + STOP_TIMEOUT_S
        for child in reversed(self._children):
            child.wait_for_end(max(0.5, deadline - time.monotonic()))
        self._children = []
        if self._dagster is not None:
            remove_sockets(self._dagster)
        if self._database is not None:
            self._database.stop_if_unused()
        self._lock.release()

    def rest(self, most_s: float = REST_S) -> None:
        """Let runs end that still wait for more work, at most `most_s` seconds.

        A run that is ended with the factory loses nothing, but it would show as failed.
        """
        deadline = time.monotonic() + most_s
        while time.monotonic() < deadline:
            try:
                if not unfinished_runs(self.urls.dagster):
                    return
            except SQLAlchemyError:
                return  # the database is away, and with it all runs
            time.sleep(WATCH_EVERY_S)

    def run_until_signal(self) -> None:
        """Wait for Ctrl-C or SIGTERM, then stop. Call it from the main thread, after `start`."""
        asked = threading.Event()

        def ask(_number: int, _frame: FrameType | None) -> None:
            asked.set()

        orders = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {order: signal.signal(order, ask) for order in orders}
        try:
            while not asked.wait(WATCH_EVERY_S):
                pass
            self._say("Stopping; this takes some seconds.")
        finally:
            for order, handler in before.items():
                signal.signal(order, handler)
            self.stop()

    def __enter__(self) -> Self:
        """Start; until the end of the block SIGTERM ends the block like an exception."""
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGTERM, _leave)
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        if self._before is not None:
            signal.signal(signal.SIGTERM, self._before)

    def _take_lock(self) -> None:
        for _ in range(LOCK_ATTEMPTS):  # a question by `is_up` holds the lock for a moment
            if self._lock.try_acquire():
                self._note()
                return
            time.sleep(LOCK_PAUSE_S)
        other = is_up(self.settings)
        where = f" (process {other.pid}), at {other.api_url}" if other and other.pid else ""
        raise Conflict(
            f"PostHub is up already for {self.settings.home}{where}. Stop it first, or set "
            "POSTHUB_HOME to another folder."
        )

    def _note(self) -> None:
        self._lock.write(json.dumps(asdict(self.where)))

    def _choose_ports(self) -> None:
        api_port = self._port(self.settings.api_port, "POSTHUB_API_PORT")
        dagster_port = self._port(self.settings.dagster_port, "POSTHUB_DAGSTER_PORT")
        if api_port == dagster_port:
            raise InvalidInput(
                "POSTHUB_API_PORT and POSTHUB_DAGSTER_PORT are the same; they must differ.",
                field="POSTHUB_DAGSTER_PORT",
            )
        self.settings = replace(self.settings, api_port=api_port, dagster_port=dagster_port)

    def _port(self, port: int, variable: str) -> int:
        host = self.settings.host
        if not self._any_port or port_is_free(host, port):
            require_free_port(host, port, variable)
            return port
        chosen = free_port(host)
        self._say(f"Port {port} is taken; using {chosen}.")
        return chosen

    def _prepare_database(self) -> None:
        from resources.database.migrate import migrate

        self._say("Starting the database." if self._database else "Opening the database.")
        if self._database is not None:
            self._database.ensure_running()
        self._urls = resolve_database(self.settings)
        migrate(self._urls)

    def _start_children(self) -> None:
        self._dagster = prepare_dagster_home(self.settings.home)
        lineup = line_up(self.settings, self._urls, self._dagster, **self._modules)
        self._graph_environment = dict(lineup.code_server.environment)
        self._mark_dead_runs()
        self._say("Starting the API and the graph.")
        api, code_server = Child(lineup.api), Child(lineup.code_server)
        self._begin(code_server)
        self._begin(api)
        self._await(code_server)
        self._start_dagster(lineup)
        self._await(api)
        self._begin(Child(lineup.notifier))

    def _start_dagster(self, lineup: Lineup) -> None:
        """The web server makes Dagster's tables at the first start; two at once would collide."""
        self._say("Starting Dagster's web server and daemon.")
        web_server, daemon = Child(lineup.web_server), Child(lineup.daemon)
        self._begin(web_server)
        self._await(web_server)
        self._begin(daemon)
        self._await(daemon)

    def _begin(self, child: Child) -> None:
        self._children.append(child)
        child.start()

    def _await(self, child: Child) -> None:
        child.wait_until_ready(READY_TIMEOUT_S, self._stopping.is_set)

    def _mark_dead_runs(self) -> None:
        count = unfinished_runs(self._urls.dagster)
        if count:
            self._say(f"Marking {count} runs that were cut off as failed; their work goes on.")
            mark_dead_runs(self._graph_environment)

    def _announce_end(self) -> None:
        """Let runs that are ended now show as cancelled, not as failed."""
        if self._dagster is None or not self._children:
            return
        with contextlib.suppress(SQLAlchemyError, subprocess.SubprocessError, OSError):
            if unfinished_runs(self._urls.dagster):
                ask_runs_to_cancel(self._graph_environment)

    def _watch(self) -> None:
        """Keep database and children alive until asked to stop. Runs in a thread of its own."""
        looked_at = 0.0
        while not self._stopping.wait(WATCH_EVERY_S):
            if time.monotonic() - looked_at > DATABASE_EVERY_S:
                looked_at = time.monotonic()
                if not self._database_lives():
                    continue  # without the database, starting the others is no use
            for child in self._children:
                said = child.revive()
                if said:
                    self._say(said)
                    self._after_death(child)
                self._pass_on(child)

    def _pass_on(self, child: Child) -> None:
        if self._echo is not None:
            for line in child.new_lines():
                self._echo(child.spec.name, line)

    def _database_lives(self) -> bool:
        try:
            if self._database is not None:
                self._database.ensure_running()
        except PostHubError as error:
            self._say(str(error))
            return False
        return True

    def _after_death(self, child: Child) -> None:
        """With its code server, the run workers of a group are gone too."""
        if child.spec.name != "code-server":
            return
        try:
            self._mark_dead_runs()
        except (SQLAlchemyError, subprocess.SubprocessError, OSError) as error:
            self._say(f"Runs that were cut off are not marked yet: {error}")


def _leave(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


@contextmanager
def running_factory(
    settings: Settings, *, say: Callable[[str], None] = print
) -> Iterator[RunningFactory]:
    """Use the factory of this home: the one that is up, or one for the time of the block.

    Raises StorageError when the one that is up does not get ready, and what `Factory.start` raises.
    """
    if is_up(settings) is None:
        with Factory(settings, say=say, any_port=True) as factory:
            yield factory.where
            factory.rest()
        return
    deadline = time.monotonic() + READY_TIMEOUT_S
    while time.monotonic() < deadline:
        other = is_up(settings)
        if other is not None and other.ready:
            say(f"Using the factory that is up (process {other.pid}).")
            yield other
            return
        time.sleep(0.5)
    raise StorageError("The factory that is up does not get ready. Look at its logs, or stop it.")
