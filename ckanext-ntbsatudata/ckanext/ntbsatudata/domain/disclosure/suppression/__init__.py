"""Suppression: which cells must be hidden so that no small cell can be told from what is shown."""
