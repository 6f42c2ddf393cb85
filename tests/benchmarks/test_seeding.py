"""Bulk rows are as the product would have written them: no reference points nowhere."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from benchmarks.seeding import Chain, next_month, seed, template
from posthub_assets.domain.content import content_hash

pytestmark = pytest.mark.anyio
FIRST = 900_000_000

_FOREIGN_KEYS = text(
    """
    SELECT c.conrelid::regclass::text AS child, c.confrelid::regclass::text AS parent,
        (SELECT array_agg(a.attname::text ORDER BY k.n) FROM unnest(c.conkey)
            WITH ORDINALITY k(num, n) JOIN pg_attribute a
            ON a.attrelid = c.conrelid AND a.attnum = k.num) AS mine,
        (SELECT array_agg(a.attname::text ORDER BY k.n) FROM unnest(c.confkey)
            WITH ORDINALITY k(num, n) JOIN pg_attribute a
            ON a.attrelid = c.confrelid AND a.attnum = k.num) AS theirs
    FROM pg_constraint c WHERE c.contype = 'f' AND c.connamespace = 'posthub'::regnamespace
    """
)


@pytest.fixture
def made(database_urls):
    chains = [Chain("in_review"), Chain("approved"), Chain("approved", "approved", "approved")]
    month = next_month()
    items = template(chains, month)
    return seed(database_urls.owner, first=FIRST, count=3, items=items, month=month, quota=12)


async def test_every_reference_of_seeded_rows_is_there_and_every_hash_is_right(made, owner):
    for key in (await owner.execute(_FOREIGN_KEYS)).all():
        joined = " AND ".join(
            f"p.{theirs} = c.{mine}" for mine, theirs in zip(key.mine, key.theirs, strict=True)
        )
        given = " AND ".join(f"c.{mine} IS NOT NULL" for mine in key.mine)
        orphans = await owner.execute(
            text(
                f"SELECT count(*) FROM {key.child} c WHERE {given} AND NOT EXISTS"  # noqa: S608
                f" (SELECT 1 FROM {key.parent} p WHERE {joined})"
            )
        )
        assert orphans.scalar_one() == 0, f"{key.child} points nowhere in {key.parent}"
    rows = await owner.execute(
        text(
            "SELECT v.body, v.sha256, i.kind FROM posthub.content i JOIN posthub.content_version v"
            " ON v.content_id = i.id WHERE i.company_id = :id"
        ),
        {"id": made[0].id},
    )
    found = rows.all()
    # DNA, six personas, three topics, one post, two social posts
    assert len(found) == 13
    assert all(content_hash(row.body) == row.sha256 for row in found)
