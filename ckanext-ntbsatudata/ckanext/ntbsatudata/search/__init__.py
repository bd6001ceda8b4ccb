"""One connection for CKAN, two engines behind it: PostgreSQL (default) and Solr 9."""
