"""What a person may make by hand, and what each of it hangs on. Pure.

What does not belong here: rows (`resources/database/repositories/making.py`), what follows
(`flow.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from posthub_assets.domain.bodies import Body, SocialPostBody
from posthub_assets.domain.content import Kind
from posthub_assets.domain.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Placing:
    """Where an item of a kind stands: under a parent, in a month of its own, or with the company.

    `is_single`: there is one living item of it at its place; others stand beside each other.
    `is_dated`: it stands in the month in which it is made, which has no plan for it.
    """

    parent: Kind | None = None
    is_monthly: bool = False
    is_single: bool = False
    is_dated: bool = False


BY_HAND: Mapping[Kind, Placing] = {
    Kind.COMPANY_DNA: Placing(is_single=True),
    Kind.PERSONA: Placing(),
    Kind.TOPIC: Placing(is_monthly=True),
    Kind.BLOG_POST: Placing(parent=Kind.TOPIC, is_single=True),
    Kind.SOCIAL_POST: Placing(parent=Kind.BLOG_POST, is_single=True),
    Kind.PALETTE: Placing(is_dated=True),
    Kind.ARTICLE: Placing(),
}


def placing_of(kind: Kind) -> Placing:
    """Give where an item of a kind stands. Raises InvalidInput for what hands cannot make."""
    found = BY_HAND.get(kind)
    if found is None:
        known = ", ".join(one.value for one in BY_HAND)
        raise InvalidInput(
            f"An item of the kind {kind.value} is not made by hand. Possible are: {known}.",
            field="kind",
        )
    return found


def place_of(kind: Kind, body: Body | None, number: str) -> str:
    """Give the name of the item's place; `number` tells those apart that stand side by side."""
    if isinstance(body, SocialPostBody):
        return body.platform.value
    return "" if BY_HAND[kind].is_single else f"by-hand-{number}"


KIND_NAMES: Mapping[Kind, str] = {
    Kind.COMPANY_DNA: "company DNA",
    Kind.PERSONA: "persona",
    Kind.TOPIC: "topic",
    Kind.BLOG_POST: "blog post",
    Kind.SOCIAL_POST: "social post",
    Kind.PALETTE: "palette",
    Kind.ARTICLE: "article",
}
"""How a sentence names a kind."""


def one(kind: Kind) -> str:
    """Give a kind as it begins a sentence: `An article`, `Company DNA`."""
    name = KIND_NAMES[kind]
    if kind is Kind.COMPANY_DNA:
        return name[0].upper() + name[1:]
    return f"{'An' if name[0] in 'aeio' else 'A'} {name}"
