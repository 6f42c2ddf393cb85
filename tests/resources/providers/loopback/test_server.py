"""The stand-in itself: where it listens, what it plans and what it writes down."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import urllib.request
from io import BytesIO

import pytest
from PIL import Image

from posthub_assets.domain.errors import InvalidInput, RateLimited, TransientProviderError
from posthub_assets.domain.vendors import ImagePrompt, TextPrompt
from resources.providers.loopback import Fault, LoopbackServer
from resources.providers.loopback.pictures import picture

PROMPT = TextPrompt("a-model", "Be brief.", "Say it.", 100)


def post(url: str, body: dict, **headers: str) -> dict:
    asked = urllib.request.Request(
        url, json.dumps(body).encode(), {"authorization": "Bearer k"} | headers
    )
    with urllib.request.urlopen(asked, timeout=5) as answer:
        return json.loads(answer.read())


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.com", ""])
def test_it_listens_on_no_other_machine(host):
    with pytest.raises(InvalidInput, match="this machine only"):
        LoopbackServer(host=host)


def test_a_port_that_is_taken_is_an_error():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            LoopbackServer(port=taken.getsockname()[1]).start()


def test_it_answers_with_the_function_that_it_is_given():
    asked = []

    def answer(provider, system, user, schema):
        asked.append((provider, system, user, schema))
        return "A post that was written before."

    with LoopbackServer(answer=answer) as server:
        body = {"model": "m", "instructions": "Be brief.", "input": "Say it."}
        told = post(f"{server.url}/v1/responses", body)
        body = {"contents": [{"parts": [{"text": "Say it."}]}]}
        url = f"{server.url}/v1beta/models/g:generateContent"
        post(url, body, **{"x-goog-api-key": "k"})
        post(f"{server.url}/v1/responses", {"model": "perplexity/sonar", "input": "Find it."})
    assert told["output"][0]["content"][0]["text"] == "A post that was written before."
    assert asked[0] == ("openai", "Be brief.", "Say it.", None)
    assert [one[0] for one in asked] == ["openai", "gemini", "perplexity"]
    assert [call.provider for call in server.calls()] == ["openai", "gemini", "perplexity"]


@pytest.mark.anyio
async def test_planned_faults_come_in_their_order_and_only_where_they_fit(server, opened):
    server.plan("openai", Fault.RATE_LIMITED, times=2, retry_after_s=1)
    server.plan("openai", Fault.UNAVAILABLE, on="image")
    openai, gemini = opened("openai"), opened("gemini")
    for _ in range(2):
        with pytest.raises(RateLimited):
            await openai.complete(PROMPT)
    assert (await openai.complete(PROMPT)).text
    assert (await gemini.complete(PROMPT)).text
    with pytest.raises(TransientProviderError):
        await openai.paint(ImagePrompt("gpt-image-2", "a cat", "", "1:1"))
    faults = [call.fault for call in server.calls()]
    assert faults == [Fault.RATE_LIMITED, Fault.RATE_LIMITED, None, None, Fault.UNAVAILABLE]


@pytest.mark.anyio
async def test_an_answer_that_was_lost_on_its_way_is_billed_all_the_same(server, opened):
    server.plan("openai", Fault.HALF_ANSWER)
    with pytest.raises(TransientProviderError):
        await opened("openai").complete(PROMPT)
    [call] = server.calls()
    assert call.status == 0
    assert call.usage.output_tokens > 0


@pytest.mark.anyio
async def test_the_questions_of_a_batch_are_told_apart_in_the_log(server, opened):
    model = opened("openai")
    await model.look(await model.submit({"a": PROMPT}, label="l"))
    billed = [call for call in server.calls() if call.usage.output_tokens]
    assert [(call.is_batch, call.operation, call.model) for call in billed] == [
        (True, "text", "a-model")
    ]


def test_an_answer_function_that_fails_is_a_500(caplog):
    def answer(provider, system, user, schema):
        raise KeyError("no such post")

    with LoopbackServer(answer=answer) as server:
        for _ in range(2):
            with pytest.raises(urllib.error.HTTPError, match="500"):
                post(f"{server.url}/v1/responses", {"model": "m", "input": "Say it."})
    assert "no such post" in caplog.text


def test_unknown_plans_are_refused():
    with pytest.raises(InvalidInput):
        LoopbackServer().plan("nobody", Fault.SLOW)
    with pytest.raises(InvalidInput):
        LoopbackServer().plan("openai", Fault.SLOW, on="breakfast")


@pytest.mark.parametrize("path", ["/v1/nothing", "/gemini/v1/nothing", "/perplexity/v1/models"])
def test_unknown_paths_are_404(path):
    with LoopbackServer() as server, pytest.raises(urllib.error.HTTPError, match="404"):
        post(f"{server.url}{path}", {})


def test_a_body_that_is_not_understood_is_400():
    with LoopbackServer() as server, pytest.raises(urllib.error.HTTPError, match="400"):
        post(f"{server.url}/v1/responses", [])  # type: ignore[arg-type]


def test_requests_in_one_packet_are_answered_one_after_the_other():
    asked = b"GET /v1/models HTTP/1.1\r\nauthorization: Bearer k\r\n\r\n"
    with (
        LoopbackServer(latency_s=0.05) as server,
        socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), 5) as line,
    ):
        line.sendall(asked * 3)
        told = b""
        while told.count(b"HTTP/1.1 200 OK") < 3:
            told += line.recv(65536)
    assert told.count(b'"gpt-loopback"') >= 2


@pytest.mark.parametrize("kind", ["png", "jpeg"])
def test_pictures_are_real_and_each_prompt_has_its_own(kind):
    one, other = (picture(prompt, 320, 176, kind) for prompt in ("a", "b"))
    assert one == picture("a", 320, 176, kind) != other
    with Image.open(BytesIO(one)) as drawn:
        drawn.load()
        assert (drawn.size, drawn.format) == ((320, 176), kind.upper())


def test_it_runs_by_itself_and_says_how_to_use_it():
    program = [sys.executable, "-u", "-m", "resources.providers.loopback", "--port", "0"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as running:
        try:
            lines = [running.stdout.readline() for _ in range(4)]
            url = lines[2].rpartition("=")[2].strip()
            told = post(f"{url}/responses", {"model": "m", "input": "Say it."})
        finally:
            running.terminate()
    assert "OPENAI_API_KEY=loopback" in lines[2]
    assert told["status"] == "completed"
