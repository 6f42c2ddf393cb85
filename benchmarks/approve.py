"""Bench `approve`: the approve endpoint, to pgbench and to a bare FastAPI hello.

The endpoint has everything on: token, policies, audit, jobs, outbox, idempotency. pgbench says the
same statements, taken from the repositories, in the same order on the same server as the same role
(`approve_script.py`). Hello is an empty endpoint behind the same server program. Throughput is
measured with 32 clients of 32 companies, latency with one; all take turns.
What does not belong here: from a yes to the work that follows (`approval.py`).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from benchmarks.approve_script import pgbench, prepare_items
from benchmarks.harness import Row, at_least, at_most, info, median, percentile, say, tree_cpu_s
from benchmarks.http_callers import call_in_turn, call_together, post
from benchmarks.seeding import Chain, Seeded, next_month, seed, template
from benchmarks.stand import HOST, Stand, stand
from resources.processes.child import Child
from resources.processes.readiness import answers_http, free_port

CLIENTS = 32
EACH = 20
ALONE = 60
ROUNDS = 5
WARM_UP = 10
PER_COMPANY = WARM_UP + max(EACH, ALONE) * ROUNDS
HELLO = "benchmarks.graphs.hello:app"
_WAITING = """
    SELECT company_id, id FROM posthub.content WHERE kind = 'topic' AND status = 'in_review'
    ORDER BY company_id, place
"""


@dataclass
class Measured:
    """One way, by rounds: requests a second, CPU seconds a request, seconds of single requests."""

    rates: list[float] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)
    alone_s: list[float] = field(default_factory=list)


@dataclass
class Clients:
    """What each client has left to ask for, as bytes of HTTP."""

    requests: list[list[bytes]]

    def take(self, number: int, each: int) -> list[list[bytes]]:
        """Take the next `each` requests of the first `number` clients."""
        taken = [one[:each] for one in self.requests[:number]]
        for one in self.requests[:number]:
            del one[:each]
        return taken


def measure() -> list[Row]:
    """Let ours, pgbench and hello take turns; the first requests of each warm up."""
    month = next_month()
    items = template([Chain("in_review")] * PER_COMPANY, month, sections=1)
    with stand(api=True) as here:
        everybody = seed(
            here.urls.owner, first=1, count=2 * CLIENTS + 2, items=items, month=month, quota=12
        )
        prepare_items(here.urls.owner, [one.organization_id for one in everybody[CLIENTS + 1 :]])
        hello = _start_hello(here)
        return asyncio.run(_rounds(here, everybody[: CLIENTS + 1], hello))


async def _rounds(here: Stand, companies: Sequence[Seeded], hello_port: int) -> list[Row]:
    ours = Clients(_approvals(here, companies))
    greetings = [post("/hello", {"version": 1})]
    api_port = here.settings.api_port
    mine, bare, floor = Measured(), Measured(), Measured()
    last = CLIENTS  # the company of the one who is measured alone
    await call_together(HOST, api_port, ours.take(CLIENTS + 1, WARM_UP))
    await call_together(HOST, hello_port, [greetings * WARM_UP] * CLIENTS)
    pgbench(here, clients=CLIENTS + 1, each=WARM_UP, first=0)
    for number in range(ROUNDS):
        await _together(here, "api", api_port, ours.take(CLIENTS, EACH), mine)
        floor.rates.append(
            pgbench(here, clients=CLIENTS, each=EACH, first=WARM_UP + number * EACH).rate
        )
        await _together(here, "hello", hello_port, [greetings * EACH * 5] * CLIENTS, bare)
        alone = Clients([ours.requests[last]]).take(1, ALONE)[0]
        mine.alone_s += await call_in_turn(HOST, api_port, alone)
        bare.alone_s += await call_in_turn(HOST, hello_port, greetings * ALONE)
        found = pgbench(
            here, clients=1, each=ALONE, first=WARM_UP + number * ALONE, company=CLIENTS
        )
        floor.alone_s.append(found.latency_s)
        say(
            f"round {number + 1} of {ROUNDS}: {mine.rates[-1]:.0f} a second, "
            f"pgbench {floor.rates[-1]:.0f}, hello {bare.rates[-1]:.0f}"
        )
    return _rows(mine, floor, bare)


async def _together(
    here: Stand, name: str, port: int, requests: list[list[bytes]], into: Measured
) -> None:
    pid = here.children[name].pid
    assert pid is not None
    count = sum(len(one) for one in requests)
    began, cpu = time.perf_counter(), tree_cpu_s([pid])
    await call_together(HOST, port, requests)
    into.rates.append(count / (time.perf_counter() - began))
    into.cpu_s.append((tree_cpu_s([pid]) - cpu) / count)


def _rows(mine: Measured, floor: Measured, bare: Measured) -> list[Row]:
    to_floor = [a / b for a, b in zip(mine.rates, floor.rates, strict=True)]
    to_hello = [a / b for a, b in zip(mine.cpu_s, bare.cpu_s, strict=True)]
    return [
        info("approvals, 32 clients", median(mine.rates), "a second"),
        info("pgbench, the same statements", median(floor.rates), "a second"),
        at_least("approvals to pgbench", median(to_floor), "x", 0.10),
        info("CPU of an approval", median(mine.cpu_s) * 1000, "ms"),
        info("CPU of hello", median(bare.cpu_s) * 1000, "ms"),
        at_most("CPU of an approval to hello's", median(to_hello), "x", 15),
        at_most("one client, p50", percentile(mine.alone_s, 50) * 1000, "ms", 4),
        at_most("one client, p99", percentile(mine.alone_s, 99) * 1000, "ms", 20),
        info("pgbench, one client, mean", median(floor.alone_s) * 1000, "ms"),
        info("hello, one client, p50", percentile(bare.alone_s, 50) * 1000, "ms"),
    ]


def _approvals(here: Stand, companies: Sequence[Seeded]) -> list[list[bytes]]:
    """Give each person's approvals, each with an Idempotency-Key of its own."""
    topics: dict[UUID, list[UUID]] = {}
    for row in here.query(_WAITING):
        topics.setdefault(row["company_id"], []).append(row["id"])
    requests = []
    for company in companies:
        token = here.token(company.user_id)
        requests.append([_approval(id_, token) for id_ in topics[company.id]])
    return requests


def _approval(content_id: UUID, token: str) -> bytes:
    return post(
        f"/v1/contents/{content_id}/approve",
        {"version": 1},
        Authorization=f"Bearer {token}",
        **{"Idempotency-Key": f"approve {content_id}"},
    )


def _start_hello(here: Stand) -> int:
    """Start hello as the API is started, but for what it serves; give its port."""
    port = free_port(HOST)
    api = here.children["api"].spec
    words = {str(here.settings.api_port): str(port)}
    command = tuple(
        HELLO if word.startswith("api.") else words.get(word, word)
        for word in api.command
        if word != "--factory"
    )
    spec = replace(
        api,
        name="hello",
        command=command,
        log_path=api.log_path.with_name("hello.log"),
        is_ready=lambda: answers_http(f"http://{HOST}:{port}/hello"),
    )
    here.children["hello"] = Child(spec)
    here.children["hello"].start()
    here.children["hello"].wait_until_ready(60, lambda: False)
    return port
