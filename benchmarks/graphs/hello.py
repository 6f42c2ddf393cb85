"""The least a FastAPI endpoint can be: the floor of bench `approve`."""

from __future__ import annotations

from fastapi import FastAPI

app = FastAPI()


@app.get("/hello")
@app.post("/hello")
async def hello() -> dict[str, str]:
    """Say hello."""
    return {"message": "hello"}
