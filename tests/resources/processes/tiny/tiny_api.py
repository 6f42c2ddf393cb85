"""The smallest API that a factory can serve: it says what it may know."""

import os

from fastapi import FastAPI


def create_app() -> FastAPI:
    """Make the application."""
    app = FastAPI()

    @app.get("/readyz")
    def readyz() -> dict[str, bool]:
        return {"ok": True}

    @app.get("/environment")
    def environment() -> list[str]:
        return sorted(name for name in os.environ if name.startswith(("POSTHUB_", "DAGSTER_")))

    return app
