"""The life of a picture: which tiers have any, which gets the yes, what a new version brings."""

from __future__ import annotations

import pytest

from posthub_assets.domain.content import Action
from posthub_assets.domain.media.provenance import SourceType, State
from resources.content_credentials import read
from resources.database.engine import EVERYTHING
from resources.database.repositories import gaps
from resources.media_store import MediaStore

pytestmark = pytest.mark.anyio


async def test_a_tier_without_images_gets_no_image_jobs_and_is_told_why(make_world):
    world = await make_world(tier="BASIC", quota=1)
    await world.reach_social_posts()
    await world.approve_all("social_post")
    assert await world.jobs("image_variants") == []
    async with world.tools.queue.database.transaction(EVERYTHING) as connection:
        found = await gaps.missing_children(connection, "image_variants", None)
    assert not [one for one in found if one.company_id == world.company_id]
    report = await world.materialize("image_variants")
    assert report.waiting_for == "Images are part of PRO and ULTIMATE; this company has BASIC."
    assert await world.items("image") == []


async def test_approving_an_image_puts_its_siblings_away(make_world):
    world = await make_world(tier="PRO", quota=1, platforms=("linkedin",))
    await world.reach_images()
    one, other = await world.items("image")
    assert [one.place, other.place] == ["1.1", "1.2"]

    await world.decide(other)

    assert (await world.item(one.id)).status == "archived"
    assert (await world.item(other.id)).status in ("approved", "scheduled")
    await world.materialize("image_variants")
    assert len(await world.items("image")) == 2, "a post with an approved image wants no other"


async def test_a_post_approved_anew_gets_new_images_and_the_old_undecided_ones_go(make_world):
    world = await make_world(tier="PRO", quota=1, platforms=("linkedin",))
    await world.reach_images()
    (post,) = await world.items("social_post")
    await world.edit(post, call_to_action="Come and see us at the river.")
    await world.drain("social_posts")
    await world.approve_all("social_post")

    await world.drain("image_variants")

    post = await world.item(post.id)
    images = await world.items("image")
    assert [(one.place, one.status) for one in images] == [
        ("1.1", "archived"),
        ("1.2", "archived"),
        ("2.1", "in_review"),
        ("2.2", "in_review"),
    ]
    assert {one.parent_version_id for one in images[2:]} == {post.version_id}


async def test_a_refused_variant_is_drawn_anew_at_its_place(make_world):
    world = await make_world(tier="PRO", quota=1, platforms=("linkedin",))
    await world.reach_images()
    one, other = await world.items("image")
    await world.decide(one, Action.REQUEST_CHANGES, reason="Too dark.")
    await world.drain("image_variants")
    redrawn = await world.item(one.id)
    assert (redrawn.place, redrawn.current_version, redrawn.status) == ("1.1", 2, "in_review")
    assert redrawn.body["media_sha256"] != one.body["media_sha256"]
    assert (await world.item(other.id)).current_version == 1


async def test_every_variant_says_what_made_it_signed_by_the_house(make_world):
    world = await make_world(tier="PRO", quota=1, platforms=("linkedin",))
    await world.reach_images()
    media = MediaStore(world.settings.home / "media")
    for one in await world.items("image"):
        report = read(media.open(world.organization_id, one.body["media_sha256"]))
        assert (report.state, report.source_type) == (State.WHOLE, SourceType.ALGORITHMIC)
        assert report.is_self_made
