"""Ending what never ends by itself, such as streams, as soon as the server is told to stop.

uvicorn waits for open answers before it tells the application that it stops. So the signal is
heard here first and passed on.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def before_shutdown(act: Callable[[], None]) -> Iterator[None]:
    """Call `act` in the event loop when the server is told to stop, at the latest on the way out.

    Where the loop does not run in the main thread, or nobody listens to signals, only the latter.
    """
    previous: dict[signal.Signals, Any] = {}
    if threading.current_thread() is threading.main_thread():
        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            handler = signal.getsignal(number)
            if callable(handler):
                previous[number] = handler
                signal.signal(number, _passed_on(loop, act, handler))
    try:
        yield
    finally:
        act()
        for number, handler in previous.items():
            signal.signal(number, handler)


def _passed_on(
    loop: asyncio.AbstractEventLoop, act: Callable[[], None], handler: Callable[..., Any]
) -> Callable[[int, FrameType | None], None]:
    def hear(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(act)
        handler(number, frame)

    return hear
