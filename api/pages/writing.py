"""Rendering a page with its headers: it runs no script, sends no referrer, is kept nowhere.

What does not belong here: what stands on a page.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi.responses import HTMLResponse

from api.pages.words import Words

if TYPE_CHECKING:
    from jinja2 import Environment


def page(
    name: str, words: Words, status: int = 200, *, own_style: str = "", **values: Any
) -> HTMLResponse:
    """Render a template, such as `item`, in a language.

    `own_style`: rules for this page alone, made of values that were checked.
    """
    template = _environment().get_template(f"{name}.html.jinja")
    styles = {"style": style(), "own_style": own_style}
    whole = {"words": words, "say": words.say, **styles, **values}
    return HTMLResponse(template.render(whole), status, headers=headers(own_style))


def headers(own_style: str = "") -> dict[str, str]:
    """Give the headers of a page whose address is a secret."""
    sheets = " ".join(_named(one) for one in (style(), own_style) if one)
    policy = (
        "default-src 'none'",
        f"style-src {sheets}",
        "img-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
    return {
        "Content-Security-Policy": "; ".join(policy),
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex, nofollow",
        "Cross-Origin-Opener-Policy": "same-origin",
    }


def _named(sheet: str) -> str:
    """Give a style sheet as a policy names it."""
    digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    return f"'sha256-{digest}'"


@cache
def style() -> str:
    """Give the style sheet; it stands in the page, and the policy names its hash."""
    return (Path(__file__).parent / "templates" / "page.css").read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("api.pages", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
