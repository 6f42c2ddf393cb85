"""The models that PostHub offers, from `models.yaml`.

What does not belong here: prices as genai-prices knows them (`prices.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from posthub_assets.domain.errors import InvalidInput

FILE = Path(__file__).with_name("models.yaml")


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What has to be known of a model to ask it. Token figures are the most that it may come to."""

    name: str
    vendor: str
    kind: str
    """`text`, `image` or `research`."""
    takes_temperature: bool
    thinking_tokens: int
    max_output_tokens: int
    source: str
    default: bool = False
    qualities: tuple[str, ...] = ()
    image_tokens: int = 0
    source_tokens: int = 0
    searches: int = 0
    bills_cache_writes: bool = False
    """What the vendor keeps for later calls by itself costs more than what it only reads."""


@dataclass(frozen=True, slots=True)
class Override:
    """A price of ours: USD for a million tokens by sort, and for a thousand searches."""

    vendor: str
    model: str
    valid_from: date
    source: str
    input: Decimal
    output: Decimal
    cached: Decimal | None = None
    image_input: Decimal | None = None
    image_output: Decimal | None = None
    searches: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All of `models.yaml`."""

    models: tuple[ModelFacts, ...]
    overrides: tuple[Override, ...]
    batch_discount: dict[str, Decimal]


def facts_of(vendor: str, model: str) -> ModelFacts:
    """Give what is known of a model. Raises InvalidInput that names those that are offered."""
    for one in catalogue().models:
        if (one.vendor, one.name) == (vendor, model):
            return one
    offered = ", ".join(one.name for one in catalogue().models if one.vendor == vendor)
    raise InvalidInput(
        f"{vendor} has no model {model} that PostHub knows. It offers: {offered or 'none'}.",
        field="model",
    )


def default_model(vendor: str, kind: str) -> str:
    """Give the model that is asked for where nobody chose. Raises InvalidInput."""
    for one in catalogue().models:
        if (one.vendor, one.kind, one.default) == (vendor, kind, True):
            return one.name
    raise InvalidInput(f"{vendor} offers no model for {kind}.", field="provider")


def models_of(vendor: str, kind: str) -> tuple[str, ...]:
    """Name the models of a vendor for a kind, the default first."""
    found = [one for one in catalogue().models if (one.vendor, one.kind) == (vendor, kind)]
    return tuple(one.name for one in sorted(found, key=lambda one: not one.default))


@cache
def catalogue() -> Catalogue:
    """Read the file once."""
    import yaml

    return parse(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def parse(data: dict[str, Any]) -> Catalogue:
    """Read the file's content. Raises KeyError and TypeError for what is not as documented."""
    return Catalogue(
        models=tuple(
            ModelFacts(**{**one, "qualities": tuple(one.get("qualities", ()))})
            for one in data["models"]
        ),
        overrides=tuple(_override(one) for one in data["overrides"]),
        batch_discount={
            vendor: Decimal(str(share)) for vendor, share in data["batch_discount"].items()
        },
    )


def _override(one: dict[str, Any]) -> Override:
    amounts = ("input", "output", "cached", "image_input", "image_output", "searches")
    return Override(
        vendor=one["vendor"],
        model=one["model"],
        valid_from=one["from"],
        source=one["source"],
        **{name: Decimal(str(one[name])) for name in amounts if name in one},
    )
