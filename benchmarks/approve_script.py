"""The statements of an approval as a script of pgbench, for bench `approve`.

They are the repositories' own; where the API gives a value that it computed, the script gives one
of the same shape. Items and people get ids that a script can count through.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import psycopg

from benchmarks.seeding import plain_url
from benchmarks.stand import Stand
from resources.database.hot import HotStatement
from resources.database.repositories import decisions, idempotency, identity, items
from resources.database.server_account import program

_CONTENT = (
    "(lpad(({company})::text, 8, '0') || '-0000-7000-8000-' || lpad(({item})::text, 12, '0'))::uuid"
)
_USER = "(lpad(({company})::text, 8, '0') || '-0000-7000-9000-000000000000')::uuid"

_RENAME = f"""
CREATE TEMP TABLE renamed AS
    SELECT i.id AS old,
        {_CONTENT.format(company="a.n - 1", item="row_number() OVER (PARTITION BY a.n) - 1")} AS new
    FROM posthub.content i
    JOIN unnest(%(ids)s::uuid[]) WITH ORDINALITY a(id, n) ON a.id = i.organization_id
    WHERE i.kind = 'topic' AND i.status = 'in_review';
UPDATE posthub.content c SET id = r.new FROM renamed r WHERE c.id = r.old;
UPDATE posthub.content_version v SET content_id = r.new FROM renamed r WHERE v.content_id = r.old;
CREATE TEMP TABLE people AS
    SELECT m.user_id AS old, {_USER.format(company="a.n - 1")} AS new
    FROM posthub.membership m
    JOIN unnest(%(ids)s::uuid[]) WITH ORDINALITY a(id, n) ON a.id = m.organization_id;
UPDATE posthub.app_user u SET id = p.new FROM people p WHERE u.id = p.old;
UPDATE posthub.membership m SET user_id = p.new FROM people p WHERE m.user_id = p.old
"""  # noqa: S608 - fixed texts

_JOB = (
    "jsonb_build_object('place', {place}, 'id', gen_random_uuid(), 'asset', '{asset}', 'kind',"
    " 'create_{asset}', 'month', :month::date, 'content_id', {content},"
    " 'source_version_id', {version},"
    " 'round', 0, 'priority', 50, 'time_limit_s', 180, 'delay_s', 3, 'renew', {renew},"
    " 'params', '{{}}'::jsonb)"
)
_ANSWER = "decode(repeat('7b', 420), 'hex')"


@dataclass(frozen=True, slots=True)
class Found:
    """What pgbench said: transactions a second, and the mean seconds of one."""

    rate: float
    latency_s: float


def prepare_items(owner_url: str, organizations: Sequence[UUID]) -> None:
    """Give the topics and people of these organisations the ids that the script counts through."""
    with psycopg.connect(plain_url(owner_url)) as connection:
        connection.execute("SET session_replication_role = replica")
        for statement in _RENAME.split(";"):
            bound = {"ids": list(organizations)} if "%(ids)s" in statement else None
            connection.execute(statement, bound)
    with psycopg.connect(plain_url(owner_url), autocommit=True) as connection:
        connection.execute("ANALYZE")


def pgbench(here: Stand, *, clients: int, each: int, first: int, company: int = 0) -> Found:
    """Approve `each` items of `clients` companies, from the item `first` on."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "approve.sql")
        path.write_text(_script(), encoding="utf-8")
        command = [str(program("pgbench")), "--no-vacuum", "--protocol=prepared", "--jobs=2"]
        command += [f"--client={clients}", f"--transactions={each}", f"--file={path}"]
        command += [f"--define=k={first - 1}", f"--define=first={company}"]
        command.append(plain_url(here.urls.api))
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if f"actually processed: {clients * each}/" not in done.stdout:
        raise RuntimeError(f"pgbench: {done.stdout}{done.stderr}"[:2000])
    rate = re.search(r"tps = ([\d.]+)", done.stdout)
    latency = re.search(r"latency average = ([\d.]+) ms", done.stdout)
    assert rate and latency
    return Found(float(rate[1]), float(latency[1]) / 1000)


def _script() -> str:
    company = "(:client_id::int + :first::int)"
    content = _CONTENT.format(company=company, item=":k::int")
    user = _USER.format(company=company)
    decision = content.replace("-8000-", "-a000-")
    follow = _JOB.format(
        place=0, asset="blog_posts", content=content, version=":version_id::uuid", renew="false"
    )
    calendar = _JOB.format(
        place=1, asset="content_calendar", content="null", version="null", renew="true"
    )
    given = {
        "user_id": user,
        "decided_by": user,
        "link_id": "null",
        "requested_by": user,
        "content_id": content,
        "key": f"'approve ' || {content}",
        "request_hash": "repeat('a', 64)",
        "hours": "24",
        "requests": f"jsonb_build_array({follow}, {calendar})",
        "organization_id": ":organization_id::uuid",
        "company_id": ":company_id::uuid",
        "version_id": ":version_id::uuid",
        "version": ":version::int",
        "round": ":round::int",
        "kind": ":kind::text",
        "sha256": ":sha256::text",
        "audit_id": "gen_random_uuid()",
        "outbox_id": "gen_random_uuid()",
        "action": "'approve'",
        "status_before": "'in_review'",
        "status": "'approved'",
        "reason_codes": "'[]'",
        "spans": "'[]'",
        "reason": "''",
        "ip": "'127.0.0.1'",
        "user_agent": "'bench'",
        "request_id": "'0123456789abcdef'",
        "status_code": "200",
        "media_type": "'application/json'",
        "response": _ANSWER,
    }
    steps = [
        _said(identity._ENTER, {"id": user}),
        _said(items._HOLD, {"id": content}) + " \\gset",
        _said(decisions._SIGN, {**given, "id": decision}),
        _said(idempotency._KEEP_FIRST, given),
    ]
    lines = ["\\set k :k + 1", "BEGIN;"]
    lines += [one if one.endswith("gset") else f"{one};" for one in steps]
    return "\n".join([*lines, "COMMIT;", ""])


def _said(statement: HotStatement, given: dict[str, str]) -> str:
    """Give a statement on one line, with the script's values in the place of the API's."""
    line = " ".join(statement.text.split())
    return re.sub(r"(?<!:):([a-z_]+)", lambda found: given.get(found[1], found[0]), line)
