"""Pictures small enough to look at by hand, and the real photos."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

Save = Callable[..., bytes]


@pytest.fixture
def saved() -> Save:
    """Give a picture as the bytes of a file."""

    def save(picture: Image.Image, kind: str = "PNG", **how: Any) -> bytes:
        file = io.BytesIO()
        picture.save(file, kind, **how)
        return file.getvalue()

    return save


@pytest.fixture
def halves() -> Image.Image:
    """Half red, half blue."""
    picture = Image.new("RGB", (200, 200), (255, 0, 0))
    picture.paste((0, 0, 255), (0, 0, 100, 200))
    return picture


@pytest.fixture(scope="session")
def photos(shared_data: Path) -> list[Path]:
    """The real photos, by name."""
    found = sorted((shared_data / "companies" / "18f" / "photos").iterdir())
    assert len(found) == 14
    return found
