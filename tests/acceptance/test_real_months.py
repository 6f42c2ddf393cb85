"""Real companies' months on the `local` provider, from their documents to the calendar."""

from __future__ import annotations

import csv
import io
import shutil
from datetime import date
from pathlib import Path

import pytest
from icalendar import Calendar

pytestmark = [pytest.mark.anyio, pytest.mark.shared_data]

DECEMBER, JANUARY = date(2026, 12, 1), date(2027, 1, 1)
BRIEFS = {
    "en": ("Django Girls", "Europe/London", "GB", "en"),
    "cs": ("Django Girls", "Europe/Prague", "CZ", "cs"),
    "uk": ("Django Girls", "Europe/Kyiv", "UA", "uk"),
    "fa": ("Django Girls", "Asia/Tehran", "IR", "fa"),
}


@pytest.fixture
def django_girls(shared_data: Path, tmp_path: Path):
    """Makes a company folder of the real documents in a language, with a brief of the test's."""

    def make(language: str) -> Path:
        name, timezone, country, code = BRIEFS[language]
        folder = tmp_path / f"django-girls-{language}"
        documents = shared_data / "companies" / "django-girls" / "documents" / language
        shutil.copytree(documents, folder / "documents")
        (folder / "company.yaml").write_text(
            f"slug: django-girls-{language}\nname: {name}\nlanguage: {code}\n"
            f"timezone: {timezone}\ncountry: {country}\ntier: BASIC\n"
            "platforms: [linkedin, facebook, instagram]\n",
            encoding="utf-8",
        )
        return folder

    return make


async def holds(company, month: date, *, topics: int, platforms: int, images: int) -> None:
    """Assert what a finished month holds."""
    assert await company.failures() == []
    assert await company.jobs() == {"completed": sum((await company.jobs()).values())}
    for kind, count in (
        ("topic", topics),
        ("blog_post", topics),
        ("social_post", topics * platforms),
    ):
        found = await company.items(kind, month)
        assert {one.status for one in found} <= {"approved", "scheduled"}, kind
        assert len(found) == count, kind
    drawn = await company.items("image", month)
    assert len(drawn) >= images
    approved = sum(one.status in ("approved", "scheduled") for one in drawn)
    assert approved == (topics * platforms if images else 0)
    for post in await company.items("blog_post", month):
        within = 1500 <= post.word_count <= 2500
        assert within or (post.body["short_draft"] and post.word_count <= 2500), post.title


async def table_of(company, month: date) -> list[dict[str, str]]:
    """Read the month's calendar back from its files."""
    folder = company.calendar(month)
    lines = list(
        csv.DictReader(io.StringIO((folder / "calendar.csv").read_bytes().decode("utf-8-sig")))
    )
    events = Calendar.from_ical((folder / "calendar.ics").read_bytes()).walk("VEVENT")
    assert len(events) == sum(bool(line["date"]) for line in lines)
    return lines


async def state(company) -> list[tuple]:
    """Read all that was ever made: a second run must change none of it."""
    rows = await company.rows(
        "SELECT i.id, i.current_version, i.status, v.sha256 FROM posthub.content i"
        " JOIN posthub.content_version v ON v.content_id = i.id WHERE i.company_id = :c"
        " ORDER BY i.id, v.number"
    )
    calls = await company.rows("SELECT count(*) FROM posthub.generation WHERE company_id = :c")
    return [*map(tuple, rows), tuple(calls[0])]


async def test_18fs_december_is_made_and_a_second_run_makes_nothing_new(company_of, shared_data):
    company = await company_of(shared_data / "companies" / "18f")
    await company.month(DECEMBER)

    await holds(company, DECEMBER, topics=24, platforms=3, images=144)
    posts = await company.items("blog_post", DECEMBER)
    assert sum(900 <= post.word_count <= 2500 for post in posts) >= 18
    lines = await table_of(company, DECEMBER)
    assert len(lines) == 24 + 72
    assert all(line["image"] for line in lines if line["kind"] == "social_post")
    served = {one.body["event"] for one in await company.items("topic", DECEMBER)}
    assert "Open source week at the agency" in served

    before = await state(company)
    await company.month(DECEMBER)
    assert await state(company) == before


@pytest.mark.accept
async def test_18fs_january_repeats_none_of_decembers_topics(company_of, shared_data):
    company = await company_of(shared_data / "companies" / "18f")
    await company.month(DECEMBER)
    await company.month(JANUARY)

    for month in (DECEMBER, JANUARY):
        await holds(company, month, topics=24, platforms=3, images=144)
        for kind in ("topic", "blog_post", "social_post"):
            assert "fail" not in await company.verdicts(kind, month, "near_duplicates")
    said = [one.title.casefold() for one in await company.items("topic", DECEMBER)]
    new = [one.title.casefold() for one in await company.items("topic", JANUARY)]
    assert not set(said) & set(new)
    assert len(set(said + new)) == 48
    assert set(await company.verdicts("topic", JANUARY, "near_duplicates")) == {"pass"}


async def speaks(company, language: str) -> None:
    """Assert that all of the month is in the language, with its marks and in good order."""
    for kind in ("topic", "blog_post", "social_post"):
        assert set(await company.verdicts(kind, DECEMBER, "language")) == {"pass"}, kind
    for rule in ("heading_order", "template_leftovers", "empty_facts", "repeated_sentences"):
        assert set(await company.verdicts("blog_post", DECEMBER, rule)) == {"pass"}, rule
    letters = {"fa": "سکی", "uk": "іїє", "cs": "ěřů", "en": "the"}[language]
    for post in await company.items("blog_post", DECEMBER):
        assert any(letter in post.body["markdown"] for letter in letters), post.title


async def test_a_persian_month_is_persian(company_of, django_girls):
    company = await company_of(django_girls("fa"))
    await company.month(DECEMBER)
    await holds(company, DECEMBER, topics=12, platforms=3, images=0)
    await speaks(company, "fa")
    assert len(await table_of(company, DECEMBER)) == 12 + 36


@pytest.mark.accept
@pytest.mark.parametrize("language", ["en", "cs", "uk"])
async def test_a_month_of_django_girls_is_in_its_language(company_of, django_girls, language):
    company = await company_of(django_girls(language))
    await company.month(DECEMBER)
    await holds(company, DECEMBER, topics=12, platforms=3, images=0)
    await speaks(company, language)
    assert len(await table_of(company, DECEMBER)) == 12 + 36
