#!/bin/sh
# First start: make the cluster, the three roles and the two databases. Passwords come from files, never from the environment.
set -eu
secret() { tr -d '\n' < "/run/secrets/$1"; }

if [ ! -s "$PGDATA/PG_VERSION" ]; then
    initdb --pgdata "$PGDATA" --encoding UTF8 --locale C.UTF-8 --auth-local peer --auth-host scram-sha-256 > /dev/null
    echo "host all all all scram-sha-256" >> "$PGDATA/pg_hba.conf"
    pg_ctl --pgdata "$PGDATA" --wait --options "-c listen_addresses=''" start > /dev/null
    psql --quiet --set ON_ERROR_STOP=1 --set catalogue="$(secret database_password)" --set reader="$(secret datastore_read_password)" postgres <<'SQL'
CREATE ROLE ckan LOGIN PASSWORD :'catalogue';
CREATE ROLE datastore_read LOGIN PASSWORD :'reader';
ALTER ROLE datastore_read SET statement_timeout = '30s';
CREATE DATABASE ckan OWNER ckan;
CREATE DATABASE datastore OWNER ckan;
SQL
    psql --quiet --set ON_ERROR_STOP=1 --set application=ckan --file /usr/local/share/satudata/records.sql ckan
    pg_ctl --pgdata "$PGDATA" --wait stop > /dev/null
fi
exec postgres -D "$PGDATA" -c listen_addresses='*'
