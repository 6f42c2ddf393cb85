"""Fixtures of the vendors' tests: the stand-in, adapters that ask it, and a replayer of recordings.

What does not belong here: what any test expects.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from resources.providers.gemini import Gemini
from resources.providers.loopback import LoopbackServer
from resources.providers.loopback.listener import Listener
from resources.providers.loopback.protocol import Reply, Request
from resources.providers.openai import OpenAI
from resources.providers.perplexity import Perplexity

KEY = "sk-proj-0123456789abcdefghijklmnop"
CLASSES: dict[str, Any] = {"gemini": Gemini, "openai": OpenAI, "perplexity": Perplexity}


@pytest.fixture(scope="module")
def _server() -> Iterator[LoopbackServer]:
    with LoopbackServer() as server:
        yield server


@pytest.fixture
def server(_server: LoopbackServer) -> Iterator[LoopbackServer]:
    """The stand-in, with an empty log and nothing planned."""
    _server.clear()
    _server.forget_plans()
    yield _server
    _server.batch_wait_s = 0.0


Opens = Callable[..., Any]


@pytest.fixture
async def opened(anyio_backend: str, server: LoopbackServer) -> AsyncIterator[Opens]:
    """Open adapters that ask the stand-in, or another address; they are closed in the end."""
    adapters: list[Any] = []

    def open_(name: str, base_url: str | None = None, **given: Any) -> Any:
        adapters.append(CLASSES[name](KEY, base_url or server.base_url(name), **given))
        return adapters[-1]

    yield open_
    for adapter in adapters:
        await adapter.close()


@dataclass
class Replayer:
    """A server of this machine that gives recorded answers, in order, and keeps the requests."""

    replies: list[Reply] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    url: str = ""

    def handle(self, request: Request) -> Reply:
        """Give the next answer."""
        self.requests.append(request)
        return self.replies.pop(0)

    @property
    def asked(self) -> dict[str, Any]:
        """The body of the last request."""
        return json.loads(self.requests[-1].body)


@pytest.fixture
def replayer() -> Iterator[Replayer]:
    """A server that replays."""
    replayer = Replayer()
    with Listener(replayer.handle) as listener:
        replayer.url = listener.url
        yield replayer


@pytest.fixture
def recorded(shared_data: Path, replayer: Replayer) -> Callable[[str], list[dict[str, Any]]]:
    """Load a recording's model calls: they will be replayed, and their bodies are given."""

    def load(name: str, path_holds: str = "") -> list[dict[str, Any]]:
        text = (shared_data / "provider_responses" / name).read_text()
        interactions = yaml.load(text, yaml.CSafeLoader)["interactions"]
        bodies = []
        for one in interactions:
            answer = one["response"]
            if path_holds in one["request"]["uri"] and "parsed_body" in answer:
                content = json.dumps(answer["parsed_body"]).encode()
                replayer.replies.append(Reply(content, answer["status"]["code"]))
                bodies.append(answer["parsed_body"])
        return bodies

    return load
