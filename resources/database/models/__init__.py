"""The tables, by subject. Importing this package registers every model on `Base.metadata`."""

from resources.database.models import content, gateway, identity, work
from resources.database.models.base import SCHEMA, Base

__all__ = ["SCHEMA", "Base", "content", "gateway", "identity", "work"]
