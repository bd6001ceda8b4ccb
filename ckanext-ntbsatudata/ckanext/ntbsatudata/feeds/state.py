"""When each feed was last read, and whether the catalogue was valid when it was last checked."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import ckan.model as model
from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit
from sqlalchemy.dialects.postgresql import insert

from ckanext.ntbsatudata.model.feed_record import FeedState

_VALIDATION = "validation"


def _reads_key() -> str:
    return f"ntbsatudata:{toolkit.config['ckan.site_id']}:feed-reads"


def note_read(feed: str) -> None:
    """Remember that a feed was read now; in Redis, for a write to the catalogue would end every kept page."""
    connect_to_redis().hset(_reads_key(), feed, datetime.now(timezone.utc).isoformat(timespec="seconds"))


def reads() -> dict[str, str]:
    """Return the moment of the last whole answer of each feed. Answers from memory and 304 are not counted."""
    return {name.decode(): moment.decode() for name, moment in connect_to_redis().hgetall(_reads_key()).items()}


def kept_validation() -> dict[str, Any] | None:
    """Return what the last check found: `checked_at`, `datasets`, `violations`, `invalid` (ids of datasets); None before the first."""
    row = model.Session.get(FeedState, _VALIDATION)
    return json.loads(row.value) if row else None


def keep_validation(found: dict[str, Any]) -> None:
    values = {"key": _VALIDATION, "value": json.dumps(found)}
    model.Session.execute(insert(FeedState).values(**values).on_conflict_do_update(index_elements=["key"], set_={"value": values["value"]}))
    model.Session.commit()
