"""What each platform allows, as data with a date and a source, and how it counts characters.

A changed rule is a changed row here; the check on scheduled posts reads the same row.
What does not belong here: composing a post (`post.py`), calling a platform's API.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from posthub_assets.domain.bodies import Platform


@dataclass(frozen=True, slots=True)
class PlatformRules:
    """One platform's rules. Characters are counted by `post_length`; hours are local, 0 to 23."""

    platform: Platform
    max_characters: int
    weighted: bool
    """True: counted by the weights of twitter-text; False: one per Unicode code point."""
    hashtags_min: int
    hashtags_max: int
    hook_characters: int
    """What a reader sees before the text is folded; the first sentence must end within it."""
    link_in_text: bool
    """True where a link in the text can be clicked; composing keeps room for it."""
    image_ratio: str
    image_width_px: int
    image_height_px: int
    best_hour: int
    """When a post is planned by default: our house choice, no limit of the platform."""
    dated: date
    source: str


RULES: dict[Platform, PlatformRules] = {
    Platform.FACEBOOK: PlatformRules(
        platform=Platform.FACEBOOK,
        max_characters=63_206,
        weighted=False,
        hashtags_min=1,
        hashtags_max=3,
        hook_characters=250,
        link_in_text=True,
        image_ratio="1.91:1",
        image_width_px=1200,
        image_height_px=630,
        best_hour=13,
        dated=date(2026, 11, 1),
        source="Meta for Developers, Pages API and sharing best practices; hashtags: house style",
    ),
    Platform.INSTAGRAM: PlatformRules(
        platform=Platform.INSTAGRAM,
        max_characters=2_200,
        weighted=False,
        hashtags_min=3,
        hashtags_max=5,
        hook_characters=200,
        link_in_text=False,
        image_ratio="4:5",
        image_width_px=1080,
        image_height_px=1350,
        best_hour=18,
        dated=date(2025, 12, 18),
        source="Instagram's announcement of five hashtags, December 2025; caption limit: Graph API",
    ),
    Platform.LINKEDIN: PlatformRules(
        platform=Platform.LINKEDIN,
        max_characters=3_000,
        weighted=False,
        hashtags_min=3,
        hashtags_max=5,
        hook_characters=200,
        link_in_text=True,
        image_ratio="1.91:1",
        image_width_px=1200,
        image_height_px=627,
        best_hour=9,
        dated=date(2026, 11, 1),
        source="LinkedIn Posts API, commentary; hook: the two lines shown before 'see more'",
    ),
    Platform.X: PlatformRules(
        platform=Platform.X,
        max_characters=280,
        weighted=True,
        hashtags_min=1,
        hashtags_max=2,
        hook_characters=280,
        link_in_text=True,
        image_ratio="16:9",
        image_width_px=1600,
        image_height_px=900,
        best_hour=12,
        dated=date(2026, 11, 1),
        source="X developer platform, counting characters; twitter-text configuration version 3",
    ),
    Platform.TIKTOK: PlatformRules(
        platform=Platform.TIKTOK,
        max_characters=2_200,
        weighted=False,
        hashtags_min=3,
        hashtags_max=5,
        hook_characters=150,
        link_in_text=False,
        image_ratio="9:16",
        image_width_px=1080,
        image_height_px=1920,
        best_hour=19,
        dated=date(2026, 11, 1),
        source="TikTok Content Posting API, video title; five hashtags: TikTok's newsroom, 2025",
    ),
}
"""All platforms that we write for. Checked November 2026."""

LINK_WEIGHT = 23
"""What any link counts on X: twitter-text version 3, `transformedURLLength`."""

_LIGHT_RANGES = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
"""Code points that weigh 1 on X (twitter-text version 3); all others weigh 2. Latin, Cyrillic and
Arabic script are light; Chinese, Japanese, Korean and emoji are heavy."""

_GENERIC_DOMAINS = (
    "com|org|net|gov|edu|mil|int|info|biz|dev|app|io|ai|co|tv|eu|blog|shop|online|tech"
)
_LINK = re.compile(
    r"https?://[^\s<>\"«»„“”]+[^\s<>\"«»„“”.,;:!?)\]]"
    rf"|(?<![\w@.-])(?:[a-z0-9-]+\.)+(?:{_GENERIC_DOMAINS})(?![\w.-]*\w)(?:/[^\s<>\"]*[^\s<>\".,;:!?)\]])?",
    re.IGNORECASE,
)
_EMOJI = re.compile(
    "(?:[\U0001f1e6-\U0001f1ff]{2}"
    "|[\U0001f300-\U0001faff\u2600-\u27bf](?:\ufe0f|[\U0001f3fb-\U0001f3ff])?"
    "(?:\u200d[\U0001f300-\U0001faff\u2600-\u27bf](?:\ufe0f|[\U0001f3fb-\U0001f3ff])?)*)"
)
_LITTLE_TEXT = re.compile(r"[\\()\[\]{}@#*_~<>|]")


def rules_for(platform: Platform) -> PlatformRules:
    """Give the platform's rules. Every `Platform` has them."""
    return RULES[platform]


def weighted_length(text: str) -> int:
    """Count `text` as X does; the limit is 280.

    After twitter-text version 3: the text is normalised to NFC, a link counts 23 however long it
    is, an emoji sequence counts 2, light code points 1 and all others 2. A bare domain counts as a
    link where its top level is a common generic one.
    """
    normal = unicodedata.normalize("NFC", text)
    without_links, links = _LINK.subn("", normal)
    rest, emojis = _EMOJI.subn("", without_links)
    weights = (1 if _is_light(ord(char)) else 2 for char in rest)
    return links * LINK_WEIGHT + emojis * 2 + sum(weights)


def _is_light(code_point: int) -> bool:
    return any(low <= code_point <= high for low, high in _LIGHT_RANGES)


def post_length(text: str, platform: Platform) -> int:
    """Count `text` as the platform does: weighted on X, Unicode code points elsewhere."""
    if RULES[platform].weighted:
        return weighted_length(text)
    return len(text)


def published_text(text: str, hashtags: tuple[str, ...]) -> str:
    """Give the post as readers see it: the text, an empty line, the hashtags with their `#`."""
    if not hashtags:
        return text
    return f"{text}\n\n" + " ".join(f"#{tag}" for tag in hashtags)


def escape_linkedin(text: str) -> str:
    r"""Escape `text` for LinkedIn's little-text format, by a backslash. Used at delivery only.

    The reserved characters are ``\ ( ) [ ] { } @ # * _ ~ < > |`` (LinkedIn, "little text format",
    Posts API, 2026-05). Hashtags and mentions that shall stay alive are added after escaping.
    """
    return _LITTLE_TEXT.sub(lambda match: "\\" + match.group(), text)
