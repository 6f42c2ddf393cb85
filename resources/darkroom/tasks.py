"""What can be done in the darkroom, by name.

A task is a plain function `(arguments, blobs) -> (answer, blobs)`, JSON and bytes both ways. This
module is imported in the zygote, so all that it imports is there before the first job.
What does not belong here: the work itself (`posthub_assets/domain/media/`), and anything that does
more than a picture needs: no task reads a path, an address or the name of a module.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from PIL import Image

from posthub_assets.domain.media import painting
from posthub_assets.domain.media.overlay.task import lay_over_task
from posthub_assets.domain.media.previewing import preview_task
from posthub_assets.domain.media.receiving import receive_task
from resources.darkroom.child import Answer, Task

Image._initialized = 2
"""For Pillow: all plugins are loaded. None beside those that we import is, not even on a file that
none of ours knows."""


def selftest(arguments: dict[str, Any], blobs: list[bytes]) -> Answer:
    """Say what is there, and give the blobs back as their hashes: for readiness and for tests."""
    grey = np.asarray(Image.new("L", (2, 2), 7))
    answer = {
        "is_ready": int(grey.sum()) == 28,
        "formats": sorted(Image.OPEN),
        "hashes": [hashlib.sha256(blob).hexdigest() for blob in blobs],
    }
    return answer, []


def _stub_format(arguments: dict[str, Any], blobs: list[bytes]) -> Answer:
    """STUB until branch formats lands."""
    from io import BytesIO
    from PIL import ImageOps
    sizes = {"poster": (1200, 1800), "square": (1200, 1200), "banner": (2160, 1089), "x": (1600, 900)}
    image = Image.open(BytesIO(blobs[0])).convert("RGB")
    outputs, made = [], []
    for code in arguments["formats"]:
        out = BytesIO()
        ImageOps.pad(image, sizes[code]).save(out, arguments["encoding"].upper(), quality=arguments["quality"] or 85)
        made.append(out.getvalue())
        outputs.append({"format": code, "media_type": "image/" + arguments["encoding"], "width_px": sizes[code][0], "height_px": sizes[code][1]})
    return {"outputs": outputs}, made


TASKS: dict[str, Task] = {
    "format": _stub_format,
    "selftest": selftest,
    "finish_painting": painting.finish,
    "lay_over": lay_over_task,
    "shrink_picture": painting.shrink,
    "receive": receive_task,
    "preview": preview_task,
}
