"""Uploads are looked at by a virus scanner before anything else, where one is set.

It speaks clamd's INSTREAM (clamd(8)): the file goes over the socket, in pieces with their length
before them, and an answer of one line comes back. Nothing is written to a disk for it.
What does not belong here: what a file is (`posthub_assets/domain/media/looking.py`).
"""

from __future__ import annotations

import asyncio
import logging
import re
from contextlib import suppress

from posthub_assets.domain.errors import ScannerUnavailable
from posthub_assets.domain.media.refusing import Reason, refusal
from resources.scan_settings import ScannerAddress

log = logging.getLogger("posthub.scanning")

CONNECT_S = 5.0
SCAN_S = 30.0
"""From the connection to the answer. clamd itself gives up after 120 s (MaxScanTime)."""

PIECE_BYTES = 256 * 1024
_MOST_ANSWER_BYTES = 4096
_FOUND = re.compile(r"stream: (.+) FOUND")


class Scanner:
    """A virus scanner; without an address it lets everything through, and says so once."""

    def __init__(self, address: ScannerAddress | None, *, scan_s: float = SCAN_S) -> None:
        self._address = address
        self._scan_s = scan_s

    @property
    def is_set(self) -> bool:
        """Whether there is a scanner at all."""
        return self._address is not None

    async def scan(self, data: bytes) -> None:
        """Return where nothing was found.

        Raises RefusedPicture with the reason `infected`, naming the signature; ScannerUnavailable
        where no clear answer came: what has not been looked at is not let through.
        """
        if self._address is None:
            return
        try:
            async with asyncio.timeout(self._scan_s):
                answer = await self._asked(self._address, data)
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            log.warning("clamd at %s: %s", self._address.spelled(), repr(error))
            raise ScannerUnavailable(
                "The virus scanner does not answer, so the file was not taken. "
                "Send it again in a few minutes."
            ) from error
        self._judge(answer)

    async def _asked(self, address: ScannerAddress, data: bytes) -> str:
        async with asyncio.timeout(CONNECT_S):
            if address.path is not None:
                reader, writer = await asyncio.open_unix_connection(address.path)
            else:
                reader, writer = await asyncio.open_connection(address.host, address.port)
        try:
            # Where the scanner stops listening it has said why: its answer is read all the same.
            with suppress(ConnectionError):
                await _send(writer, data)
            answer = await reader.read(_MOST_ANSWER_BYTES)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
        return answer.rstrip(b"\0\n").decode("utf-8", "replace")

    def _judge(self, answer: str) -> None:
        """Let through what the scanner calls clean, in so many words, and nothing else."""
        if answer == "stream: OK":
            return
        found = _FOUND.fullmatch(answer)
        if found:
            signature = "".join(one for one in found[1] if one.isprintable())[:100]
            raise refusal(Reason.INFECTED, f"The virus scanner found {signature} in the file.")
        log.warning("clamd answered: %s", answer[:200])
        raise ScannerUnavailable(
            "The virus scanner could not look at the file, so it was not taken. "
            "Send it again in a few minutes, or tell who runs this service."
        )


async def _send(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(b"zINSTREAM\0")
    for start in range(0, len(data), PIECE_BYTES):
        piece = data[start : start + PIECE_BYTES]
        writer.write(len(piece).to_bytes(4, "big") + piece)
        await writer.drain()
    writer.write(bytes(4))
    await writer.drain()
