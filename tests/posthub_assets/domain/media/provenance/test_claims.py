"""What is claimed of a picture: IPTC's words, and nothing that does not belong into the public."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.media.provenance import (
    Action,
    MadeBy,
    SourceType,
    composed_with_ours,
    created_manifest,
    derived_manifest,
)

NOW = datetime(2026, 11, 28, 2, 30, 5, 999_999, tzinfo=UTC)
BY_MODEL = MadeBy(
    SourceType.TRAINED, NOW, "a-model-2", "gemini", "images.create", 3, software_version="0.1.0"
)


def actions_of(manifest):
    return manifest["assertions"][0]["data"]["actions"]


def test_source_types_are_addresses_of_the_vocabulary():
    assert (
        SourceType.TRAINED.uri
        == "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    )
    assert {one.value for one in SourceType if one.is_ai} == {
        "trainedAlgorithmicMedia",
        "compositeWithTrainedAlgorithmicMedia",
        "compositeSynthetic",
    }


@pytest.mark.parametrize(
    ("of", "becomes"),
    [
        (SourceType.TRAINED, "compositeSynthetic"),
        (SourceType.EDITED_BY_MODEL, "compositeSynthetic"),
        (SourceType.ALGORITHMIC, "algorithmicMedia"),
        (SourceType.COMPOSITE, "composite"),
        (None, "composite"),
    ],
)
def test_our_layer_on_a_picture_makes_it_a_composite_unless_we_drew_all_of_it(of, becomes):
    assert composed_with_ours(of) == becomes


@pytest.mark.parametrize("field", ["model", "provider", "prompt_code", "software_version"])
@pytest.mark.parametrize("word", ["x" * 121, "a poster of\nMary", "\x1b[2J"])
def test_what_is_no_name_is_refused_so_that_no_prompt_gets_into_a_picture(field, word):
    with pytest.raises(InvalidInput, match=field):
        MadeBy(SourceType.TRAINED, NOW, **{field: word})


def test_a_time_without_its_zone_is_refused():
    with pytest.raises(InvalidInput, match="time zone"):
        MadeBy(SourceType.TRAINED, NOW.replace(tzinfo=None))


def test_a_created_picture_says_what_made_it():
    manifest = created_manifest(BY_MODEL)
    assert actions_of(manifest) == [
        {
            "action": "c2pa.created",
            "when": "2026-11-28T02:30:05Z",
            "softwareAgent": {"name": "a-model-2"},
            "digitalSourceType": SourceType.TRAINED.uri,
        }
    ]
    assert manifest["claim_generator_info"] == [{"name": "PostHub", "version": "0.1.0"}]
    assert manifest["assertions"][1] == {
        "label": "org.posthub.generation",
        "data": {
            "digitalSourceType": SourceType.TRAINED.uri,
            "model": "a-model-2",
            "provider": "gemini",
            "promptCode": "images.create",
            "promptVersion": 3,
            "madeAt": "2026-11-28T02:30:05Z",
        },
    }


def test_our_own_drawing_was_made_by_posthub_and_names_no_model():
    manifest = created_manifest(MadeBy(SourceType.ALGORITHMIC, NOW))
    assert actions_of(manifest)[0]["softwareAgent"] == {"name": "PostHub"}
    assert "model" not in manifest["assertions"][1]["data"]
    assert "promptVersion" not in manifest["assertions"][1]["data"]


def test_a_created_picture_that_says_no_source_is_refused():
    with pytest.raises(InvalidInput, match="kind of source"):
        created_manifest(MadeBy(None, NOW))


def test_fitting_a_models_picture_is_no_work_of_the_model():
    done_at = datetime(2026, 11, 28, 5, 0, tzinfo=timezone(timedelta(hours=3, minutes=30)))
    opened, resized = actions_of(derived_manifest(BY_MODEL, Action.RESIZED, done_at))
    assert opened == {"action": "c2pa.opened", "parameters": {"ingredientIds": ["parent"]}}
    assert resized == {
        "action": "c2pa.resized",
        "when": "2026-11-28T01:30:00Z",
        "softwareAgent": {"name": "PostHub", "version": "0.1.0"},
    }


def test_an_edit_by_a_model_is():
    edited = MadeBy(SourceType.EDITED_BY_MODEL, NOW, "a-model-2")
    done = actions_of(derived_manifest(edited, Action.EDITED, NOW))[1]
    assert done["softwareAgent"] == {"name": "a-model-2"}
    assert done["digitalSourceType"] == SourceType.EDITED_BY_MODEL.uri


def test_every_placed_picture_is_an_action_of_its_own():
    placed = actions_of(derived_manifest(BY_MODEL, Action.RESIZED, NOW, components=2))[2:]
    assert [one["action"] for one in placed] == ["c2pa.placed"] * 2
    assert [one["parameters"]["ingredientIds"] for one in placed] == [
        ["component-1"],
        ["component-2"],
    ]
