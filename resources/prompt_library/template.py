"""What a prompt is: its settings, its two texts, its hash, and the file that says the same.

What does not belong here: reading files (`files.py`), rows (`database/repositories/prompts.py`).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import yaml

from posthub_assets.domain.errors import InvalidInput

KINDS = ("text", "image", "research")
LANGUAGES = ("en", "cs", "fa", "uk")
"""`en` is the general one: it serves every language that has no text of its own."""
GENERAL = "en"
MARKDOWN = "markdown"
"""The output of a prompt that asks for text and for no shape."""
MAX_TEMPERATURE = Decimal(2)
"""The most that the APIs of OpenAI and Gemini take (their references, November 2026)."""
MAX_TOKENS = 200_000
MAX_SECTION_CHARS = 200_000
MAX_NOTE_CHARS = 2_000

_CODE = re.compile(r"[A-Z][A-Z0-9_]{2,59}")
_STAGE = re.compile(r"[a-z][a-z_]{0,39}")
_VARIABLE = re.compile(r"[a-z][a-z0-9_]{0,59}")
_OUTPUT = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}")
_SECTION_LINE = re.compile(r"^=== (?:system|user) ===[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A prompt: settings, variables with their meaning, and two Jinja2 texts.

    `temperature` is 0 to 2 in hundredths, or None for the model's own; `max_tokens` counts output
    tokens. `stage` is the folder of its file and no part of what it says.
    """

    code: str
    kind: str
    language: str
    temperature: Decimal | None
    max_tokens: int
    output: str
    variables: Mapping[str, str]
    system_text: str = field(repr=False)
    user_text: str = field(repr=False)
    stage: str = ""

    @property
    def name(self) -> str:
        """How people call it: `BLOGPOST_GEN (en)`."""
        return f"{self.code} ({self.language})"

    @property
    def file_name(self) -> str:
        """The file of this prompt within the library's folder: `editorial/blogpost_gen.en.md`."""
        own = f"{self.code.lower()}.{self.language}.md"
        return f"{self.stage}/{own}" if self.stage else own


def content_sha256(template: Template) -> str:
    """Hash what a prompt says: SHA-256 of its canonical JSON, as 64 hex digits.

    The stage is left out: moving a file is no new version.
    """
    canonical = {
        "code": template.code,
        "kind": template.kind,
        "language": template.language,
        "temperature": None if template.temperature is None else f"{template.temperature:.2f}",
        "max_tokens": template.max_tokens,
        "output": template.output,
        "variables": dict(template.variables),
        "system": template.system_text,
        "user": template.user_text,
    }
    encoded = json.dumps(canonical, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(encoded.encode()).hexdigest()


def refuse_settings(template: Template) -> None:
    """Refuse settings that cannot be used. Raises InvalidInput whose `field` names the setting."""
    _require(_CODE.fullmatch(template.code), "code", "has capitals, digits and underscores only")
    _require(template.kind in KINDS, "kind", f"is one of {', '.join(KINDS)}")
    _require(template.language in LANGUAGES, "language", f"is one of {', '.join(LANGUAGES)}")
    in_small_letters = not template.stage or _STAGE.fullmatch(template.stage)
    _require(in_small_letters, "stage", "has small letters and underscores only")
    _require(_OUTPUT.fullmatch(template.output), "output", "names an answer model, or is markdown")
    fits = 1 <= template.max_tokens <= MAX_TOKENS
    _require(fits, "max_tokens", f"is a whole number from 1 to {MAX_TOKENS}")
    heat = template.temperature
    fits = heat is None or (0 <= heat <= MAX_TEMPERATURE and heat == round(heat, 2))
    _require(fits, "temperature", f"is null, or 0 to {MAX_TEMPERATURE} in hundredths")
    for name, meaning in template.variables.items():
        where = f"variables.{name[:60]}"
        _require(_VARIABLE.fullmatch(name), where, "has small letters, digits and underscores only")
        _require(meaning.strip(), where, "says in a few words what the variable is")
    _refuse_section("system", template.system_text)
    _refuse_section("user", template.user_text)
    _require(template.user_text, "user", "has a text")


def _refuse_section(section: str, words: str) -> None:
    _require(
        len(words) <= MAX_SECTION_CHARS, section, f"has at most {MAX_SECTION_CHARS} characters"
    )
    _require("\x00" not in words, section, "has no NUL character")
    _require(not _SECTION_LINE.search(words), section, "has no line that begins a section")


def _require(fits: object, field_name: str, rule: str) -> None:
    if not fits:
        raise InvalidInput(f"It must be so that {field_name} {rule}.", field=field_name)


def clean_section(text: str) -> str:
    """Give a section as it is kept: line feeds only, no empty lines around it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def to_text(template: Template) -> str:
    """Write a prompt as a file. Variables come sorted, so that two exports can be compared."""
    heat = None if template.temperature is None else float(template.temperature)
    settings = {
        "code": template.code,
        "kind": template.kind,
        "language": template.language,
        "temperature": heat,
        "max_tokens": template.max_tokens,
        "output": template.output,
        "variables": dict(sorted(template.variables.items())),
    }
    front = yaml.safe_dump(settings, sort_keys=False, allow_unicode=True, width=10_000)
    sections = f"=== system ===\n{template.system_text}\n=== user ===\n{template.user_text}\n"
    return f"---\n{front}---\n{sections}"
