"""A stand-in for the vendors, for what no recording can show: it runs on this machine.

Real answers of real vendors are replayed in the tests where a recording exists. What has none
(batches, pictures of new models, Perplexity, faults in a certain order, a thousand calls in a
minute) is asked of this server, which speaks the documented wire formats:

- Gemini: `POST /v1*/models/{model}:generateContent` and `:batchGenerateContent`,
  `GET /v1*/batches/{id}`, `POST /v1*/batches/{id}:cancel`, `GET /v1*/models`.
- OpenAI: `/v1/responses`, `/v1/chat/completions`, `/v1/images/generations`, `/v1/images/edits`,
  `/v1/files`, `/v1/batches`, `/v1/models`.
- Perplexity: `POST /v1/responses` of its Agent API.

It proves that an adapter and these documents agree, not that a vendor agrees with them. It refuses
to listen anywhere but on this machine, takes any key, and costs nothing. To try the gateway without
keys: `python -m resources.providers.loopback --port 8900`.
What does not belong here: content worth reading. Give the server an `answer` function for that.
"""

from __future__ import annotations

from resources.providers.loopback.faults import Fault, LoggedCall
from resources.providers.loopback.server import LoopbackServer
from resources.providers.loopback.writer import write_anything

__all__ = ["Fault", "LoggedCall", "LoopbackServer", "write_anything"]
