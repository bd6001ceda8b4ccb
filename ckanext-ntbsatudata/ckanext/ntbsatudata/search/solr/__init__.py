"""The engine Solr 9: our config set lives under `docker/solr/`."""
