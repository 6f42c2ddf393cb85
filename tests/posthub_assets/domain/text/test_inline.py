"""Cleaning a block: the short way for blocks without marks gives what the long way gives."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from posthub_assets.domain.text import inline
from posthub_assets.domain.text.traced import Traced

SEEN = (
    "word Ola سلام svět * ** _ ` [ ] ( ) < > ~ ~~ ! # \\ & ; : :-) <3 ^^ -- - . , ? ؛ ،"
    " 10:30 a.b www.a.cz https://a.cz mailto:a@b.cz &amp; :smile_face:"
)
UNSEEN = ("\u200b", "\u00a0", "\ue000", "\ue101", " ", "  ", "\n", "\t")
PIECES = st.sampled_from([*SEEN.split(), *UNSEEN])


@given(st.lists(PIECES, max_size=12))
def test_the_short_way_gives_what_the_long_way_gives(pieces):
    text = "".join(pieces)
    short = inline.clean(Traced.of(text))
    marks = inline._ANY_MARK
    inline._ANY_MARK = re.compile("")
    try:
        long = inline.clean(Traced.of(text))
    finally:
        inline._ANY_MARK = marks
    assert (short[0].text, list(short[0].offsets), short[1]) == (
        long[0].text,
        list(long[0].offsets),
        long[1],
    )
