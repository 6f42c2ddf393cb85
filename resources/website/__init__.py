"""The company's website, fetched with care and turned into text.

A website belongs to others, and so may its name server: nothing that either says is believed.

    addresses.py    which addresses are public, whatever their spelling
    targets.py      which URLs may be asked at all
    client.py       one request: resolved once, connected to just that address, bounded
    robots.py       what the site allows
    sitemap.py      which pages there are
    extraction.py   a page's text, without its furniture and what it hides
    visit.py        a whole visit: which pages, how many, how long

What does not belong here: keeping what was read (`content_store.py`), prompts.
"""

from resources.website.client import Resolver
from resources.website.targets import WebsiteRefused
from resources.website.visit import (
    Limits,
    Page,
    Refusal,
    Visit,
    WebsiteUnreachable,
    visit_website,
)

__all__ = [
    "Limits",
    "Page",
    "Refusal",
    "Resolver",
    "Visit",
    "WebsiteRefused",
    "WebsiteUnreachable",
    "visit_website",
]
