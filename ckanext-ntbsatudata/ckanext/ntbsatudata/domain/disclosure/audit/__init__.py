"""Audit: attack what is public, as an outsider would. Shares no code with suppression; a linter contract holds that."""
