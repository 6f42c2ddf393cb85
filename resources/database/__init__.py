"""The one database engine: models, migrations, repositories, tenancy."""
