"""Revisions of our tables, run by alembic. A change of `tables.py` needs a new one here, and `schema.HEAD`."""
