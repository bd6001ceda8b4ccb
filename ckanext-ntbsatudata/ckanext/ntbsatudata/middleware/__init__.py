"""Between the web server and CKAN: what every answer of the portal has in common."""
