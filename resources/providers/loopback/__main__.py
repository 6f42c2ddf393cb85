"""`python -m resources.providers.loopback --port N`: the stand-in by itself, until Ctrl-C.

It answers PostHub's own prompts with made-up English texts that pass the quality gate, so that a
month can be made through prompts, adapters and budgets without a key.

What does not belong here: anything but the command line.
"""

from __future__ import annotations

import argparse
import time

from resources.providers.canned_models import answer_as_canned
from resources.providers.loopback.routes import PROVIDERS
from resources.providers.loopback.server import LoopbackServer


def main() -> None:
    """Listen, and say how to use it."""
    parser = argparse.ArgumentParser(
        prog="python -m resources.providers.loopback",
        description="Speaks like Gemini, OpenAI and Perplexity, on this machine, for nothing.",
    )
    parser.add_argument("--port", type=int, default=0, help="0 takes any that is free")
    parser.add_argument("--host", default="127.0.0.1", help="another loopback address")
    parser.add_argument("--latency-s", type=float, default=0.0, help="wait before each answer")
    parser.add_argument("--batch-wait-s", type=float, default=0.0, help="how long batches take")
    given = parser.parse_args()
    server = LoopbackServer(
        answer=answer_as_canned,
        port=given.port,
        host=given.host,
        latency_s=given.latency_s,
        batch_wait_s=given.batch_wait_s,
    )
    with server:
        print("Listening until Ctrl-C. In the shell that runs PostHub:")
        for provider in PROVIDERS:
            name = provider.upper()
            print(f"export {name}_API_KEY=loopback {name}_BASE_URL={server.base_url(provider)}")
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            print(f"\n{len(server.calls())} calls were answered.")


if __name__ == "__main__":
    main()
