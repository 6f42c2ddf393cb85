"""The pages of a link: one item with its buttons, the list of several, and what is over.

What does not belong here: routes, reading and deciding (`api/routers/approving.py`).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from fastapi.responses import HTMLResponse

from api.pages.showing import readable
from api.pages.swatches import is_for_shapes, ratio, swatches_of
from api.pages.words import Words, direction_of, moment, month, words_in
from api.pages.writing import page
from posthub_assets.domain.content import Kind
from posthub_assets.domain.links import ItemState, LinkState
from posthub_assets.domain.research.points import POINTS
from resources.database.repositories.approval_links import LinkItem, LinkRow
from resources.database.repositories.contents import ContentRow, VersionDetail
from resources.database.repositories.decisions import MAX_REASON_CHARS, DecisionResult

OVER = {LinkState.USED: "used", LinkState.EXPIRED: "expired", LinkState.REVOKED: "revoked"}
GONE = 410


@dataclass(frozen=True, slots=True)
class Shown:
    """A version of a link as it stands on a page, with the token of its forms."""

    number: int
    row: ContentRow
    version: VersionDetail
    token: str
    post: str = ""
    """The text of the post that a picture goes with."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What somebody sent that could not be taken, and why."""

    action: str
    reason: str
    wrong: str


@dataclass(frozen=True, slots=True)
class LinkPages:
    """Writes the pages of one link in its company's language. `base` is the link's own path."""

    link: LinkRow
    base: str

    @property
    def words(self) -> Words:
        """Give the words of the company's language."""
        return words_in(self.link.language)

    def item(self, shown: Shown, tried: Tried | None = None, status: int = 200) -> HTMLResponse:
        """Give one version to read, and the buttons."""
        words, link, row = self.words, self.link, shown.row
        body = shown.version.body
        has_effect = row.kind in words.known["effects"]
        swatches = swatches_of(body) if row.kind == Kind.PALETTE else None
        planned = row.scheduled_at and words.say(
            "planned", when=moment(row.scheduled_at, link.zone)
        )
        return page(
            "item",
            words,
            status,
            link=link,
            item=link.items[shown.number - 1],
            number=shown.number,
            count=len(link.items),
            whom=self._whom(),
            month=month(row.month) if row.month else "",
            content_language=row.language,
            content_direction=direction_of(row.language),
            body=None if body is None else defaultdict(str, body),
            post=shown.post,
            present=[(key, point) for key, point in _points(body) if point.get("values")],
            absent=[key for key, point in _points(body) if not point.get("values")],
            markdown_html=_markdown(body),
            swatches=swatches,
            own_style=swatches.style if swatches else "",
            ratio=ratio,
            is_for_shapes=is_for_shapes,
            effect=words.say(f"effects.{row.kind if has_effect else 'other'}"),
            planned=planned or "",
            href=self._href(shown.number),
            list_href=self.base,
            token=shown.token,
            sha256=shown.version.sha256,
            most=MAX_REASON_CHARS,
            tried=tried.action if tried else "",
            reason=tried.reason if tried else "",
            wrong=tried.wrong if tried else "",
        )

    def list(self) -> HTMLResponse:
        """Give the list of all versions of the link, with links to those that wait."""
        rows = [
            {
                "state": item.state.value,
                "kind": item.kind,
                "title": item.title or self.words.say(f"kinds.{item.kind}"),
                "href": self._href(number),
                "said": self._said(item),
            }
            for number, item in enumerate(self.link.items, start=1)
        ]
        return page("list", self.words, link=self.link, rows=rows, whom=self._whom())

    def over(self, state: LinkState) -> HTMLResponse:
        """Say that the link is over, why, and what to do."""
        words, link = self.words, self.link
        until = moment(link.expires_at, link.zone)
        lines = []
        if state is LinkState.USED:
            lines = [f"{item.title}: {self._said(item)}" for item in link.items]
        text = words.say(OVER[state], until=until, maker=self._maker())
        return self._notice(words.say(f"{OVER[state]}_title"), text, GONE, lines)

    def moved_on(self, number: int, status: int) -> HTMLResponse:
        """Say that a version cannot be decided any more, and why."""
        words, item = self.words, self.link.items[number - 1]
        lines: list[str] = [item.title]
        if item.state is ItemState.USED:
            heading = words.say(f"actions.{item.action}")
            text = words.say("mind", maker=self._maker())
        elif item.version != item.current_version:
            heading = words.say("newer_title")
            values = {"number": item.version, "current": item.current_version}
            text = words.say("newer", maker=self._maker(), **values)
        else:
            heading = words.say("decided_title")
            said = words.say(f"statuses.{item.status}")
            text = words.say("decided", status=said, maker=self._maker())
        return self._notice(heading, text, status, lines)

    def thanks(self, result: DecisionResult) -> HTMLResponse:
        """Say what was recorded, and lead on to what still waits."""
        words, link = self.words, self.link
        action = words.say(f"actions.{result.action}")
        values = {"number": result.version, "recipient": link.recipient}
        text = words.say("thanks", action=action, **values)
        lines = [words.say("mind", maker=self._maker())]
        if len(link.items) > 1 and not self._next():
            lines = [words.say("done_all"), *lines]
        return self._notice(action, text, 200, lines)

    def refused(self, key: str, status: int) -> HTMLResponse:
        """Say why nothing was changed: `old` or `own`."""
        text = self.words.say(key, maker=self._maker())
        return self._notice(self.words.say(f"{key}_title"), text, status, [])

    def _notice(self, heading: str, text: str, status: int, lines: Any) -> HTMLResponse:
        return page(
            "notice",
            self.words,
            status,
            company=self.link.company,
            heading=heading,
            text=text,
            lines=lines,
            way=self._next() if status != GONE else None,
        )

    def _next(self) -> dict[str, str] | None:
        """Give the way to the first version that still waits, where the link covers several."""
        if len(self.link.items) == 1:
            return None
        for number, item in enumerate(self.link.items, start=1):
            if item.state is ItemState.OPEN:
                text = self.words.say("next", title=item.title)
                return {"href": self._href(number), "text": text}
        return None

    def _whom(self) -> str:
        link = self.link
        values = {"recipient": link.recipient, "until": moment(link.expires_at, link.zone)}
        if link.maker is None:
            return self.words.say("for_member", **values)
        return self.words.say("for_whom", maker=link.maker, **values)

    def _maker(self) -> str:
        return self.link.maker or self.words.say("somebody")

    def _said(self, item: LinkItem) -> str:
        if item.action is not None:
            return self.words.say(f"actions.{item.action}")
        if item.version != item.current_version:
            return self.words.say("newer_title")
        return self.words.say(f"statuses.{item.status}")

    def _href(self, number: int) -> str:
        return f"{self.base}/{number}"


def without_link(key: str, words: Words, status: int, **values: object) -> HTMLResponse:
    """Say that a link is `unknown`, or that we are `away`; nothing is known of whose it is."""
    said = {"heading": words.say(f"{key}_title"), "text": words.say(key, **values)}
    return page("notice", words, status, company="PostHub", lines=[], way=None, **said)


def _markdown(body: dict[str, Any] | None) -> str | None:
    if body is None or not isinstance(body.get("markdown"), str):
        return None
    return readable(body["markdown"], str(body.get("title", "")))


def _points(body: dict[str, Any] | None) -> list[tuple[str, dict[str, Any]]]:
    """Give the points of a DNA in their order; the database keeps none."""
    found = (body or {}).get("points") or {}
    order = list(POINTS)
    return sorted(found.items(), key=lambda one: order.index(one[0]) if one[0] in order else 99)
