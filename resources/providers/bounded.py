"""An HTTP client for the SDKs: no proxies of the environment, bounds on time and size.

Imports httpx2, so it is imported where a client is opened. It is handed to the SDK, which would
otherwise follow redirects with the key, wait without end, and read an answer of any size.
What does not belong here: anything that knows a vendor.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2

from resources.providers.wire import ANSWER_BYTES, AnswerTooLarge, Timeouts

CONNECTIONS = 256


class BoundedStream(httpx2.AsyncByteStream):
    """An answer's bytes, counted as they come in."""

    def __init__(self, stream: httpx2.AsyncByteStream, most: int) -> None:
        self._stream = stream
        self._left = most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Give the bytes. Raises AnswerTooLarge."""
        async for chunk in self._stream:
            self._left -= len(chunk)
            if self._left < 0:
                raise AnswerTooLarge("the answer is larger than its bound")
            yield chunk

    async def aclose(self) -> None:
        """Close the connection's side of it."""
        await self._stream.aclose()


class BoundedTransport(httpx2.AsyncBaseTransport):
    """Sets the timeouts whatever the SDK asks for, and counts each answer's bytes.

    Answers come uncompressed, so that what is counted is what is held in memory.
    """

    def __init__(self, inner: httpx2.AsyncBaseTransport, timeouts: Timeouts) -> None:
        self._inner = inner
        self._timeout = httpx2.Timeout(
            timeouts.read_s, connect=timeouts.connect_s, pool=timeouts.whole_s
        ).as_dict()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send the request. Raises AnswerTooLarge, httpx2.TransportError."""
        request.extensions = {**request.extensions, "timeout": self._timeout}
        request.headers["accept-encoding"] = "identity"
        response = await self._inner.handle_async_request(request)
        if response.headers.get("content-encoding", "identity") != "identity":
            await response.aclose()
            raise httpx2.DecodingError("the answer is compressed, which was not asked for")
        stream = response.stream
        if isinstance(stream, httpx2.AsyncByteStream):
            response.stream = BoundedStream(stream, ANSWER_BYTES.get())
        return response

    async def aclose(self) -> None:
        """Close all connections."""
        await self._inner.aclose()


def open_http(timeouts: Timeouts) -> httpx2.AsyncClient:
    """Give a client of the running process for one event loop; it is the caller's to close."""
    inner = httpx2.AsyncHTTPTransport(
        trust_env=False,
        limits=httpx2.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS),
    )
    return httpx2.AsyncClient(
        transport=BoundedTransport(inner, timeouts), trust_env=False, follow_redirects=False
    )
