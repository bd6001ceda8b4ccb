"""No more than a few guesses at a password each minute, by name and place."""

from __future__ import annotations

import hashlib

from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit
from flask import request

GUESSES = 5
SECONDS = 60


def count_failure(name: str, **_details: object) -> None:
    """Count a failed login; for CKAN's signal `failed_login`."""
    redis, key = connect_to_redis(), _key(name)
    if redis.incr(key) == 1:
        redis.expire(key, SECONDS)


def refuse_guessing() -> None:
    """Answer 429 to whoever has just guessed too often, before the password is looked at."""
    if request.endpoint == "user.login" and request.method == "POST":
        failures = connect_to_redis().get(_key(request.form.get("login", "")))
        if failures is not None and int(failures) >= GUESSES:
            toolkit.abort(429)


def _key(name: str) -> str:
    """The name and the address are kept as a hash only, and for a minute."""
    who = hashlib.sha256(f"{request.remote_addr} {name.strip().lower()}".encode()).hexdigest()
    return f"{toolkit.config['ckan.site_id']}:ntbsatudata:login:{who}"
