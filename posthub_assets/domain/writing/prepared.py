"""A brief, prepared for a model: what the prompt is told, and how the answer becomes a body.

    prepared = prepare(brief)
    # render the prompt of prepared.code with prepared.variables, ask, validate against its schema
    body = prepared.assemble(answer)

Variables and body are made from one reading of the brief, so they agree: the slot that the model
fills is the slot whose passages the topic gets.
What does not belong here: what each kind of brief tells (`topics.py`, ...), pictures (`images.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel

from posthub_assets.domain.bodies import Body, ResearchBody
from posthub_assets.domain.briefs import (
    ArticleBrief,
    BlogPostBrief,
    DnaBrief,
    PersonasBrief,
    ResearchBrief,
    Revision,
    SocialPostBrief,
    TextBrief,
    TopicsBrief,
)
from posthub_assets.domain.errors import EmptyAnswer, InvalidAnswer
from posthub_assets.domain.writing.answers import (
    WrittenBlogPost,
    WrittenDna,
    WrittenPersonas,
    WrittenSocialPost,
    WrittenTopics,
    personas_of,
    topics_of,
)
from posthub_assets.domain.writing.codes import code_of

A = TypeVar("A", bound=BaseModel)

Written = BaseModel | str
"""An answer: validated against its schema, or Markdown where there is none."""

Asked = TextBrief | ResearchBrief


@dataclass(frozen=True, slots=True)
class Prepared:
    """One brief, ready to be asked. `variables` are plain data, all that the prompt documents.

    `assemble` takes an instance of `schema`, or Markdown where `schema` is None. It raises
    InvalidAnswer, with sentences that a model can act on, and pydantic's ValidationError.
    """

    kind: str
    """The brief's class, by name."""
    code: str
    language: str
    """The company's, a BCP 47 tag: which variant of the prompt is asked for."""
    variables: Mapping[str, Any] = field(repr=False)
    schema: type[BaseModel] | None
    assemble: Callable[[Written], Body] = field(repr=False)
    portions: int = 1
    """How many times the usual answer is asked for: the prompt's limit of tokens grows with it."""


_SCHEMAS: dict[type[BaseModel], type[BaseModel]] = {
    DnaBrief: WrittenDna,
    BlogPostBrief: WrittenBlogPost,
    SocialPostBrief: WrittenSocialPost,
}


def answer_schema_of(brief: Asked) -> type[BaseModel] | None:
    """Give the shape that a brief is answered in; None for Markdown.

    The shape of personas and topics says how many there are; its name stays that of the answer
    model.
    """
    if isinstance(brief, PersonasBrief):
        return personas_of(brief.count)
    if isinstance(brief, TopicsBrief):
        return topics_of(len(brief.slots))
    return _SCHEMAS.get(type(brief))


def prepare(brief: Asked) -> Prepared:
    """Prepare a brief. Pure; takes up to some seconds where documents are read, so use a thread.

    Raises TypeError for a brief that no prompt is written for.
    """
    variables, assemble = _parts(brief)
    return Prepared(
        kind=type(brief).__name__,
        code=code_of(brief),
        language=brief.company.language,
        variables=variables,
        schema=answer_schema_of(brief),
        assemble=_keeping_to(getattr(brief, "revision", None), assemble),
        portions=_portions(brief),
    )


TOPICS_A_PORTION = 24
"""As many topics fit into the prompt's limit of tokens, in any of our languages."""


def _portions(brief: Asked) -> int:
    if isinstance(brief, TopicsBrief):
        return max(1, -(-len(brief.slots) // TOPICS_A_PORTION))
    return 1


def variables_of(brief: Asked) -> dict[str, Any]:
    """Give what the prompt of a brief is told."""
    return dict(prepare(brief).variables)


def assemble(brief: Asked, answer: Written) -> Body:
    """Make the body of an answer. Raises InvalidAnswer. Prefer `prepare` where both are needed."""
    return prepare(brief).assemble(answer)


Parts = tuple[dict[str, Any], Callable[[Written], Body]]


def _parts(brief: Asked) -> Parts:  # noqa: PLR0911  # one line for each kind of brief
    """Find who prepares the brief. They are imported here: some bring heavy packages."""
    match brief:
        case DnaBrief():
            from posthub_assets.domain.writing.dna import DnaWork

            dna = DnaWork(brief)
            return dna.variables(), _typed(WrittenDna, dna.body)
        case PersonasBrief():
            from posthub_assets.domain.writing.personas import persona_set, persona_variables

            return persona_variables(brief), _typed(
                WrittenPersonas, lambda answer: persona_set(brief, answer)
            )
        case TopicsBrief():
            from posthub_assets.domain.writing.topics import TopicsWork

            topics = TopicsWork(brief)
            return topics.variables(), _typed(WrittenTopics, topics.body)
        case BlogPostBrief():
            from posthub_assets.domain.writing.blog_posts import blog_post, blog_post_variables

            return blog_post_variables(brief), _typed(
                WrittenBlogPost, lambda answer: blog_post(brief, answer)
            )
        case SocialPostBrief():
            from posthub_assets.domain.writing.social_posts import social_post, social_variables

            return social_variables(brief), _typed(
                WrittenSocialPost, lambda answer: social_post(brief, answer)
            )
        case ArticleBrief():
            from posthub_assets.domain.writing.articles import article, article_variables

            return article_variables(brief), _markdown(lambda text: article(brief, text))
        case ResearchBrief():
            from posthub_assets.domain.writing.research import research_variables

            return research_variables(brief), _markdown(lambda text: ResearchBody(markdown=text))
    raise TypeError(f"No prompt is written for a {type(brief).__name__}.")


def _typed(schema: type[A], make: Callable[[A], Body]) -> Callable[[Written], Body]:
    def from_answer(answer: Written) -> Body:
        if not isinstance(answer, schema):
            raise InvalidAnswer(
                f"The answer is {type(answer).__name__}, and {schema.__name__} was asked for."
            )
        return make(answer)

    return from_answer


def _markdown(make: Callable[[str], Body]) -> Callable[[Written], Body]:
    def from_text(answer: Written) -> Body:
        if not isinstance(answer, str):
            raise InvalidAnswer(f"The answer is {type(answer).__name__}; Markdown was asked for.")
        if not answer.strip():
            raise EmptyAnswer("The answer holds no words. Write the text that was asked for.")
        return make(answer)

    return from_text


def _keeping_to(
    revision: Revision | None, make: Callable[[Written], Body]
) -> Callable[[Written], Body]:
    """Refuse a new version that says again what the reviewer marked."""
    if revision is None or not revision.spans:
        return make

    def without_marked(answer: Written) -> Body:
        from posthub_assets.domain.writing.marked import refuse_marked

        body = make(answer)
        refuse_marked(body, revision)
        return body

    return without_marked
