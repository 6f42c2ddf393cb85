"""Tasks that do what a file must not: a test names them to a darkroom of its own."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import resource  # noqa: TID251 - the standard library's
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from posthub_assets.domain.errors import InvalidInput, RefusedPicture

Answer = tuple[dict[str, Any], list[bytes]]


def eat(arguments: dict[str, Any], blobs: list[bytes]) -> Answer:
    return {"eaten": len(bytearray(arguments["bytes"]))}, []


def spin(arguments: dict[str, Any], blobs: list[bytes]) -> Answer:
    while True:
        pass


def sleep(arguments: dict[str, Any], blobs: list[bytes]) -> Answer:
    time.sleep(arguments["seconds"])
    return {"slept": True}, []


def die(arguments: dict[str, Any], blobs: list[bytes]) -> Answer:
    if arguments["how"] == "null":
        ctypes.string_at(0)
    if arguments["how"] == "exit":
        os._exit(0)
    os.kill(os.getpid(), arguments["how"])
    time.sleep(5)
    return {}, []


def break_out(arguments: dict[str, Any], blobs: list[bytes]) -> Answer:
    """Try what somebody would who has taken over the child; say what the kernel answered."""
    folder = Path(arguments["folder"])
    attempts: dict[str, Callable[[], object]] = {
        "fork": os.fork,
        "exec": lambda: os.execv("/bin/true", ["true"]),
        "network": lambda: socket.socket(socket.AF_INET),
        "unix socket": lambda: socket.socket(socket.AF_UNIX),
        "kill the zygote": lambda: os.kill(os.getppid(), signal.SIGKILL),
        "write": lambda: os.open(folder / "file", os.O_WRONLY | os.O_CREAT),
        "make a folder": (folder / "new").mkdir,
        "remove": (folder / "old").unlink,
        "read memory of others": lambda: os.open(f"/proc/{os.getppid()}/mem", os.O_RDWR),
        "more time": lambda: signal.setitimer(signal.ITIMER_REAL, 0),
        "more memory": lambda: resource.setrlimit(resource.RLIMIT_DATA, (-1, -1)),
        "another user": lambda: os.setuid(12345),
        "memory as a file": lambda: os.memfd_create("x"),
    }
    found: dict[str, int] = {}
    for name, attempt in attempts.items():
        try:
            attempt()
        except OSError as error:
            found[name] = error.errno or -1
        except ValueError:
            # How the module `resource` tells of EPERM.
            found[name] = errno.EPERM
        else:
            found[name] = 0
    found["reads a file of a package"] = len(Path(os.__file__).read_bytes()) > 0
    return found, []


def raise_error(arguments: dict[str, Any], blobs: list[bytes]) -> Answer:
    kinds: dict[str, Exception] = {
        "refused": RefusedPicture("Not this one.", reason="damaged"),
        "invalid": InvalidInput("That is no colour.", field="colour"),
        "bug": ZeroDivisionError("oops"),
    }
    raise kinds[arguments["kind"]]


def answer(arguments: dict[str, Any], blobs: list[bytes]) -> Answer:
    kinds: dict[str, Answer] = {
        "much": ({}, [b"x" * arguments.get("bytes", 0)]),
        "no json": ({"set": {1, 2}}, []),
        "nan": ({"number": float("nan")}, []),
    }
    return kinds[arguments["kind"]]


def lie(arguments: dict[str, Any], blobs: list[bytes]) -> Answer:
    """Speak past the protocol, as somebody would who has taken over the child."""
    with contextlib.suppress(OSError):
        os.write(3, arguments["text"].encode("latin-1"))
    os._exit(0)


def look_around(arguments: dict[str, Any], blobs: list[bytes]) -> Answer:
    """Say what a child can reach."""
    found: dict[str, Any] = {"environment": sorted(os.environ)}
    places = [one for one in Path("/proc/self/fd").iterdir() if one.exists()]
    found["descriptors"] = sorted(int(one.name) for one in places)
    found["modules"] = sorted(sys.modules)
    try:
        with tempfile.TemporaryFile() as file:
            file.write(b"x")
            file.flush()
        found["writes"] = True
    except OSError:
        found["writes"] = False
    held: list[int] = []
    try:
        for _ in range(100):
            held.append(os.open("/dev/null", os.O_RDONLY))
    except OSError:
        pass
    found["opens"] = len(held)
    return found, []


TASKS = {
    "eat": eat,
    "spin": spin,
    "sleep": sleep,
    "die": die,
    "break_out": break_out,
    "raise_error": raise_error,
    "answer": answer,
    "lie": lie,
    "look_around": look_around,
}
