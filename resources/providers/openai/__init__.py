"""OpenAI, and what speaks like it: text, pictures, batches.

Importing this package imports no SDK. What does not belong here: prompts, prices, limits, attempts.
"""

from __future__ import annotations

from resources.providers.openai.adapter import OpenAI
from resources.providers.wire import Bounds, Timeouts

__all__ = ["Bounds", "OpenAI", "Timeouts"]
