"""Reading prompts from files: `prompts/<stage>/<code>.<language>.md`.

    ---
    code: BLOGPOST_GEN
    kind: text
    language: en
    temperature: 0.7
    max_tokens: 12000
    output: WrittenBlogPost
    variables:
      company: what it is, in a few words
    ---
    === system ===
    Jinja2 text
    === user ===
    Jinja2 text

What does not belong here: what a prompt may say (`template.py`, `grammar.py`), rows (`seeding.py`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

from posthub_assets.domain.errors import InvalidInput, StorageError
from resources.prompt_library.template import GENERAL, Template, clean_section, refuse_settings

MAX_FILE_BYTES = 1_000_000
SETTINGS = ("code", "kind", "language", "temperature", "max_tokens", "output", "variables")

_FRONT = re.compile(r"\A\ufeff?---[ \t]*\n(.*?)^---[ \t]*\n", re.DOTALL | re.MULTILINE)
_SECTIONS = re.compile(
    r"\s*=== system ===[ \t]*\n(?P<system>.*?)^=== user ===[ \t]*(?:\n|\Z)(?P<user>.*)\Z",
    re.DOTALL | re.MULTILINE,
)


def library_folder() -> Path:
    """Give the folder of the prompts that came with this release. Raises StorageError."""
    found = find_spec("prompts")
    places = list(found.submodule_search_locations or ()) if found else []
    if not places:
        raise StorageError("The package `prompts` is not installed. Install PostHub again.")
    return Path(places[0])


def load_folder(folder: Path | None = None, *, checked: bool = True) -> tuple[Template, ...]:
    """Read every prompt under `folder`, the library's own by default, sorted by code and language.

    `checked=False` leaves out what needs Jinja2 and the answer models: for files whose content is
    known already. Raises InvalidInput that names the file, StorageError where one cannot be read.
    """
    folder = folder or library_folder()
    paths = sorted(folder.glob("*/*.md"))
    found = [load_file(path, checked=checked) for path in paths]
    _refuse_unplaced(found, paths)
    _refuse_odd_variants(found)
    return tuple(sorted(found, key=lambda one: (one.code, one.language)))


def load_file(path: Path, *, checked: bool = True, stage: str | None = None) -> Template:
    """Read one prompt; its stage is the name of its folder unless one is given.

    Raises InvalidInput, StorageError.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror or error}.") from error
    if len(raw) > MAX_FILE_BYTES:
        raise InvalidInput(f"{path} has {len(raw)} bytes; the limit is {MAX_FILE_BYTES}.")
    try:
        return parse(
            raw.decode("utf-8"), stage=path.parent.name if stage is None else stage, checked=checked
        )
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"{path} is not UTF-8 (byte {error.start}). Save it as UTF-8."
        ) from error
    except InvalidInput as error:
        raise InvalidInput(f"{path}: {error}", field=error.field) from error


def parse(text: str, *, stage: str = "", checked: bool = True) -> Template:
    """Read one prompt from the text of its file. Raises InvalidInput: the line, or the field."""
    text = text.replace("\r\n", "\n")
    front = _FRONT.match(text)
    if not front:
        raise InvalidInput("Line 1: the file begins with settings between two lines of `---`.")
    sections = _SECTIONS.match(text, front.end())
    if not sections:
        line = text.count("\n", 0, front.end()) + 1
        raise InvalidInput(
            f"From line {line}: the texts are `=== system ===` and then `=== user ===`, each "
            "heading on a line of its own."
        )
    settings = _settings(front.group(1))
    template = Template(
        **settings,
        stage=stage,
        system_text=clean_section(sections["system"]),
        user_text=clean_section(sections["user"]),
    )
    refuse_settings(template)
    if checked:
        starts = {name: _first_line(text, sections.start(name)) for name in ("system", "user")}
        check(template, starts)
    return template


def check(template: Template, first_lines: dict[str, int] | None = None) -> None:
    """Check what needs Jinja2 and the answer models. Raises InvalidInput."""
    from resources.prompt_library.checking import refuse_output, refuse_texts

    refuse_texts(template, first_lines)
    refuse_output(template)


def _first_line(text: str, start: int) -> int:
    """Give the line on which a section's own words begin, past the empty lines before them."""
    words = len(text) - len(text[start:].lstrip())
    return text.count("\n", 0, max(start, words)) + 1


def _settings(front: str) -> dict[str, Any]:
    values = _mapping(front)
    unknown = sorted(set(values) - set(SETTINGS))
    if unknown:
        raise InvalidInput(
            f"`{unknown[0]}` is no setting of a prompt; these are: {', '.join(SETTINGS)}.",
            field=unknown[0],
        )
    missing = [name for name in SETTINGS if name not in values]
    if missing:
        raise InvalidInput(f"The setting `{missing[0]}` is missing.", field=missing[0])
    for name in ("code", "kind", "language", "output"):
        _require(isinstance(values[name], str), name, "text")
    _require(type(values["max_tokens"]) is int, "max_tokens", "a whole number")
    values["temperature"] = _temperature(values["temperature"])
    values["variables"] = _variables(values["variables"])
    return values


def _mapping(front: str) -> dict[str, Any]:
    """Read the settings; YAML itself would let the second of two equal keys win."""
    loader = yaml.SafeLoader(front)
    try:
        _refuse_references(front)
        node = loader.get_single_node()
        _refuse_twins(node)
        values = loader.construct_document(node) if node is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = f"Line {mark.line + 2}" if mark else "The settings"
        raise InvalidInput(f"{line}: {error.problem or 'it is no YAML'}.") from error
    except RecursionError as error:
        raise InvalidInput("The settings are nested too deep.") from error
    except (yaml.YAMLError, ValueError) as error:
        raise InvalidInput(f"The settings are no YAML: {error}.") from error
    finally:
        loader.dispose()
    if not isinstance(values, dict):
        raise InvalidInput("Line 2: the settings are lines such as `code: BLOGPOST_GEN`.")
    return {str(name): value for name, value in values.items()}


def _refuse_references(front: str) -> None:
    """Refuse anchors and aliases: a few lines of them stand for more than can be read."""
    for token in yaml.scan(front, Loader=yaml.SafeLoader):
        if isinstance(token, yaml.AnchorToken | yaml.AliasToken):
            line = token.start_mark.line + 2
            raise InvalidInput(f"Line {line}: settings have no anchors (&) and aliases (*).")


def _refuse_twins(node: yaml.Node | None) -> None:
    if not isinstance(node, yaml.MappingNode):
        return
    seen: set[str] = set()
    for key, value in node.value:
        name = str(key.value)
        if name in seen:
            raise InvalidInput(f"Line {key.start_mark.line + 2}: `{name}` is there twice.")
        seen.add(name)
        _refuse_twins(value)


def _temperature(value: object) -> Decimal | None:
    if value is None:
        return None
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    # A whole number goes as it is: one of thousands of digits has no text.
    exact = value if isinstance(value, int) else str(value)
    heat = Decimal(exact) if is_number else Decimal("NaN")
    _require(heat.is_finite(), "temperature", "a number or null")
    return heat


def _variables(value: object) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InvalidInput("`variables` is a list of `name: what it is`.", field="variables")
    for name, meaning in value.items():
        where = f"variables.{name}"
        _require(isinstance(name, str), where, "named by text")
        _require(isinstance(meaning, str), where, "told in a few words")
    return {name: " ".join(meaning.split()) for name, meaning in value.items()}


def _require(fits: bool, field: str, what: str) -> None:
    if not fits:
        raise InvalidInput(f"`{field}` must be {what}.", field=field)


def _refuse_unplaced(found: Sequence[Template], paths: Sequence[Path]) -> None:
    there: dict[tuple[str, str], Path] = {}
    for one, path in zip(found, paths, strict=True):
        if path.name != Path(one.file_name).name:
            raise InvalidInput(
                f"{path}: it holds {one.name}; so its name must be {Path(one.file_name).name}.",
                field="code",
            )
        other = there.setdefault((one.code, one.language), path)
        if other != path:
            raise InvalidInput(f"{path}: {one.name} is in {other} too.", field="code")


def _refuse_odd_variants(found: Sequence[Template]) -> None:
    """A variant stands in for the general prompt: same kind and output, no variable of its own."""
    general = {one.code: one for one in found if one.language == GENERAL}
    for one in found:
        its = general.get(one.code)
        if its is None:
            raise InvalidInput(f"{one.file_name}: there is no {one.code.lower()}.{GENERAL}.md.")
        refuse_odd_variant(one, its)


def refuse_odd_variant(variant: Template, general: Template) -> None:
    """Refuse a prompt that cannot stand in for another one of its code. Raises InvalidInput."""
    for name in ("kind", "output"):
        mine, its = getattr(variant, name), getattr(general, name)
        if mine != its:
            raise InvalidInput(
                f"{variant.file_name}: its {name} is {mine}, and {general.name} has {its}.",
                field=name,
            )
    extra = sorted(set(variant.variables) - set(general.variables))
    if extra:
        raise InvalidInput(
            f"{variant.file_name}: nothing gives it the variable `{extra[0]}`; the prompt "
            f"{general.name} is given {', '.join(sorted(general.variables)) or 'none'}.",
            field=f"variables.{extra[0]}",
        )
