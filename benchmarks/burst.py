"""Bench `burst`: supervisors of 300 companies approve a topic each within a minute.

Counted is the CPU of all of the factory's processes (code server, runs, daemon) from the first
approval until the last blog post is written, what it would have used while idle included. The
months' calendars, which follow from the same approvals, are counted too as far as they are made by
then. The database and the API are shown apart.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from benchmarks.harness import Row, at_most, info, say
from benchmarks.seeding import Chain, Seeded, next_month, seed, template
from benchmarks.stand import OURS, Stand, stand

COMPANIES = 300
WITHIN_S = 50.0
IDLE_S = 20.0
TARGET_CPU_S = 1.0
TIMEOUT_S = 900
DONE = ("approved", "approved", "approved")


def measure() -> list[Row]:
    """Warm up with one company; then approve in all others, evenly over fifty seconds."""
    month = next_month()
    chains = [Chain("in_review"), *(Chain(*DONE) for _ in range(11))]
    with stand(OURS, api=True) as here:
        made = seed(
            here.urls.owner,
            first=1,
            count=COMPANIES + 1,
            items=template(chains, month),
            month=month,
            quota=12,
        )
        topics = _topics(here)
        _approve(here, made[0], topics)
        _wait_until_idle(here, 1)
        idle = _idle_share(here)
        say("warm; 300 companies approve now")
        before = _costs(here)
        runs = _runs(here)
        began = time.time()
        _approve_evenly(here, made[1:], topics)
        approved_s = time.time() - began
        posts = "SELECT count(*) FROM posthub.content WHERE kind = 'blog_post'"
        goal = (COMPANIES + 1) * len(chains)
        here.wait_until(lambda: here.one(posts) == goal, "the blog posts", TIMEOUT_S)
        wall_s = time.time() - began
        after = _costs(here)
        runs_until_done = _runs(here) - runs
        _wait_until_idle(here, COMPANIES + 1)
        at_end = _costs(here)
        runs_at_end = _runs(here) - runs
        failed = here.one("SELECT count(*) FROM posthub.job WHERE status = 'failed'")
    factory, postgres, api = (now - then for now, then in zip(after, before, strict=True))
    whole = at_end[0] - before[0]
    return [
        info("companies", COMPANIES, "companies"),
        info("first approval to last approval", approved_s, "s"),
        info("first approval to last post", wall_s, "s"),
        info("runs until the last post", runs_until_done, "runs"),
        info("runs until the calendars are done too", runs_at_end, "runs"),
        info("failed jobs", failed, "jobs"),
        info("database", postgres / COMPANIES, "CPU s/month"),
        info("API", api / COMPANIES, "CPU s/month"),
        info("factory while idle", idle, "cores"),
        info("factory, calendars too", whole / COMPANIES, "CPU s/month"),
        at_most("factory", factory / COMPANIES, "CPU s/month", TARGET_CPU_S),
    ]


def _topics(here: Stand) -> dict[UUID, UUID]:
    rows = here.query(
        "SELECT company_id, id FROM posthub.content WHERE kind = 'topic' AND status = 'in_review'"
    )
    return {row["company_id"]: row["id"] for row in rows}


def _approve(here: Stand, company: Seeded, topics: dict[UUID, UUID]) -> None:
    here.approve(topics[company.id], here.token(company.user_id))


def _approve_evenly(here: Stand, companies: list[Seeded], topics: dict[UUID, UUID]) -> None:
    began = time.monotonic()

    def approve(place: int) -> None:
        due = began + WITHIN_S * place / len(companies)
        time.sleep(max(0.0, due - time.monotonic()))
        _approve(here, companies[place], topics)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(approve, range(len(companies))))


def _wait_until_idle(here: Stand, calendars: int) -> None:
    """Wait for the calendars and for the last run to end."""
    done = (
        "SELECT count(*) FROM posthub.job WHERE asset = 'content_calendar' AND status = 'completed'"
    )
    here.wait_until(lambda: here.one(done) >= calendars, "the calendars", TIMEOUT_S)
    here.wait_until(lambda: here.unfinished_runs() == 0, "the last run", TIMEOUT_S)


def _idle_share(here: Stand) -> float:
    before, began = here.factory_cpu_s(), time.monotonic()
    time.sleep(IDLE_S)
    return (here.factory_cpu_s() - before) / (time.monotonic() - began)


def _costs(here: Stand) -> tuple[float, float, float]:
    return here.factory_cpu_s(), here.postgres_cpu_s(), here.cpu_s("api")


def _runs(here: Stand) -> int:
    return int(here.one("SELECT count(*) FROM dagster.runs"))
