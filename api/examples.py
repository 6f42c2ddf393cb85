"""Examples in the OpenAPI document, by the names of schemas and parameters.

What does not belong here: the rest of the document (`openapi.py`).
"""

from __future__ import annotations

from typing import Any

_CONTENT = "019ac3f0-5d2e-7c41-9b1f-3f0c6f6b8d11"

BODIES: dict[str, Any] = {
    "Login": {"email": "me@example.com", "password": "twelve characters or more"},
    "Registration": {
        "email": "me@example.com",
        "password": "twelve characters or more",
        "name": "My name",
        "company": "My company",
        "website": "https://example.com",
        "language": "en",
        "timezone": "Europe/Prague",
        "country": "CZ",
        "platforms": ["linkedin", "x"],
    },
    "NewMonth": {"month": "2026-12"},
    "NewEvent": {"date": "2026-12-06", "title": "St Nicholas in the shop"},
    "DocumentIn": {"name": "about.md", "text": "# About us\n\nWe repair bicycles."},
    "Word": {"version": 1},
    "Decisions": {"decisions": [{"content_id": _CONTENT, "action": "approve", "version": 1}]},
    "PersonaChoice": {"personas": [{"content_id": _CONTENT, "version": 1}]},
    "NewShow": {
        "company_id": "019ac3f0-5d2e-7c41-9b1f-3f0c6f6b8d12",
        "title": "An evening of songs",
        "venue": "Divadlo na cestě",
        "dates": [{"starts_at": "2026-12-04T19:30", "ends_at": "2026-12-04T22:00"}],
        "price_from": "300",
        "price_to": "500",
        "currency": "CZK",
        "call_to_action": "Get your tickets",
    },
    "NewInvitation": {"email": "colleague@example.com", "role": "SUPERVISOR"},
    "NewApiToken": {"name": "portal", "scopes": ["read", "decide"]},
    "NewWebhook": {"url": "https://hooks.example.com/posthub", "topics": ["month.ready"]},
    "LimitChange": {"period": "month", "cost_usd": "50"},
}
PARAMETERS: dict[str, Any] = {"month": "2026-12"}


def put_into(document: dict[str, Any]) -> None:
    """Put the examples beside the schemas and parameters that they belong to."""
    schemas = document["components"]["schemas"]
    for name, example in BODIES.items():
        if name in schemas:
            schemas[name]["examples"] = [example]
    for operations in document["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                if parameter["name"] in PARAMETERS:
                    parameter["example"] = PARAMETERS[parameter["name"]]
