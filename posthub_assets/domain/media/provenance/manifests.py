"""The claims as the definition of a C2PA manifest, in the JSON that C2PA libraries take.

C2PA specification 2.4: the actions assertion begins with `c2pa.created`, or with `c2pa.opened` and
the picture that was opened as the ingredient `parentOf`. An action carries a source type only for
what it added: fitting a model's picture to a format is no work of the model.
What does not belong here: signing (`resources/content_credentials/`), texts of prompts.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from posthub_assets.domain.errors import InvalidInput
from posthub_assets.domain.media.provenance.claims import Action, MadeBy, SourceType, instant

GENERATION = "org.posthub.generation"
"""The label of our own assertion: what made the picture, said once more with every derivation."""
PARENT = "parent"
COMPONENT = "component-{}"
"""The labels by which actions name their ingredients; components count from 1."""

Json = dict[str, Any]


def created_manifest(made_by: MadeBy, *, components: int = 0) -> Json:
    """Define the manifest of a picture that was there in no form before.

    `components`: the number of pictures placed in it, whose ingredients the caller adds under the
    labels that `component_ingredient` gives. Raises InvalidInput without a source type: C2PA takes
    no creation that does not say what it was.
    """
    if made_by.source_type is None:
        raise InvalidInput(
            "A picture that was created has to say from what kind of source, such as a model. Only "
            "a derived one may leave it open.",
            field="source_type",
        )
    created: Json = {
        "action": "c2pa.created",
        "when": instant(made_by.made_at),
        "softwareAgent": made_by.agent,
        "digitalSourceType": made_by.source_type.uri,
    }
    return _manifest(made_by, [created, *_placed(made_by, made_by.made_at, components)])


def derived_manifest(
    made_by: MadeBy, action: Action, done_at: datetime, *, components: int = 0
) -> Json:
    """Define the manifest of a picture that was made from another.

    `made_by` is of the result as a whole; `done_at` is when `action` was done to the parent, whose
    ingredient the caller adds as `parent_ingredient()`.
    """
    opened = {"action": "c2pa.opened", "parameters": {"ingredientIds": [PARENT]}}
    done: Json = {
        "action": action.value,
        "when": instant(done_at),
        "softwareAgent": made_by.software,
    }
    if action is Action.EDITED and made_by.source_type is SourceType.EDITED_BY_MODEL:
        done |= {"softwareAgent": made_by.agent, "digitalSourceType": made_by.source_type.uri}
    return _manifest(made_by, [opened, done, *_placed(made_by, done_at, components)])


def parent_ingredient() -> Json:
    """Describe the picture that was opened. Without a title: file names may name people."""
    return {"label": PARENT, "relationship": "parentOf"}


def component_ingredient(number: int) -> Json:
    """Describe a picture that was placed; `number` counts from 1."""
    return {"label": COMPONENT.format(number), "relationship": "componentOf"}


def _placed(made_by: MadeBy, when: datetime, components: int) -> list[Json]:
    return [
        {
            "action": "c2pa.placed",
            "when": instant(when),
            "softwareAgent": made_by.software,
            "parameters": {"ingredientIds": [COMPONENT.format(number)]},
        }
        for number in range(1, components + 1)
    ]


def _manifest(made_by: MadeBy, actions: list[Json]) -> Json:
    return {
        "claim_generator_info": [made_by.software],
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": actions, "allActionsIncluded": True}},
            {"label": GENERATION, "data": _generation(made_by)},
        ],
    }


def _generation(made_by: MadeBy) -> Json:
    told = {
        "digitalSourceType": made_by.source_type.uri if made_by.source_type else "",
        "model": made_by.model,
        "provider": made_by.provider,
        "promptCode": made_by.prompt_code,
        "promptVersion": made_by.prompt_version,
        "madeAt": instant(made_by.made_at),
    }
    return {name: value for name, value in told.items() if value not in ("", None)}
