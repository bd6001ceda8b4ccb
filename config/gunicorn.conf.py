"""The web server: two processes of four threads suit two cores and leave memory for the databases.

The address to listen on and the number of processes may be given on gunicorn's command line.
"""

wsgi_app = "ckanext.ntbsatudata.settings.wsgi:application"
workers = 2
threads = 4
worker_class = "gthread"
# CKAN is loaded once and shared, which halves the start and saves memory; each process then opens its own connections.
preload_app = True
timeout = 120
graceful_timeout = 15
keepalive = 5
# A process is renewed now and then, so that a slow leak never grows old.
max_requests = 20000
max_requests_jitter = 2000
accesslog = None  # readers' addresses are not kept
errorlog = "-"
control_socket_disable = True


def post_fork(server, worker):
    """Leave the connections of the loading process to it; one connection in two processes would mix their answers."""
    import ckan.model

    from ckanext.datastore.backend import postgres

    for engine in (ckan.model.meta.engine, *postgres._engines.values()):
        if engine is not None:
            engine.dispose(close=False)
