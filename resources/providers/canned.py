"""The `canned` provider: made-up English answers that pass the gate, at once and for nothing.

A fake that ships with the code: tests, kill proofs and benchmarks run the real graph on it without
paying for a writer. Sentences are drawn from small pools by the hash of the brief, so the same
brief always gives the same answer and two briefs never share a sentence.
What does not belong here: text that a customer may see (`local.py`), billing (`metered.py`).
"""

from __future__ import annotations

import hashlib
import random
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from posthub_assets.domain.bodies import (
    Archetype,
    BlogPostBody,
    Body,
    DnaBody,
    DnaPoint,
    FactSource,
    Level,
    PersonaBody,
    Question,
    SocialPostBody,
    TopicBody,
    VisualStyle,
)
from posthub_assets.domain.briefs import (
    BlogPostBrief,
    Brief,
    DnaBrief,
    ImageBrief,
    PersonasBrief,
    PersonaSet,
    PictureBrief,
    SocialPostBrief,
    TextBrief,
    TopicsBrief,
    TopicSet,
    TopicSlot,
)
from posthub_assets.domain.errors import InvalidAnswer
from posthub_assets.domain.ports import Answer, Picture
from posthub_assets.domain.vendors import Painting

B = TypeVar("B", bound=Body)

MODEL = "canned-1"
DEFAULT_WORDS = 1600
SHORT_BELOW_WORDS = 1500
WORDS_A_SENTENCE = 23
"""What `_sentence` gives in the mean; only used to know how many sentences a post needs."""


def _pool(words: str) -> tuple[str, ...]:
    return tuple(words.split("|" if "|" in words else None))


_WHO = _pool(
    "the night crew|a new colleague|our oldest client|every second visitor|the careful planner|"
    "one patient teacher|the shop by the river|a curious neighbour|the whole workshop|her brother|"
    "the person at the desk|a guest from the hills|the first buyer|some engineers|the winter team|"
    "a good listener|the small office|my aunt|the delivery driver|an old friend"
)
_DOES = _pool(
    "writes down|checks|repairs|counts|paints|measures|explains|sorts|carries|collects|tests|"
    "photographs|keeps|moves|cleans|compares|draws|opens|returns|mends"
)
_WHEN = _pool(
    "before the rain comes|after lunch|on a slow morning|while the radio plays|near the end of May|"
    "as soon as it is light|without any hurry|in the back room|for the third time|under the lamp|"
    "with both hands|once a week|until the bell rings|at the edge of town|during the break"
)
_LINK = _pool("while|because|and then|so that|although|whenever|but only if|until")
_MOD = _pool(
    "amber autumn basic birch bold brisk cedar clear clever coastal copper cosy cotton daily dusty "
    "early eager famous fluffy gentle giant golden hidden humble icy jolly kindly lively local "
    "lunar maple merry misty modern narrow nimble northern oaken patient plain polar proud purple "
    "quick quiet rapid royal rustic sandy silver simple snowy solid southern steady sturdy summer "
    "sunny tidy urban velvet wild winter wooden yellow zesty"
)
_NOUN = _pool(
    "anchor apron atlas balcony barrel basket bench bicycle blanket bottle bridge bucket button "
    "cabin candle canoe carpet castle chimney compass cradle curtain drawer easel engine envelope "
    "feather fence ferry fiddle flask garden glove goblet hammer hammock harbour helmet hinge "
    "island jacket kettle kitchen ladder lantern library locket magnet marble market mirror mitten "
    "needle orchard paddle pantry parcel pencil pillow pitcher pocket quilt ribbon saddle satchel "
    "scarf shelter shovel sketch sledge stable statue stool teapot tunnel umbrella valley violin "
    "wagon wallet whistle window yard"
)
_READER = _pool(
    "bakers beginners brewers carpenters clerks cooks cyclists dancers drivers farmers fishers "
    "florists gardeners grocers hikers joiners keepers landlords lawyers masons mechanics nurses "
    "painters parents pilots players plumbers poets porters printers readers riders sailors "
    "singers students tailors teachers tenants travellers walkers weavers writers"
)
_FIRST = _pool("Ada Bela Cyra Dario Edda Falk Gita Hugo Ines Jaro Kaja Levin Mina Nils Oda Pavo")
_LAST = _pool("Arden Birk Corvin Dahl Elm Frost Gale Hart Iven Juno Kerr Lind Moss North Oak")
_MBTI = [f"{a}{b}{c}{d}" for a in "EI" for b in "NS" for c in "TF" for d in "JP"]


@dataclass(frozen=True, slots=True)
class CannedText:
    """A `TextProvider` of made-up answers. Posts have about `words` words."""

    words: int = DEFAULT_WORDS
    name: str = "canned"

    async def write(self, brief: TextBrief, schema: type[B]) -> Answer[B]:
        """Answer at once. Raises InvalidAnswer where `schema` is not what the brief asks for."""
        value = canned_answer(brief, words=self.words)
        if not isinstance(value, schema):
            raise InvalidAnswer(
                f"A {type(brief).__name__} is not answered with {schema.__name__}.",
                provider=self.name,
            )
        return Answer(value=value, model=MODEL)


@dataclass(frozen=True, slots=True)
class CannedImages:
    """An `ImageProvider` whose pictures are one pixel and say to have the size asked for."""

    name: str = "canned"

    async def draw(self, brief: ImageBrief) -> Picture:
        """Give the picture at once."""
        return canned_picture(brief)

    async def ground(self, brief: PictureBrief) -> Painting:
        """Give the painting at once."""
        return canned_ground(brief)


def canned_answer(brief: TextBrief, *, words: int = DEFAULT_WORDS) -> Body:
    """Give a made-up answer that holds none of the spans that a reviewer marked.

    `words` is the length of a blog post; below 1,500 it is marked as a short draft.
    """
    spans = brief.revision.spans if brief.revision else ()
    salt = 0
    while True:
        body = _compose(brief, random.Random(_seed(brief, salt)), words)
        text = body.model_dump_json()
        if not any(span in text for span in spans):
            return body
        salt += 1


def canned_picture(brief: ImageBrief) -> Picture:
    """Give a picture of one pixel whose colour, and so whose hash, follows from the brief."""
    seed = _seed(brief, 0)
    return Picture(
        data=_one_pixel(seed),
        media_type="image/png",
        width_px=brief.width_px,
        height_px=brief.height_px,
        layout="plain",
        headline=brief.topic_title[:60],
        alt_text=f"A plain card with the words {brief.topic_title}.",
        text_color="#FFFFFF",
        background_color="#1C304A",
        contrast_percent=1270,
        right_to_left=False,
        model=MODEL,
    )


def canned_ground(brief: PictureBrief) -> Painting:
    """Give a painting of one pixel whose colour follows from the brief."""
    return Painting(_one_pixel(_seed(brief, 0)), "image/png", MODEL)


def _seed(brief: Brief, salt: int) -> int:
    digest = hashlib.sha256(f"{salt}{brief.model_dump_json()}".encode()).digest()
    return int.from_bytes(digest[:8], "big")


def _one_pixel(seed: int) -> bytes:
    """Encode a PNG of one pixel, with the seed as its text (W3C PNG, sections 5 and 11)."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixel = zlib.compress(b"\x00" + seed.to_bytes(8, "big")[:3])
    note = b"Comment\x00" + str(seed).encode()
    parts = ((b"IHDR", header), (b"tEXt", note), (b"IDAT", pixel), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(name, data) for name, data in parts)


def _compose(brief: TextBrief, chance: random.Random, words: int) -> Body:
    if isinstance(brief, DnaBrief):
        return _dna(brief, chance)
    if isinstance(brief, PersonasBrief):
        return PersonaSet(personas=tuple(_personas(brief, chance)))
    if isinstance(brief, TopicsBrief):
        return TopicSet(topics=tuple(_topics(brief, chance)))
    if isinstance(brief, BlogPostBrief):
        return _blog_post(brief, chance, words)
    if isinstance(brief, SocialPostBrief):
        return _social_post(brief, chance)
    raise InvalidAnswer(f"`canned` cannot answer a {type(brief).__name__}.", provider="canned")


def _clause(chance: random.Random) -> str:
    # The thing is put together from two pools, or else the texts of a month share their phrases.
    thing = f"the {chance.choice(_MOD)} {chance.choice(_NOUN)}"
    return f"{chance.choice(_WHO)} {chance.choice(_DOES)} {thing} {chance.choice(_WHEN)}"


def _sentence(chance: random.Random) -> str:
    said = f"{_clause(chance)} {chance.choice(_LINK)} {_clause(chance)}."
    return said[0].upper() + said[1:]


def _short(chance: random.Random) -> str:
    said = f"{_clause(chance)}."
    return said[0].upper() + said[1:]


def _dna(brief: DnaBrief, chance: random.Random) -> DnaBody:
    from posthub_assets.domain.research.points import POINTS

    told = DnaPoint(values=(_short(chance),), source=FactSource.BRIEF)
    missing = DnaPoint(note="A document about it would fill this point.")
    return DnaBody(
        company=brief.company.name,
        summary=f"{brief.company.name} is a company. {_sentence(chance)}",
        points={key: missing if chance.random() < 0.3 else told for key in POINTS},
        tone_formal_casual=chance.randint(20, 80),
        tone_serious_playful=chance.randint(20, 80),
    )


def _personas(brief: PersonasBrief, chance: random.Random) -> Iterator[PersonaBody]:
    taken = {trait for one in brief.taken for trait in (one.name, one.archetype.value, one.mbti)}
    archetypes = [one for one in Archetype if one.value not in taken]
    types = [one for one in _MBTI if one not in taken]
    names = [f"{first} {last}" for first in _FIRST for last in _LAST]
    free = [name for name in names if name not in taken]
    chance.shuffle(free)
    levels = list(Level)
    for number in range(brief.count):
        name = free[number]
        yield PersonaBody(
            name=name,
            archetype=archetypes[number % len(archetypes)],
            mbti=types[number],
            biography=f"{name} works at {brief.company.name}. {_sentence(chance)}",
            level=levels[number % len(levels)],
            values=("care", "honesty", "patience"),
            expertise=tuple(chance.sample(_NOUN, 3)),
            frustrations=("hurry", "noise"),
            vocabulary_level="plain",
            sentence_style="short",
            formality=chance.randint(10, 90),
            favourite_phrases=(_short(chance), _short(chance)),
            signature_ending=f"So says {name}.",
            visual_style=VisualStyle(
                art_style="line drawing", palette=("#1C304A", "#FFFFFF"), atmosphere="calm"
            ),
        )


def _topics(brief: TopicsBrief, chance: random.Random) -> Iterator[TopicBody]:
    told = " ".join(one.title.casefold() for one in brief.past)
    free = [noun for noun in _NOUN if f" {noun}" not in told] or list(_NOUN)
    chance.shuffle(free)
    for number, slot in enumerate(brief.slots):
        noun = free[number % len(free)]
        # Two posts with one keyword would open with the same sentence.
        kinds = [mod for mod in _MOD if f"{mod} {noun}" not in told]
        topic = _topic(slot, f"{chance.choice(kinds or _MOD)} {noun}", chance)
        told = f"{told} {topic.title.casefold()}"
        yield topic


def _topic(slot: TopicSlot, keyword: str, chance: random.Random) -> TopicBody:
    reader = chance.choice(_READER)
    return TopicBody(
        title=f"The {keyword} for {reader}",
        description=f"What {reader} should know. {_sentence(chance)}",
        focus_keyword=keyword,
        planned_on=slot.planned_on,
        event=slot.event,
    )


def _blog_post(brief: BlogPostBrief, chance: random.Random, words: int) -> BlogPostBody:
    topic = brief.topic
    count = max(12, (words - 120) // WORDS_A_SENTENCE)
    sections = 4
    parts = [
        f"# {topic.title}\n\n{_sentence(chance)} This is about the {topic.focus_keyword}, and it "
        "takes a few minutes to read."
    ]
    for number in range(sections):
        said = [_sentence(chance) for _ in range(count // sections)]
        paragraphs = [" ".join(said[at : at + 5]) for at in range(0, len(said), 5)]
        parts.append(
            f"## {chance.choice(_MOD).title()} step {number + 1}\n\n" + "\n\n".join(paragraphs)
        )
    takeaways = tuple(_short(chance) for _ in range(3))
    faq = tuple(
        Question(question=f"Why does {_clause(chance)}?", answer=_sentence(chance))
        for _ in range(2)
    )
    parts.append("## Key takeaways\n\n" + "\n".join(f"- {line}" for line in takeaways))
    asked = "\n\n".join(f"### {one.question}\n\n{one.answer}" for one in faq)
    parts.append(f"## Frequently asked questions\n\n{asked}")
    parts.append(
        f"## Conclusion\n\n{_sentence(chance)} Begin with the {topic.focus_keyword}.\n\n"
        f"*{brief.persona.signature_ending}*\n"
    )
    return BlogPostBody(
        title=topic.title,
        focus_keyword=topic.focus_keyword,
        meta_title=topic.title[:60],
        meta_description=f"{topic.title}. {_short(chance)}"[:150],
        markdown="\n\n".join(parts),
        faq=faq,
        takeaways=takeaways,
        short_draft=words < SHORT_BELOW_WORDS,
    )


def _social_post(brief: SocialPostBrief, chance: random.Random) -> SocialPostBody:
    from posthub_assets.domain.social.rules import rules_for

    rules = rules_for(brief.platform)
    lines = [_short(chance), _sentence(chance)]
    if not rules.weighted:
        lines += [_sentence(chance), _sentence(chance)]
    tags = chance.sample(_NOUN, rules.hashtags_min)
    return SocialPostBody(
        platform=brief.platform,
        text="\n\n".join(lines),
        hashtags=tuple(tags),
        call_to_action="Read the whole post.",
    )
