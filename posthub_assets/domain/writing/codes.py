"""The codes by which prompts are asked for, and which brief asks for which.

What does not belong here: the words of a prompt (`prompts/`), which version of it is served.
"""

from __future__ import annotations

from enum import StrEnum

from posthub_assets.domain.bodies import ArticleTask
from posthub_assets.domain.briefs import (
    ArticleBrief,
    BlogPostBrief,
    Brief,
    DnaBrief,
    ImageBrief,
    PersonasBrief,
    PictureBrief,
    ResearchBrief,
    SocialPostBrief,
    TopicsBrief,
)


class Code(StrEnum):
    """Every prompt of the library."""

    PERSONA_GEN = "PERSONA_GEN"
    TOPIC_GEN = "TOPIC_GEN"
    BLOGPOST_GEN = "BLOGPOST_GEN"
    SOCIAL_POST_GEN = "SOCIAL_POST_GEN"
    DNA_GEN = "DNA_GEN"
    DNA_RESEARCH = "DNA_RESEARCH"
    ARTICLE_OUTLINE = "ARTICLE_OUTLINE"
    ARTICLE_DRAFT = "ARTICLE_DRAFT"
    ARTICLE_REWRITE = "ARTICLE_REWRITE"
    ARTICLE_CAPTION = "ARTICLE_CAPTION"
    IMAGE_GEN = "IMAGE_GEN"
    PICTURE_GEN = "PICTURE_GEN"
    """A picture that a person orders in the media assistant."""
    PICTURE_EDIT = "PICTURE_EDIT"
    """A change to a picture that is handed in with the prompt."""
    REPAIR = "REPAIR"
    """The second try after an answer that did not hold: its variables are `faults` and `answer`."""


_ARTICLES = {
    ArticleTask.OUTLINE: Code.ARTICLE_OUTLINE,
    ArticleTask.DRAFT: Code.ARTICLE_DRAFT,
    ArticleTask.REWRITE: Code.ARTICLE_REWRITE,
    ArticleTask.CAPTION: Code.ARTICLE_CAPTION,
}
_CODES: dict[type[Brief], Code] = {
    DnaBrief: Code.DNA_GEN,
    PersonasBrief: Code.PERSONA_GEN,
    TopicsBrief: Code.TOPIC_GEN,
    BlogPostBrief: Code.BLOGPOST_GEN,
    SocialPostBrief: Code.SOCIAL_POST_GEN,
    ResearchBrief: Code.DNA_RESEARCH,
    ImageBrief: Code.IMAGE_GEN,
}


def code_of(brief: Brief) -> Code:
    """Give the code of the prompt that a brief is put into words with.

    Raises TypeError for a brief that no prompt is written for.
    """
    if isinstance(brief, ArticleBrief):
        return _ARTICLES[brief.task]
    if isinstance(brief, PictureBrief):
        return Code.PICTURE_EDIT if brief.source_sha256 else Code.PICTURE_GEN
    try:
        return _CODES[type(brief)]
    except KeyError:
        raise TypeError(f"No prompt is written for a {type(brief).__name__}.") from None
