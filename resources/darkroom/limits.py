"""How much a job in the darkroom may take, and how the kernel is told.

Linux holds all of them. macOS holds processor time, the clock and the size of files; it does not
hold a process to RLIMIT_DATA or RLIMIT_AS, so there the memory of a job is bounded only by what is
refused from a header before decoding (`posthub_assets/domain/media/looking.py`).
What does not belong here: who measures and who kills (`zygote.py`).
"""

from __future__ import annotations

import ctypes
import os
import resource  # noqa: TID251 - the standard library's: limits of a process
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MAX_OPEN_FILES = 16
"""Of a child: its socket, the three standard ones, and what a late import opens."""

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38
"""linux/prctl.h."""

_SPARE_ADDRESSES_BYTES = 64 * 1024 * 1024
"""Room for code that a late import maps; RLIMIT_DATA, which does not count it, is the limit."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one job may take. The figures are those of issue 5: 200 MB, 5 seconds."""

    memory_bytes: int = 200_000_000
    """Beyond what the process has before it has read a byte, which it shares with the zygote."""
    cpu_s: int = 5
    """Whole seconds of processor time, user and system: RLIMIT_CPU knows no fractions."""
    wall_s: float = 20.0
    """By the clock. Longer than `cpu_s`, for machines that have more to do than this."""
    request_bytes: int = 96 * 1024 * 1024
    answer_bytes: int = 96 * 1024 * 1024
    """All blobs and the header together."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a process has before the job: `data_bytes` as RLIMIT_DATA counts, all addresses."""

    data_bytes: int
    address_bytes: int


def baseline() -> Baseline | None:
    """Measure this process; None where the kernel does not tell (no /proc)."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    kib = {line.split(":")[0]: line.split()[1] for line in lines if line.startswith("Vm")}
    return Baseline(int(kib["VmData"]) * 1024, int(kib["VmSize"]) * 1024)


def bind(limits: Limits, before: Baseline | None) -> None:
    """Put the limits on this process, for good. Called in the child, before it reads anything.

    A timer ends the child even where nobody looks after it any more. What the kernel refuses to
    set it refuses loudly: a child without limits must not begin. Raises OSError.
    """
    _cap(resource.RLIMIT_CORE, 0)
    _cap(resource.RLIMIT_FSIZE, 0)
    _cap(resource.RLIMIT_NOFILE, MAX_OPEN_FILES)
    _cap(resource.RLIMIT_NPROC, 0)
    # At the soft limit comes SIGXCPU, which ends the process; a second later SIGKILL would.
    _cap(resource.RLIMIT_CPU, limits.cpu_s, limits.cpu_s + 1)
    if before is None and sys.platform == "linux":
        raise OSError("there is no /proc, so the memory of a picture cannot be limited")
    if before is not None:
        _cap(resource.RLIMIT_DATA, before.data_bytes + limits.memory_bytes)
        addresses = before.address_bytes + limits.memory_bytes + _SPARE_ADDRESSES_BYTES
        _cap(resource.RLIMIT_AS, addresses)
    signal.setitimer(signal.ITIMER_REAL, limits.wall_s + 1)


def _cap(which: int, soft: int, hard: int | None = None) -> None:
    _, ceiling = resource.getrlimit(which)
    hard = soft if hard is None else hard
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    resource.setrlimit(which, (soft, hard))


def offer_to_the_kernel_first() -> None:
    """Where the machine runs out of memory, let it end us rather than the service or a database."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def load_kernel_calls() -> ctypes.CDLL | None:
    """Give the C library, loaded before the forks, or None where there is no prctl."""
    return ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def renounce(library: ctypes.CDLL | None, parent: int) -> None:
    """Give up what a decoder never needs: new rights, being read by others, outliving the parent.

    `parent` is the process id of the zygote; the kernel ends us when it ends. Linux only.
    """
    if library is None:
        return
    library.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    library.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
