"""From a brief to a model's question, and from its answer to a body. Pure.

    codes.py        which prompt a brief is put into words with
    answers.py      the shapes that models answer in
    prepared.py     `prepare`: variables, shape and assembling, from one reading of the brief
    facts.py        what most prompts are told: company, language, voice, DNA, a reviewer's wishes
    dna.py · personas.py · topics.py · blog_posts.py · social_posts.py · articles.py · research.py
                    what one kind of brief tells, and how its answer becomes a body
    budget.py       how much of the documents goes into a prompt
    quoting.py      finding a quote in the documents
    marked.py       the words that a reviewer marked
    layout.py       the last touches on Markdown
    images.py · pictures.py · industries.py · fitting.py        pictures

What does not belong here: the words of prompts (`prompts/`), rendering and calling (`resources/`),
judging what came out (`domain/quality`).
"""

from posthub_assets.domain.writing.codes import Code, code_of
from posthub_assets.domain.writing.fitting import fit_picture
from posthub_assets.domain.writing.images import (
    PreparedImage,
    image_prompt,
    picture_from,
    prepare_image,
)
from posthub_assets.domain.writing.pictures import picture_alt_text, prepare_picture
from posthub_assets.domain.writing.prepared import (
    Prepared,
    answer_schema_of,
    assemble,
    prepare,
    variables_of,
)

__all__ = [
    "Code",
    "Prepared",
    "PreparedImage",
    "answer_schema_of",
    "assemble",
    "code_of",
    "fit_picture",
    "image_prompt",
    "picture_alt_text",
    "picture_from",
    "prepare",
    "prepare_image",
    "prepare_picture",
    "variables_of",
]
