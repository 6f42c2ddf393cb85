"""What is paid for at import: no SDK before the first call, and none on the event loop."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("google.genai", "openai", "httpx", "httpx2", "PIL")


def run(program: str) -> subprocess.CompletedProcess[str]:
    asked = [sys.executable, "-c", program]
    return subprocess.run(asked, check=False, capture_output=True, text=True)


@pytest.mark.parametrize(
    "module", ["gemini", "gemini.usage", "openai", "openai.usage", "perplexity", "loopback"]
)
def test_importing_an_adapter_imports_no_sdk(module):
    program = (
        f"import sys, resources.providers.{module} as m\n"
        "getattr(m, 'OpenAI', lambda k: 0)('k'); getattr(m, 'Gemini', lambda k: 0)('k')\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = run(program)
    assert done.stdout.strip() == "[]", done.stderr


def test_the_event_loop_is_free_while_an_sdk_is_imported():
    program = """
import asyncio, threading
from resources.providers.gemini import Gemini
from resources.providers.wire import Opening

where = []
real = Opening._open

def watched(self, loop):
    where.append(threading.current_thread() is threading.main_thread())
    return real(self, loop)

Opening._open = watched

async def main():
    model = Gemini("key", "http://127.0.0.1:9")
    try:
        await model.check()
    except Exception as error:
        print(type(error).__name__, where)
    await model.close()

asyncio.run(main())
"""
    done = run(program)
    assert done.stdout.strip() == "TransientProviderError [False]", done.stderr
