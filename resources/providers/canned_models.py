"""Answers in the place of a vendor's model: canned texts in the shapes that prompts ask for.

For the stand-in server (`loopback/`): the whole graph runs through prompts, adapters and the
gateway, and what comes out passes the quality gate. It reads of a prompt what it needs: how many
are asked for, which slots, title and keyword. The same prompt gives the same answer.
What does not belong here: text that a customer may see, prompts in other languages than English.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from posthub_assets.domain.bodies import (
    Archetype,
    BlogPostBody,
    DnaBody,
    Level,
    PersonaBody,
    Platform,
    TopicBody,
    VisualStyle,
)
from posthub_assets.domain.briefs import (
    BlogPostBrief,
    CompanyFacts,
    PersonasBrief,
    PersonaSet,
    SocialPostBrief,
    TopicsBrief,
    TopicSet,
    TopicSlot,
)
from posthub_assets.domain.tiers import Tier
from resources.providers.canned import DEFAULT_WORDS, canned_answer
from resources.providers.loopback.writer import write_anything

_FIRST_DAY = "2026-01-01"
_SOURCE = r'<source name="{name}" id="[^"]*">\n(.*?)\n</source '


def answer_as_canned(
    provider: str, system: str, user: str, schema: Mapping[str, Any] | None
) -> str:
    """Answer a prompt of PostHub's. What it does not know is answered as the server would."""
    shape = str(schema.get("title", "")) if schema else ""
    mark = hashlib.sha256(f"{system}\x00{user}".encode()).hexdigest()
    makers = {
        "WrittenDna": _dna,
        "WrittenPersonas": _personas,
        "WrittenTopics": _topics,
        "WrittenBlogPost": _blog_post,
        "WrittenSocialPost": _social_post,
    }
    make = makers.get(shape) or _by_fields(schema, makers)
    if make is None:
        return write_anything(provider, system, user, schema)
    return json.dumps(make(system, user, mark), ensure_ascii=False)


def _by_fields(schema: Mapping[str, Any] | None, makers: Mapping[str, Any]) -> Any:
    """Find the shape by a field that only it has: not every vendor is sent the shape's name."""
    fields = set((schema or {}).get("properties", {}))
    owner = {
        "segments": "WrittenDna",
        "personas": "WrittenPersonas",
        "topics": "WrittenTopics",
        "markdown": "WrittenBlogPost",
        "hashtags": "WrittenSocialPost",
    }
    return next((makers[name] for field, name in owner.items() if field in fields), None)


def _company(mark: str) -> CompanyFacts:
    return CompanyFacts(
        slug="canned",
        name=f"Canned {mark}",
        language="en",
        timezone="UTC",
        tier=Tier.PRO,
        platforms=tuple(Platform),
    )


def _empty_dna() -> DnaBody:
    return DnaBody(
        company="Canned", summary="", points={}, tone_formal_casual=50, tone_serious_playful=50
    )


def _said(user: str, name: str) -> str:
    found = re.search(_SOURCE.format(name=re.escape(name)), user, re.DOTALL)
    return found.group(1) if found else ""


def _line(sheet: str, label: str) -> str:
    found = re.search(rf"^{label}: (.*)$", sheet, re.MULTILINE)
    return found.group(1).strip() if found else ""


def _dna(system: str, user: str, mark: str) -> dict[str, Any]:
    name = _line(_said(user, "brief"), "Name") or "The company"
    return {
        "summary": f"{name} does what its brief says. Its documents say how.",
        "points": [],
        "segments": [],
        "tone_formal_casual": int(mark[:2], 16) % 101,
        "tone_serious_playful": int(mark[2:4], 16) % 101,
    }


def _personas(system: str, user: str, mark: str) -> dict[str, Any]:
    asked = re.search(r"\b(\d+) (?:personas?|voices?)\b", f"{user}\n{system}")
    brief = PersonasBrief(
        company=_company(mark), dna=_empty_dna(), count=int(asked.group(1)) if asked else 1
    )
    made = canned_answer(brief)
    assert isinstance(made, PersonaSet)
    return {"personas": [_persona(one) for one in made.personas]}


def _persona(one: PersonaBody) -> dict[str, Any]:
    plain = one.model_dump(mode="json")
    style = plain.pop("visual_style")
    plain["biography"] = re.sub(r"Canned [0-9a-f]{64}", "the company", plain["biography"])
    return {**plain, "art_style": style["art_style"], "atmosphere": style["atmosphere"]}


def _topics(system: str, user: str, mark: str) -> dict[str, Any]:
    numbers = [int(one) for one in re.findall(r"^Slot (\d+), planned for", user, re.MULTILINE)]
    slots = tuple(
        TopicSlot.model_validate({"planned_on": _FIRST_DAY, "persona_id": "1"}) for _ in numbers
    )
    used = _said(user, "used titles").splitlines()
    brief = TopicsBrief.model_validate(
        {
            "company": _company(mark),
            "dna": _empty_dna(),
            "documents": (),
            "slots": slots,
            "personas": {},
            "past": [{"title": title} for title in used],
        }
    )
    made = canned_answer(brief)
    assert isinstance(made, TopicSet)
    topics = [
        {
            "slot": number,
            "title": one.title,
            "description": one.description,
            "focus_keyword": one.focus_keyword,
        }
        for number, one in zip(numbers, made.topics, strict=True)
    ]
    return {"topics": topics}


def _voice(user: str) -> PersonaBody:
    ending = _said(user, "ending of the voice") or "So it is."
    return PersonaBody(
        name=_line(_said(user, "persona"), "Name") or "Somebody",
        archetype=Archetype.SAGE,
        mbti="INTJ",
        biography="Somebody who writes.",
        level=Level.SENIOR,
        values=("care", "honesty", "patience"),
        expertise=("writing", "reading", "asking"),
        frustrations=("hurry",),
        vocabulary_level="plain",
        sentence_style="short",
        formality=50,
        favourite_phrases=("So it is.", "Let us see."),
        signature_ending=ending,
        visual_style=VisualStyle(
            art_style="plain", palette=("#1C304A", "#FFFFFF"), atmosphere="calm"
        ),
    )


def _topic(user: str, mark: str) -> TopicBody:
    sheet = _said(user, "topic")
    return TopicBody.model_validate(
        {
            "title": _line(sheet, "Title") or f"Title {mark[:6]}",
            "description": f"{_line(sheet, 'Promise')} {mark}",
            "focus_keyword": _line(sheet, "Focus keyword") or "title",
            "planned_on": _FIRST_DAY,
        }
    )


def _blog_post(system: str, user: str, mark: str) -> dict[str, Any]:
    brief = BlogPostBrief(
        company=_company(mark),
        dna=_empty_dna(),
        persona=_voice(user),
        topic=_topic(user, mark),
        documents=(),
    )
    made = canned_answer(brief, words=DEFAULT_WORDS)
    assert isinstance(made, BlogPostBody)
    kept = ("title", "meta_title", "meta_description", "markdown", "faq", "takeaways")
    plain = made.model_dump(mode="json")
    return {name: plain[name] for name in kept}


def _social_post(system: str, user: str, mark: str) -> dict[str, Any]:
    platform = re.search(r"^Write the post for (\w+)\.$", user, re.MULTILINE)
    body = BlogPostBody(
        title="", focus_keyword="", meta_title="", meta_description="", markdown=mark
    )
    brief = SocialPostBrief(
        company=_company(mark),
        persona=_voice(user),
        topic=_topic(user, mark),
        blog_post=body,
        platform=Platform(platform.group(1) if platform else "linkedin"),
    )
    plain = canned_answer(brief).model_dump(mode="json")
    call = plain["call_to_action"]
    gap = " " if plain["platform"] == "x" else "\n\n"
    return {
        "text": f"{plain['text']}{gap}{call}",
        "hashtags": plain["hashtags"],
        "call_to_action": call,
    }
