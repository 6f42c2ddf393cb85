"""A running application on the test database, and a client that signs in."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from cryptography.fernet import Fernet
from fastapi import FastAPI
from sqlalchemy import text

from api.app import create_app
from resources.database.engine import open_database
from resources.database.urls import DatabaseUrls
from resources.settings import Settings, load_settings

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def api_settings(database_urls: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings as a child of `posthub up` gets them: the API's own URL and no other."""
    key = Fernet.generate_key().decode()
    return load_settings(
        {
            "POSTHUB_HOME": str(tmp_path_factory.mktemp("home")),
            "POSTHUB_API_DATABASE_URL": database_urls.api,
            "POSTHUB_SECRET_KEY": "a secret of the tests, longer than it must be",
            "POSTHUB_ADMIN_KEYRING": key,
            "POSTHUB_USER_KEYRING": key,
            # Nobody listens there: no test asks a vendor by mistake.
            **{f"{one}_BASE_URL": NOWHERE for one in ("GEMINI", "OPENAI", "PERPLEXITY")},
            "POSTHUB_RATE_SIGNED_IN": "1000000",
            "POSTHUB_RATE_SUPERVISOR": "1000000",
            "POSTHUB_RATE_ANONYMOUS": "1000000",
        }
    )


@pytest.fixture(scope="module")
async def app(
    anyio_backend: str, api_settings: Settings, database_urls: DatabaseUrls
) -> AsyncIterator[FastAPI]:
    """The application, started."""
    # Each application takes a fiftieth of what the tests' one address may ask in an hour.
    owner = open_database(database_urls.owner, pool_size=1)
    async with owner.engine.begin() as connection:
        await connection.execute(text("DELETE FROM posthub.request_count"))
    await owner.close()
    made = create_app(api_settings)
    async with made.router.lifespan_context(made):
        yield made


@dataclass(frozen=True)
class Api:
    """Clients of the application."""

    app: FastAPI
    stranger: httpx.AsyncClient

    def client(self, **headers: str) -> httpx.AsyncClient:
        """Make a client; an error on our side is an answer, as it is behind a real server."""
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://api", headers=headers)

    async def sign_in(self, person: Any) -> httpx.AsyncClient:
        """Sign a person in through the front door."""
        credentials = {"email": person.email, "password": person.password}
        answer = await self.stranger.post("/v1/auth/login", json=credentials)
        assert answer.status_code == 200, answer.text
        return self.client(authorization=f"Bearer {answer.json()['access_token']}")

    def known(self, person: Any) -> httpx.AsyncClient:
        """Give a person's client without the cost of a password."""
        token = self.app.state.services.tokens.issue(person.id)
        return self.client(authorization=f"Bearer {token}")

    async def made(self, client: httpx.AsyncClient, item: Any, **values: Any) -> dict[str, Any]:
        """Make a link over an item."""
        body = {"recipient": "client@example.com", "version": 1, **values}
        answer = await client.post(f"/v1/contents/{item.id}/approval-links", json=body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def path_of(self, link: dict[str, Any]) -> str:
        """Give the path of a link's page."""
        return str(link["url"]).removeprefix("http://127.0.0.1:8000")

    async def opened(self, path: str) -> str:
        """Open the page of one version; give the token of its forms."""
        page = await self.stranger.get(path)
        assert page.status_code == 200, page.text
        found = re.search(r'name="token" value="([0-9a-f]{64})"', page.text)
        assert found is not None, page.text
        return found[1]

    async def say(self, path: str, action: str = "approve", **fields: str) -> httpx.Response:
        """Decide on the page of a link, as somebody without an account."""
        path = path if re.search(r"/\d+$", path) else f"{path}/1"
        token = fields.pop("token", None) or await self.opened(path)
        data = {"token": token, "action": action, **fields}
        return await self.stranger.post(path, data=data)


@pytest.fixture
async def api(app: FastAPI) -> Api:
    """Clients of a started application."""
    nobody = Api(app, httpx.AsyncClient())
    return Api(app, nobody.client())
