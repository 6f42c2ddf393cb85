"""What an archive holds: the rows, table by table, and how they point at each other.

What does not belong here: reading them (`spooling.py`), writing them back (`restoring.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

FORMAT = "posthub-company"
PERSON_FORMAT = "posthub-person"
VERSION = 1

# A picture whose file is gone is no picture for anybody else.
_WITH_ITS_FILE = """EXISTS (SELECT 1 FROM posthub.media m
    WHERE m.organization_id = t.organization_id AND m.sha256 = t.sha256 AND m.erased_at IS NULL)"""
_CONTENTS = "(SELECT id FROM posthub.content WHERE company_id = :subject)"


@dataclass(frozen=True, slots=True)
class Part:
    """One file of rows. `points_at` are columns that hold ids of other rows of the archive."""

    name: str
    table: str
    where: str
    order: str = "t.id"
    without: tuple[str, ...] = ()
    points_at: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    """Columns that hold ids of people."""
    is_later: bool = False
    """True of what archives did not have from the beginning: an older one comes without it."""


OF_COMPANY = (
    Part("company", "company", "t.id = :subject", without=("deleted_at", "erased_at")),
    Part(
        "months", "company_month", "t.company_id = :subject", "t.month", points_at=("company_id",)
    ),
    Part("documents", "source_document", "t.company_id = :subject", points_at=("company_id",)),
    Part("events", "marketing_event", "t.company_id = :subject", points_at=("company_id",)),
    Part(
        "media",
        "media",
        f"""t.erased_at IS NULL AND t.organization_id = (
            SELECT organization_id FROM posthub.company WHERE id = :subject) AND t.sha256 IN (
            SELECT v.body ->> 'media_sha256' FROM posthub.content_version v
            WHERE v.content_id IN {_CONTENTS}
            UNION SELECT jsonb_array_elements_text(v.body -> 'media_sha256s')
            FROM posthub.content_version v WHERE v.content_id IN {_CONTENTS}
                AND jsonb_typeof(v.body -> 'media_sha256s') = 'array'
            UNION SELECT g.media_sha256 FROM posthub.generation g WHERE g.company_id = :subject
            UNION SELECT d.media_sha256 FROM posthub.delivery d WHERE d.content_id IN {_CONTENTS}
            UNION SELECT a.sha256 FROM posthub.media_asset a WHERE a.company_id = :subject)
        """,  # noqa: S608 - fixed texts
        "t.sha256",
    ),
    Part(
        "calls",
        "generation",
        "t.company_id = :subject",
        without=("batch_id",),
        points_at=("company_id", "job_id"),
    ),
    Part(
        "contents",
        "content",
        "t.company_id = :subject",
        points_at=("company_id", "parent_id", "persona_id"),
    ),
    Part(
        "versions",
        "content_version",
        f"t.content_id IN {_CONTENTS}",
        points_at=("content_id", "parent_version_id", "generation_id"),
        people=("author_id",),
    ),
    Part(
        "checks",
        "check_result",
        f"t.version_id IN (SELECT id FROM posthub.content_version WHERE content_id IN {_CONTENTS})",  # noqa: S608
        points_at=("version_id",),
    ),
    Part(
        "decisions",
        "decision",
        f"t.content_id IN {_CONTENTS}",
        points_at=("content_id", "version_id"),
        people=("decided_by",),
    ),
    Part(
        "comments",
        "comment",
        f"t.content_id IN {_CONTENTS}",
        points_at=("content_id",),
        people=("author_id",),
    ),
    Part(
        "shows",
        "show",
        "t.company_id = :subject",
        points_at=("company_id", "palette_content_id"),
        people=("created_by",),
        is_later=True,
    ),
    # Requests and pictures point at each other; that is looked at when both are there.
    Part(
        "media_requests",
        "media_request",
        "t.company_id = :subject",
        points_at=(
            *("company_id", "show_id", "source_asset_id", "content_id"),
            *("chosen_asset_id", "follows_id"),
        ),
        people=("requested_by",),
        is_later=True,
    ),
    Part(
        "pictures",
        "media_asset",
        f"t.company_id = :subject AND {_WITH_ITS_FILE}",
        points_at=("company_id", "show_id", "derived_from", "media_request_id", "generation_id"),
        people=("created_by",),
        is_later=True,
    ),
    Part(
        "jobs",
        "job",
        "t.company_id = :subject",
        without=("leased_by", "lease_until", "external_ref"),
        points_at=("company_id", "content_id", "source_version_id", "media_request_id"),
        people=("requested_by",),
    ),
    Part(
        "deliveries",
        "delivery",
        f"t.content_id IN {_CONTENTS}",
        points_at=("content_id", "version_id", "decision_id"),
    ),
)
"""In the order in which they are written back: what is pointed at comes first."""

PEOPLE = """
    WITH its AS (SELECT id FROM posthub.content WHERE company_id = :subject)
    SELECT jsonb_build_object('id', u.id, 'name', u.name)::text FROM posthub.app_user u
    WHERE u.id IN (
        SELECT v.author_id FROM posthub.content_version v JOIN its ON its.id = v.content_id
        UNION SELECT d.decided_by FROM posthub.decision d JOIN its ON its.id = d.content_id
        UNION SELECT m.author_id FROM posthub.comment m JOIN its ON its.id = m.content_id
        UNION SELECT s.created_by FROM posthub.show s WHERE s.company_id = :subject
        UNION SELECT a.created_by FROM posthub.media_asset a WHERE a.company_id = :subject
        UNION SELECT r.requested_by FROM posthub.media_request r WHERE r.company_id = :subject)
    ORDER BY u.id
    """
"""Whose ids are in the rows, by name: for people who read the archive. It is not read back."""

OF_PERSON = (
    Part(
        "profile",
        "app_user",
        "t.id = :subject",
        without=(
            "password_hash",
            "failed_logins",
            "locked_until",
            "confirmation_hash",
            "confirmation_until",
        ),
    ),
    Part("memberships", "membership", "t.user_id = :subject", "t.organization_id"),
    Part("consents", "consent", "t.person_id = :subject"),
    Part("sessions", "refresh_family", "t.user_id = :subject"),
    Part("api_tokens", "api_token", "t.user_id = :subject", without=("token_hash",)),
    Part("decisions", "decision", "t.decided_by = :subject"),
    Part(
        "decision_origins",
        "decision_origin",
        "t.decision_id IN (SELECT id FROM posthub.decision WHERE decided_by = :subject)",
        "t.decision_id",
    ),
    Part("comments", "comment", "t.author_id = :subject"),
    Part("favourites", "media_favourite", "t.user_id = :subject", "t.created_at, t.asset_id"),
    Part("shows", "show", "t.created_by = :subject"),
    Part("pictures", "media_asset", "t.created_by = :subject"),
    Part("media_requests", "media_request", "t.requested_by = :subject"),
    Part("audit", "audit", "t.actor_id = :subject", "t.at, t.id"),
    Part("erasures", "erasure", "t.asked_by = :subject", without=("left_to_do",)),
)


def query(part: Part) -> str:
    """Give the SQL that reads a part, a row a line, as JSON; `:subject` is the company or person.

    `:without` are the columns that stay out.
    """
    return (
        "SELECT (to_jsonb(t) - CAST(:without AS text[]))::text AS line"  # noqa: S608
        f" FROM posthub.{part.table} t WHERE {part.where} ORDER BY {part.order}"
    )
