"""Rows for benches, made in bulk by the owner: companies with people, months, items, jobs done.

A template of one company is written once and multiplied by the server, so that ten thousand
companies take a minute and not a night. Bodies are real ones (`texts.py`), ids sort by company.
What does not belong here: measuring.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

import psycopg

from benchmarks import texts
from posthub_assets.domain.bodies import Body, Platform
from posthub_assets.domain.calendar import add_months
from posthub_assets.domain.content import Kind, content_hash
from posthub_assets.domain.quality.context import fingerprint_of, main_text
from posthub_assets.domain.text.words import count_words

PLATFORMS = (Platform.LINKEDIN, Platform.X)
PERSONAS_MADE, PERSONAS_ACTIVE = 6, 3
SESSION_BEGAN = time.time()
A_YEAR_AGO = SESSION_BEGAN - 365 * 86400


@dataclass(frozen=True, slots=True)
class Chain:
    """One topic and what hangs on it: the status of each, None where it is not made yet."""

    topic: str
    blog_post: str | None = None
    social_posts: str | None = None


@dataclass(frozen=True, slots=True)
class TemplateItem:
    """An item of the template. Labels tell the items of one company apart."""

    label: str
    kind: Kind
    status: str
    body: Body
    place: str = ""
    parent: str | None = None
    persona: str | None = None
    monthly: bool = True


@dataclass(frozen=True, slots=True)
class Seeded:
    """A company that was made, and the person who decides there."""

    number: int
    id: UUID
    organization_id: UUID
    user_id: UUID
    key: str


def next_month() -> date:
    """Give the first of next month: always within the graph's window."""
    return add_months(datetime.now(UTC).date().replace(day=1), 1)


def template(chains: Sequence[Chain], month: date, *, sections: int = 6) -> list[TemplateItem]:
    """Give DNA, personas and the items of one month. Six `sections` make a post of full length."""
    items = [TemplateItem("dna", Kind.COMPANY_DNA, "approved", texts.dna("A"), monthly=False)]
    for number in range(PERSONAS_MADE):
        status = "approved" if number < PERSONAS_ACTIVE else "archived"
        label, place = f"persona:{number}", f"{number + 1:02d}"
        body = texts.persona(number)
        items.append(TemplateItem(label, Kind.PERSONA, status, body, place, monthly=False))
    for number, chain in enumerate(chains):
        items += _chain(number, chain, month, sections)
    return items


def _chain(number: int, chain: Chain, month: date, sections: int) -> list[TemplateItem]:
    place, persona = f"{number + 1:02d}", f"persona:{number % PERSONAS_ACTIVE}"
    topic = texts.topic(f"seed {number}", month.replace(day=1 + number % 27))
    items = [
        TemplateItem(f"topic:{place}", Kind.TOPIC, chain.topic, topic, place=place, persona=persona)
    ]
    if chain.blog_post:
        post = texts.blog_post(f"seed {number}", topic, sections=sections)
        above, label = f"topic:{place}", f"blog:{place}"
        items.append(TemplateItem(label, Kind.BLOG_POST, chain.blog_post, post, "", above, persona))
    if chain.blog_post and chain.social_posts:
        for platform in PLATFORMS:
            social = texts.social_post(f"seed {number}", platform)
            label = f"social:{place}:{platform}"
            items.append(
                TemplateItem(
                    label,
                    Kind.SOCIAL_POST,
                    chain.social_posts,
                    social,
                    platform.value,
                    f"blog:{place}",
                    persona,
                )
            )
    return items


_PREPARE = """
CREATE OR REPLACE FUNCTION pg_temp.made_id(n int, label text) RETURNS uuid
LANGUAGE sql STABLE AS $$
    SELECT (lpad(to_hex(current_setting('bench.began_ms')::bigint + n), 12, '0')
        || '7' || substr(md5(n || '/' || label), 1, 3)
        || '8' || substr(md5(n || '/' || label), 4, 15))::uuid $$;
CREATE TEMP TABLE IF NOT EXISTS bench_item (label text, kind text, status text, place text,
    parent text, persona text, monthly boolean, title text, body jsonb, sha256 text,
    word_count int, fingerprint bytea);
TRUNCATE bench_item;
"""

_COMPANIES = """
WITH c AS (SELECT n FROM generate_series(%(first)s::int, %(last)s::int) n),
organizations AS (
    INSERT INTO posthub.organization (id, name)
    SELECT pg_temp.made_id(n, 'organization'), 'Organisation ' || n FROM c),
people AS (
    INSERT INTO posthub.app_user (id, email, name)
    SELECT pg_temp.made_id(n, 'user'), 'person-' || n || '@example.com', 'Person ' || n FROM c),
memberships AS (
    INSERT INTO posthub.membership (organization_id, user_id, role)
    SELECT pg_temp.made_id(n, 'organization'), pg_temp.made_id(n, 'user'), 'SUPERVISOR' FROM c),
months AS (
    INSERT INTO posthub.company_month (organization_id, company_id, month, tier, quota, starts_on,
        opened_by)
    SELECT pg_temp.made_id(n, 'organization'), pg_temp.made_id(n, 'company'), %(month)s, 'BASIC',
        %(quota)s, %(month)s, 'bench' FROM c)
INSERT INTO posthub.company (id, organization_id, slug, partition_key, name, language, timezone,
    country, tier, platforms)
SELECT pg_temp.made_id(n, 'company'), pg_temp.made_id(n, 'organization'), 'company-' || n,
    'company-' || n, 'Company ' || n, 'en', 'Europe/Prague', 'CZ', 'BASIC', %(platforms)s::jsonb
FROM c
"""

_CONTENT = """
INSERT INTO posthub.content (id, organization_id, company_id, month, kind, language, parent_id,
    persona_id, place, status, current_version, title, review_since)
SELECT pg_temp.made_id(n, t.label), pg_temp.made_id(n, 'organization'),
    pg_temp.made_id(n, 'company'), CASE WHEN t.monthly THEN %(month)s::date END, t.kind, 'en',
    CASE WHEN t.parent <> '' THEN pg_temp.made_id(n, t.parent) END,
    CASE WHEN t.persona <> '' THEN pg_temp.made_id(n, t.persona) END,
    t.place, t.status, 1, t.title, CASE WHEN t.status = 'in_review' THEN now() END
FROM generate_series(%(first)s::int, %(last)s::int) n CROSS JOIN bench_item t
"""

_VERSIONS = """
INSERT INTO posthub.content_version (id, organization_id, content_id, number, body, sha256,
    word_count, parent_version_id, provider, fingerprint)
SELECT pg_temp.made_id(n, 'version ' || t.label), pg_temp.made_id(n, 'organization'),
    pg_temp.made_id(n, t.label), 1, t.body, t.sha256, t.word_count,
    CASE WHEN t.parent <> '' THEN pg_temp.made_id(n, 'version ' || t.parent) END, 'bench',
    t.fingerprint
FROM generate_series(%(first)s::int, %(last)s::int) n CROSS JOIN bench_item t
"""

_CHECKS = """
INSERT INTO posthub.check_result (id, organization_id, version_id, rule, verdict, blocking, message)
SELECT pg_temp.made_id(n, r.rule || t.label), pg_temp.made_id(n, 'organization'),
    pg_temp.made_id(n, 'version ' || t.label), r.rule, r.verdict, r.rule = 'template_leftovers',
    'As it should be.'
FROM generate_series(%(first)s::int, %(last)s::int) n CROSS JOIN bench_item t
CROSS JOIN (VALUES ('template_leftovers', 'pass'), ('near_duplicates', 'pass')) r(rule, verdict)
WHERE t.monthly
"""

_DECISIONS = """
INSERT INTO posthub.decision (id, organization_id, content_id, version_id, version_number, sha256,
    action, decided_by)
SELECT pg_temp.made_id(n, 'decision ' || t.label), pg_temp.made_id(n, 'organization'),
    pg_temp.made_id(n, t.label), pg_temp.made_id(n, 'version ' || t.label), 1, t.sha256, 'approve',
    pg_temp.made_id(n, 'user')
FROM generate_series(%(first)s::int, %(last)s::int) n CROSS JOIN bench_item t
WHERE t.status = 'approved'
"""

# The jobs that made what is there: one for the topics, one for each parent with its children.
_JOBS = """
INSERT INTO posthub.job (id, organization_id, company_id, asset, kind, month, content_id,
    source_version_id, status, progress, step, started_at, finished_at, duration_s)
SELECT pg_temp.made_id(n, 'job ' || j.asset || coalesce(j.parent, '')),
    pg_temp.made_id(n, 'organization'), pg_temp.made_id(n, 'company'), j.asset,
    'create_' || j.asset, %(month)s, pg_temp.made_id(n, j.parent),
    pg_temp.made_id(n, 'version ' || j.parent), 'completed', 100, 'done', now(), now(), 1
FROM generate_series(%(first)s::int, %(last)s::int) n
CROSS JOIN (
    SELECT DISTINCT CASE kind WHEN 'topic' THEN 'topics' WHEN 'blog_post' THEN 'blog_posts'
        ELSE 'social_posts' END AS asset, nullif(parent, '') AS parent
    FROM bench_item WHERE monthly) j
"""

_SEEDED = """
SELECT n, pg_temp.made_id(n, 'company'), pg_temp.made_id(n, 'organization'),
    pg_temp.made_id(n, 'user'), 'company-' || n
FROM generate_series(%(first)s::int, %(last)s::int) n
"""


def seed(
    owner_url: str,
    *,
    first: int,
    count: int,
    items: Sequence[TemplateItem],
    month: date,
    quota: int,
    began: float = SESSION_BEGAN,
) -> list[Seeded]:
    """Make companies `first` to `first + count - 1`, each with the template's items.

    Ids carry the time `began` (seconds since 1970). It is the same for all seeds of one database.
    """
    values = {
        "first": first,
        "last": first + count - 1,
        "month": month,
        "quota": quota,
        "platforms": json.dumps([one.value for one in PLATFORMS]),
    }
    with psycopg.connect(plain_url(owner_url)) as connection:
        # Foreign keys and append-only triggers are left out: the rows are right by making.
        connection.execute("SET session_replication_role = replica")
        connection.execute(
            "SELECT set_config('bench.began_ms', %s, false)", [str(round(began * 1000))]
        )
        connection.execute(_PREPARE)
        with connection.cursor().copy("COPY bench_item FROM STDIN") as copy:
            for item in items:
                copy.write_row(_template_row(item))
        for statement in (_COMPANIES, _CONTENT, _VERSIONS, _CHECKS, _DECISIONS, _JOBS):
            connection.execute(statement, values)
        rows = connection.execute(_SEEDED, values).fetchall()
    with psycopg.connect(plain_url(owner_url), autocommit=True) as connection:
        connection.execute("ANALYZE")
    return [Seeded(*row) for row in rows]


def _template_row(item: TemplateItem) -> tuple[object, ...]:
    plain = item.body.model_dump(mode="json")
    title = next((plain[name] for name in ("title", "name", "company") if plain.get(name)), "")
    return (
        item.label,
        item.kind.value,
        item.status,
        item.place,
        item.parent or "",
        item.persona or "",
        item.monthly,
        title or main_text(item.body)[:80],
        json.dumps(plain),
        content_hash(plain),
        count_words(main_text(item.body)),
        fingerprint_of(item.body, "en"),
    )


def plain_url(url: str) -> str:
    """Give a URL as libpq takes it, without SQLAlchemy's driver."""
    return "postgresql://" + url.partition("://")[2]
