"""What goes over a job's socket: a header in JSON with the lengths, then the blobs as they are.

    8 bytes    length of the header, big-endian
    header     {"blobs": [length, ...], ...}
    blobs      one after another

Never pickle: who takes over the child must not get to run code in the service.
What does not belong here: what the header means (`child.py`, `room.py`).
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from socket import socket
from typing import Any, BinaryIO

MAX_HEADER_BYTES = 4 * 1024 * 1024
MAX_BLOBS = 64
_LENGTH = struct.Struct(">Q")


class BrokenMessage(Exception):
    """The other side ended in the middle, or sent what is no message."""


def send(connection: socket, header: dict[str, Any], blobs: Sequence[bytes] = ()) -> None:
    """Send a message. Raises OSError; ValueError where the header is no JSON or too long."""
    whole = {**header, "blobs": [len(blob) for blob in blobs]}
    text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    raw = text.encode("utf-8", "replace")
    if len(raw) > MAX_HEADER_BYTES or len(blobs) > MAX_BLOBS:
        raise ValueError(f"a header of {len(raw)} bytes with {len(blobs)} blobs is too much")
    connection.sendall(_LENGTH.pack(len(raw)) + raw)
    for blob in blobs:
        connection.sendall(blob)


def receive(stream: BinaryIO, most_bytes: int) -> tuple[dict[str, Any], list[bytes]]:
    """Read a message of at most `most_bytes`: its header and its blobs. Raises BrokenMessage.

    Nothing is allocated for a length before the sum of all lengths is known to be allowed.
    """
    (length,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
    if length > min(MAX_HEADER_BYTES, most_bytes):
        raise BrokenMessage(f"a header of {length} bytes is too long")
    try:
        header = json.loads(_exactly(stream, length))
    except (ValueError, RecursionError) as error:
        raise BrokenMessage("the header is no JSON") from error
    lengths = header.get("blobs") if isinstance(header, dict) else None
    if not isinstance(lengths, list) or not all(type(one) is int and one >= 0 for one in lengths):
        raise BrokenMessage("the header does not say how long the blobs are")
    if len(lengths) > MAX_BLOBS or sum(lengths) + length > most_bytes:
        raise BrokenMessage(f"a message of {sum(lengths) + length} bytes is too long")
    return header, [_exactly(stream, one) for one in lengths]


def _exactly(stream: BinaryIO, length: int) -> bytes:
    try:
        data = stream.read(length)
    except OSError as error:
        raise BrokenMessage(str(error)) from error
    if len(data) != length:
        raise BrokenMessage("the other side ended in the middle")
    return data
