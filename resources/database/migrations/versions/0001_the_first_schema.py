"""The first schema"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from resources.database import tenancy

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "app_user",
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("is_admin", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("manager_id", sa.Uuid(), nullable=True),
        sa.Column("failed_logins", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "settings",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_app_user_email_is_lower_case")),
        sa.ForeignKeyConstraint(
            ["manager_id"], ["posthub.app_user.id"], name=op.f("fk_app_user_manager_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_app_user")),
        sa.UniqueConstraint("email", name=op.f("uq_app_user_email")),
        schema="posthub",
    )
    op.create_table(
        "organization",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("four_eyes", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("dna_gate", sa.String(), server_default="manual", nullable=False),
        sa.Column(
            "settings",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "dna_gate IN ('manual', 'automatic')", name=op.f("ck_organization_dna_gate")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization")),
        schema="posthub",
    )
    op.create_table(
        "rate_limit",
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("next_free_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("provider", "scope", name=op.f("pk_rate_limit")),
        schema="posthub",
    )
    op.create_table(
        "api_token",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column(
            "scopes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["posthub.organization.id"],
            name=op.f("fk_api_token_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["posthub.app_user.id"], name=op.f("fk_api_token_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
        schema="posthub",
    )
    op.create_table(
        "audit",
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_kind", sa.String(), server_default="person", nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("ip", sa.String(), nullable=True),
        sa.Column("request_id", sa.String(), nullable=True),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["posthub.app_user.id"], name=op.f("fk_audit_actor_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["posthub.organization.id"], name=op.f("fk_audit_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        schema="posthub",
    )
    op.create_index(
        "ix_audit_organization_id_at",
        "audit",
        ["organization_id", "at"],
        unique=False,
        schema="posthub",
    )
    op.create_table(
        "company",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("partition_key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("organization_name", sa.String(), server_default="", nullable=False),
        sa.Column("website", sa.String(), server_default="", nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("country", sa.String(), server_default="", nullable=False),
        sa.Column("industry", sa.String(), server_default="", nullable=False),
        sa.Column("business_field", sa.String(), server_default="", nullable=False),
        sa.Column("audience", sa.String(), server_default="", nullable=False),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column(
            "platforms",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column(
            "brand",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "partition_key ~ '^[a-z0-9-]{1,80}$'", name=op.f("ck_company_partition_key")
        ),
        sa.CheckConstraint("slug ~ '^[a-z0-9-]{1,63}$'", name=op.f("ck_company_slug")),
        sa.CheckConstraint(
            "tier IN ('TRIAL', 'BASIC', 'PRO', 'ULTIMATE')", name=op.f("ck_company_tier")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["posthub.organization.id"],
            name=op.f("fk_company_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company")),
        sa.UniqueConstraint(
            "organization_id", "slug", name=op.f("uq_company_organization_id_slug")
        ),
        sa.UniqueConstraint("partition_key", name=op.f("uq_company_partition_key")),
        schema="posthub",
    )
    op.create_table(
        "idempotency_key",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("status_code", sa.Integer(), nullable=True),
        sa.Column("response", sa.LargeBinary(), nullable=True),
        sa.Column("media_type", sa.String(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["posthub.app_user.id"], name=op.f("fk_idempotency_key_user_id")
        ),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f("pk_idempotency_key")),
        schema="posthub",
    )
    op.create_table(
        "invitation",
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "role IN ('MANAGER', 'MARKETER', 'SUPERVISOR')", name=op.f("ck_invitation_role")
        ),
        sa.ForeignKeyConstraint(
            ["accepted_by"], ["posthub.app_user.id"], name=op.f("fk_invitation_accepted_by")
        ),
        sa.ForeignKeyConstraint(
            ["invited_by"], ["posthub.app_user.id"], name=op.f("fk_invitation_invited_by")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["posthub.organization.id"],
            name=op.f("fk_invitation_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
        schema="posthub",
    )
    op.create_table(
        "media",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("width_px", sa.Integer(), nullable=True),
        sa.Column("height_px", sa.Integer(), nullable=True),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column(
            "metadata",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["posthub.organization.id"], name=op.f("fk_media_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "sha256", name=op.f("pk_media")),
        schema="posthub",
    )
    op.create_table(
        "membership",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "role IN ('MANAGER', 'MARKETER', 'SUPERVISOR')", name=op.f("ck_membership_role")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["posthub.organization.id"],
            name=op.f("fk_membership_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["posthub.app_user.id"], name=op.f("fk_membership_user_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "user_id", name=op.f("pk_membership")),
        schema="posthub",
    )
    op.create_index(
        "ix_membership_user_id", "membership", ["user_id"], unique=False, schema="posthub"
    )
    op.create_table(
        "outbox",
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "available_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["posthub.organization.id"], name=op.f("fk_outbox_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        schema="posthub",
    )
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["available_at"],
        unique=False,
        schema="posthub",
        postgresql_where=sa.text("delivered_at IS NULL"),
    )
    op.create_table(
        "prompt_version",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("system_text", sa.String(), nullable=False),
        sa.Column("user_text", sa.String(), nullable=False),
        sa.Column(
            "output_schema",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("temperature", sa.Numeric(precision=4, scale=2), nullable=True),
        sa.Column("max_tokens", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"], ["posthub.app_user.id"], name=op.f("fk_prompt_version_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["posthub.organization.id"],
            name=op.f("fk_prompt_version_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompt_version")),
        sa.UniqueConstraint(
            "organization_id",
            "code",
            "language",
            "version",
            name=op.f("uq_prompt_version_organization_id_code_language_version"),
            postgresql_nulls_not_distinct=True,
        ),
        schema="posthub",
    )
    op.create_table(
        "provider_key",
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.Column("last_four", sa.String(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("tested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["posthub.organization.id"],
            name=op.f("fk_provider_key_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_key")),
        sa.UniqueConstraint(
            "organization_id",
            "provider",
            name=op.f("uq_provider_key_organization_id_provider"),
            postgresql_nulls_not_distinct=True,
        ),
        schema="posthub",
    )
    op.create_table(
        "provider_setting",
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("is_default", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "settings",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("last_test", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["posthub.organization.id"],
            name=op.f("fk_provider_setting_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_setting")),
        sa.UniqueConstraint(
            "organization_id",
            "provider",
            name=op.f("uq_provider_setting_organization_id_provider"),
            postgresql_nulls_not_distinct=True,
        ),
        schema="posthub",
    )
    op.create_table(
        "refresh_family",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_because", sa.String(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["posthub.app_user.id"], name=op.f("fk_refresh_family_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refresh_family")),
        schema="posthub",
    )
    op.create_index(
        op.f("ix_refresh_family_user_id"),
        "refresh_family",
        ["user_id"],
        unique=False,
        schema="posthub",
    )
    op.create_table(
        "budget",
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("provider", sa.String(), nullable=True),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("reserved_requests", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("reserved_tokens", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column(
            "reserved_usd", sa.Numeric(precision=18, scale=9), server_default="0", nullable=False
        ),
        sa.Column("spent_requests", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("spent_tokens", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column(
            "spent_usd", sa.Numeric(precision=18, scale=9), server_default="0", nullable=False
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["posthub.company.id"], name=op.f("fk_budget_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["posthub.organization.id"], name=op.f("fk_budget_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget")),
        sa.UniqueConstraint(
            "organization_id",
            "company_id",
            "provider",
            "period",
            "starts_on",
            name=op.f("uq_budget_organization_id_company_id_provider_period_starts_on"),
            postgresql_nulls_not_distinct=True,
        ),
        schema="posthub",
    )
    op.create_table(
        "company_month",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column(
            "opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "extract(day from month) = 1", name=op.f("ck_company_month_first_of_month")
        ),
        sa.CheckConstraint("quota >= 0", name=op.f("ck_company_month_quota")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["posthub.company.id"], name=op.f("fk_company_month_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["posthub.organization.id"],
            name=op.f("fk_company_month_organization_id"),
        ),
        sa.PrimaryKeyConstraint(
            "organization_id", "company_id", "month", name=op.f("pk_company_month")
        ),
        schema="posthub",
    )
    op.create_index(
        "ix_company_month_month", "company_month", ["month"], unique=False, schema="posthub"
    )
    op.create_table(
        "content",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("persona_id", sa.Uuid(), nullable=True),
        sa.Column("place", sa.String(), server_default="", nullable=False),
        sa.Column("status", sa.String(), server_default="draft", nullable=False),
        sa.Column("current_version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("title", sa.String(), server_default="", nullable=False),
        sa.Column("round", sa.Integer(), server_default="0", nullable=False),
        sa.Column("scheduled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('company_dna', 'persona', 'topic', 'blog_post', 'social_post', 'image', 'palette', 'article', 'photo_calendar', 'video')",
            name=op.f("ck_content_kind"),
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'in_review', 'approved', 'scheduled', 'delivered', 'rejected', 'changes_requested', 'archived')",
            name=op.f("ck_content_status"),
        ),
        sa.CheckConstraint(
            "month IS NULL OR extract(day from month) = 1", name=op.f("ck_content_first_of_month")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["posthub.company.id"], name=op.f("fk_content_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["posthub.organization.id"],
            name=op.f("fk_content_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["posthub.content.id"], name=op.f("fk_content_parent_id")
        ),
        sa.ForeignKeyConstraint(
            ["persona_id"], ["posthub.content.id"], name=op.f("fk_content_persona_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content")),
        schema="posthub",
    )
    op.create_index(
        "ix_content_company_month",
        "content",
        ["organization_id", "company_id", "month", "kind"],
        unique=False,
        schema="posthub",
    )
    op.create_index(
        "ix_content_inbox",
        "content",
        ["organization_id", "review_since", "id"],
        unique=False,
        schema="posthub",
        postgresql_where=sa.text("status = 'in_review'"),
    )
    op.create_index("ix_content_parent", "content", ["parent_id"], unique=False, schema="posthub")
    op.create_index(
        "uq_content_place",
        "content",
        ["organization_id", "company_id", "kind", "parent_id", "place"],
        unique=True,
        schema="posthub",
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("status NOT IN ('rejected', 'archived')"),
    )
    op.create_table(
        "experiment",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("control_id", sa.Uuid(), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("share_percent", sa.Integer(), nullable=False),
        sa.Column(
            "started_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_because", sa.String(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["posthub.prompt_version.id"], name=op.f("fk_experiment_candidate_id")
        ),
        sa.ForeignKeyConstraint(
            ["control_id"], ["posthub.prompt_version.id"], name=op.f("fk_experiment_control_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["posthub.organization.id"],
            name=op.f("fk_experiment_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experiment")),
        schema="posthub",
    )
    op.create_table(
        "generation",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("model", sa.String(), server_default="", nullable=False),
        sa.Column("prompt_version_id", sa.Uuid(), nullable=True),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("redaction_policy", sa.String(), server_default="none", nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("request", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("response", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("media_sha256", sa.String(), nullable=True),
        sa.Column("input_tokens", sa.Integer(), server_default="0", nullable=False),
        sa.Column("output_tokens", sa.Integer(), server_default="0", nullable=False),
        sa.Column("cached_tokens", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reasoning_tokens", sa.Integer(), server_default="0", nullable=False),
        sa.Column("image_tokens", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "cost_usd", sa.Numeric(precision=18, scale=9), server_default="0", nullable=False
        ),
        sa.Column("latency_ms", sa.Integer(), nullable=True),
        sa.Column("error_code", sa.String(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reuse_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pruned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "status IN ('started', 'completed', 'failed')", name=op.f("ck_generation_status")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["posthub.company.id"], name=op.f("fk_generation_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["posthub.organization.id"],
            name=op.f("fk_generation_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["prompt_version_id"],
            ["posthub.prompt_version.id"],
            name=op.f("fk_generation_prompt_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_generation")),
        schema="posthub",
    )
    op.create_index(
        "ix_generation_answer",
        "generation",
        ["organization_id", "company_id", "request_hash"],
        unique=False,
        schema="posthub",
        postgresql_where=sa.text("status = 'completed'"),
    )
    op.create_index(
        "ix_generation_job_id", "generation", ["job_id"], unique=False, schema="posthub"
    )
    op.create_index(
        "ix_generation_usage",
        "generation",
        ["organization_id", "created_at"],
        unique=False,
        schema="posthub",
    )
    op.create_table(
        "marketing_event",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["posthub.company.id"], name=op.f("fk_marketing_event_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["posthub.organization.id"],
            name=op.f("fk_marketing_event_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marketing_event")),
        sa.UniqueConstraint(
            "organization_id",
            "company_id",
            "on_date",
            "title",
            name=op.f("uq_marketing_event_organization_id_company_id_on_date_title"),
        ),
        schema="posthub",
    )
    op.create_table(
        "prompt_label",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("prompt_version_id", sa.Uuid(), nullable=False),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["posthub.organization.id"],
            name=op.f("fk_prompt_label_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["prompt_version_id"],
            ["posthub.prompt_version.id"],
            name=op.f("fk_prompt_label_prompt_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompt_label")),
        sa.UniqueConstraint(
            "organization_id",
            "code",
            "language",
            "label",
            name=op.f("uq_prompt_label_organization_id_code_language_label"),
            postgresql_nulls_not_distinct=True,
        ),
        schema="posthub",
    )
    op.create_table(
        "refresh_token",
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column(
            "issued_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["family_id"], ["posthub.refresh_family.id"], name=op.f("fk_refresh_token_family_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refresh_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_refresh_token_token_hash")),
        schema="posthub",
    )
    op.create_index(
        op.f("ix_refresh_token_family_id"),
        "refresh_token",
        ["family_id"],
        unique=False,
        schema="posthub",
    )
    op.create_table(
        "source_document",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("title", sa.String(), server_default="", nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "purpose IN ('document', 'published_post')", name=op.f("ck_source_document_purpose")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["posthub.company.id"], name=op.f("fk_source_document_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["posthub.organization.id"],
            name=op.f("fk_source_document_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_document")),
        sa.UniqueConstraint(
            "organization_id",
            "company_id",
            "purpose",
            "name",
            name=op.f("uq_source_document_organization_id_company_id_purpose_name"),
        ),
        schema="posthub",
    )
    op.create_table(
        "usage_limit",
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("provider", sa.String(), nullable=True),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("requests", sa.BigInteger(), nullable=True),
        sa.Column("tokens", sa.BigInteger(), nullable=True),
        sa.Column("cost_usd", sa.Numeric(precision=18, scale=9), nullable=True),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("period IN ('day', 'month')", name=op.f("ck_usage_limit_period")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["posthub.company.id"], name=op.f("fk_usage_limit_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["posthub.organization.id"],
            name=op.f("fk_usage_limit_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_limit")),
        sa.UniqueConstraint(
            "organization_id",
            "company_id",
            "provider",
            "period",
            name=op.f("uq_usage_limit_organization_id_company_id_provider_period"),
            postgresql_nulls_not_distinct=True,
        ),
        schema="posthub",
    )
    op.create_table(
        "comment",
        sa.Column("content_id", sa.Uuid(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("span", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["posthub.app_user.id"], name=op.f("fk_comment_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["content_id"], ["posthub.content.id"], name=op.f("fk_comment_content_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["posthub.organization.id"],
            name=op.f("fk_comment_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
        schema="posthub",
    )
    op.create_index(
        "ix_comment_content_id", "comment", ["content_id"], unique=False, schema="posthub"
    )
    op.create_table(
        "content_version",
        sa.Column("content_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("word_count", sa.Integer(), nullable=False),
        sa.Column("parent_version_id", sa.Uuid(), nullable=True),
        sa.Column("generation_id", sa.Uuid(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("provider", sa.String(), server_default="", nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_content_version_sha256")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["posthub.app_user.id"], name=op.f("fk_content_version_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["content_id"], ["posthub.content.id"], name=op.f("fk_content_version_content_id")
        ),
        sa.ForeignKeyConstraint(
            ["generation_id"],
            ["posthub.generation.id"],
            name=op.f("fk_content_version_generation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["posthub.organization.id"],
            name=op.f("fk_content_version_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["parent_version_id"],
            ["posthub.content_version.id"],
            name=op.f("fk_content_version_parent_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_version")),
        sa.UniqueConstraint(
            "organization_id",
            "content_id",
            "number",
            name=op.f("uq_content_version_organization_id_content_id_number"),
        ),
        schema="posthub",
    )
    op.create_index(
        op.f("ix_content_version_parent_version_id"),
        "content_version",
        ["parent_version_id"],
        unique=False,
        schema="posthub",
    )
    op.create_table(
        "reservation",
        sa.Column("budget_id", sa.Uuid(), nullable=False),
        sa.Column("generation_id", sa.Uuid(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.Column("cost_usd", sa.Numeric(precision=18, scale=9), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["budget_id"], ["posthub.budget.id"], name=op.f("fk_reservation_budget_id")
        ),
        sa.ForeignKeyConstraint(
            ["generation_id"], ["posthub.generation.id"], name=op.f("fk_reservation_generation_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["posthub.organization.id"],
            name=op.f("fk_reservation_organization_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservation")),
        schema="posthub",
    )
    op.create_index(
        "ix_reservation_open",
        "reservation",
        ["expires_at"],
        unique=False,
        schema="posthub",
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_table(
        "check_result",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("blocking", sa.Boolean(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("span_start", sa.Integer(), nullable=True),
        sa.Column("span_end", sa.Integer(), nullable=True),
        sa.Column("quote", sa.String(), server_default="", nullable=False),
        sa.Column("measured", sa.String(), server_default="", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "verdict IN ('pass', 'warn', 'fail')", name=op.f("ck_check_result_verdict")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["posthub.organization.id"],
            name=op.f("fk_check_result_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["posthub.content_version.id"], name=op.f("fk_check_result_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_result")),
        schema="posthub",
    )
    op.create_index(
        "ix_check_result_version_id", "check_result", ["version_id"], unique=False, schema="posthub"
    )
    op.create_table(
        "decision",
        sa.Column("content_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column(
            "reason_codes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column(
            "spans",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column(
            "decided_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "action IN ('approve', 'reject', 'request_changes')", name=op.f("ck_decision_action")
        ),
        sa.ForeignKeyConstraint(
            ["content_id"], ["posthub.content.id"], name=op.f("fk_decision_content_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["posthub.app_user.id"], name=op.f("fk_decision_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["posthub.organization.id"],
            name=op.f("fk_decision_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["posthub.content_version.id"], name=op.f("fk_decision_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        schema="posthub",
    )
    op.create_index(
        "ix_decision_content_id", "decision", ["content_id"], unique=False, schema="posthub"
    )
    op.create_index(
        "ix_decision_version", "decision", ["version_id", "action"], unique=False, schema="posthub"
    )
    op.create_table(
        "job",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("asset", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("month", sa.Date(), nullable=True),
        sa.Column("content_id", sa.Uuid(), nullable=True),
        sa.Column("source_version_id", sa.Uuid(), nullable=True),
        sa.Column("round", sa.Integer(), server_default="0", nullable=False),
        sa.Column("status", sa.String(), server_default="pending", nullable=False),
        sa.Column("progress", sa.Integer(), server_default="0", nullable=False),
        sa.Column("step", sa.String(), server_default="", nullable=False),
        sa.Column("priority", sa.Integer(), server_default="50", nullable=False),
        sa.Column("time_limit_s", sa.Integer(), server_default="180", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("max_attempts", sa.Integer(), server_default="3", nullable=False),
        sa.Column("crash_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "available_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_by", sa.String(), nullable=True),
        sa.Column("run_id", sa.String(), nullable=True),
        sa.Column("external_ref", sa.String(), nullable=True),
        sa.Column("prompt_version_id", sa.Uuid(), nullable=True),
        sa.Column(
            "params",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("tokens", sa.Integer(), server_default="0", nullable=False),
        sa.Column("duration_s", sa.Numeric(precision=12, scale=3), nullable=True),
        sa.Column(
            "cost_usd", sa.Numeric(precision=18, scale=9), server_default="0", nullable=False
        ),
        sa.Column("error_code", sa.String(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "status IN ('pending', 'running', 'completed', 'failed', 'cancelled')",
            name=op.f("ck_job_status"),
        ),
        sa.CheckConstraint("progress BETWEEN 0 AND 100", name=op.f("ck_job_progress")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["posthub.company.id"], name=op.f("fk_job_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["content_id"], ["posthub.content.id"], name=op.f("fk_job_content_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["posthub.organization.id"], name=op.f("fk_job_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["prompt_version_id"],
            ["posthub.prompt_version.id"],
            name=op.f("fk_job_prompt_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["requested_by"], ["posthub.app_user.id"], name=op.f("fk_job_requested_by")
        ),
        sa.ForeignKeyConstraint(
            ["source_version_id"],
            ["posthub.content_version.id"],
            name=op.f("fk_job_source_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint(
            "organization_id",
            "kind",
            "company_id",
            "month",
            "content_id",
            "source_version_id",
            "round",
            name="uq_job_once",
            postgresql_nulls_not_distinct=True,
        ),
        schema="posthub",
    )
    op.create_index(
        "ix_job_company",
        "job",
        ["organization_id", "company_id", "month", "asset"],
        unique=False,
        schema="posthub",
    )
    op.create_index("ix_job_content_id", "job", ["content_id"], unique=False, schema="posthub")
    op.create_index(
        "ix_job_failed",
        "job",
        ["asset"],
        unique=False,
        schema="posthub",
        postgresql_where=sa.text("status = 'failed'"),
    )
    op.create_index(
        "ix_job_pending",
        "job",
        ["asset", "priority", "available_at", "id"],
        unique=False,
        schema="posthub",
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index(
        "ix_job_running",
        "job",
        ["asset", "lease_until"],
        unique=False,
        schema="posthub",
        postgresql_where=sa.text("status = 'running'"),
    )
    op.create_table(
        "decision_origin",
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("ip", sa.String(), nullable=True),
        sa.Column("user_agent", sa.String(), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["posthub.decision.id"], name=op.f("fk_decision_origin_decision_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["posthub.organization.id"],
            name=op.f("fk_decision_origin_organization_id"),
        ),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_decision_origin")),
        schema="posthub",
    )
    op.create_table(
        "delivery",
        sa.Column("content_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("media_sha256", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("status", sa.String(), server_default="pending", nullable=False),
        sa.Column("external_ref", sa.String(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "status IN ('pending', 'delivered', 'failed')", name=op.f("ck_delivery_status")
        ),
        sa.ForeignKeyConstraint(
            ["content_id"], ["posthub.content.id"], name=op.f("fk_delivery_content_id")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["posthub.decision.id"], name=op.f("fk_delivery_decision_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "media_sha256"],
            ["posthub.media.organization_id", "posthub.media.sha256"],
            name=op.f("fk_delivery_organization_id_media_sha256"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["posthub.organization.id"],
            name=op.f("fk_delivery_organization_id"),
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["posthub.content_version.id"], name=op.f("fk_delivery_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint(
            "organization_id",
            "version_id",
            "channel",
            name=op.f("uq_delivery_organization_id_version_id_channel"),
        ),
        schema="posthub",
    )
    op.get_bind().exec_driver_sql(tenancy.install_sql().replace("%", "%%"))


def downgrade() -> None:
    op.execute("DROP SCHEMA posthub CASCADE")
    op.execute("CREATE SCHEMA posthub")
