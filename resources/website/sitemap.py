"""Which pages there are: the addresses in a sitemap, and the links on a page.

What does not belong here: which of them are asked for (`visit.py`).
"""

from __future__ import annotations

from collections.abc import Iterator

MAX_URLS = 2_000


def urls_of_sitemap(body: bytes) -> list[str]:
    """Read the addresses of a sitemap or of an index of sitemaps; nothing where it is no XML.

    Entities are not expanded, nothing is fetched, and a tree that is too deep is refused.
    """
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, recover=False
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return []
    if root.getroottree().docinfo.internalDTD is not None:
        return []
    found = (one.text or "" for one in root.iter("{*}loc"))
    return [url.strip() for url, _ in zip(found, range(MAX_URLS), strict=False)]


def links_of_page(html: str) -> Iterator[str]:
    """Give the links of a page in their order, as they stand there."""
    from lxml import etree
    from lxml import html as parser

    try:
        tree = parser.document_fromstring(html)
    except (etree.ParserError, ValueError):
        return
    for number, link in enumerate(tree.iter("a")):
        if number >= MAX_URLS:
            return
        if href := (link.get("href") or "").strip():
            yield href
