"""The pages. A module lists its blueprint in `__all__`, and the plugin finds it there."""
