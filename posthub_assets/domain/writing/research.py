"""Research: the question that the web is asked about a company.

What does not belong here: keeping the findings (`domain/research/findings.py`).
"""

from __future__ import annotations

from typing import Any

from posthub_assets.domain.briefs import ResearchBrief
from posthub_assets.domain.writing.facts import company_facts, language_facts


def research_variables(brief: ResearchBrief) -> dict[str, Any]:
    """Give what the question is made of: the company and its language."""
    return {
        "company": company_facts(brief.company),
        "language": language_facts(brief.company.language),
    }
