"""What a language pack holds. The packs themselves are one module each beside this one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal


@dataclass(frozen=True)
class LanguagePack:
    """The facts about one language that reading and composing need.

    Word lists are casefolded. Patterns are regular expressions, searched with IGNORECASE.
    """

    code: str
    direction: Literal["ltr", "rtl"]
    quotes: tuple[str, str]
    """Opening and closing quotation mark of the first level."""
    stop_words: frozenset[str]
    abbreviations: frozenset[str]
    """Words before a full stop that do not end a sentence, without that stop."""
    labels: dict[str, str]
    """Section headings: introduction, faq, key_takeaways, conclusion."""
    interrogatives: frozenset[str]
    """Words that open a question, or a heading that is one."""
    what_is: dict[str, str]
    """By the verb that defines: a question for the nominative `{term}`."""
    definition: str
    """Matches a sentence that defines its subject; groups: `term`, its subject, and `verb`."""
    pointing: str
    """Matches words that point at another sentence, wherever they stand."""
    dangling_starts: frozenset[str]
    """First words that point back at a sentence before."""
    dependent: tuple[str, ...]
    """Patterns of openings that point back, of more than one word or at some distance."""
    dangling: tuple[str, ...]
    """Patterns of sentences that need what is not beside them: pictures, chapters, steps."""
    chrome: tuple[str, ...]
    """Patterns of what is no content: navigation, licences, contacts, calls to click."""
    lead_words: str
    """Matches the words by which a lead-in points at its list; there they do no harm."""
    empty_headings: frozenset[str]
    """Headings that say nothing about their subject ("Overview", "Example")."""
    skipped_headings: frozenset[str] = frozenset()
    """Headings of what is not for reading: link lists, licences, credits."""
    about: tuple[str, ...] = ()
    """Questions that fit any heading, put in as `{heading}` where the grammar allows it."""
    about_activity: str = ""
    """A question for a heading that names an activity."""
    about_doing: str = ""
    """A question for a heading that tells to do something."""
    imperatives: frozenset[str] = frozenset()
    """Verbs that open headings which tell the reader to do something."""
    determiners: frozenset[str] = frozenset()
    """Words after which a noun comes; a word before them is a verb."""
    verbs_or_nouns: frozenset[str] = frozenset()
    """Words that open headings of either kind; what follows decides."""
    wishes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Stems by which a reviewer asks for `shorter` or `longer`."""
    finite: str = ""
    """Matches the common finite verbs and the pronouns that come with one; empty: not known."""
    conjunction: str = " and "
    """Joins the last two of a list of names."""
    suffixes: tuple[str, ...] = ()
    """Endings that the light stemmer takes off, longest first."""
    titles_in_capitals: bool = False
    """Whether titles may carry capitals on every word without being wrong."""

    @cached_property
    def dependent_pattern(self) -> re.Pattern[str]:
        """One pattern of all of `dependent`."""
        return re.compile("|".join(self.dependent), re.IGNORECASE)

    def asserts(self, text: str) -> bool:
        """Tell whether a text has a finite verb, as far as the pack can tell."""
        return not self.finite or bool(self._finite_pattern.search(text))

    @cached_property
    def _finite_pattern(self) -> re.Pattern[str]:
        return re.compile(self.finite, re.IGNORECASE)

    @cached_property
    def pointing_pattern(self) -> re.Pattern[str]:
        """`pointing`, compiled."""
        return re.compile(self.pointing, re.IGNORECASE)

    @cached_property
    def dangling_pattern(self) -> re.Pattern[str]:
        """One pattern of all of `dangling`."""
        return re.compile("|".join(self.dangling), re.IGNORECASE)

    @cached_property
    def chrome_pattern(self) -> re.Pattern[str]:
        """One pattern of all of `chrome`."""
        return re.compile("|".join(self.chrome), re.IGNORECASE)

    @cached_property
    def definition_pattern(self) -> re.Pattern[str]:
        """`definition`, compiled; case counts."""
        return re.compile(self.definition)


def word_set(text: str) -> frozenset[str]:
    """Give the words of a text as a set; line breaks are spaces."""
    return frozenset(text.split())


def phrase_set(text: str) -> frozenset[str]:
    """Give the phrases between bars as a set; line breaks are spaces."""
    return frozenset(" ".join(phrase.split()) for phrase in text.split("|"))
