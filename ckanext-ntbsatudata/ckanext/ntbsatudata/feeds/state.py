"""When each feed was last read."""

from __future__ import annotations

from datetime import datetime, timezone

from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit


def _key() -> str:
    return f"ntbsatudata:{toolkit.config['ckan.site_id']}:feed-reads"


def note_read(feed: str) -> None:
    """Remember that a feed was read now; in Redis, for a write to the catalogue would end every kept page."""
    connect_to_redis().hset(_key(), feed, datetime.now(timezone.utc).isoformat(timespec="seconds"))


def reads() -> dict[str, str]:
    """Return the moment of the last whole answer of each feed. Answers from memory and 304 are not counted."""
    return {name.decode(): moment.decode() for name, moment in connect_to_redis().hgetall(_key()).items()}
