"""`posthub media`: where pictures come from, whether they are as they were signed, and who signs.

What does not belong here: reading and signing (`resources/content_credentials/`).
"""

from __future__ import annotations

import stat
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from posthub_assets.commands.speaking import counted, say, say_bad, say_good
from posthub_assets.domain.errors import InvalidInput, PostHubError
from posthub_assets.domain.media.provenance.reports import Report, State, Trust
from resources.settings import Settings, load_settings

if TYPE_CHECKING:
    from resources.content_credentials import SigningKey

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".avif"})
"""What is looked at in a folder; a file that is named is always looked at."""
LARGEST_BYTES = 100_000_000
_NAMES = {
    "trainedAlgorithmicMedia": "created using generative AI",
    "compositeWithTrainedAlgorithmicMedia": "edited using generative AI",
    "compositeSynthetic": "composite including generative AI elements",
    "composite": "composite of elements",
    "algorithmicMedia": "drawn by a program, without AI",
    "digitalCapture": "captured from real life",
    "digitalCreation": "made by a person with a program",
}
"""IPTC's names of the source types that are met most."""
_ACTIONS = {
    "created": "created",
    "opened": "opened",
    "placed": "a picture placed",
    "resized": "fitted to a format",
    "addedText": "text added",
    "edited": "edited",
    "cropped": "cropped",
    "converted": "converted",
}
_WORDS = {
    State.WHOLE: "whole",
    State.ALTERED: "altered",
    State.NONE: "without credentials",
    State.UNREADABLE: "not readable",
}


def verify(files: list[Path], trust: Path | None) -> int:
    """`posthub media verify`: a paragraph for each file, a line for all; 1 unless all are whole."""
    from resources.content_credentials import read

    known = _known(load_settings()) + (_given(trust) if trust else b"")
    found: Counter[State] = Counter()
    for path in _pictures(files):
        if found:
            say()
        try:
            report = read(_bytes_of(path), known)
        except OSError as error:
            report = Report(State.UNREADABLE, problems=(error.strerror or str(error),))
        found[report.state] += 1
        _tell(path, report)
    if found.total() > 1:
        counts = [f"{found[one]} {word}" for one, word in _WORDS.items() if found[one]]
        say()
        say(f"{counted(found.total(), 'file')}: {', '.join(counts)}.")
    return 0 if found.total() == found[State.WHOLE] else 1


def show_certificate(*, pem: bool) -> None:
    """`posthub media certificate`: who signs, until when; a trial signature shows that it works."""
    from resources.content_credentials import signing_key
    from resources.content_credentials.signing import try_out

    key = signing_key(load_settings())
    if pem:
        say(key.chain.decode().rstrip())
        return
    try_out(key)
    say_good(f"Signs           {key.name}, tried just now")
    say(f"Certificate     {'made by this PostHub for itself' if key.is_house else 'your own'}")
    say(f"Until           {key.ends_at:%Y-%m-%d}")
    say(f"SHA-256         {key.fingerprint}")
    for line in _next(key):
        say(line)


def _next(key: SigningKey) -> Iterator[str]:
    if key.is_house:
        yield "                It is on no trust list: other programs see that a picture is whole,"
        yield "                and call its source unknown; docs/media-provenance.md tells more."
    yield "Next            posthub media certificate --pem > posthub.pem, for those who verify with"
    yield "                posthub media verify --trust posthub.pem FILE"


def _pictures(files: list[Path]) -> Iterator[Path]:
    """Give the files that are named, and those in folders. Raises InvalidInput for an empty one."""
    for path in files:
        if not path.is_dir():
            yield path
            continue
        inside = sorted(
            one
            for one in path.rglob("*")
            if one.suffix.lower() in PICTURES and one.is_file() and not one.name.startswith(".")
        )
        if not inside:
            raise InvalidInput(
                f"There are no pictures in {path}. Files end in {', '.join(sorted(PICTURES))}; "
                "name others one by one."
            )
        yield from inside


def _bytes_of(path: Path) -> bytes:
    about = path.stat()
    size = about.st_size
    if not stat.S_ISREG(about.st_mode):  # a pipe or a device may never end
        raise OSError(0, "it is no file")
    if size > LARGEST_BYTES:
        raise OSError(0, f"it has {size:,} bytes; at most {LARGEST_BYTES:,} are read")
    return path.read_bytes()


def _known(settings: Settings) -> bytes:
    """Give our certificates; where they cannot be read, say so and go on: signatures can be."""
    from resources.content_credentials import known_certificates

    try:
        return known_certificates(settings)
    except PostHubError as error:
        say_bad(f"{error} Pictures of this PostHub count as signed by somebody unknown.")
        return b""


def _given(path: Path) -> bytes:
    try:
        pem = path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.", field="trust") from error
    if b"-----BEGIN CERTIFICATE-----" not in pem:
        raise InvalidInput(f"{path} holds no certificates as PEM.", field="trust")
    return pem


def _tell(path: Path, report: Report) -> None:
    say(_shown(path))
    speak = say_good if report.state is State.WHOLE else say_bad
    speak(f"  Credentials   {_credentials(report)}")
    rows = (
        ("Source", _source(report)),
        ("Made by", report.software),
        ("Model", _model(report)),
        ("Prompt", _prompt(report)),
        ("When", report.made_at),
    )
    for title, words in rows:
        if words:
            say(f"  {title:<13} {words}")
    for title, words in zip(_titles("History"), _history(report), strict=False):
        say(f"  {title:<13} {words}")
    if report.unsigned_sources:
        say(
            f"                made from {counted(report.unsigned_sources, 'picture')} of which "
            "nothing is known"
        )


def _shown(path: Path) -> str:
    """Give a name that a terminal shows as it is: bytes that are no text, and controls, as `?`."""
    words = str(path).encode("utf-8", "replace").decode()
    return "".join(one if one.isprintable() else "?" for one in words)


def _titles(first: str) -> Iterator[str]:
    yield first
    while True:
        yield ""


def _credentials(report: Report) -> str:
    if report.state is State.NONE:
        return ", ".join(("none", *report.problems))
    if report.state is State.UNREADABLE:
        return f"cannot be read: {'; '.join(report.problems)}"
    if report.state is State.ALTERED:
        codes = ", ".join(report.problems)
        if any("mismatch" in one for one in report.problems):
            return f"ALTERED after it was signed ({codes})"
        return f"NOT VALID, altered or never right ({codes})"
    return f"whole; {_signed(report)}"


def _signed(report: Report) -> str:
    signer = report.signer or "somebody without a name"
    if report.trust is Trust.EXPIRED:
        return f"the certificate of {signer} has ended since"
    if report.trust is Trust.UNKNOWN:
        return f"signed by {signer}, who is not known here"
    if report.is_self_made:
        return "signed by PostHub, with a certificate that it made for itself"
    return f"signed by {signer}"


def _source(report: Report) -> str:
    if report.source_type and report.state is State.NONE:
        return f"{_named(report.source_type)}; said by its XMP, which anybody can write"
    return _named(report.source_type)


def _named(source_type: str) -> str:
    shown = "".join(one for one in source_type if one.isprintable())
    name = _NAMES.get(shown)
    return f"{name} ({shown})" if name else shown


def _model(report: Report) -> str:
    return f"{report.model} ({report.provider})" if report.provider else report.model


def _prompt(report: Report) -> str:
    version = f"version {report.prompt_version}" if report.prompt_version else ""
    return ", ".join(word for word in (report.prompt_code, version) if word)


def _history(report: Report) -> Iterable[str]:
    """Give a line for each thing that was done; that a picture was opened is in what follows."""
    for step in report.history:
        if step.action != "opened":
            done = _ACTIONS.get(step.action, step.action)
            by = f" by {step.agent}" if step.agent else ""
            yield f"{done}{by}{', ' if step.when else ''}{step.when}"
