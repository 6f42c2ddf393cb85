"""What a supervisor who says yes to everything does next: on snapshots, and at the real API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from posthub_assets.commands.api_client import ApiClient, Login, local_api
from posthub_assets.commands.month import Wish, work_through
from posthub_assets.commands.progress import Board
from posthub_assets.commands.summary import collect
from posthub_assets.commands.supervising import MAX_REFUSALS, Supervisor, next_steps
from posthub_assets.commands.watching import (
    Content,
    JobView,
    Snapshot,
    find_company,
    read_snapshot,
)
from posthub_assets.domain.content import Kind, Status
from posthub_assets.domain.errors import InvalidInput, NotFound, NotSignedIn
from posthub_assets.domain.tiers import Tier
from resources.database.urls import DatabaseUrls
from resources.settings import Settings, load_settings

MONTH = "2026-12"


def item(
    name: str, kind: Kind = Kind.TOPIC, status: Status = Status.IN_REVIEW, parent: str | None = None
) -> Content:
    return Content(name, kind, status, 1, f"Title of {name}", parent, "")


def job(asset: str, content: str | None = None) -> JobView:
    return JobView(
        f"job of {asset}", f"create_{asset}", asset, MONTH, content, "pending", 0, "", Decimal(0)
    )


def personas(count: int, status: Status = Status.IN_REVIEW) -> tuple[Content, ...]:
    return tuple(item(f"p{number}", Kind.PERSONA, status) for number in range(count))


def test_everything_in_review_is_approved_and_nothing_else() -> None:
    waiting = item("a")
    rest = [
        item(status.value, status=status) for status in Status if status is not Status.IN_REVIEW
    ]
    assert next_steps(Snapshot((waiting, *rest)), Tier.PRO).approvals == (waiting,)


@pytest.mark.parametrize(("tier", "made", "chosen"), [("BASIC", 6, 3), ("PRO", 6, 6)])
def test_as_many_personas_are_chosen_as_the_tier_has(tier: str, made: int, chosen: int) -> None:
    steps = next_steps(Snapshot(personas(made)), Tier(tier))
    assert steps.personas == personas(made)[:chosen]
    assert not steps.approvals


def test_personas_are_chosen_once() -> None:
    there = (*personas(3, Status.APPROVED), item("new", Kind.PERSONA))
    assert not next_steps(Snapshot(there), Tier.BASIC)


def test_personas_are_not_chosen_while_more_are_being_made() -> None:
    assert not next_steps(Snapshot(personas(6), (job("personas"),)), Tier.BASIC)


def test_too_few_personas_are_not_chosen() -> None:
    assert not next_steps(Snapshot(personas(5)), Tier.PRO)


def test_one_image_of_each_post_is_approved() -> None:
    images = tuple(
        item(f"{parent}{number}", Kind.IMAGE, parent=parent) for parent in "ab" for number in (1, 2)
    )
    steps = next_steps(Snapshot(images), Tier.PRO)
    assert [one.id for one in steps.approvals] == ["a1", "b1"]


def test_a_post_with_an_approved_image_gets_no_second_one() -> None:
    images = (
        item("a1", Kind.IMAGE, Status.APPROVED, parent="a"),
        item("a2", Kind.IMAGE, parent="a"),
    )
    assert not next_steps(Snapshot(images), Tier.PRO)


def test_images_are_not_chosen_while_their_siblings_are_being_drawn() -> None:
    images = (item("a1", Kind.IMAGE, parent="a"), item("b1", Kind.IMAGE, parent="b"))
    steps = next_steps(Snapshot(images, (job("image_variants", "a"),)), Tier.PRO)
    assert [one.id for one in steps.approvals] == ["b1"]


@pytest.fixture
def settings(database_urls: DatabaseUrls, tmp_path: Path) -> Settings:
    """Settings of an API in this process."""
    key = Fernet.generate_key().decode()
    return load_settings(
        {
            "POSTHUB_HOME": str(tmp_path),
            "POSTHUB_API_DATABASE_URL": database_urls.api,
            "POSTHUB_RATE_ANONYMOUS": "1000000",  # all tests share an address
            "POSTHUB_SECRET_KEY": "a secret of the tests, longer than it must be",
            "POSTHUB_ADMIN_KEYRING": key,
            "POSTHUB_USER_KEYRING": key,
        }
    )


@pytest.fixture
async def company(seed: Any) -> Any:
    """A company whose month is open, with an item of each kind in review."""
    made = await seed.company(tier="BASIC")
    await seed.insert(
        "company_month",
        organization_id=made.organization_id,
        company_id=made.id,
        month=date(2026, 12, 1),
        tier="BASIC",
        quota=12,
        starts_on=date(2026, 12, 1),
        opened_by="command",
    )
    return made


@pytest.fixture
async def api(
    anyio_backend: str, settings: Settings, seed: Any, company: Any
) -> AsyncIterator[ApiClient]:
    """A supervisor of the company's organisation, signed in."""
    person = await seed.person(company.organization_id)
    async with local_api(settings, Login(person.email, person.password)) as client:
        yield client


class Silent(Board):
    """Shows nothing, counts what it was shown."""

    def __init__(self) -> None:
        super().__init__("a month")
        self.shown = 0

    def show(self, snapshot: Snapshot) -> None:
        self.shown += 1


@pytest.mark.anyio
async def test_what_waits_is_approved_and_other_months_and_companies_are_left_alone(
    api: ApiClient, seed: Any, company: Any
) -> None:
    mine = [await seed.item(company) for _ in range(3)]
    later = await seed.item(company, month=date(2027, 1, 1))
    neighbour = await seed.company(company.organization_id)
    other = await seed.item(neighbour)
    for number in range(6):
        await seed.item(company, kind=Kind.PERSONA, month=None, body={"name": f"Persona {number}"})
    supervisor = Supervisor(api, await find_company(api, company.slug))
    snapshot = await read_snapshot(api, supervisor.company, MONTH)
    await supervisor.act(supervisor.plan(snapshot))
    rows = await seed.rows("SELECT id, kind, status FROM posthub.content")
    status = {row.id: row.status for row in rows}
    assert {status[one.id] for one in mine} == {"approved"}
    assert status[later.id] == status[other.id] == "in_review"
    after = await read_snapshot(api, supervisor.company, MONTH)
    states = sorted(one.status.value for one in after.of(Kind.PERSONA))
    assert states == ["approved"] * 3 + ["archived"] * 3
    assert supervisor.decided == 6


@pytest.mark.anyio
async def test_a_month_without_open_jobs_is_worked_through_and_told(
    api: ApiClient, seed: Any, company: Any
) -> None:
    body = {"title": "A post", "markdown": "# A post", "short_draft": True}
    await seed.item(company, kind=Kind.BLOG_POST, status=Status.APPROVED, body=body)
    kept = await seed.item(company, status=Status.DRAFT)
    await seed.insert(
        "check_result",
        id=kept.version_id,
        organization_id=company.organization_id,
        version_id=kept.version_id,
        rule="title_length",
        verdict="fail",
        blocking=True,
        message="The title has 2 characters.",
    )
    supervisor = Supervisor(api, await find_company(api, company.slug))
    before = await read_snapshot(api, supervisor.company, MONTH)
    board = Silent()
    wish = Wish(company.slug, MONTH, approve=True)
    after = await work_through(supervisor, wish, board, poll_s=0)
    report = await collect(supervisor, MONTH, before, after)
    assert board.shown == 1
    assert (report.short_drafts, report.new_items, report.decided) == (1, 0, 0)
    assert [(one.rule, one.message) for one in report.kept] == [
        ("title_length", "The title has 2 characters.")
    ]
    assert report.problems == ["No persona writes: too few of them can be chosen."]


@pytest.mark.anyio
async def test_what_is_refused_again_and_again_is_left_for_a_person_with_the_reason(
    api: ApiClient, seed: Any, company: Any
) -> None:
    stale = await seed.item(company)
    supervisor = Supervisor(api, await find_company(api, company.slug))
    snapshot = await read_snapshot(api, supervisor.company, MONTH)
    wrong = replace(snapshot, items=tuple(replace(one, version=7) for one in snapshot.items))
    for _ in range(MAX_REFUSALS):
        await supervisor.act(supervisor.plan(wrong))
    assert not supervisor.plan(wrong)
    [(item_, reason)] = supervisor.given_up
    assert item_.id == str(stale.id)
    assert reason.startswith("You read version 7, but version 1 is the current one.")


@pytest.mark.anyio
async def test_an_unknown_company_is_named_beside_those_that_are_there(
    api: ApiClient, company: Any
) -> None:
    with pytest.raises(NotFound, match=rf"no company 'nowhere'\. These are here: {company.slug}\."):
        await find_company(api, "nowhere")


@pytest.mark.anyio
async def test_a_month_that_cannot_be_opened_is_refused_with_the_first_that_can(
    api: ApiClient, company: Any
) -> None:
    with pytest.raises(InvalidInput, match="2024-01 is in the past; the first month"):
        await api.post(f"/v1/companies/{company.id}/months", {"month": "2024-01"})


@pytest.mark.anyio
async def test_a_wrong_password_is_said_so(settings: Settings, seed: Any, company: Any) -> None:
    person = await seed.person(company.organization_id)
    with pytest.raises(
        NotSignedIn, match=r"cannot sign in\. .* password is wrong.* It was a guess\."
    ):
        async with local_api(
            settings, Login(person.email, "not this one at all", "It was a guess.")
        ):
            pass


@pytest.mark.anyio
async def test_a_token_that_ran_out_is_replaced_by_signing_in_again(
    api: ApiClient, company: Any
) -> None:
    api.http.headers["Authorization"] = "Bearer nonsense"
    assert (await find_company(api, company.slug)).id == str(company.id)


@pytest.mark.anyio
async def test_a_list_is_read_to_its_end(
    api: ApiClient, seed: Any, company: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("posthub_assets.commands.api_client.PAGE", 2)
    for _ in range(5):
        await seed.item(company)
    assert len(await api.rows("/v1/contents", company=str(company.id), month=MONTH)) == 5
