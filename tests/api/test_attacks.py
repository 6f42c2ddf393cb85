"""What no document describes: forged tokens, broken bodies, injected headers, planted secrets.

Nothing of it may be a 5xx, be believed, be stored or be told on. What needs raw bytes on a
connection is in `tests/acceptance/test_raw_requests.py`.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import json
import logging
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from sqlalchemy import text

from resources import logs
from resources.ids import new_id

JSON = {"content-type": "application/json"}


def claims_of(person: Any, **changes: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "iss": "posthub",
        "aud": "posthub-api",
        "sub": str(person.id),
        "type": "access",
        "iat": now,
        "exp": now + timedelta(hours=1),
        **changes,
    }


async def answer_to(api, token: str, path: str = "/v1/me"):
    return await api.client(authorization=f"Bearer {token}").get(path)


async def test_a_token_of_the_future_is_not_valid_yet(api, app, seed):
    person, secret = await seed.person(), app.state.services.tokens.secret
    later = datetime.now(UTC) + timedelta(minutes=5)
    for changes in ({"nbf": later}, {"iat": later}):
        token = jwt.encode(claims_of(person, **changes), secret, "HS256")
        assert (await answer_to(api, token)).status_code == 401, changes


async def test_a_role_in_the_token_is_not_believed(api, app, seed):
    """Signed with our own secret: not even then."""
    company = await seed.company()
    person, secret = await seed.person(), app.state.services.tokens.secret
    more = {"role": "ADMIN", "is_admin": True, "roles": {str(company.organization_id): "ADMIN"}}
    token = jwt.encode(claims_of(person, **more), secret, "HS256")
    assert (await answer_to(api, token)).json()["is_admin"] is False
    assert (await answer_to(api, token, "/v1/admin/usage")).status_code == 403
    assert (await answer_to(api, token, f"/v1/companies/{company.id}")).status_code == 404


async def test_a_changed_claim_breaks_the_signature(api, app, seed):
    person, other = await seed.person(), await seed.person()
    head, _, mark = app.state.services.tokens.issue(person.id).split(".")
    claims = claims_of(other)
    plain = {**claims, "iat": int(claims["iat"].timestamp()), "exp": int(claims["exp"].timestamp())}
    body = base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")
    assert (await answer_to(api, f"{head}.{body}.{mark}")).status_code == 401
    assert (await answer_to(api, f"{head}.{body}.")).status_code == 401


@pytest.mark.parametrize(
    "header",
    [
        {"kid": "../../../../dev/null"},
        {"kid": "x' UNION SELECT 'secret"},
        {"jku": "http://127.0.0.1:9/keys.json"},
        {"x5u": "http://127.0.0.1:9/cert.pem"},
        {"jwk": {"kty": "oct", "k": "c2VjcmV0"}},
    ],
)
async def test_where_a_token_says_its_key_lies_is_not_looked_at(api, app, seed, header):
    person, secret = await seed.person(), app.state.services.tokens.secret
    own = jwt.encode(claims_of(person), secret, "HS256", headers=header)
    for key in ("secret that is theirs and long enough", "\x00" * 32):
        forged = jwt.encode(claims_of(person), key, "HS256", headers=header)
        assert (await answer_to(api, forged)).status_code == 401
    assert (await answer_to(api, own)).status_code == 200  # ours is ours, whatever else it says


def part(value: dict[str, Any] | bytes) -> str:
    """Give a part of a token."""
    plain = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(plain).decode().rstrip("=")


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "HS384", "HS512", "RS256"])
async def test_the_algorithm_is_ours_and_not_the_tokens(api, app, seed, algorithm):
    person, secret = await seed.person(), app.state.services.tokens.secret.encode()
    issued = int(datetime.now(UTC).timestamp())
    claims = claims_of(person, iat=issued, exp=issued + 600)
    signed = f"{part({'alg': algorithm, 'typ': 'JWT'})}.{part(claims)}"
    kinds = {"HS384": hashlib.sha384, "HS512": hashlib.sha512}
    mark = hmac.digest(secret, signed.encode(), kinds.get(algorithm, hashlib.sha256))
    for token in (signed, f"{signed}.", f"{signed}.{part(mark)}"):
        assert (await answer_to(api, token)).status_code == 401


async def test_a_refresh_token_is_no_access_token(api, seed):
    person = await seed.person()
    given = {"email": person.email, "password": person.password}
    signed = (await api.stranger.post("/v1/auth/login", json=given)).json()
    assert (await answer_to(api, signed["refresh_token"])).status_code == 401
    swapped = {"refresh_token": signed["access_token"][:200]}
    assert (await api.stranger.post("/v1/auth/refresh", json=swapped)).status_code == 401


BODIES = {
    "invalid utf-8": b'{"email": "\xff\xfe", "password": "x"}',
    "utf-16": '{"email": "a@b.c", "password": "x"}'.encode("utf-16"),
    "a mark before it": b"\xef\xbb\xbf" + b'{"email": "a@b.c", "password": "x"}',
    "deep lists": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "the same key twice": b'{"email": "a@b.c", "email": "c@d.e", "password": "x"}',
    "nan": b'{"email": NaN, "password": Infinity}',
    "a huge integer": b'{"email": ' + b"9" * 5000 + b', "password": "x"}',
    "half a character": b'{"email": "\\ud800", "password": "x"}',
    "nul": b'{"email": "a\\u0000@b.c", "password": "x"}',
    "a list": b"[]",
    "a text": b'"x"',
    "null": b"null",
    "nothing": b"",
    "two documents": b'{"email": "a@b.c", "password": "x"}{}',
    "comments": b'{"email": "a@b.c", /* */ "password": "x"}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
async def test_a_broken_body_is_refused_and_breaks_nothing(api, body):
    answer = await api.stranger.post("/v1/auth/login", content=body, headers=JSON)
    assert answer.status_code in (400, 401, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 400])
async def test_a_number_that_is_none_is_stored_nowhere(api, seed, number):
    """A free body is JSON for us and JSON for PostgreSQL, which knows no NaN."""
    company = await seed.company()
    item = await seed.item(company)
    marketer = api.known(await seed.person(company.organization_id, "MARKETER"))
    body = f'{{"version": 1, "body": {{"title": {number}, "more": [{number}]}}}}'.encode()
    answer = await marketer.patch(f"/v1/contents/{item.id}", content=body, headers=JSON)
    assert answer.status_code in (400, 422), answer.text
    assert (await marketer.get(f"/v1/contents/{item.id}")).json()["version"] == 1


async def test_a_deep_body_is_refused_where_the_body_is_free(api, seed):
    company = await seed.company()
    item = await seed.item(company)
    marketer = api.known(await seed.person(company.organization_id, "MARKETER"))
    for depth in (500, 5_000, 100_000):
        nested = b'{"version": 1, "body": {"title": ' + b"[" * depth + b"]" * depth + b"}}"
        answer = await marketer.patch(f"/v1/contents/{item.id}", content=nested, headers=JSON)
        assert answer.status_code in (400, 422), (depth, answer.text)


async def test_a_document_is_as_hard_to_break(api, seed):
    company = await seed.company()
    client = api.known(await seed.person(company.organization_id))
    path = f"/v1/companies/{company.id}/documents"
    for body in (*BODIES.values(), b'{"name": "x.md", "text": "\\ud800"}'):
        answer = await client.post(path, content=body, headers=JSON)
        assert answer.status_code in (400, 422), answer.text


async def test_a_packed_body_is_not_unpacked(api):
    body = gzip.compress(b'{"email": "a@b.c", "password": "x"}')
    for packed in ("gzip", "deflate, gzip", "BR", "x-unknown"):
        headers = JSON | {"content-encoding": packed}
        answer = await api.stranger.post("/v1/auth/login", content=body, headers=headers)
        assert answer.status_code == 415
        assert answer.json()["type"].endswith(":unsupported-media-type")
    plain = JSON | {"content-encoding": "identity"}
    given = {"email": "a@b.c", "password": "x"}
    assert (await api.stranger.post("/v1/auth/login", json=given, headers=plain)).status_code == 401


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data", ""])
async def test_what_is_not_called_json_is_not_read_as_json(api, kind):
    answer = await api.stranger.post(
        "/v1/auth/login", content=b'{"email": "a@b.c"}', headers={"content-type": kind}
    )
    assert answer.status_code == 415, answer.text
    assert "application/json" in answer.json()["detail"]


async def test_a_body_that_is_too_large_is_not_read(api, seed):
    company = await seed.company()
    client = api.known(await seed.person(company.organization_id))
    large = b'{"name": "x.md", "text": "' + b"x" * 11_000_000 + b'"}'
    for path in ("/v1/auth/login", f"/v1/companies/{company.id}/documents"):
        answer = await client.post(path, content=large, headers=JSON)
        assert answer.status_code == 413
        assert answer.json()["type"].endswith(":too-large")


SQL = (
    "'; DROP TABLE posthub.content; --",
    "' OR '1'='1",
    '"; SELECT pg_sleep(10); --',
    "%' UNION SELECT password_hash FROM posthub.app_user --",
    "\\'; --",
    ":organization_id",
    "$1",
    "%s %(x)s",
)


@pytest.mark.parametrize("words", SQL)
async def test_sql_in_a_text_is_a_text(api, seed, words):
    company = await seed.company()
    item = await seed.item(company)
    marketer = api.known(await seed.person(company.organization_id, "MARKETER"))
    said = {"version": 1, "text": words}
    comment = await marketer.post(f"/v1/contents/{item.id}/comments", json=said)
    assert comment.status_code == 201 and comment.json()["text"] == words
    event = {"date": "2026-12-06", "title": words}
    made = await marketer.post(f"/v1/companies/{company.id}/events", json=event)
    assert made.json()["title"] == words
    found = await marketer.get("/v1/audit", params={"subject_id": words})
    assert found.status_code in (200, 403)
    for name in ("company", "month", "kind", "status", "cursor"):
        answer = await marketer.get("/v1/contents", params={name: words})
        assert answer.status_code == 422, (name, answer.text)
    assert (
        await api.stranger.post("/v1/auth/login", json={"email": words, "password": words})
    ).status_code == 401


LINES = ("a\r\nset-cookie: x=1", "a\nset-cookie: x=1", "a%0d%0aset-cookie:%20x=1", "\r\n\r\n<b>")


@pytest.mark.parametrize("text", LINES)
async def test_a_line_break_makes_no_header(api, seed, text):
    """In whatever comes back in a header: the request's id, the methods, names of files."""
    company = await seed.company(slug=f"slug-{new_id().hex[:8]}")
    client = api.known(await seed.person(company.organization_id))
    asked = {"name": f"{text}.md"}
    paths = [
        client.get("/healthz", headers={"x-request-id": text.encode()}),
        client.post(f"/v1/companies/{company.id}/documents", params=asked, content=b"# x"),
        client.get(f"/v1/companies/{company.id}/calendar", params={"month": text}),
        client.get("/v1/audit/export", params={"format": text}),
        client.post(
            f"/v1/companies/{company.id}/events",
            json={"date": "2026-12-06", "title": "x"},
            headers={"idempotency-key": text.encode()},
        ),
    ]
    for asking in paths:
        answer = await asking
        assert answer.status_code < 500
        assert "set-cookie" not in answer.headers
        assert all("\n" not in value and "\r" not in value for value in answer.headers.values())


async def test_a_files_name_never_leaves_its_folder(api, seed):
    company = await seed.company()
    client = api.known(await seed.person(company.organization_id))
    for name in (
        "../x.md",
        "/etc/x.md",
        "a/../../x.md",
        "x\r\n.md",
        "x\x00.md",
        "a//b.md",
        "..md/..",
    ):
        answer = await client.post(
            f"/v1/companies/{company.id}/documents", params={"name": name}, content=b"# x"
        )
        assert answer.status_code == 422, (name, answer.text)


PLANTED = "Zq7planted9secretXw"
FORMS = {
    "uuid": str(new_id()),
    "date": "2026-12-01",
    "date-time": "2026-12-01T08:00:00Z",
    "email": f"{PLANTED}@example.com",
    "month": "2026-12",
    "timezone": "Etc/UTC",
}
SECRET_FIELDS = re.compile(r"password|token|secret|key|current|new|text|body")


def planted(schema: dict[str, Any], schemas: dict[str, Any], name: str = "") -> Any:
    """Give a body in which every text is the planted one, and all else fits."""
    if "$ref" in schema or "anyOf" in schema:
        one = schema["anyOf"][0] if "anyOf" in schema else schemas[schema["$ref"].split("/")[-1]]
        return planted(one, schemas, name)
    kind = "enum" if "enum" in schema else schema.get("type", "string")
    known = schema.get("properties", {})
    return {
        "enum": lambda: schema["enum"][0],
        "object": lambda: (
            {key: planted(one, schemas, key) for key, one in known.items()} or {PLANTED: PLANTED}
        ),
        "array": lambda: [planted(schema.get("items", {}), schemas, name)],
        "integer": lambda: schema.get("minimum", 1),
        "number": lambda: schema.get("minimum", 1),
        "boolean": lambda: True,
        "string": lambda: FORMS.get(schema.get("format", name), PLANTED),
    }[kind]()


async def test_what_is_typed_stands_in_no_log_line(api, app, seed, caplog):
    """Every text of every body, every query and every header of every operation."""
    company = await seed.company()
    client = api.known(await seed.person(company.organization_id, "MANAGER"))
    caplog.set_level(logging.DEBUG)
    for noisy in ("httpx", "httpcore"):  # the asking side, which is this test
        caplog.set_level(logging.CRITICAL, logger=noisy)
    document = app.openapi()
    schemas = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for method, spec in methods.items():
            content = spec.get("requestBody", {}).get("content", {})
            schema = content.get("application/json", {}).get("schema")
            url = re.sub(r"\{\w+\}", str(new_id()), path)
            headers = {"x-planted": PLANTED, "cookie": PLANTED, "idempotency-key": PLANTED}
            answer = await client.request(
                method,
                url.replace("{company_id}", str(company.id)),
                params={"planted": PLANTED, "cursor": PLANTED},
                json=planted(schema, schemas) if schema else None,
                headers=headers,
            )
            assert answer.status_code < 500 or answer.status_code == 502, (method, path)
            if method != "get" and answer.status_code >= 400:
                told = [one for one in answer.json().get("errors", ()) if PLANTED in one["message"]]
                secret = [one for one in told if SECRET_FIELDS.search(one["field"])]
                assert not secret, (method, path, secret)
    assert PLANTED not in caplog.text


@pytest.mark.parametrize(
    ("statement", "status"), [("SELECT CAST(:x AS int)", 422), ("SELECT nothing_of_this(:x)", 500)]
)
async def test_an_error_of_the_database_does_not_bring_what_was_typed(
    app, api, caplog, statement, status
):
    """Unless it is told not to, it brings every value along: into the log, with its traceback."""

    async def ask():
        async with app.state.services.database.engine.connect() as connection:
            await connection.execute(text(statement), {"x": PLANTED})

    path = f"/planted-{status}"
    app.add_api_route(path, ask, include_in_schema=False)
    caplog.set_level(logging.DEBUG)
    answer = await api.stranger.get(path)
    assert answer.status_code == status
    assert PLANTED not in answer.text
    said = [one for one in caplog.records if one.levelno >= logging.INFO and "api" in one.name]
    assert said
    lines = "".join(logs.TextLines().format(one) for one in said)
    assert PLANTED not in lines
