"""The service's side of the darkroom: hands a job to a child process and waits for its end.

Whatever a file does to its child, what comes out here is an answer or one of our errors. A darkroom
may be used from any thread and any event loop. It starts its process with the first job.
What does not belong here: what is done to a picture; keeping results.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import socket
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from posthub_assets.domain.errors import (
    BrokenTask,
    DarkroomUnavailable,
    InvalidInput,
    PostHubError,
    RefusedPicture,
)
from posthub_assets.domain.media.refusing import Reason, refusal
from resources.darkroom.limits import Limits
from resources.darkroom.protocol import BrokenMessage, receive, send
from resources.darkroom.starting import ZygoteProcess

log = logging.getLogger("posthub.darkroom")

OUR_TASKS = ("resources.darkroom.tasks",)
GRACE_S = 5.0
"""How much longer than the zygote we wait before we believe that it hangs."""

_OVER = {
    "memory": (
        Reason.TOO_MUCH_MEMORY,
        "This picture needs more memory to open than a picture may take.",
    ),
    "time": (Reason.TOO_MUCH_TIME, "This picture takes longer to open than a picture may take."),
    "crash": (
        Reason.CRASHED_THE_DECODER,
        "This picture is broken: the program that opens it fell.",
    ),
}
_CRASHES = {
    signal.SIGSEGV,
    signal.SIGBUS,
    signal.SIGABRT,
    signal.SIGFPE,
    signal.SIGILL,
    signal.SIGSYS,
    signal.SIGTRAP,
}


@dataclass(frozen=True, slots=True)
class Developed:
    """How a job ended: an answer with blobs, or an error; and what it took."""

    answer: dict[str, Any]
    blobs: list[bytes]
    error: PostHubError | None
    cpu_s: float
    peak_bytes: int
    """Resident memory at its highest, what is shared with the zygote included."""
    ended_by: int = 0
    """The signal that ended the child; 0 where it left by itself."""


@dataclass(slots=True)
class _Job:
    """A job under way, so that it can be given up from another thread."""

    report: socket.socket | None = None
    is_given_up: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def give_up(self) -> None:
        """Let the zygote kill the child: it sees that nothing more comes from our end."""
        with self.lock:
            self.is_given_up = True
            if self.report is not None:
                self.report.shutdown(socket.SHUT_WR)


class Darkroom:
    """Runs tasks in child processes, as many at once as there are cores.

    `modules` name where the tasks are; each has a dictionary TASKS. They are given by who makes the
    darkroom, never by a request.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        at_once: int | None = None,
        modules: Sequence[str] = OUR_TASKS,
    ) -> None:
        self._limits = limits or Limits()
        self._at_once = at_once or os.cpu_count() or 1
        self._modules = tuple(modules)
        self._lock = threading.Lock()
        self._zygote: ZygoteProcess | None = None
        self._threads: ThreadPoolExecutor | None = None
        self._is_closed = False
        self._process_id = os.getpid()

    async def run(
        self, task: str, arguments: dict[str, Any], blobs: Sequence[bytes] = ()
    ) -> tuple[dict[str, Any], list[bytes]]:
        """Do `task`; give its answer and blobs. `cpu_s` and `peak_bytes` are added to the answer.

        Raises RefusedPicture where the file is at fault (its reason says how), InvalidInput where
        the task says so, BrokenTask where we are, DarkroomUnavailable where no process starts.
        When the waiting is cancelled, the child is killed.
        """
        developed = await self.develop(task, arguments, blobs)
        if developed.error is not None:
            raise developed.error
        told = {"cpu_s": developed.cpu_s, "peak_bytes": developed.peak_bytes}
        return {**developed.answer, **told}, developed.blobs

    async def develop(
        self, task: str, arguments: dict[str, Any], blobs: Sequence[bytes] = ()
    ) -> Developed:
        """Do `task` and say how it ended and what it took, also where it ended badly.

        Raises DarkroomUnavailable where no process starts.
        """
        job = _Job()
        header = {"task": task, "arguments": arguments}
        waiting = asyncio.get_running_loop().run_in_executor(
            self._pool(), self._developed, job, header, blobs
        )
        try:
            return await waiting
        except asyncio.CancelledError:
            job.give_up()
            raise

    async def close(self) -> None:
        """End the process and what runs in it. Jobs that wait get DarkroomUnavailable."""
        with self._lock:
            self._is_closed = True
            zygote, self._zygote = self._zygote, None
            threads, self._threads = self._threads, None
        if zygote is not None:
            await asyncio.to_thread(zygote.end)
        if threads is not None:
            await asyncio.to_thread(threads.shutdown, cancel_futures=True)

    @property
    def zygote_id(self) -> int | None:
        """The process id of the zygote, where there is one."""
        return self._zygote.process.pid if self._zygote is not None else None

    def _pool(self) -> ThreadPoolExecutor:
        with self._lock:
            self._notice_a_fork()
            if self._is_closed:
                raise DarkroomUnavailable("The service is ending. Send the picture again.")
            if self._threads is None:
                self._threads = ThreadPoolExecutor(self._at_once, thread_name_prefix="darkroom")
            return self._threads

    def _notice_a_fork(self) -> None:
        """In a process that was forked from ours, the threads are gone and the zygote is not ours.

        Dagster's runs start so.
        """
        if self._process_id != os.getpid():
            self._process_id = os.getpid()
            if self._zygote is not None:
                self._zygote.control.close()
            self._zygote = self._threads = None

    def _developed(self, job: _Job, header: dict[str, Any], blobs: Sequence[bytes]) -> Developed:
        """Do the job, and once more where the zygote ended under it."""
        size = sum(len(blob) for blob in blobs)
        if size > self._limits.request_bytes:
            raise InvalidInput(f"{size} bytes at once are too many for the darkroom.")
        try:
            for _ in range(2):
                developed = self._try(job, header, blobs)
                if developed is not None:
                    return developed
        except OSError as error:
            raise DarkroomUnavailable(
                "No process can be started that opens pictures. Send the picture again in a minute."
            ) from error
        raise DarkroomUnavailable(
            "The process that opens pictures ended twice. Send the picture again in a minute."
        )

    def _try(self, job: _Job, header: dict[str, Any], blobs: Sequence[bytes]) -> Developed | None:
        """Do the job; None where the zygote is gone."""
        ours, theirs = socket.socketpair()
        report, reporting = socket.socketpair()
        patience_s = self._limits.wall_s + GRACE_S
        with ours, report, theirs, reporting:
            ours.settimeout(patience_s)
            report.settimeout(patience_s)
            with job.lock:
                if job.is_given_up:
                    raise DarkroomUnavailable("Nobody waits for this picture any more.")
                job.report = report
            try:
                zygote = self._hand_over(theirs, reporting)
                theirs.close()
                reporting.close()
                message = _talk(ours, header, blobs, self._limits)
                # The child ends by itself now, or has ended.
                told = _report(report)
            finally:
                with job.lock:
                    job.report = None
        if told is None:
            self._forget(zygote)
            return None
        return _judged(message, told, str(header["task"]))

    def _hand_over(self, theirs: socket.socket, reporting: socket.socket) -> ZygoteProcess:
        """Give the zygote a job, starting one if there is none. Raises DarkroomUnavailable."""
        with self._lock:
            for _ in range(2):
                if self._is_closed:
                    raise DarkroomUnavailable("The service is ending. Send the picture again.")
                if self._zygote is None:
                    self._zygote = ZygoteProcess.start(self._limits, self._modules)
                try:
                    descriptors = [theirs.fileno(), reporting.fileno()]
                    socket.send_fds(self._zygote.control, [b"J"], descriptors)
                    return self._zygote
                except OSError as error:
                    log.warning("the darkroom's process is gone (%s); starting another", error)
                    self._zygote.end()
                    self._zygote = None
        raise DarkroomUnavailable(
            "The process that opens pictures does not stay. Send the picture again in a minute."
        )

    def _forget(self, zygote: ZygoteProcess) -> None:
        """Put away a zygote that ended or hangs, unless another thread has done so."""
        with self._lock:
            if self._zygote is zygote:
                log.warning("the darkroom's process ended; the next job starts another")
                self._zygote = None
        zygote.end()


def _talk(
    ours: socket.socket, header: dict[str, Any], blobs: Sequence[bytes], limits: Limits
) -> tuple[dict[str, Any], list[bytes]] | None:
    """Ask and listen; None where the child ended before it had answered."""
    try:
        send(ours, header, blobs)
        with ours.makefile("rb") as stream:
            return receive(stream, limits.answer_bytes + limits.answer_bytes // 8)
    except (OSError, BrokenMessage):
        return None


def _report(report: socket.socket) -> dict[str, Any] | None:
    """Read how the child ended; None where nobody is there to say so."""
    try:
        said = b"".join(iter(lambda: report.recv(4096), b""))
        told = json.loads(said)
    except (OSError, ValueError):
        return None
    return told if isinstance(told, dict) else None


def _judged(
    message: tuple[dict[str, Any], list[bytes]] | None, told: dict[str, Any], task: str
) -> Developed:
    """Make of message and report what the service gets. A whole answer counts, however it ended."""
    ended_by = -int(told["exit"]) if told["exit"] < 0 else 0
    took = (float(told["cpu_s"]), int(told["peak_bytes"]), ended_by)
    header, blobs = message or ({}, [])
    answer = header.get("answer")
    if isinstance(answer, dict):
        return Developed(answer, blobs, None, *took)
    return Developed({}, [], _error(header, told, task), *took)


def _error(header: dict[str, Any], told: dict[str, Any], task: str) -> PostHubError:
    if isinstance(header.get("refused"), dict):
        said = header["refused"]
        return RefusedPicture(str(said.get("message")), reason=str(said.get("reason")))
    if isinstance(header.get("invalid"), dict):
        said = header["invalid"]
        field_ = said.get("field")
        return InvalidInput(str(said.get("message")), field=str(field_) if field_ else None)
    if header.get("over") == "memory":
        return refusal(*_OVER["memory"])
    if "failed" in header:
        log.error("darkroom, task %s: %s\n%s", task, header["failed"], header.get("trace", ""))
        return BrokenTask(f"The task {task!r} broke: {header['failed']}. It has been written down.")
    return _end(told, task)


def _end(told: dict[str, Any], task: str) -> PostHubError:
    """Say why a child ended that has not answered."""
    code = int(told["exit"])
    killed_for = told.get("killed_for")
    if killed_for == "given up":
        return DarkroomUnavailable("Nobody waited for this picture any more.")
    if killed_for == "wall" or -code in (signal.SIGXCPU, signal.SIGALRM):
        return refusal(*_OVER["time"])
    if -code == signal.SIGKILL:
        return refusal(*_OVER["memory"])
    log.warning("darkroom, task %s: the child ended with %s", task, code)
    if -code in _CRASHES:
        return refusal(*_OVER["crash"])
    return BrokenTask(f"The task {task!r} ended with code {code} and no answer.")
