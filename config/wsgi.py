"""The portal as a WSGI application; the environment variable CKAN_INI names its ini file."""

import os

from ckan.cli import load_config
from ckan.config.middleware import make_app

application = make_app(load_config(os.environ["CKAN_INI"]))
