"""The engine PostgreSQL: an inverted index in two tables of the catalogue's own database."""
