import pytest

from posthub_assets.domain.errors import Forbidden, NotFound
from posthub_assets.domain.media.flags import MediaFlags, MediaPart
from resources.database.engine import Scope
from resources.database.repositories import media_flags

pytestmark = pytest.mark.anyio


async def test_a_new_organisation_has_the_whole_assistant(api_database, seed):
    organization = await seed.organization()
    async with api_database.transaction(Scope.of(organization)) as connection:
        assert await media_flags.read(connection, organization) == MediaFlags()
        for part in MediaPart:
            await media_flags.require(connection, organization, part)


async def test_switching_one_part_leaves_the_others(api_database, seed):
    organization = await seed.organization(media_auto_format=False)
    async with api_database.transaction(Scope.of(organization)) as connection:
        await media_flags.switch(connection, organization, {MediaPart.AI_IMAGES: False})
        assert await media_flags.read(connection, organization) == MediaFlags(True, False, False)
        with pytest.raises(Forbidden, match="switched off"):
            await media_flags.require(connection, organization, MediaPart.AI_IMAGES)


async def test_a_strangers_organisation_has_no_switches(api_database, seed):
    organization, other = await seed.organization(), await seed.organization()
    async with api_database.transaction(Scope.of(organization)) as connection:
        with pytest.raises(NotFound):
            await media_flags.require(connection, other, MediaPart.ASSISTANT)
