"""The graph on metered providers: what the factory serves while it is being killed."""

from __future__ import annotations

import os

from posthub_assets.definitions import build_definitions
from resources.providers.metered import MeteredImages, MeteredText
from resources.workshop import PostgresWorkshop

URL = os.environ["METER_URL"]

defs = build_definitions(
    workshop=PostgresWorkshop(text=MeteredText(URL), images=MeteredImages(URL))
)
