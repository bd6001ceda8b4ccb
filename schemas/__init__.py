"""What staff may change: metadata standards, code lists, table descriptions, sentences. No logic."""
