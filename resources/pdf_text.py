"""The text of PDF files, read in a process of its own that is bounded in time and memory.

A PDF comes from strangers and may make any parser run for ever; ending a process is the only sure
bound. Run as a program, this module reads a PDF on stdin and writes JSON on stdout.
What does not belong here: scanned pages (there is no OCR).
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from posthub_assets.domain.errors import UnreadableDocument

MAX_PAGES = 1000
TIMEOUT_S = 90
MAX_MEMORY_BYTES = 2_000_000_000
MAX_TEXT_CHARS = 10_000_000
HYPHEN_AT_LINE_END = re.compile(r"(?<=[^\W\d_])[-\u00ad\u2010]\n(?=[^\W\d_A-Z])")


def read_pdf(name: str, data: bytes) -> str:
    """Give the text of a PDF, pages apart by an empty line. Raises UnreadableDocument."""
    try:
        result = subprocess.run(
            [sys.executable, "-m", "resources.pdf_text"],
            input=data,
            capture_output=True,
            check=False,
            timeout=TIMEOUT_S,
            cwd=Path(__file__).parents[1],
        )
    except subprocess.TimeoutExpired as error:
        raise UnreadableDocument(
            f"{name} took longer than {TIMEOUT_S} seconds to read. Save it again as a simpler PDF.",
            field=name,
        ) from error
    try:
        answer = json.loads(result.stdout)
    except ValueError as error:
        raise UnreadableDocument(
            f"{name} cannot be read: it needs more memory than a PDF may take, or it is broken.",
            field=name,
        ) from error
    if "reason" in answer:
        raise UnreadableDocument(f"{name} {answer['reason']}", field=name)
    return str(answer["text"])


def _answer(data: bytes) -> dict[str, str]:
    import io

    from pypdf import PdfReader
    from pypdf.errors import FileNotDecryptedError, PyPdfError

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            return {"reason": "is encrypted. Save it without a password."}
        if len(reader.pages) > MAX_PAGES:
            return {"reason": f"has {len(reader.pages)} pages; the limit is {MAX_PAGES}."}
        text = "\n\n".join(page.extract_text() for page in reader.pages)
    except FileNotDecryptedError:
        return {"reason": "is encrypted. Save it without a password."}
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        return {"reason": f"is a broken PDF ({type(error).__name__}). Save it again."}
    text = HYPHEN_AT_LINE_END.sub("", text)[:MAX_TEXT_CHARS]
    if not text.strip():
        return {"reason": "holds no text; it seems to be scanned. Use a PDF made from the text."}
    return {"text": text}


def main() -> None:
    """Read a PDF on stdin, write {"text": ...} or {"reason": ...} on stdout."""
    import logging
    import resource as limits  # noqa: TID251 - the standard library's: limits of a process

    limits.setrlimit(limits.RLIMIT_CPU, (TIMEOUT_S, TIMEOUT_S))
    limits.setrlimit(limits.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    logging.disable(logging.ERROR)
    json.dump(_answer(sys.stdin.buffer.read()), sys.stdout)


if __name__ == "__main__":
    main()
