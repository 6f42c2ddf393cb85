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
from posthub_assets.domain.media.formatting.task import format_picture
from posthub_assets.domain.media.overlay.task import lay_over_task
from posthub_assets.domain.media.palette_task import (
    palette_of_samples_task,
    palette_task,
    sample_task,
)
from posthub_assets.domain.media.previewing import preview_task
from posthub_assets.domain.media.receiving import receive_task
from resources.darkroom.child import Answer, Task

Image._initialized = 2
"""For Pillow: all plugins are loaded. None beside those that we import is, not even on a file that
none of ours knows."""
Image.OPEN.pop("AVIF", None)
Image.ID[:] = [one for one in Image.ID if one != "AVIF"]
# Written on request, and shown to who asked for it (`previewing.py`); no stranger's is read.


def selftest(arguments: dict[str, Any], blobs: list[bytes]) -> Answer:
    """Say what is there, and give the blobs back as their hashes: for readiness and for tests."""
    grey = np.asarray(Image.new("L", (2, 2), 7))
    answer = {
        "is_ready": int(grey.sum()) == 28,
        "formats": sorted(Image.OPEN),
        "hashes": [hashlib.sha256(blob).hexdigest() for blob in blobs],
    }
    return answer, []


TASKS: dict[str, Task] = {
    "selftest": selftest,
    "finish_painting": painting.finish,
    "lay_over": lay_over_task,
    "shrink_picture": painting.shrink,
    "receive": receive_task,
    "format_picture": format_picture,
    "preview": preview_task,
    "palette": palette_task,
    "sample": sample_task,
    "palette_of_samples": palette_of_samples_task,
}
