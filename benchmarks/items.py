"""Bench `items`: what a page costs in an organisation of 1,000 items and in one of 100,000.

Measured are `GET /v1/contents`, a late page of it, the same by status, `GET /v1/inbox`, and
`GET /v1/search` for a word that ten items have, one that a hundredth has, and one that all have.
Each item has sixty words of five thousand. CPU milliseconds are those of the API and of the server.
What does not belong here: many companies (`growth.py`).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from benchmarks.harness import Row, at_most, info, median, percentile, say
from benchmarks.seeding import Chain, Seeded, next_month, plain_url, seed, template
from benchmarks.stand import Stand, stand
from posthub_assets.domain.searching.lexemes import mark_of

SIZES = (1_000, 100_000)
BATCHES = 5
REQUESTS = 12
"""Of one batch; a supervisor has 500 requests an hour."""
TARGET = 1.5

# Every tenth waits; of the others every hundredth is rejected.
_ITEMS = """
    INSERT INTO posthub.content (id, organization_id, company_id, month, kind, language, place,
        status, current_version, title, review_since)
    SELECT gen_random_uuid(), %(organization)s, %(company)s, %(month)s, 'topic', 'en',
        'many-' || n, CASE WHEN n %% 10 = 0 THEN 'in_review' WHEN n %% 100 = 1 THEN 'rejected'
            ELSE 'approved' END, 1, 'Item ' || n, now() - n * interval '1 second'
    FROM generate_series(1, %(items)s) n
"""
_VERSIONS = """
    INSERT INTO posthub.content_version (id, organization_id, content_id, number, body, sha256,
        word_count)
    SELECT gen_random_uuid(), organization_id, id, 1, jsonb_build_object('title', title,
        'description', repeat('what winter is like for a garden ', 20)), repeat('a', 64), 140
    FROM posthub.content WHERE place LIKE 'many-%%' AND organization_id = %(organization)s
"""
_ENTRIES = """
    INSERT INTO posthub.search_entry (organization_id, content_id, version_id, company_id, kind,
        language, month, title_words, words)
    SELECT c.organization_id, c.id, v.id, c.company_id, c.kind, c.language, c.month,
        array_to_tsvector(ARRAY[%(mark)s || 'item']),
        array_to_tsvector(ARRAY[%(mark)s || 'winter',
            CASE WHEN right(c.place, 2) = '00' THEN %(mark)s || 'frost' ELSE %(mark)s || 'mild' END,
            CASE WHEN substr(c.place, 6)::int <= 10 THEN %(mark)s || 'comet'
                ELSE %(mark)s || 'sky' END] || w.words)
    FROM posthub.content c JOIN posthub.content_version v ON v.organization_id = c.organization_id
        AND v.content_id = c.id AND v.number = 1
    CROSS JOIN LATERAL (SELECT array_agg(DISTINCT %(mark)s || 'w' ||
        mod(substr(c.place, 6)::int * 7919 + k * k * 104729, 5000)) AS words
        FROM generate_series(1, 60) k) w
    WHERE c.place LIKE 'many-%%' AND c.organization_id = %(organization)s
"""
_FAR = """
    SELECT id FROM posthub.content WHERE organization_id = %(organization)s
    ORDER BY id OFFSET (SELECT count(*) * 9 / 10 FROM posthub.content
        WHERE organization_id = %(organization)s) LIMIT 1
"""

GROWING = "a word that all have", "a word of a hundredth"
"""Of these more is found where there is more: for information."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one request."""

    cpu_ms: float
    wall_ms: float


def measure() -> list[Row]:
    """Fill two organisations and ask both the same."""
    month = next_month()
    with stand(api=True) as here:
        companies = seed(
            here.urls.owner,
            first=1,
            count=len(SIZES),
            items=template([Chain("in_review")], month, sections=1),
            month=month,
            quota=12,
        )
        for company, size in zip(companies, SIZES, strict=True):
            _fill(here, company, size)
            say(f"{size} items are there")
        results = [_asked(here, company) for company in companies]
    return _rows(results)


def _fill(here: Stand, company: Seeded, items: int) -> None:
    values = {
        "organization": company.organization_id,
        "company": company.id,
        "month": next_month(),
        "items": items,
        "mark": mark_of(company.organization_id),
    }
    with psycopg.connect(plain_url(here.urls.owner), autocommit=True) as connection:
        for statement in (_ITEMS, _VERSIONS, _ENTRIES):
            connection.execute(statement, values)
        connection.execute("VACUUM (ANALYZE)")


def _asked(here: Stand, company: Seeded) -> dict[str, Cost]:
    from api.shapes import make_cursor

    far = here.one(_FAR, organization=company.organization_id)
    paths = {
        "a list": "/v1/contents",
        "a late page of it": f"/v1/contents?cursor={make_cursor(far)}",
        "a list by status": "/v1/contents?status=rejected&limit=10",
        "the inbox": "/v1/inbox",
        "a word of ten items": "/v1/search?q=comet",
        "a word of a hundredth": "/v1/search?q=frost",
        "a word that all have": "/v1/search?q=winter",
    }
    token = here.token(company.user_id)
    return {name: _cost(here, path, token) for name, path in paths.items()}


def _cost(here: Stand, path: str, token: str) -> Cost:
    def ask() -> Any:
        return here.http(here.settings.api_port, "GET", path, token=token)

    ask()
    cpu: list[float] = []
    wall: list[float] = []
    for _ in range(BATCHES):
        before = here.postgres_cpu_s() + here.cpu_s("api")
        for _ in range(REQUESTS):
            began = time.monotonic()
            ask()
            wall.append(1000 * (time.monotonic() - began))
        after = here.postgres_cpu_s() + here.cpu_s("api")
        cpu.append(1000 * (after - before) / REQUESTS)
    return Cost(median(cpu), percentile(wall, 50))


def _rows(results: Sequence[dict[str, Cost]]) -> list[Row]:
    rows = []
    few, many = results[0], results[-1]
    for name in few:
        for size, costs in zip(SIZES, results, strict=True):
            rows.append(info(f"{name}, {size:,} items", costs[name].cpu_ms, "CPU ms"))
            rows.append(info(f"{name}, {size:,} items, wall", costs[name].wall_ms, "ms"))
        label = f"{name}, {SIZES[-1]:,} to {SIZES[0]:,}"
        ratio = many[name].cpu_ms / few[name].cpu_ms
        rows.append(
            info(label, ratio, "x") if name in GROWING else at_most(label, ratio, "x", TARGET)
        )
    return rows
