"""Pages for people: what this is, where to look, and which routes there are. No scripts."""

from __future__ import annotations

from html import escape

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.services import services_of

router = APIRouter(include_in_schema=False)

_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>PostHub</title>
<style>
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent); }
body { font: 17px/1.6 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto;
       padding: 0 1.2rem; }
h1 { font-size: 2rem; margin: 0; letter-spacing: -0.02em; }
p.lead { font-size: 1.15rem; margin: .4rem 0 2rem; opacity: .85; }
ul { list-style: none; padding: 0; }
li { border-top: 1px solid var(--line); padding: .8rem 0; display: grid;
     grid-template-columns: 10rem 1fr; gap: 1rem; }
a { color: inherit; font-weight: 600; }
h2 { margin: 2rem 0 .5rem; }
code { font-size: .92em; }
ul.routes li { grid-template-columns: 4.5rem 1fr; }
nav { line-height: 2; margin-bottom: 2rem; }
nav a { font-weight: 400; margin-right: .9rem; white-space: nowrap; }
@media (max-width: 30rem) { li { grid-template-columns: 1fr; gap: 0; } }
</style>
</head>
<body>
"""
_FRONT = """<h1>PostHub</h1>
<p class="lead">A content factory. It turns what a company knows about itself into an approved
month of content. Here is where people say yes.</p>
<ul>
<li><a href="/docs">API</a><span>Every route, with its shapes. Sign in with
<code>POST /v1/auth/login</code>.</span></li>
<li><a href="{dagster}">The factory</a><span>The Dagster UI: every company and month, what waits for
whom, what failed and why.</span></li>
<li><a href="/readyz">Readiness</a><span>Whether database, migrations and role are as they should
be.</span></li>
</ul>
</body>
</html>
"""
_ROUTES = """<h1>Routes</h1>
<p class="lead">Sign in with <code>POST /v1/auth/login</code> and send what it answers as
<code>Authorization: Bearer ACCESS_TOKEN</code>. The shapes of every route are in the
<a href="/openapi.json">OpenAPI document</a>. Errors are problem documents; lists are paged by
<code>cursor</code>.</p>
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


@router.get("/", response_class=HTMLResponse)
async def front(request: Request) -> HTMLResponse:
    """Say what this is."""
    settings = services_of(request).settings
    host = request.url.hostname or settings.host
    shown = f"[{host}]" if ":" in host else host
    page = _FRONT.format(dagster=escape(f"http://{shown}:{settings.dagster_port}/"))
    return _page(page)


@router.get("/docs", response_class=HTMLResponse)
async def docs(request: Request) -> HTMLResponse:
    """List the routes, from the OpenAPI document."""
    document = request.app.openapi()
    groups: dict[str, list[str]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            where = f"<code>{method.upper()}</code><span><code>{escape(path)}</code>"
            row = f"<li>{where}<br>{escape(operation['summary'])}.</span></li>"
            groups.setdefault(operation["tags"][0], []).append(row)
    shown = [(one["name"], one["description"]) for one in document["tags"]]
    jumps = (f'<a href="#{_anchor(name)}">{_called(name)}</a> ' for name, _ in shown)
    parts = [_ROUTES, f"<nav>{''.join(jumps)}</nav>"]
    for name, said in shown:
        parts.append(f'<h2 id="{_anchor(name)}">{_called(name)}</h2><p>{escape(said)}</p>')
        parts.append(f'<ul class="routes">{"".join(groups[name])}</ul>')
    return _page("".join(parts) + "</body></html>")


def _anchor(name: str) -> str:
    return name.replace(" ", "-")


def _called(name: str) -> str:
    titles = {"auth": "Signing in", "api tokens": "Tokens for machines"}
    return escape(titles.get(name, name.capitalize()))


def _page(body: str) -> HTMLResponse:
    return HTMLResponse(_HEAD + body, headers={"Content-Security-Policy": _POLICY})
