"""A company's folder: the brief is checked in full, bad files are named, the rest is used."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from posthub_assets.domain.bodies import Platform
from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.tiers import Tier
from resources.company_folder import read_company_folder

GOOD = {
    "slug": "north-wheel",
    "name": "North Wheel",
    "language": "en",
    "timezone": "Europe/Prague",
    "tier": "BASIC",
    "platforms": "[linkedin, x, x]",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_brief(tmp_path)
    return tmp_path


def write_brief(folder: Path, extra: str = "", **changed: str) -> None:
    lines = [f"{field}: {value}" for field, value in {**GOOD, **changed}.items() if value]
    (folder / "company.yaml").write_text("\n".join([*lines, extra]), encoding="utf-8")


def write(folder: Path, name: str, data: bytes) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def test_a_small_brief_is_enough(folder: Path) -> None:
    found = read_company_folder(folder)

    assert found.company.tier is Tier.BASIC
    assert found.company.platforms == (Platform.LINKEDIN, Platform.X)
    assert found.company.organization == "North Wheel"
    assert (found.documents, found.published_posts, found.photos, found.refused) == ((), (), (), ())


def test_a_full_brief_is_read(folder: Path) -> None:
    extra = (
        'brand: {colors: ["#1c304a"]}\n'
        "marketing_events:\n"
        "  - {date: 2026-12-07, title: Winter  check}\n"
        '  - {date: "2026-12-24", title: Closed}\n'
    )
    write_brief(folder, extra, website="https://wheel.example", country="CZ")

    company = read_company_folder(folder).company

    assert company.brand_colors == ("#1C304A",)
    assert [event.date for event in company.marketing_events] == [
        date(2026, 12, 7),
        date(2026, 12, 24),
    ]
    assert company.marketing_events[0].title == "Winter check"


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("slug", "one,two", "'one,two' may hold small letters"),
        ("slug", "one|two", "may hold small letters"),
        ("slug", "UPPER", "may hold small letters"),
        ("slug", "a" * 64, "at most 63"),
        ("tier", "GOLD", "'GOLD' is not one of TRIAL, BASIC, PRO, ULTIMATE"),
        ("timezone", "Mars/Olympus", "'Mars/Olympus' is not an IANA time zone"),
        ("timezone", "Europe", "not an IANA time zone"),
        ("timezone", "../../etc/passwd", "not an IANA time zone"),
        ("language", "english", "language code"),
        ("platforms", "[linkedin, myspace]", "'myspace' is not one of facebook, instagram"),
        ("platforms", "[]", "name at least one"),
        ("platforms", "linkedin", "must be a list"),
        ("name", "[a]", "must be text"),
        ("country", "Czechia", "two capital letters"),
        ("website", "wheel.example", "must begin with https"),
        ("brand", '{colors: ["#12345"]}', 'must look like "#1C304A"'),
        ("brand", "blue", "must hold a line"),
        ("marketing_events", "[{date: 2026-13-01, title: x}]", "'2026-13-01' is not a date"),
        ("marketing_events", "[{date: 2026-12-01}]", "title: is missing"),
    ],
)
def test_a_bad_field_is_named_with_what_is_allowed(
    folder: Path, field: str, value: str, says: str
) -> None:
    write_brief(folder, **{field: value})
    with pytest.raises(InvalidInput, match=field) as refused:
        read_company_folder(folder)
    assert says in str(refused.value)


def test_all_problems_come_in_one_message(folder: Path) -> None:
    write_brief(folder, tier="GOLD", timezone="Nowhere", slug="a b", name="")
    with pytest.raises(InvalidInput) as refused:
        read_company_folder(folder)
    for field in ("tier:", "timezone:", "slug:", "name: is missing"):
        assert field in str(refused.value)


@pytest.mark.parametrize("content", ["a: [", "- a\n- b", "\x00", "", "a: !!python/name:os.system"])
def test_a_brief_that_is_no_brief_is_refused(folder: Path, content: str) -> None:
    (folder / "company.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"company\.yaml"):
        read_company_folder(folder)


def test_a_folder_or_a_brief_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="is not a folder"):
        read_company_folder(tmp_path / "nothing")
    with pytest.raises(InvalidInput, match=r"There is no company\.yaml"):
        read_company_folder(tmp_path)


def test_a_field_that_is_not_known_is_named_and_the_rest_is_used(folder: Path) -> None:
    write_brief(folder, timezome="x")
    [refused] = read_company_folder(folder).refused
    assert "timezome" in refused.reason
    assert "Did you mean timezone?" in refused.reason


def test_bad_files_are_named_and_the_good_ones_used(folder: Path) -> None:
    write(folder, "documents/b/deep.md", b"# Deep\n\nWords.")
    write(folder, "documents/a.txt", b"Words.")
    write(folder, "documents/bad.md", b"\x00\x01")
    write(folder, "documents/table.xlsx", b"PK")
    write(folder, "documents/.DS_Store", b"\x00")
    with (folder / "documents" / "huge.pdf").open("wb") as stream:
        stream.truncate(200_000_000)

    found = read_company_folder(folder)

    assert [document.name for document in found.documents] == ["a.txt", "b/deep.md"]
    reasons = {refused.name: refused.reason for refused in found.refused}
    assert set(reasons) == {
        "documents/bad.md",
        "documents/huge.pdf",
        "documents/table.xlsx",
    }
    assert "200.0 MB" in reasons["documents/huge.pdf"]


def test_a_link_that_leads_out_of_the_folder_is_not_followed(folder: Path) -> None:
    secret = folder / "secret.txt"
    secret.write_text("not for others", encoding="utf-8")
    (folder / "documents").mkdir()
    (folder / "documents" / "link.txt").symlink_to(secret)

    found = read_company_folder(folder)

    assert found.documents == ()
    assert "leads out" in found.refused[0].reason


def test_title_and_date_of_a_post_come_from_front_matter_or_from_its_name(folder: Path) -> None:
    front = b"---\ntitle: 'A: first'\ndate: 2024-02-03T10:00:00Z\n---\n\nText."
    write(folder, "published_posts/one.md", front)
    write(folder, "published_posts/2023-05-06-two-wheels.md", b"Text.")
    write(folder, "published_posts/three.md", b"---\ntitle: [\n---\n# Head\n\nText.")

    posts = {post.name: post for post in read_company_folder(folder).published_posts}

    assert (posts["one.md"].title, posts["one.md"].published_on) == ("A: first", date(2024, 2, 3))
    assert posts["one.md"].text == "Text."
    two = posts["2023-05-06-two-wheels.md"]
    assert (two.title, two.published_on) == ("two wheels", date(2023, 5, 6))
    assert (posts["three.md"].title, posts["three.md"].published_on) == ("Head", None)


def test_a_photo_that_is_none_is_named(folder: Path) -> None:
    write(folder, "photos/a.jpg", b"not a picture")
    write(folder, "photos/b.tiff", b"II")
    reasons = [refused.reason for refused in read_company_folder(folder).refused]
    assert "photos/a.jpg is not a picture" in reasons[0]
    assert "photos/b.tiff is not a photo" in reasons[1]


@pytest.mark.shared_data
def test_a_real_company_is_read(shared_data: Path) -> None:
    found = read_company_folder(shared_data / "companies" / "18f")

    assert len(found.documents) == 137
    assert len(found.published_posts) == 54
    assert all(post.title and post.published_on for post in found.published_posts)
    assert len(found.photos) == 13
    assert [refused.name for refused in found.refused] == ["photos/too-wide-8000px.jpg"]
