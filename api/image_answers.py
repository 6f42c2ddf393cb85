"""AI images as they are told: from rows to the shapes of answers.

What does not belong here: reading rows, routes.
"""

from __future__ import annotations

from typing import Any

from api.image_shapes import ImageJob, ImageVariation, LaidOver
from posthub_assets.domain.media.library import AssetKind
from posthub_assets.domain.media.picture_wish import PictureWish
from resources.database.repositories.picture_requests import PictureJobRow, PictureRow


def job_of(row: PictureJobRow) -> ImageJob:
    """Tell of a request with its pictures."""
    wish = PictureWish.model_validate(row.wish)
    composed = {one.variation: one for one in row.pictures if one.kind == AssetKind.COMPOSED.value}
    known = {name: getattr(row, name) for name in ImageJob.model_fields if hasattr(row, name)}
    told: dict[str, Any] = {
        **wish.model_dump(
            mode="json",
            include={"type", "prompt", "negative_prompt", "style", "quality", "width_px",
                     "height_px", "round"},
        ),
        **known,
    }  # fmt: skip
    variations = [
        _variation(one, composed.get(one.variation))
        for one in row.pictures
        if one.kind == AssetKind.GENERATED.value
    ]
    return ImageJob(**told, variations=variations)


def _variation(row: PictureRow, composed: PictureRow | None) -> ImageVariation:
    known = {name: getattr(row, name) for name in ImageVariation.model_fields if hasattr(row, name)}
    return ImageVariation(
        **known,
        index=row.variation,
        asset_id=row.id,
        url=f"/v1/media/{row.sha256}",
        with_facts=laid_over(composed) if composed else None,
    )


def laid_over(row: PictureRow) -> LaidOver:
    """Tell of a picture with facts on it."""
    known = {name: getattr(row, name) for name in LaidOver.model_fields if hasattr(row, name)}
    return LaidOver(
        **{**known, "notes": [str(one) for one in row.notes]},
        asset_id=row.id,
        url=f"/v1/media/{row.sha256}",
    )
