"""A company's folder in the database: whole or not at all, and the same when it comes again."""

from __future__ import annotations

from pathlib import Path

import pytest

from posthub_assets.domain.errors import InvalidInput
from resources.company_folder import read_company_folder
from resources.database.engine import EVERYTHING, Database
from resources.database.importing import ImportReport, import_company
from resources.ids import new_id

pytestmark = pytest.mark.anyio

BRIEF = """
slug: {slug}
name: Lantern Works
organization: {organization}
language: en
timezone: Europe/Prague
country: CZ
tier: {tier}
platforms: [linkedin, x]
brand:
  colors: ["#1C304A", "#00CFFF"]
marketing_events:
  - {{date: 2026-12-07, title: Open door day}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small company of an organisation that no other test knows."""
    (tmp_path / "documents").mkdir()
    (tmp_path / "published_posts").mkdir()
    write_brief(tmp_path)
    (tmp_path / "documents" / "about.md").write_text("# About\n\nWe repair lanterns.\n")
    (tmp_path / "documents" / "prices.md").write_text("# Prices\n\nA repair costs 20 euros.\n")
    post = "---\ntitle: A first post\ndate: 2025-03-01\n---\nWe opened our doors in spring.\n"
    (tmp_path / "published_posts" / "2025-03-01-first.md").write_text(post)
    return tmp_path


def write_brief(path: Path, tier: str = "PRO") -> None:
    brief = path / "company.yaml"
    names = {"slug": f"c-{new_id()}", "organization": f"Lantern {new_id()}"}
    if brief.exists():
        brief.write_text(brief.read_text().replace("tier: PRO", f"tier: {tier}"))
    else:
        brief.write_text(BRIEF.format(tier=tier, **names))


async def bring_in(database: Database, path: Path) -> ImportReport:
    async with database.transaction(EVERYTHING) as connection:
        return await import_company(connection, read_company_folder(path))


async def count(seed, report: ImportReport, table: str) -> int:
    sql = f"SELECT count(*) FROM posthub.{table} WHERE organization_id = :id"  # noqa: S608
    return (await seed.rows(sql, id=report.organization_id))[0][0]


async def test_a_folder_becomes_a_company_with_documents_posts_and_events(
    api_database, seed, folder
):
    report = await bring_in(api_database, folder)

    assert report.is_new
    assert sorted(report.created) == ["2025-03-01-first.md", "about.md", "prices.md"]
    rows = await seed.rows(
        "SELECT purpose, name, title, words, fingerprint IS NOT NULL AS printed, published_on::text"
        " FROM posthub.source_document WHERE organization_id = :id ORDER BY name",
        id=report.organization_id,
    )
    assert [tuple(row) for row in rows] == [
        ("published_post", "2025-03-01-first.md", "A first post", 6, True, "2025-03-01"),
        ("document", "about.md", "", 4, False, None),
        ("document", "prices.md", "", 6, False, None),
    ]
    assert report.new_events == 1
    jobs = await seed.rows(
        "SELECT kind, status FROM posthub.job WHERE company_id = :id", id=report.company_id
    )
    assert [tuple(job) for job in jobs] == [("create_company_sources", "pending")]


async def test_importing_twice_changes_nothing(api_database, seed, folder):
    first = await bring_in(api_database, folder)
    before = [await count(seed, first, t) for t in ("job", "audit", "source_document", "company")]
    await seed.rows("SELECT 1")
    second = await bring_in(api_database, folder)

    assert second.changed_nothing
    assert second.company_id == first.company_id
    assert sorted(second.unchanged) == sorted(first.created)
    after = [await count(seed, first, t) for t in ("job", "audit", "source_document", "company")]
    assert after == before


async def test_a_changed_document_is_updated_and_its_sources_are_read_again(
    api_database, seed, folder
):
    first = await bring_in(api_database, folder)
    (folder / "documents" / "prices.md").write_text("# Prices\n\nA repair costs 25 euros now.\n")
    second = await bring_in(api_database, folder)

    assert second.updated == ("prices.md",)
    assert second.created == ()
    texts = await seed.rows(
        "SELECT text FROM posthub.source_document WHERE company_id = :id AND name = 'prices.md'",
        id=first.company_id,
    )
    assert "25 euros" in texts[0].text


async def test_a_changed_tier_is_written_and_named(api_database, seed, folder):
    first = await bring_in(api_database, folder)
    write_brief(folder, "ULTIMATE")
    second = await bring_in(api_database, folder)

    assert second.changed_fields == ("tier",)
    rows = await seed.rows("SELECT tier FROM posthub.company WHERE id = :id", id=first.company_id)
    assert rows[0].tier == "ULTIMATE"


async def test_an_unreadable_file_is_named_and_the_rest_is_used(api_database, folder):
    (folder / "documents" / "empty.md").write_text("")
    report = await bring_in(api_database, folder)

    assert [one.name for one in report.refused] == ["documents/empty.md"]
    assert "about.md" in report.created


async def test_a_bad_brief_stops_the_import_before_anything_is_written(folder):
    write_brief(folder, "GOLD")
    with pytest.raises(InvalidInput, match="GOLD"):
        read_company_folder(folder)


async def test_nothing_is_half_written_when_the_import_breaks_off(api_database, seed, folder):
    class Broken(Exception):
        pass

    report = None
    with pytest.raises(Broken):
        async with api_database.transaction(EVERYTHING) as connection:
            report = await import_company(connection, read_company_folder(folder))
            raise Broken
    for table in ("company", "source_document", "marketing_event", "job", "audit"):
        assert await count(seed, report, table) == 0


async def test_two_organisations_may_have_a_company_of_one_slug(
    api_database, tmp_path_factory, folder
):
    other = tmp_path_factory.mktemp("other")
    text = (folder / "company.yaml").read_text().splitlines()
    text = [f"organization: {new_id()}" if x.startswith("organization") else x for x in text]
    (other / "company.yaml").write_text("\n".join(text))

    first = await bring_in(api_database, folder)
    second = await bring_in(api_database, other)

    assert first.partition_key != second.partition_key
    assert second.partition_key.startswith(first.partition_key + "-")
    assert second.organization_id != first.organization_id


@pytest.mark.shared_data
async def test_a_real_company_comes_in_whole(api_database, seed, shared_data):
    folder = read_company_folder(shared_data / "companies" / "18f")
    async with api_database.transaction(EVERYTHING) as connection:
        report = await import_company(connection, folder)
    stored = await count(seed, report, "source_document")
    assert stored == len(folder.documents) + len(folder.published_posts)
    assert len(folder.published_posts) == 54
