"""An item for reading: its Markdown as HTML that can do no harm.

What does not belong here: words, layout (`templates/`).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token
    from markdown_it.utils import EnvType, OptionsDict

HEADING_STEP = 1
"""The page's title is its one first-level heading; those of the text go below it."""


def readable(markdown: str, title: str = "") -> str:
    """Give Markdown as HTML: raw HTML is shown as text, and pictures of other hosts are not loaded.

    Links lead only to http, https and mailto. A first heading that repeats the page's `title` is
    left out.
    """
    first, _, rest = markdown.lstrip().partition("\n")
    repeats = first.startswith("# ") and first[2:].strip() == title.strip()
    return str(_parser().render(rest if repeats else markdown))


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.add_render_rule("image", _image)
    parser.add_render_rule("heading_open", _heading)
    parser.add_render_rule("heading_close", _heading)
    parser.add_render_rule("link_open", _link)
    return parser


def _image(
    self: RendererHTML, tokens: list[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    from markdown_it.common.utils import escapeHtml

    return escapeHtml(f"[{tokens[index].content}]")


def _heading(
    self: RendererHTML, tokens: list[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    token = tokens[index]
    level = min(int(token.tag[1:]) + HEADING_STEP, 6)
    return f"<h{level}>" if token.nesting == 1 else f"</h{level}>\n"


def _link(
    self: RendererHTML, tokens: list[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    from markdown_it.common.utils import escapeHtml

    address = str(tokens[index].attrGet("href") or "")
    if not address.startswith(("http://", "https://", "mailto:")):
        return "<a>"
    return f'<a href="{escapeHtml(address)}" rel="noopener noreferrer nofollow" target="_blank">'
