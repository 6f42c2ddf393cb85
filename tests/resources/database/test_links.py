"""A decision by link in the database: of a version that the link covers, and once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from posthub_assets.domain.content import Status
from posthub_assets.domain.errors import NotFound
from resources.database.engine import Scope
from resources.database.repositories.deliveries import deliver
from resources.ids import new_id

pytestmark = pytest.mark.anyio


@pytest.fixture
async def company(seed):
    return await seed.company()


async def link_over(seed, company, item, version=1):
    person = await seed.person(company.organization_id)
    id_ = new_id()
    (at,) = await seed.rows("SELECT now() + interval '1 day' AS at")
    await seed.insert(
        "approval_link",
        id=id_,
        organization_id=company.organization_id,
        company_id=company.id,
        secret_hash=str(id_),
        recipient="client@example.com",
        made_by=person.id,
        expires_at=at.at,
    )
    await seed.insert(
        "approval_link_item",
        link_id=id_,
        content_id=item.id,
        version=version,
        organization_id=company.organization_id,
        position=1,
    )
    return id_, person


async def decided(seed, company, item, **values):
    id_ = new_id()
    await seed.insert(
        "decision",
        **{
            "id": id_,
            "organization_id": company.organization_id,
            "content_id": item.id,
            "version_id": item.version_id,
            "version_number": 1,
            "sha256": item.sha256,
            "action": "approve",
            **values,
        },
    )
    return id_


async def test_a_link_decides_what_it_covers_once(seed, company):
    item = await seed.item(company)
    link, _ = await link_over(seed, company, item)
    await decided(seed, company, item, link_id=link)
    with pytest.raises(IntegrityError, match="uq_decision_link_id_content_id"):
        await decided(seed, company, item, link_id=link, action="reject")


async def test_a_link_decides_nothing_that_it_does_not_cover(seed, company):
    item, other = await seed.item(company), await seed.item(company)
    link, _ = await link_over(seed, company, item)
    newer, _ = await link_over(seed, company, item, version=2)
    for wrong, on in ((link, other), (newer, item), (new_id(), item)):
        with pytest.raises(IntegrityError, match="fk_decision_link_id"):
            await decided(seed, company, on, link_id=wrong)


async def test_a_decision_is_a_persons_or_a_links(seed, company):
    item = await seed.item(company)
    link, person = await link_over(seed, company, item)
    with pytest.raises(IntegrityError, match="ck_decision_one_signer"):
        await decided(seed, company, item, link_id=link, decided_by=person.id)


async def test_what_a_link_approved_may_be_delivered(seed, company):
    item = await seed.item(company)
    link, _ = await link_over(seed, company, item)
    decision = await decided(seed, company, item, link_id=link)
    await seed.insert(
        "delivery",
        id=new_id(),
        organization_id=company.organization_id,
        content_id=item.id,
        version_id=item.version_id,
        sha256=item.sha256,
        decision_id=decision,
        channel="test",
    )
    rows = await seed.rows("SELECT 1 FROM posthub.delivery WHERE content_id = :id", id=item.id)
    assert len(rows) == 1


async def test_nothing_of_a_deleted_company_is_delivered_until_it_is_back(
    seed, company, factory_database
):
    item = await seed.item(company, status=Status.APPROVED)
    link, _ = await link_over(seed, company, item)
    await decided(seed, company, item, link_id=link)

    async def hand_over():
        async with factory_database.transaction(Scope.of(company.organization_id)) as connection:
            return await deliver(
                connection,
                organization_id=company.organization_id,
                content_id=item.id,
                channel="blog",
                now=datetime.now(UTC),
            )

    async def set_deleted(at: datetime | None) -> None:
        async with seed.database.engine.begin() as connection:
            await connection.execute(
                text("UPDATE posthub.company SET deleted_at = :at WHERE id = :id"),
                {"id": company.id, "at": at},
            )

    await set_deleted(datetime.now(UTC))
    with pytest.raises(NotFound):
        await hand_over()
    await set_deleted(None)
    assert (await hand_over()).sha256 == item.sha256
