"""Settings of the portal, its web server and its logs, and the pinned requirements."""
