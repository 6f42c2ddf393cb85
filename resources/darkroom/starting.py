"""How the zygote is started and ended: with our imports, without our environment.

What does not belong here: jobs (`room.py`).
"""

from __future__ import annotations

import importlib.util
import json
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from posthub_assets.domain.errors import DarkroomUnavailable
from resources.darkroom.limits import Limits
from resources.darkroom.zygote import READY

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("PIL", "numpy")
START_S = 60.0
"""A slow machine under load imports numpy and Pillow in a second or two."""

ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "LC_ALL": "C.UTF-8"}
"""Threads do not survive a fork. No key, no password and no path of the service's is in it."""

_BEGIN = (
    "import sys; setting, *paths = sys.argv[1:]; sys.path += paths; "
    "from resources.darkroom.zygote import main; main(setting)"
)


@dataclass(slots=True)
class ZygoteProcess:
    """A zygote that is ready: its process and the socket over which it takes jobs."""

    process: subprocess.Popen[bytes]
    control: socket.socket

    @classmethod
    def start(cls, limits: Limits, modules: Sequence[str]) -> ZygoteProcess:
        """Start one and wait until it is ready. Raises DarkroomUnavailable, with what it said."""
        control, theirs = socket.socketpair()
        setting = json.dumps({"limits": asdict(limits), "modules": list(modules)})
        with tempfile.TemporaryFile() as said:
            with theirs:
                process = subprocess.Popen(
                    [*_interpreter(), "-c", _BEGIN, setting, *_paths()],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=said,
                    env=ENVIRONMENT,
                    cwd="/",
                    start_new_session=True,
                )
            zygote = cls(process, control)
            control.settimeout(START_S)
            try:
                is_ready = control.recv(1) == READY
            except OSError:
                is_ready = False
            if not is_ready:
                zygote.end()
                raise DarkroomUnavailable(
                    f"The process that opens pictures does not start: {_last_line(said)} "
                    "Tell who runs this service."
                )
        return zygote

    def end(self) -> None:
        """End it: it sees our end close, and takes its children with it. Safe to call twice."""
        self.control.close()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=5)


def _interpreter() -> list[str]:
    """Isolated, and without `site`: no path file of the environment runs code in there."""
    command = [sys.executable, "-I", "-S"]
    if sys.dont_write_bytecode:
        command.append("-B")
    if sys.pycache_prefix:
        command += ["-X", f"pycache_prefix={sys.pycache_prefix}"]
    return command


def _paths() -> list[str]:
    """Give where our packages, numpy and Pillow are, and nothing more."""
    found = [str(ROOT)]
    for name in PACKAGES:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin is not None:
            found.append(str(Path(spec.origin).parents[1]))
    return list(dict.fromkeys(found))


def _last_line(said: IO[bytes]) -> str:
    said.seek(0)
    lines = said.read()[-2000:].decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing."
