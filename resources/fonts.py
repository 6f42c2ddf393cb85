"""Where the typefaces come from: font files inside installed Python packages, never the machine's.

What does not belong here: which family is used for what (`posthub_assets/domain/visuals/faces.py`).
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from posthub_assets.domain.errors import PermanentProviderError
from posthub_assets.domain.visuals.faces import FAMILIES, FontSet

PACKAGE_PREFIX = "fontpkg-"
"""The packages of fontpkg.org: unmodified files of Google Fonts, one family and licence each."""


@cache
def load_fonts() -> FontSet:
    """Read the families' upright variable fonts (2.2 MB) and see what shaping this Pillow has.

    Read once per process. Raises PermanentProviderError naming the package that is not installed.
    """
    return FontSet({name: _font_file(name) for name in FAMILIES}, missing_shaping_libraries())


def missing_shaping_libraries() -> tuple[str, ...]:
    """Name what Pillow lacks on this machine for right-to-left text; empty where nothing is.

    Pillow's wheel carries Raqm and HarfBuzz, but loads FriBiDi from the system when it is imported;
    without it the wheel's Raqm says that it is not there either, so only FriBiDi is named.
    """
    from PIL import features

    if not features.check("fribidi"):
        return ("FriBiDi",)
    return () if features.check("raqm") else ("Raqm",)


def _font_file(family: str) -> bytes:
    package = f"{PACKAGE_PREFIX}{family}"
    try:
        root = files(package.replace("-", "_"))
        return root.joinpath(_upright_path(root)).read_bytes()
    except (ModuleNotFoundError, FileNotFoundError, KeyError, StopIteration) as error:
        raise PermanentProviderError(
            f"The typeface {family} cannot be read: the Python package {package} is missing or "
            f"broken. Install it again with: pip install --force-reinstall {package}",
            provider="local",
        ) from error


def _upright_path(root: Traversable) -> str:
    metadata = json.loads(root.joinpath("metadata.json").read_text(encoding="utf-8"))
    upright = (entry for entry in metadata["files"] if entry["style"] == "normal")
    return str(next(upright)["path"])
