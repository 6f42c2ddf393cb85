"""`posthub up` and `posthub status`.

What does not belong here: the processes themselves (`resources/processes/`).
"""

from __future__ import annotations

from posthub_assets.commands.accounts import ADMIN_FILE, Admin, ensure_admin, tell_admin
from posthub_assets.commands.ground import Ground, ended_like_ctrl_c
from posthub_assets.commands.speaking import murmur, say, say_good
from resources.database.embedded import EmbeddedPostgres
from resources.database.engine import Database
from resources.processes import Factory, RunningFactory, is_up
from resources.processes.readiness import answers_http
from resources.settings import Settings, load_settings


def serve(*, verbose: bool) -> None:
    """`posthub up`: start everything, say where it is, wait for Ctrl-C, end everything."""
    settings = load_settings()
    factory = Factory(settings, say=murmur, echo=_echo if verbose else None)
    with ended_like_ctrl_c():
        where = factory.start()
        try:
            admin = _admin(Ground(factory.settings, factory.urls, revision=""))
            tell_addresses(where)
            tell_admin(admin, settings.home)
            say(f"Logs            {settings.home / 'logs'}")
            say("Ctrl-C ends everything.")
        except BaseException:
            factory.stop()
            raise
    factory.run_until_signal()
    say("Stopped.")


def _echo(name: str, line: str) -> None:
    murmur(f"{name} | {line}")


def _admin(ground: Ground) -> Admin:
    async def work(database: Database) -> Admin:
        return await ensure_admin(database, ground.settings.home)

    return ground.as_owner(work)


def tell_addresses(where: RunningFactory) -> None:
    """Print where the API and the Dagster UI are."""
    say_good("PostHub is up.")
    say(f"Dagster UI      {where.dagster_url}")
    say(f"API             {where.api_url}/docs")


def show_status() -> None:
    """`posthub status`."""
    settings = load_settings()
    say(f"Home            {settings.home}")
    say(f"Database        {_database(settings)}")
    where = is_up(settings)
    if where is None:
        say("Factory         not running; `posthub up` starts it")
    elif not where.ready:
        say(f"Factory         starting (process {where.pid})")
    else:
        say_good(f"Factory         up (process {where.pid})")
        say(f"Dagster UI      {where.dagster_url} {_answer(where.dagster_url, '/server_info')}")
        say(f"API             {where.api_url}/docs {_answer(where.api_url, '/readyz')}")
    say(f"Logs            {settings.home / 'logs'}")
    if (settings.home / ADMIN_FILE).exists():
        say(f"Administrator   see {settings.home / ADMIN_FILE}")


def _answer(url: str, path: str) -> str:
    return "(answers)" if answers_http(url + path) else "(does not answer)"


def _database(settings: Settings) -> str:
    if not settings.is_embedded:
        return "given by POSTHUB_DATABASE_URL and its companions"
    running = EmbeddedPostgres(settings.home).is_running()
    return f"embedded PostgreSQL, {'running' if running else 'not running'}"
