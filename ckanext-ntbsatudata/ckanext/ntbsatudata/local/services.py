"""The embedded services together: start PostgreSQL and Redis in one folder, hand out their addresses, stop them.

with Services(folder, durable=False) as services:
    services.catalogue_url, services.datastore_write_url, services.datastore_read_url, services.redis_url
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

from ckanext.ntbsatudata.local.postgres import CATALOGUE, DATASTORE, OWNER, READER, Postgres
from ckanext.ntbsatudata.local.redis import Redis
from ckanext.ntbsatudata.local.secrets import Secrets


class Services:
    """PostgreSQL with the two databases, and Redis, as long as the `with` block lasts.

    `durable=False` gives the safety of the data up for speed: for tests only.
    """

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        self.secrets = Secrets(folder / "secrets.json")
        logs = folder / "logs"
        logs.mkdir(mode=0o700, exist_ok=True)
        self.postgres = Postgres(folder / "postgres", logs / "postgres.log", self.secrets, durable=durable)
        self.redis = Redis(folder / "redis", logs / "redis.log", durable=durable)

    def __enter__(self) -> Services:
        try:
            self.postgres.start()
            self.postgres.ensure_databases()
            self.redis.start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop()

    @property
    def catalogue_url(self) -> str:
        return self.postgres.url(OWNER, CATALOGUE)

    @property
    def datastore_write_url(self) -> str:
        return self.postgres.url(OWNER, DATASTORE)

    @property
    def datastore_read_url(self) -> str:
        return self.postgres.url(READER, DATASTORE)

    @property
    def redis_url(self) -> str:
        return self.redis.url

    def _stop(self) -> None:
        self.redis.stop()
        self.postgres.stop()
