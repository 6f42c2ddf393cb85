"""The table: every operation of the OpenAPI document, and who may call it.

The API asks this table before it acts (`api/services.py`), docs/permissions.md is written from it,
and a test walks every operation with every role. An operation without a row is not served.
What does not belong here: rules about states, such as four eyes; they are in `note` as words only.
"""

from __future__ import annotations

from posthub_assets.domain.people import TokenScope
from posthub_assets.domain.permissions.rows import About, Permission, Who, section

ANYBODY, SIGNED_IN, ADMIN = Who.ANYBODY, Who.SIGNED_IN, Who.ADMIN
SUPERVISOR, MARKETER, MANAGER = Who.SUPERVISOR, Who.MARKETER, Who.MANAGER
READ, DECIDE, WRITE = TokenScope.READ, TokenScope.DECIDE, TokenScope.WRITE
PEOPLE_ONLY = None
"""For what makes or shows keys to the house, and for administrators: no machine's token will do."""

FOUR_EYES = "with four eyes, a supervisor approves nothing they wrote"
PLATFORMS_OWN = "the platform's own: administrators"
NOT_ABOVE = "nobody above oneself"

SECTIONS = (
    section(
        "Is it there",
        "",
        About.PLATFORM,
        ("GET /healthz", ANYBODY, READ, "ask whether the process answers"),
        ("GET /readyz", ANYBODY, READ, "ask whether everything is ready"),
    ),
    section(
        "Signing in",
        "/v1/auth",
        About.ONESELF,
        ("POST /login", ANYBODY, PEOPLE_ONLY, "sign in"),
        ("POST /refresh", ANYBODY, PEOPLE_ONLY, "stay signed in"),
        ("POST /logout", ANYBODY, PEOPLE_ONLY, "sign out"),
        ("POST /register", ANYBODY, PEOPLE_ONLY, "register", "where registration is open"),
        ("POST /accept-invitation", ANYBODY, PEOPLE_ONLY, "join", "who has the invitation"),
        ("POST /password", SIGNED_IN, PEOPLE_ONLY, "change the own password"),
    ),
    section(
        "Oneself",
        "/v1/me",
        About.ONESELF,
        ("GET ", SIGNED_IN, READ, "ask who they are"),
        ("POST /confirmation", SIGNED_IN, PEOPLE_ONLY, "ask for a link to confirm their address"),
        ("GET /notifications", SIGNED_IN, READ, "read how they are told"),
        ("PATCH /notifications", SIGNED_IN, WRITE, "change how they are told"),
        ("GET /export", SIGNED_IN, PEOPLE_ONLY, "take out what is kept about them"),
        ("POST /erasure", SIGNED_IN, PEOPLE_ONLY, "erase themselves", "with their password"),
    ),
    section(
        "People",
        "/v1/users",
        About.PERSON,
        ("GET ", MARKETER, PEOPLE_ONLY, "list people"),
        ("POST ", MANAGER, PEOPLE_ONLY, "make a person", NOT_ABOVE),
        ("GET /{user_id}", MARKETER, PEOPLE_ONLY, "read a person", "everybody: themselves"),
        (
            "POST /{user_id}/invitation",
            MANAGER,
            PEOPLE_ONLY,
            "make a new link for a person",
            "while the account is not open yet",
        ),
        (
            "POST /{user_id}/erasure",
            MANAGER,
            PEOPLE_ONLY,
            "erase a person",
            "who belongs to no other's organisation",
        ),
        (
            "PATCH /{user_id}",
            MANAGER,
            PEOPLE_ONLY,
            "change a person",
            "everybody: the own name; managers: who belongs to no other's organisation",
        ),
    ),
    section(
        "Memberships",
        "/v1/memberships",
        About.PERSON,
        ("GET ", MARKETER, PEOPLE_ONLY, "list memberships"),
        ("POST ", MANAGER, PEOPLE_ONLY, "assign a person", NOT_ABOVE),
        ("DELETE ", MANAGER, PEOPLE_ONLY, "end a membership", NOT_ABOVE),
    ),
    section(
        "Erasure and consent",
        "/v1",
        About.ORGANIZATION,
        ("GET /erasures", MANAGER, READ, "list receipts of erasures"),
        ("GET /erasures/{erasure_id}", MANAGER, READ, "read receipts of erasures"),
        ("POST /contacts/erasure", MANAGER, PEOPLE_ONLY, "erase a contact"),
        ("GET /consents", SUPERVISOR, READ, "read consents", "below a marketer: their own"),
        (
            "POST /consents",
            SUPERVISOR,
            WRITE,
            "record a consent",
            "of others: marketers and above",
        ),
    ),
    section(
        "Invitations",
        "/v1/invitations",
        About.ORGANIZATION,
        ("GET ", MARKETER, PEOPLE_ONLY, "see invitations"),
        ("POST ", MARKETER, PEOPLE_ONLY, "invite somebody", NOT_ABOVE),
        ("DELETE /{invitation_id}", MARKETER, PEOPLE_ONLY, "revoke an invitation"),
    ),
    section(
        "Tokens for machines",
        "/v1/api-tokens",
        About.ORGANIZATION,
        ("GET ", MARKETER, PEOPLE_ONLY, "see API tokens"),
        ("POST ", MARKETER, PEOPLE_ONLY, "make an API token", "it goes no further than its maker"),
        ("DELETE /{token_id}", MARKETER, PEOPLE_ONLY, "revoke an API token"),
    ),
    section(
        "Organisations",
        "/v1/organizations",
        About.ORGANIZATION,
        ("GET ", SIGNED_IN, READ, "list the own organisations"),
        ("GET /{organization_id}", SUPERVISOR, READ, "read an organisation"),
        (
            "PATCH /{organization_id}",
            MANAGER,
            PEOPLE_ONLY,
            "switch parts of the media assistant on or off",
        ),
        ("GET /{organization_id}/reminder-links", SUPERVISOR, READ, "see if reminders bring links"),
        (
            "PUT /{organization_id}/reminder-links",
            MANAGER,
            PEOPLE_ONLY,
            "let reminders bring links",
        ),
    ),
    section(
        "Making organisations",
        "/v1/organizations",
        About.PLATFORM,
        ("POST ", ADMIN, PEOPLE_ONLY, "make an organisation"),
    ),
    section(
        "Companies",
        "/v1/companies",
        About.COMPANY,
        ("GET ", SIGNED_IN, READ, "list the own companies"),
        ("POST ", MARKETER, WRITE, "make a company"),
        ("GET /{company_id}", SUPERVISOR, READ, "read a company"),
        ("PATCH /{company_id}", MARKETER, WRITE, "change a company"),
        ("GET /{company_id}/events", SUPERVISOR, READ, "read events"),
        ("POST /{company_id}/events", SUPERVISOR, WRITE, "add an event"),
        ("GET /{company_id}/documents", SUPERVISOR, READ, "list documents"),
        ("POST /{company_id}/documents", SUPERVISOR, WRITE, "add a document"),
        ("GET /{company_id}/months", SUPERVISOR, READ, "list months"),
        ("POST /{company_id}/months", SUPERVISOR, WRITE, "open a month"),
        ("PUT /{company_id}/personas/active", SUPERVISOR, DECIDE, "choose personas", FOUR_EYES),
        ("GET /{company_id}/calendar", SUPERVISOR, READ, "read the calendar"),
        ("GET /{company_id}/forecast", SUPERVISOR, READ, "read what a month will cost"),
        ("GET /{company_id}/export", MANAGER, READ, "take a company out"),
        ("POST /{company_id}/erasure", MANAGER, PEOPLE_ONLY, "delete or erase a company"),
        ("POST /{company_id}/restore", MANAGER, WRITE, "bring a deleted company back"),
    ),
    section(
        "Content",
        "/v1/contents",
        About.CONTENT,
        ("GET ", SIGNED_IN, READ, "list items"),
        ("POST ", SUPERVISOR, WRITE, "make an item"),
        ("GET /{content_id}", SUPERVISOR, READ, "read an item"),
        ("PATCH /{content_id}", SUPERVISOR, WRITE, "edit an item"),
        ("POST /{content_id}/generate", SUPERVISOR, WRITE, "have a version written"),
        (
            "GET /{content_id}/versions/{number}/requested-changes",
            SUPERVISOR,
            READ,
            "read what was asked of a version",
        ),
        ("GET /{content_id}/versions", SUPERVISOR, READ, "list versions"),
        ("GET /{content_id}/versions/{number}", SUPERVISOR, READ, "read a version"),
        ("GET /{content_id}/versions/{number}/checks", SUPERVISOR, READ, "read verdicts"),
        ("GET /{content_id}/versions/{number}/diff/{other}", SUPERVISOR, READ, "compare versions"),
        ("GET /{content_id}/checks", SUPERVISOR, READ, "read verdicts"),
        ("GET /{content_id}/decisions", SUPERVISOR, READ, "read decisions"),
        ("GET /{content_id}/lineage", SUPERVISOR, READ, "read what was made from what"),
        ("GET /{content_id}/comments", SUPERVISOR, READ, "read comments"),
        ("POST /{content_id}/comments", SUPERVISOR, WRITE, "comment"),
        ("POST /{content_id}/schedule", SUPERVISOR, WRITE, "schedule an item"),
        ("POST /{content_id}/archive", SUPERVISOR, WRITE, "archive an item"),
        ("POST /{content_id}/restore", SUPERVISOR, WRITE, "restore an item"),
        ("POST /{content_id}/approve", SUPERVISOR, DECIDE, "approve an item", FOUR_EYES),
        ("POST /{content_id}/reject", SUPERVISOR, DECIDE, "reject an item"),
        ("POST /{content_id}/request-changes", SUPERVISOR, DECIDE, "ask for changes"),
        ("GET /{content_id}/approval-links", SUPERVISOR, READ, "see an item's approval links"),
        ("POST /{content_id}/approval-links", SUPERVISOR, DECIDE, "make an approval link"),
    ),
    section(
        "What waits",
        "/v1",
        About.CONTENT,
        ("GET /search", SIGNED_IN, READ, "search the contents"),
        ("GET /inbox", SIGNED_IN, READ, "read what waits"),
        ("POST /decisions", SIGNED_IN, DECIDE, "decide about many", "each item as if alone"),
        ("GET /approval-links", SIGNED_IN, READ, "see approval links"),
        ("POST /approval-links", SIGNED_IN, DECIDE, "make approval links", "each item as if alone"),
        ("DELETE /approval-links/{link_id}", SUPERVISOR, DECIDE, "revoke an approval link"),
        ("GET /media/{sha256}", SUPERVISOR, READ, "see a picture"),
    ),
    section(
        "Templates of the media assistant",
        "/v1/media/templates",
        About.ONESELF,
        ("GET ", SIGNED_IN, READ, "list templates"),
    ),
    section(
        "AI images",
        "/v1/media/images",
        About.COMPANY,
        ("POST ", SUPERVISOR, WRITE, "have AI images made"),
        ("POST /estimate", SUPERVISOR, READ, "ask what AI images cost"),
        ("POST /overlay", SUPERVISOR, WRITE, "lay facts over a picture"),
        ("GET ", SIGNED_IN, READ, "list AI images"),
        ("GET /{image_job_id}", SUPERVISOR, READ, "read AI images"),
        ("POST /{image_job_id}/select", SUPERVISOR, WRITE, "choose an AI image"),
        ("POST /{image_job_id}/regenerate", SUPERVISOR, WRITE, "have AI images made anew"),
    ),
    section(
        "Auto-format",
        "/v1/media/auto-format",
        About.COMPANY,
        ("POST ", SUPERVISOR, WRITE, "have a picture made into formats"),
        ("GET /{job_id}", SUPERVISOR, READ, "read what came of a picture"),
        ("GET /{job_id}/zip", SUPERVISOR, READ, "take all formats of a picture"),
        ("GET /{job_id}/{format_code}", SUPERVISOR, READ, "take a format of a picture"),
    ),
    section(
        "Shows",
        "/v1/shows",
        About.COMPANY,
        ("GET ", SIGNED_IN, READ, "list shows"),
        ("POST ", SUPERVISOR, WRITE, "make a show"),
        ("GET /{show_id}", SUPERVISOR, READ, "read a show"),
        ("PATCH /{show_id}", SUPERVISOR, WRITE, "change a show"),
        ("DELETE /{show_id}", SUPERVISOR, WRITE, "delete a show"),
    ),
    section(
        "Jobs",
        "/v1/jobs",
        About.COMPANY,
        ("GET ", SIGNED_IN, READ, "list jobs"),
        ("GET /{job_id}", SUPERVISOR, READ, "read a job"),
        ("GET /{job_id}/events", SUPERVISOR, READ, "follow a job"),
        ("POST /{job_id}/retry", MARKETER, WRITE, "try a job again"),
        ("POST /{job_id}/cancel", MARKETER, WRITE, "cancel a job"),
    ),
    section(
        "Usage and limits",
        "/v1/usage",
        About.ORGANIZATION,
        ("GET /summary", SUPERVISOR, READ, "read what was used"),
        ("GET /generations", SUPERVISOR, READ, "read what was used"),
        ("GET /limits", SUPERVISOR, READ, "read limits"),
        ("PUT /limits", MANAGER, WRITE, "change limits"),
    ),
    section(
        "Keys of providers",
        "/v1/provider-keys",
        About.ORGANIZATION,
        ("GET ", MANAGER, PEOPLE_ONLY, "handle the organisation's own keys"),
        ("GET /{provider}", MANAGER, PEOPLE_ONLY, "handle the organisation's own keys"),
        ("PUT /{provider}", MANAGER, PEOPLE_ONLY, "handle the organisation's own keys"),
        ("DELETE /{provider}", MANAGER, PEOPLE_ONLY, "handle the organisation's own keys"),
        ("POST /{provider}/test", MANAGER, PEOPLE_ONLY, "handle the organisation's own keys"),
    ),
    section(
        "The platform",
        "/v1/admin",
        About.PLATFORM,
        ("GET /usage", ADMIN, PEOPLE_ONLY, "read what all organisations used"),
        ("GET /providers", ADMIN, PEOPLE_ONLY, "decide how providers are used"),
        ("GET /providers/{provider}", ADMIN, PEOPLE_ONLY, "decide how providers are used"),
        ("PUT /providers/{provider}", ADMIN, PEOPLE_ONLY, "decide how providers are used"),
        (
            "POST /providers/{provider}/set-default",
            ADMIN,
            PEOPLE_ONLY,
            "decide how providers are used",
        ),
        ("POST /providers/{provider}/test", ADMIN, PEOPLE_ONLY, "decide how providers are used"),
    ),
    section(
        "Prompts",
        "/v1/prompts",
        About.ORGANIZATION,
        ("GET ", MARKETER, READ, "read prompts"),
        ("GET /{code}", MARKETER, READ, "read prompts"),
        ("GET /{code}/versions/{version}", MARKETER, READ, "read prompts"),
        ("GET /{code}/diff", MARKETER, READ, "read prompts"),
        (
            "POST /{code}/versions",
            MANAGER,
            WRITE,
            "change an organisation's own prompts",
            PLATFORMS_OWN,
        ),
        (
            "POST /{code}/labels",
            MANAGER,
            WRITE,
            "change an organisation's own prompts",
            PLATFORMS_OWN,
        ),
        (
            "POST /{code}/rollback",
            MANAGER,
            WRITE,
            "change an organisation's own prompts",
            PLATFORMS_OWN,
        ),
        ("PUT /{code}/override", MANAGER, WRITE, "change an organisation's own prompts"),
        ("DELETE /{code}/override", MANAGER, WRITE, "change an organisation's own prompts"),
    ),
    section(
        "Experiments",
        "/v1/experiments",
        About.PLATFORM,
        ("GET ", ADMIN, PEOPLE_ONLY, "run experiments"),
        ("POST ", ADMIN, PEOPLE_ONLY, "run experiments"),
        ("GET /{experiment_id}", ADMIN, PEOPLE_ONLY, "run experiments"),
        ("POST /{experiment_id}/stop", ADMIN, PEOPLE_ONLY, "run experiments"),
        ("POST /{experiment_id}/promote", ADMIN, PEOPLE_ONLY, "run experiments"),
    ),
    section(
        "The audit trail",
        "/v1/audit",
        About.ORGANIZATION,
        ("GET ", MANAGER, READ, "read the audit trail", PLATFORMS_OWN),
        ("GET /export", MANAGER, READ, "read the audit trail", PLATFORMS_OWN),
    ),
    section(
        "Webhooks",
        "/v1/webhooks",
        About.ORGANIZATION,
        ("GET ", MARKETER, READ, "see webhooks"),
        ("POST ", MARKETER, WRITE, "make webhooks"),
        ("GET /{webhook_id}", MARKETER, READ, "see webhooks"),
        ("PATCH /{webhook_id}", MARKETER, WRITE, "change webhooks"),
        ("DELETE /{webhook_id}", MARKETER, WRITE, "delete webhooks"),
        ("POST /{webhook_id}/test", MARKETER, WRITE, "test webhooks"),
        ("POST /{webhook_id}/rotate-secret", MARKETER, WRITE, "change webhooks"),
        ("GET /{webhook_id}/deliveries", MARKETER, READ, "see webhooks"),
    ),
)

PERMISSIONS = {(row.method, row.path): row for section_ in SECTIONS for row in section_.rows}


def permission_of(method: str, path: str) -> Permission:
    """Give the row of an operation; `path` is the route's, with its names in braces.

    Raises LookupError for an operation without one: it is not served to anybody.
    """
    found = PERMISSIONS.get((method, path))
    if found is None:
        raise LookupError(
            f"{method} {path} has no row in domain/permissions/table.py, so nobody may call it."
        )
    return found
