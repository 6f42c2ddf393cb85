"""Google's Gemini: text, pictures, batches.

Importing this package imports no SDK. What does not belong here: prompts, prices, limits, attempts.
"""

from __future__ import annotations

from resources.providers.gemini.adapter import Gemini
from resources.providers.wire import Bounds, Timeouts

__all__ = ["Bounds", "Gemini", "Timeouts"]
