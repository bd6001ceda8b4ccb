#!/bin/sh
# web: settings from the secrets, databases up to date, reference data published, then the web server. worker, schedule: background work.
set -eu
umask 077
secret() { tr -d '\n' < "${SECRETS:-/run/secrets}/$1"; }
folder() { python3 -c 'from importlib.resources import files; print(files("ckanext.ntbsatudata.settings"))'; }

settings() {
    database=$(secret database_password) reader=$(secret datastore_read_password) session=$(secret session_secret)
    host=${DATABASE_HOST:-postgres}
    portal=$(folder)/portal.ini
    cat > "$CKAN_INI.new" <<INI
[app:main]
use = config:$portal
ckan.site_url = $SATUDATA_SITE_URL
sqlalchemy.url = postgresql://ckan:$database@$host/ckan
ckan.datastore.write_url = postgresql://ckan:$database@$host/datastore
ckan.datastore.read_url = postgresql://datastore_read:$reader@$host/datastore
ckan.redis.url = redis://${REDIS_HOST:-redis}:6379/0
ntbsatudata.search.engine = solr
solr_url = http://${SOLR_HOST:-solr}:8983/solr/ckan
ckan.storage_path = /var/lib/satudata/storage
ckan.webassets.path = /var/lib/satudata/assets
ntbsatudata.wilayah = ${SATUDATA_WILAYAH:-52}
SECRET_KEY = $session
WTF_CSRF_SECRET_KEY = $session
api_token.jwt.encode.secret = string:$session
api_token.jwt.decode.secret = string:$session
SESSION_COOKIE_SECURE = $(case "$SATUDATA_SITE_URL" in https:*) echo true ;; *) echo false ;; esac)
INI
    mv "$CKAN_INI.new" "$CKAN_INI"
}

case "${1:-web}" in
    web)
        settings
        ckan db init
        ckan datastore set-permissions | PGPASSWORD=$(secret database_password) psql --quiet --set ON_ERROR_STOP=1 \
            --host "${DATABASE_HOST:-postgres}" --username ckan datastore > /dev/null
        ckan ntbsatudata account make /var/lib/satudata/accounts
        ckan ntbsatudata content publish
        exec gunicorn --config "$(folder)/gunicorn.conf.py" --bind 0.0.0.0:5000
        ;;
    worker)
        exec ckan jobs worker
        ;;
    schedule)
        exec ckan ntbsatudata schedule run
        ;;
    *)
        echo "start-portal web | worker | schedule" >&2
        exit 64
        ;;
esac
