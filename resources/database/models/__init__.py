"""The tables, by subject. Importing this package registers every model on `Base.metadata`."""

from resources.database.models import (
    budgets,
    content,
    identity,
    journal,
    links,
    media,
    notifying,
    operations,
    privacy,
    prompts,
    providers,
    searching,
    work,
)
from resources.database.models.base import SCHEMA, Base

__all__ = [
    "SCHEMA",
    "Base",
    "budgets",
    "content",
    "identity",
    "journal",
    "links",
    "media",
    "notifying",
    "operations",
    "privacy",
    "prompts",
    "providers",
    "searching",
    "work",
]
