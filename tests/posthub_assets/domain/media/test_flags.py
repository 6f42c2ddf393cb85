import pytest

from posthub_assets.domain.errors import Forbidden
from posthub_assets.domain.media.flags import MediaFlags, MediaPart


def test_a_part_that_is_on_is_not_refused():
    for part in MediaPart:
        MediaFlags().require(part)


def test_without_the_assistant_no_part_of_it_is_there():
    for part in MediaPart:
        assert MediaFlags(media_assistant=False).off(part) is MediaPart.ASSISTANT


def test_a_part_that_is_off_leaves_the_others_alone():
    flags = MediaFlags(media_ai_images=False)
    flags.require(MediaPart.ASSISTANT)
    flags.require(MediaPart.AUTO_FORMAT)
    with pytest.raises(Forbidden, match="Making images with AI is switched off"):
        flags.require(MediaPart.AI_IMAGES)


def test_the_refusal_says_who_switches_it_on_and_how():
    with pytest.raises(Forbidden) as caught:
        MediaFlags(media_auto_format=False).require(MediaPart.AUTO_FORMAT)
    said = str(caught.value)
    assert "A manager or above can switch it on" in said
    assert 'PATCH /v1/organizations/{organization_id} {"media_auto_format": true}' in said
