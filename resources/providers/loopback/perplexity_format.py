"""Perplexity's bodies: the Agent API's responses with search results and a bill.

After the types of the SDK `perplexityai`. What does not belong here: what is answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from resources.providers.loopback import openai_format
from resources.providers.loopback.speaking import Asked, Said

PAGES = (
    ("https://example.com/report", "A report on the market"),
    ("https://example.org/guide", "A guide for practitioners"),
    ("https://example.net/news", "What changed this year"),
)


def read(body: Mapping[str, Any]) -> Asked:
    """Read a request."""
    return replace(openai_format.read(body), provider="perplexity", operation="research")


def write(asked: Asked, said: Said) -> dict[str, Any]:
    """Write an answer. The bill has six places, so it is the same as a float and as a decimal."""
    told = openai_format.write(asked, said)
    spent = said.usage
    found = [
        {"id": place, "url": url, "title": title, "snippet": f"{title}, in short.", "source": "web"}
        for place, (url, title) in enumerate(PAGES, 1)
    ]
    results = {"type": "search_results", "queries": [asked.user[:80]], "results": found}
    for item in told["output"]:
        for part in item["content"]:
            part["annotations"] = [
                {"type": "url_citation", "url": found[0]["url"], "title": found[0]["title"]}
            ]
    told["output"] = [results, *told["output"]]
    told["usage"] = {
        "input_tokens": spent.input_tokens,
        "output_tokens": spent.output_tokens,
        "total_tokens": spent.input_tokens + spent.output_tokens,
        "tool_calls_details": {"web_search": {"invocation": spent.searches}},
        "cost": {
            "currency": "USD",
            "input_cost": 0,
            "output_cost": 0,
            "total_cost": float(spent.cost_usd),
        },
    }
    return told
