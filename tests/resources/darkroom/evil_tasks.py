"""Tasks that do what a file must not: a test names them to a darkroom of its own."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import tempfile
import time
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


def kill_the_zygote(arguments: dict[str, Any], blobs: list[bytes]) -> Answer:
    marker = Path(arguments["marker"])
    if not arguments["always"] and not marker.exists():
        return {"survived": True}, []
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(5)
    return {}, []


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
    "kill_the_zygote": kill_the_zygote,
    "raise_error": raise_error,
    "answer": answer,
    "lie": lie,
    "look_around": look_around,
}
