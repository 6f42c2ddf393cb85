"""The process that children are forked from: everything is imported once, nothing foreign is read.

It is started by `room.py` with a socket as its standard input. For each job one byte comes, with
two descriptors: the job's socket, which goes to the child, and a second one over which the zygote
reports how the child ended. When that second one is closed on the other side, the child is killed;
when the first socket of all is closed, the service is gone: all children are killed and it ends.
What does not belong here: reading a question or an answer.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from resources.darkroom.child import Task, work
from resources.darkroom.limits import (
    Limits,
    baseline,
    bind,
    load_kernel_calls,
    offer_to_the_kernel_first,
    renounce,
)
from resources.darkroom.seccomp import install

CONTROL = 0
READY = b"R"
MAX_DESCRIPTORS = 256
_JOB_DESCRIPTOR = 3
UNBOUND = 5
"""Exit code of a child whose limits could not be set."""


@dataclass(slots=True)
class Running:
    """A child at work: where its end is reported, and until when it may work (monotonic)."""

    report: socket.socket
    until: float
    killed_for: str | None = None


def gather(modules: Iterable[str]) -> dict[str, Task]:
    """Import the modules that say what can be done, and give their TASKS together."""
    tasks: dict[str, Task] = {}
    for name in modules:
        tasks.update(importlib.import_module(name).TASKS)
    return tasks


def main(setting: str) -> None:
    """Serve until the service closes its end. `setting`: JSON of limits and of task modules."""
    given = json.loads(setting)
    limits = Limits(**given["limits"])
    control = socket.socket(fileno=CONTROL)
    # What the service blocks or ignores must still end a child.
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    for one in (signal.SIGALRM, signal.SIGXCPU, signal.SIGTERM):
        signal.signal(one, signal.SIG_DFL)
    offer_to_the_kernel_first()
    tasks = gather(given["modules"])
    if "selftest" in tasks:
        # What is loaded late on first use is loaded once for all children.
        tasks["selftest"]({}, [])
    gc.collect()
    gc.freeze()
    control.sendall(READY)
    # What a decoder writes on its standard error is not for our logs.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    Zygote(control, tasks, limits).serve()


class Zygote:
    """Forks, kills and reports; never more than one thread."""

    def __init__(self, control: socket.socket, tasks: dict[str, Task], limits: Limits) -> None:
        self._control = control
        self._tasks = tasks
        self._limits = limits
        self._library = load_kernel_calls()
        self._running: dict[int, Running] = {}
        self._selector = selectors.DefaultSelector()
        self._woken, self._waking = socket.socketpair()
        self._pid = os.getpid()

    def serve(self) -> None:
        """Take jobs until the control socket ends."""
        for one in (self._woken, self._waking):
            one.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._waking.fileno(), warn_on_full_buffer=False)
        self._selector.register(self._control, selectors.EVENT_READ, None)
        self._selector.register(self._woken, selectors.EVENT_READ, None)
        while True:
            for key, _ in self._selector.select(self._patience_s()):
                if key.fileobj is self._control:
                    if not self._take():
                        return self._end()
                elif key.fileobj is self._woken:
                    with suppress(BlockingIOError):
                        self._woken.recv(4096)
                else:
                    self._given_up(key.data)
            self._reap()
            self._hurry()

    def _patience_s(self) -> float | None:
        if not self._running:
            return None
        return max(0.0, min(one.until for one in self._running.values()) - time.monotonic())

    def _take(self) -> bool:
        """Take a job and fork; False at the end of the control socket."""
        try:
            said, descriptors, _, _ = socket.recv_fds(self._control, 1, 2)
        except OSError:
            return False
        if not said or len(descriptors) != 2:
            for one in descriptors:
                os.close(one)
            return bool(said)
        job, report = descriptors
        try:
            pid = os.fork()
        except OSError:
            # No memory, or too many processes. Both ends close, and the service tries once more.
            os.close(job)
            os.close(report)
            return True
        if pid == 0:
            self._become_child(job)
        os.close(job)
        running = Running(socket.socket(fileno=report), time.monotonic() + self._limits.wall_s)
        self._running[pid] = running
        self._selector.register(running.report, selectors.EVENT_READ, pid)
        return True

    def _become_child(self, job: int) -> None:
        """Keep nothing but the job's socket, put the limits on, and work. Does not return."""
        code = UNBOUND
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.dup2(job, _JOB_DESCRIPTOR)
            os.closerange(_JOB_DESCRIPTOR + 1, MAX_DESCRIPTORS)
            nowhere = os.open(os.devnull, os.O_RDWR)
            os.dup2(nowhere, CONTROL)
            os.close(nowhere)
            renounce(self._library, self._pid)
            # Measured here: what numpy's library held before the fork it gives back after it.
            bind(self._limits, baseline())
            install(self._library)
            work(socket.socket(fileno=_JOB_DESCRIPTOR), self._tasks, self._limits)
        finally:
            os._exit(code)

    def _given_up(self, pid: int) -> None:
        """The service has closed its end: nobody waits for this child."""
        running = self._running.get(pid)
        if running is not None:
            self._kill(pid, running, "given up")
            self._selector.unregister(running.report)

    def _hurry(self) -> None:
        """Kill what is over its time by the clock; its own timer is the second net."""
        now = time.monotonic()
        for pid, running in self._running.items():
            if now >= running.until and running.killed_for is None:
                self._kill(pid, running, "wall")
                running.until = now + 60

    def _kill(self, pid: int, running: Running, reason: str) -> None:
        running.killed_for = running.killed_for or reason
        # Not reaped yet, so the id is still this child's.
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def _reap(self) -> None:
        while self._running:
            pid, status, usage = os.wait4(-1, os.WNOHANG)
            if pid == 0:
                return
            running = self._running.pop(pid)
            with suppress(KeyError):
                self._selector.unregister(running.report)
            unit = 1 if sys.platform == "darwin" else 1024
            told = {
                "exit": os.waitstatus_to_exitcode(status),
                "killed_for": running.killed_for,
                "cpu_s": round(usage.ru_utime + usage.ru_stime, 4),
                "peak_bytes": usage.ru_maxrss * unit,
            }
            with suppress(OSError), running.report:
                running.report.sendall(json.dumps(told).encode())

    def _end(self) -> None:
        for pid, running in self._running.items():
            self._kill(pid, running, "service ended")
        for pid in list(self._running):
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)
