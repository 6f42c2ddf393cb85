"""The virus scanner: clean files pass, infected ones are named, silence lets nothing through."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from posthub_assets.domain.errors import InvalidInput, RefusedPicture, ScannerUnavailable
from resources.scan_settings import ScannerAddress, read_scanner
from resources.scanning import Scanner
from resources.settings import child_environment, load_settings

pytestmark = pytest.mark.anyio

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The string by which scanners are tried, in two pieces so that they leave this file alone."""

MOST_BYTES = 3_000_000
Answer = Callable[[bytes], bytes]


def _clamd(data: bytes) -> bytes:
    if EICAR in data:
        return b"stream: Win.Test.EICAR_HDB-1 FOUND\0"
    return b"stream: OK\0"


@asynccontextmanager
async def listening(answer: Answer, path: Path | None = None) -> AsyncIterator[ScannerAddress]:
    """A server that speaks as clamd does."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
            data = b""
            while length := int.from_bytes(await reader.readexactly(4), "big"):
                data += await reader.readexactly(length)
                if len(data) > MOST_BYTES:
                    writer.write(b"INSTREAM size limit exceeded. ERROR\0")
                    break
            else:
                writer.write(answer(data))
            await writer.drain()
        writer.close()

    if path is not None:
        server = await asyncio.start_unix_server(talk, path)
        address = ScannerAddress(path=str(path))
    else:
        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        address = ScannerAddress(host="127.0.0.1", port=server.sockets[0].getsockname()[1])
    async with server:
        yield address


async def test_a_clean_file_passes_over_tcp_and_over_a_unix_socket(tmp_path):
    async with listening(_clamd) as address:
        await Scanner(address).scan(b"a picture" * 100_000)
        await Scanner(address).scan(b"")
    async with listening(_clamd, tmp_path / "clamd.ctl") as address:
        await Scanner(address).scan(b"a picture")


async def test_an_infected_file_is_refused_with_the_name_of_what_was_found():
    async with listening(_clamd) as address:
        with pytest.raises(RefusedPicture, match=r"found Win\.Test\.EICAR_HDB-1 in") as refused:
            await Scanner(address).scan(bytes(700_000) + EICAR)
    assert refused.value.reason == "infected"


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"stream: OK, or so it seems\0",
        b"stream: Can't allocate memory ERROR\0",
        b"UNKNOWN COMMAND\0",
        b"\xff\xfe\0",
    ],
)
async def test_an_answer_that_is_not_clear_lets_nothing_through(said):
    async with listening(lambda _: said) as address:
        with pytest.raises(ScannerUnavailable, match="not taken"):
            await Scanner(address).scan(b"a picture")


async def test_a_file_that_the_scanner_finds_too_large_is_not_let_through():
    async with listening(_clamd) as address:
        with pytest.raises(ScannerUnavailable, match="not taken"):
            await Scanner(address).scan(bytes(8_000_000))


async def test_a_scanner_that_is_not_there_lets_nothing_through(tmp_path):
    async with listening(_clamd) as address:
        pass
    for gone in (address, ScannerAddress(path=str(tmp_path / "nothing"))):
        with pytest.raises(ScannerUnavailable, match="again in a few minutes"):
            await Scanner(gone).scan(b"a picture")


async def test_a_scanner_that_says_nothing_is_not_waited_for():
    async def sit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await reader.read()
        writer.close()

    server = await asyncio.start_server(sit, "127.0.0.1", 0)
    async with server:
        address = ScannerAddress(host="127.0.0.1", port=server.sockets[0].getsockname()[1])
        with pytest.raises(ScannerUnavailable):
            await Scanner(address, scan_s=0.2).scan(b"a picture")


async def test_without_a_scanner_everything_passes():
    assert not Scanner(None).is_set
    await Scanner(None).scan(EICAR)


def test_the_address_is_read_and_told_on():
    for raw, address in (
        ("unix:///run/clamav/clamd.ctl", ScannerAddress(path="/run/clamav/clamd.ctl")),
        ("tcp://127.0.0.1:3311", ScannerAddress(host="127.0.0.1", port=3311)),
        ("tcp://clamav", ScannerAddress(host="clamav", port=3310)),
        ("tcp://[::1]:3310", ScannerAddress(host="::1", port=3310)),
    ):
        settings = load_settings({"POSTHUB_CLAMAV": raw})
        assert settings.scanner == address
        assert load_settings(child_environment(settings)).scanner == address
    assert load_settings({}).scanner is None


@pytest.mark.parametrize(
    "raw", ["/run/clamd.ctl", "unix://", "unix://run/x", "http://x", "tcp://", "tcp://x:99999", "x"]
)
def test_an_address_that_cannot_be_one_is_refused(raw):
    with pytest.raises(InvalidInput, match="POSTHUB_CLAMAV must be where clamd listens"):
        read_scanner({"POSTHUB_CLAMAV": raw})
