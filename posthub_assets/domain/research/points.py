"""The points of a company's DNA, in their order: what each means and what may fill it.

The cues that find a point in documents are data per language, in `cues/`.
What does not belong here: reading documents and choosing sentences (`dna.py`, `finding.py`).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """One point. `brief_field` is the field of `CompanyFacts` that fills it, or empty.

    `most` is the largest number of values taken from documents. `composed` points are measured or
    computed from all documents, not found by a cue.
    """

    key: str
    title: str
    description: str
    brief_field: str = ""
    most: int = 3
    composed: bool = False


_POINTS = (
    Point("identity", "Who we are", "One sentence that says what the company is.", most=1),
    Point("mission", "Mission", "What the company says it is there to achieve.", most=1),
    Point("vision", "Vision", "The future the company says it works towards.", most=1),
    Point("core_purpose", "Core purpose", "Whom the company helps, and to what end.", most=2),
    Point("values", "Values", "What the company says it believes in.", most=5),
    Point("culture", "Culture", "How the people of the company work together.", most=3),
    Point("industry", "Industry", "The industry, as the brief names it.", "industry"),
    Point("business_field", "Business field", "What the company does.", "business_field"),
    Point("parent_organization", "Belongs to", "The organisation behind it.", "organization"),
    Point("target_audience", "Target audience", "For whom the company works.", "audience"),
    Point("products", "Products", "Things that the company makes or has built.", most=5),
    Point("services", "Services", "What the company does for others.", most=6),
    Point("unique_selling_proposition", "What sets it apart", "Why this company.", most=2),
    Point("problems_solved", "Problems it solves", "What it takes off its customers.", most=4),
    Point("benefits", "Benefits", "What its customers have from it.", most=4),
    Point("methods", "How it works", "The company's way of working.", most=5),
    Point("pricing_model", "Prices", "How the company charges.", most=4),
    Point("guarantees", "Guarantees", "What the company vouches for.", most=2),
    Point("customers", "Customers", "Whom the company has worked for.", most=4),
    Point("partners", "Partners", "With whom the company works.", most=4),
    Point("competitors", "Competitors", "Whom the company names as competition.", most=3),
    Point("proof_points", "Proof", "Results with a number in them.", most=5),
    Point("testimonials", "Voices of customers", "What others say, in quotation marks.", most=3),
    Point("certifications", "Certifications", "Certificates the company holds.", most=3),
    Point("awards", "Awards", "Prizes the company won.", most=3),
    Point("team", "Team", "Who works there.", most=3),
    Point("history", "History", "When and how it began, and what changed.", most=4),
    Point("places", "Places", "Where the company is.", most=3),
    Point("events", "Events", "Workshops, meetings and fairs of the company.", most=3),
    Point("community", "Community", "Volunteers, contributors, followers.", most=3),
    Point("social_responsibility", "Responsibility", "What it does for all.", most=3),
    Point("policies", "Policies", "Rules that the company has set itself.", most=3),
    Point("key_messages", "Key messages", "What the documents say most.", most=5, composed=True),
    Point("content_themes", "Content themes", "Subjects of the documents.", most=12, composed=True),
    Point("terminology", "Terminology", "Terms of the field.", most=12, composed=True),
    Point("faq", "Questions", "Questions that the documents answer.", most=8, composed=True),
    Point("calls_to_action", "Calls to action", "What readers are asked to do.", most=4),
    Point("contact_channel", "Contact", "Addresses meant for everybody.", most=3, composed=True),
    Point("website", "Website", "The company's website.", "website"),
    Point("channels", "Channels", "Where posts go.", "platforms"),
    Point("languages", "Language", "The language it writes in.", "language"),
    Point("brand_colors", "Brand colours", "The brand's palette.", "brand_colors"),
    Point("tone", "Tone", "Formal or casual, serious or playful.", composed=True),
    Point("communication_style", "Style", "Sentences, address, questions.", composed=True),
)

POINTS: dict[str, Point] = {point.key: point for point in _POINTS}
"""All points by key, in the order in which `DnaBody.points` holds them."""
