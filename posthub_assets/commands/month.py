"""`posthub month`: opens a company's month, works on it until it is done or waits for a person.

A quick look comes first: where nothing is left to do, no factory is started.
What does not belong here: what a supervisor decides (`supervising.py`), printing (`summary.py`).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Hashable
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field

import typer

from posthub_assets.commands.accounts import ADMIN_FILE, ensure_admin
from posthub_assets.commands.api_client import ApiClient, Login, local_api, remote_api
from posthub_assets.commands.ground import Ground, ended_like_ctrl_c, prepared_ground
from posthub_assets.commands.progress import Board, progress
from posthub_assets.commands.speaking import murmur, say
from posthub_assets.commands.summary import MonthReport, collect, tell_files, tell_month
from posthub_assets.commands.supervising import Steps, Supervisor
from posthub_assets.commands.watching import Company, Snapshot, find_company, read_snapshot
from posthub_assets.domain.calendar import month_name, parse_month
from posthub_assets.domain.errors import Conflict, NotSignedIn, StorageError
from resources.database.engine import Database
from resources.processes import RunningFactory, is_up, running_factory

POLL_S = 1.5
SLOWEST_POLL_S = 10.0
"""While nothing moves it is looked at ever less often, up to this."""
_SOMEBODY_ELSE = "To sign in as somebody else use --email; `posthub user create` makes people."
STALL_S = 900.0
"""Longer than any job may take with its attempts' pauses; then something is wrong."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for: a company's month, whether to say yes to all, whether to try again."""

    company: str
    month: str
    approve: bool = False
    retry: bool = False


def run_month(
    company: str, month: str, *, approve: bool, retry: bool = False, email: str | None = None
) -> int:
    """`posthub month`; gives the exit code."""
    wish = Wish(company, month_name(parse_month(month)), approve, retry)
    with ended_like_ctrl_c(), prepared_ground() as ground:
        return month_on(ground, wish, find_login(ground, email))


def month_on(ground: Ground, wish: Wish, login: Login) -> int:
    """Work on a month and print what it came to; gives the exit code."""
    began = time.monotonic()
    where = is_up(ground.settings)
    report = asyncio.run(_look(ground, where, wish, login))
    if report is None:
        with running_factory(ground.settings, say=murmur) as where:
            report = asyncio.run(_work(where, wish, login))
    code = tell_month(report, duration_s=time.monotonic() - began, approve=wish.approve)
    _tell_where(ground, report)
    return code


def find_login(ground: Ground, email: str | None) -> Login:
    """Give the login of a person, asking for the password, or the first administrator's."""
    if email is not None:
        answer: str = typer.prompt(f"Password of {email}", hide_input=True)
        return Login(email, answer)

    async def work(database: Database) -> Login:
        file = ground.settings.home / ADMIN_FILE
        admin = await ensure_admin(database, ground.settings.home)
        if admin.password is None:
            raise NotSignedIn(f"The password of {admin.email} is not in {file}. {_SOMEBODY_ELSE}")
        hint = f"The password was read from {file}. {_SOMEBODY_ELSE}"
        return Login(admin.email, admin.password, hint)

    return ground.as_owner(work)


async def _look(
    ground: Ground, where: RunningFactory | None, wish: Wish, login: Login
) -> MonthReport | None:
    """Open the month and see; None where there is work to do."""
    running = where if where is not None and where.ready else None
    api_context: AbstractAsyncContextManager[ApiClient] = (
        remote_api(running.api_url, login) if running else local_api(ground.settings, login)
    )
    async with api_context as api:
        company = await _open(api, wish)
        snapshot = await read_snapshot(api, company, wish.month)
        if wish.retry and snapshot.failed_jobs:
            await try_again(api, snapshot)
            return None
        supervisor = Supervisor(api, company)
        if snapshot.open_jobs or (wish.approve and supervisor.plan(snapshot)):
            return None
        return await collect(supervisor, wish.month, snapshot, snapshot)


async def _open(api: ApiClient, wish: Wish) -> Company:
    """Open the month. Raises NotFound, and InvalidInput for one that cannot be opened."""
    company = await find_company(api, wish.company)
    await api.post(f"/v1/companies/{company.id}/months", {"month": wish.month})
    return company


async def try_again(api: ApiClient, snapshot: Snapshot) -> None:
    """Give each failed job its attempts back."""
    for job in snapshot.failed_jobs:
        with suppress(Conflict):  # somebody else was quicker
            await api.post(f"/v1/jobs/{job.id}/retry", {})


async def _work(where: RunningFactory, wish: Wish, login: Login) -> MonthReport:
    async with remote_api(where.api_url, login) as api:
        company = await find_company(api, wish.company)
        before = await read_snapshot(api, company, wish.month)
        supervisor = Supervisor(api, company)
        with progress(f"{company.name}, {wish.month}") as board:
            after = await work_through(supervisor, wish, board)
        return await collect(supervisor, wish.month, before, after)


async def work_through(
    supervisor: Supervisor, wish: Wish, board: Board, *, poll_s: float = POLL_S
) -> Snapshot:
    """Wait for jobs, and decide where that is wished, until nothing is left to do.

    Raises StorageError where nothing moves for a quarter of an hour.
    """
    guard, pause_s = StallGuard(), poll_s
    while True:
        snapshot = await read_snapshot(supervisor.api, supervisor.company, wish.month)
        board.show(snapshot)
        steps = supervisor.plan(snapshot) if wish.approve else Steps()
        if steps:
            await supervisor.act(steps)
            continue
        if not snapshot.open_jobs:
            return snapshot
        moved = guard.refuse_stall(snapshot)
        pause_s = poll_s if moved else min(pause_s * 1.3, SLOWEST_POLL_S)
        await asyncio.sleep(pause_s)


@dataclass(slots=True)
class StallGuard:
    """Notices that nothing moves any more."""

    seen: Hashable = None
    since: float = field(default_factory=time.monotonic)

    def refuse_stall(self, snapshot: Snapshot) -> bool:
        """Tell whether something moved. Raises StorageError where it has not for too long."""
        now = time.monotonic()
        state = (snapshot.items, snapshot.open_jobs)
        if state != self.seen:
            self.seen, self.since = state, now
            return True
        if now - self.since > STALL_S:
            assets = sorted({job.asset for job in snapshot.open_jobs})
            raise StorageError(
                f"Nothing has moved for {STALL_S / 60:.0f} minutes, and "
                f"{len(snapshot.open_jobs)} jobs are open ({', '.join(assets)}). Look at the logs "
                "and at the runs in the Dagster UI; the same command goes on from here."
            )
        return False


def _tell_where(ground: Ground, report: MonthReport) -> None:
    settings = ground.settings
    tell_files(report, settings.home)
    where = is_up(settings)
    if where is not None and where.ready:
        say(f"Dagster UI      {where.dagster_url}")
        say(f"API             {where.api_url}/docs")
        return
    say("To look at it, start everything with `posthub up` (or `make up`), then open")
    say(f"Dagster UI      http://{settings.host}:{settings.dagster_port}")
    say(f"API             http://{settings.host}:{settings.api_port}/docs")
