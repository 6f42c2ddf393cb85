"""One supervised child process: started, watched, started again when it dies, ended.

What does not belong here: which children there are (`lineup.py`) and in what order (`factory.py`).
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from posthub_assets.domain.errors import StorageError

FIRST_PAUSE_S = 1.0
MAX_PAUSE_S = 30.0
STABLE_AFTER_S = 60.0
"""A child that lived this long is started again at once when it dies."""
MAX_LOG_BYTES = 20_000_000
LOG_LINES_SHOWN = 15
POLL_S = 0.1
ANSI_COLOR = re.compile(r"\x1b\[[0-9;]*m")
MAX_LINES_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """What to start. `is_ready` is asked until it says yes; it must not take long."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)
    working_directory: Path
    log_path: Path
    is_ready: Callable[[], bool]


class Child:
    """A process in a group of its own, so that what it starts can be ended with it."""

    def __init__(self, spec: ChildSpec) -> None:
        self.spec = spec
        self.starts = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._pause_s = 0.0
        self._next_start_at = 0.0
        self._log_read = 0

    @property
    def pid(self) -> int | None:
        """The process's number while it lives."""
        return self._process.pid if self._process is not None and self.is_alive() else None

    def start(self) -> None:
        """Start the process. Its output goes to the log file, not through us."""
        path = self.spec.log_path
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > MAX_LOG_BYTES:
            path.replace(path.with_suffix(".log.1"))
        path.touch(mode=0o600)
        self._log_read = path.stat().st_size
        with path.open("ab") as log:
            self._process = subprocess.Popen(
                self.spec.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(self.spec.environment),
                cwd=self.spec.working_directory,
                start_new_session=True,
            )
        self._started_at = time.monotonic()
        self.starts += 1

    def is_alive(self) -> bool:
        """Say whether the process runs; a dead one is reaped."""
        return self._process is not None and self._process.poll() is None

    def wait_until_ready(self, timeout_s: float, stopping: Callable[[], bool]) -> None:
        """Wait for the first readiness. Raises StorageError with the end of the log."""
        deadline = time.monotonic() + timeout_s
        while not stopping():
            if not self.is_alive():
                raise StorageError(f"{self.spec.name} ended while it was starting.{self.log_end()}")
            if self.spec.is_ready():
                return
            if time.monotonic() > deadline:
                raise StorageError(
                    f"{self.spec.name} was not ready after {timeout_s:.0f} seconds.{self.log_end()}"
                )
            time.sleep(POLL_S)

    def revive(self) -> str | None:
        """Start a dead process again when its pause is over; say what happened, if anything.

        The pause doubles with each death in a row, up to MAX_PAUSE_S.
        """
        now = time.monotonic()
        if self.is_alive():
            if now - self._started_at > STABLE_AFTER_S:
                self._pause_s = 0.0
            return None
        if self._process is not None:
            code = self._process.returncode
            self._end_group(signal.SIGKILL)
            self._process = None
            self._next_start_at = now + self._pause_s
            self._pause_s = min(MAX_PAUSE_S, max(FIRST_PAUSE_S, 2 * self._pause_s))
            return f"{self.spec.name} ended with code {code}; it is started again."
        if now >= self._next_start_at:
            self.start()
        return None

    def ask_to_end(self) -> None:
        """Send SIGTERM to the process and all that it started."""
        if self._process is not None:
            self._end_group(signal.SIGTERM)

    def wait_for_end(self, timeout_s: float) -> None:
        """Wait up to `timeout_s` seconds for the whole group, then kill what is left of it."""
        if self._process is None:
            return
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline and (self.is_alive() or self._group_lives()):
            time.sleep(POLL_S)
        self._end_group(signal.SIGKILL)
        self._process.wait()
        self._process = None

    def new_lines(self) -> list[str]:
        """Give the whole lines that the log got since the last call, or since the start."""
        try:
            with self.spec.log_path.open("rb") as log:
                log.seek(self._log_read)
                text = log.read(MAX_LINES_BYTES)
        except FileNotFoundError:
            return []
        whole, newline, _ = text.rpartition(b"\n")
        self._log_read += len(whole) + len(newline)
        return ANSI_COLOR.sub("", whole.decode("utf-8", errors="replace")).splitlines()

    def log_end(self) -> str:
        """Give the last lines of the log, for a message."""
        try:
            text = self.spec.log_path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return ""
        lines = "\n".join(text.splitlines()[-LOG_LINES_SHOWN:])
        return f"\nThe end of {self.spec.log_path}:\n{lines}"

    def _group_lives(self) -> bool:
        import psutil

        assert self._process is not None
        for process in psutil.process_iter(["status"]):
            try:
                same = os.getpgid(process.pid) == self._process.pid
            except (ProcessLookupError, PermissionError):
                continue
            if same and process.info["status"] != psutil.STATUS_ZOMBIE:
                return True
        return False

    def _end_group(self, order: signal.Signals) -> None:
        assert self._process is not None
        try:
            os.killpg(self._process.pid, order)
        except (ProcessLookupError, PermissionError):
            return  # the group is empty, or (macOS) only zombies are left in it
