"""The real fonts, facts in four languages, and pictures that are hard to write on."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from posthub_assets.domain.media.overlay.facts import EventFacts
from posthub_assets.domain.visuals.faces import FontSet
from resources.fonts import load_fonts

FACTS = {
    "en": EventFacts(
        title="An Evening with Mahler",
        performers="Alder Symphony Orchestra",
        dates="Friday 12 June, 19:30",
        venue="Dvořák Hall, Rudolfinum",
        price="From €25",
        call_to_action="Book your seat",
        language="en",
    ),
    "cs": EventFacts(
        title="Příliš žluťoučký kůň",
        performers="Divadlo Na Jezírku",
        dates="12. až 14. června, 19.30",
        venue="Nová scéna, Praha 1",
        price="od 390 Kč",
        call_to_action="Koupit vstupenky",
        language="cs",
    ),
    "uk": EventFacts(
        title="Ніч музеїв у Києві",
        performers="Ансамбль «Їжак»",
        dates="субота, 18 травня, 18:00",
        venue="Мистецький арсенал",
        price="від 250 ₴",
        call_to_action="Купити квитки",
        language="uk",
    ),
    "fa": EventFacts(
        title="شب موسیقی در Rudolfinum",
        performers="گروه نوازندگان چنگ",
        dates="جمعه ۲۲ خرداد، ساعت ۱۹:۳۰",
        venue="تالار وحدت",
        price="از ۲۵۰٬۰۰۰ تومان",
        call_to_action="خرید بلیت",
        language="fa",
    ),
}


def noise(width: int, height: int, seed: int = 1) -> Image.Image:
    """A picture with every kind of pixel everywhere: the worst to write on."""
    values = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(values)


@pytest.fixture(scope="session")
def fonts() -> FontSet:
    """The fonts of the installed packages."""
    return load_fonts()


@pytest.fixture(scope="session")
def shaped_fonts(fonts: FontSet) -> FontSet:
    """The fonts, on a machine that can shape right-to-left text; skipped on others."""
    if fonts.missing_libraries:
        pytest.skip(f"this machine lacks {' and '.join(fonts.missing_libraries)}")
    return fonts


@pytest.fixture(scope="session")
def facts() -> dict[str, EventFacts]:
    """One show in each language."""
    return FACTS


@pytest.fixture(scope="session")
def busy() -> Image.Image:
    """Noise, 600 by 900 pixels."""
    return noise(600, 900)
