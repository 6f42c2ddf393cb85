"""What the web says, as a page among the company's documents.

What does not belong here: asking the web (`resources/gateway/`).
"""

from __future__ import annotations

from posthub_assets.domain.bodies import ResearchBody
from posthub_assets.domain.ports import WebPage

NAME = "research.md"


def research_page(found: ResearchBody) -> WebPage:
    """Write research down as Markdown with its sources under it, each as a link with its title."""
    links = [f"- [{_title(one.title) or one.url}]({one.url})" for one in found.sources]
    text = "\n".join([found.markdown.strip(), "", "## Sources", "", *links, ""])
    url = found.sources[0].url if found.sources else ""
    return WebPage(url=url, name=NAME, title="What the web says", text=text)


def _title(title: str) -> str:
    return " ".join(title.replace("[", "(").replace("]", ")").split())
