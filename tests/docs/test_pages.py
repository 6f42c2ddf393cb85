"""The pages for people are true where a machine can tell: links lead somewhere, routes are there.

What does not belong here: whether the calls of the example work (`tests/acceptance/`).
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.app import create_app
from resources.settings import load_settings

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").glob("**/*.md"), *(ROOT / "prompts").glob("*.md")]
)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
NOT_DESCRIBED = {("GET", "/metrics"), ("POST", "/posthub")}
"""For Prometheus; and what the receiver of a webhook in docs/notifications.md listens at."""


def words_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def without_code(text: str) -> str:
    return re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)


def anchors_of(page: Path) -> set[str]:
    """Give the anchors of a page's headings, made as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", without_code(words_of(page)), re.M)
    plain = (re.sub(r"[^\w\- ]", "", one.lower()) for one in headings)
    return {one.strip().replace(" ", "-") for one in plain}


def dead_links(page: Path, text: str) -> list[str]:
    """Give the links of a text that lead to no file, or to no heading of it."""
    dead = []
    for link in re.findall(r"\]\(([^)\s]+)\)", without_code(text)):
        if re.match(r"https?:|mailto:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            dead.append(link)
    return dead


def unknown_routes(text: str, known: set[tuple[str, str]]) -> list[tuple[str, str]]:
    """Give the operations that a text names, as in `GET`, `PUT /v1/things/{id}`, and nobody has."""
    method = rf"(?:{'|'.join(METHODS)})"
    named = re.findall(rf"({method}(?:[`,| ]+{method})*)[` ]+(/[a-z][\w/{{}}-]*)", text)
    found = [(one, unnamed(path)) for methods, path in named for one in re.findall(method, methods)]
    return [one for one in found if one not in known]


def unnamed(path: str) -> str:
    """Forget what a path calls its parameters: pages write `{id}` and `{n}`."""
    return re.sub(r"\{\w+\}", "{}", path)


@pytest.fixture(scope="module")
def operations() -> set[tuple[str, str]]:
    paths = create_app(load_settings({})).openapi()["paths"]
    known = {(method.upper(), unnamed(path)) for path, of in paths.items() for method in of}
    return known | NOT_DESCRIBED


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    assert dead_links(page, words_of(page)) == []


def test_a_dead_link_is_found() -> None:
    page = ROOT / "docs" / "api.md"
    text = "[a](gone.md) [b](gdpr.md#nowhere) [c](gdpr.md#receipts) [d](#running-it) [e](#gone)"
    assert dead_links(page, text) == ["gone.md", "gdpr.md#nowhere", "#gone"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_operation_that_a_page_names_is_there(
    page: Path, operations: set[tuple[str, str]]
) -> None:
    assert unknown_routes(words_of(page), operations) == []


def test_an_operation_that_is_not_there_is_found(operations: set[tuple[str, str]]) -> None:
    text = "`GET`, `PUT /v1/usage/limits` and `DELETE /v1/jobs/{id}`, `GET /v1/gone`"
    assert unknown_routes(text, operations) == [("DELETE", "/v1/jobs/{}"), ("GET", "/v1/gone")]
