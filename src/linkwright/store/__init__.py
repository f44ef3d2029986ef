"""The only room that speaks SQL: it remembers what the flows decide, on SQLite or PostgreSQL."""
