"""SQL databases whose tables are described, migrated and queried through SQLAlchemy; ledgers have a faster way."""
