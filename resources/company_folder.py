"""A company's folder, as `posthub company import` takes it.

    company.yaml       the brief (`company_file.py`)
    documents/         what the company knows about itself; folders inside are allowed
    published_posts/   what it has published already: the past that is not repeated
    photos/            for the library (`photo_import.py`); only their headers are looked at here

A bad `company.yaml` stops the import. A bad file beside it is named with its reason, and the rest
is used. What does not belong here: writing to the database.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from posthub_assets.domain.errors import InvalidInput, UnreadableDocument
from posthub_assets.domain.media.looking import MAX_FILE_BYTES, MAX_SIDE_PX
from resources.company_file import CompanyFile, as_date, load_yaml_texts, read_company_file
from resources.documents import DocumentText, read_document_file

MAX_FILES = 2_000
"""Per folder; the rest is named and left out."""
PHOTO_ENDINGS = (".jpg", ".jpeg", ".png", ".webp")
FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
FIRST_HEADING = re.compile(r"^#[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
DATE_IN_NAME = re.compile(r"\A(\d{4}-\d{2}-\d{2})-?")


@dataclass(frozen=True, slots=True)
class PublishedPost:
    """A post that the company published. `text` is without front matter."""

    name: str
    title: str
    published_on: date | None
    text: str
    media_type: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Photo:
    """A photograph that the library may take."""

    name: str
    path: Path
    size_bytes: int
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that cannot be used. `reason` is a sentence that names it."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class CompanyFolder:
    """All that a folder holds. Names are paths below the folder, with `/`, in order."""

    company: CompanyFile
    documents: tuple[DocumentText, ...]
    published_posts: tuple[PublishedPost, ...]
    photos: tuple[Photo, ...]
    refused: tuple[Refused, ...]


def read_company_folder(path: Path) -> CompanyFolder:
    """Read a company's folder.

    Raises InvalidInput when there is no such folder or its company.yaml cannot be used. Files that
    cannot be used are in `refused`, each with its reason.
    """
    if not path.is_dir():
        raise InvalidInput(f"{path} is not a folder. Give the folder that holds company.yaml.")
    company = read_company_file(path / "company.yaml")
    refused = [Refused("company.yaml", sentence) for sentence in company.unknown_fields]
    documents = _read_documents(path, "documents", refused)
    posts = [_published(post) for post in _read_documents(path, "published_posts", refused)]
    photos = _list_photos(path, refused)
    return CompanyFolder(company, tuple(documents), tuple(posts), tuple(photos), tuple(refused))


def _read_documents(root: Path, folder: str, refused: list[Refused]) -> list[DocumentText]:
    found = []
    for file in _files(root, folder, refused):
        name = file.relative_to(root / folder).as_posix()
        try:
            found.append(read_document_file(file, name))
        except UnreadableDocument as error:
            refused.append(Refused(f"{folder}/{name}", str(error)))
    return found


def _files(root: Path, folder: str, refused: list[Refused]) -> Iterator[Path]:
    """Give the folder's files, in order, also of folders inside; hidden ones are passed over."""
    inside = os.path.realpath(root / folder)
    found = sorted(
        Path(place, name) for place, _, names in os.walk(root / folder) for name in names
    )
    for number, file in enumerate(found):
        name = f"{folder}/{file.relative_to(root / folder).as_posix()}"
        if any(part.startswith(".") for part in PurePosixPath(name).parts):
            continue
        if not name.isprintable():
            refused.append(Refused(ascii(name), "The name holds characters that cannot be shown."))
        elif not os.path.realpath(file).startswith(inside + os.sep):
            refused.append(Refused(name, f"{name} is a link that leads out of the folder."))
        elif number >= MAX_FILES:
            refused.append(
                Refused(name, f"{name} is left out: {folder}/ has more than {MAX_FILES} files.")
            )
        else:
            yield file


def _published(document: DocumentText) -> PublishedPost:
    """Read title and date from front matter, else from the first heading and the file's name."""
    front = FRONT_MATTER.match(document.text)
    fields = _front_matter(front.group(1)) if front else {}
    text = document.text[front.end() :].lstrip("\n") if front else document.text
    stem = PurePosixPath(document.name).stem
    dated = DATE_IN_NAME.match(stem)
    heading = FIRST_HEADING.search(text)
    title = fields.get("title") or (heading.group(1) if heading else "")
    return PublishedPost(
        name=document.name,
        title=" ".join(str(title or DATE_IN_NAME.sub("", stem).replace("-", " ")).split()),
        published_on=as_date(fields.get("date")) or as_date(dated.group(1) if dated else None),
        text=text,
        media_type=document.media_type,
        sha256=document.sha256,
    )


def _front_matter(text: str) -> dict[str, Any]:
    """Read YAML front matter. What is broken is treated as if it were not there."""
    import yaml

    try:
        fields = load_yaml_texts(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}
    return fields if isinstance(fields, dict) else {}


def _list_photos(root: Path, refused: list[Refused]) -> list[Photo]:
    photos = []
    for file in _files(root, "photos", refused):
        name = f"photos/{file.relative_to(root / 'photos').as_posix()}"
        try:
            photos.append(_photo(file, name))
        except UnreadableDocument as error:
            refused.append(Refused(name, str(error)))
    return photos


def _photo(file: Path, name: str) -> Photo:
    if file.suffix.lower() not in PHOTO_ENDINGS:
        raise UnreadableDocument(
            f"{name} is not a photo that can be used; these are: {', '.join(PHOTO_ENDINGS)}."
        )
    size_bytes = file.stat().st_size
    if size_bytes > MAX_FILE_BYTES:
        raise UnreadableDocument(
            f"{name} has {size_bytes / 2**20:.1f} MB; the limit for a photo is "
            f"{MAX_FILE_BYTES // 2**20} MB."
        )
    width_px, height_px = _picture_size(file, name)
    if max(width_px, height_px) > MAX_SIDE_PX:
        raise UnreadableDocument(
            f"{name} is {width_px} x {height_px} pixels; the limit for a side is "
            f"{MAX_SIDE_PX}. Make it smaller."
        )
    return Photo(name, file, size_bytes, width_px, height_px)


def _picture_size(file: Path, name: str) -> tuple[int, int]:
    """Read the size from the picture's header; the picture is not decoded."""
    import warnings

    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file) as picture:
                return picture.size
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise UnreadableDocument(f"{name} has far too many pixels to be a photo.") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise UnreadableDocument(f"{name} is not a picture that can be opened.") from error
