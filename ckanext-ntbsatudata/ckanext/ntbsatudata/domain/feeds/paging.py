"""How a feed is cut into documents that its harvester accepts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

LARGEST_DOCUMENT = 45_000_000  # bytes; the secretariat's harvester refuses more than 50 MB
_SIZES = (5000, 1000, 200, 40)


@dataclass(frozen=True)
class Pages:
    """`records` to a page, None when everything is one document. The same catalogue is always cut in the same places."""

    records: int | None

    @classmethod
    def fitting(cls, whole: int, largest: Callable[[int], int], limit: int = LARGEST_DOCUMENT) -> Pages:
        """Return the fewest pages of one size of which none is over the limit. `whole` is all bytes, `largest` gives the bytes of the largest page of a size."""
        if whole <= limit:
            return cls(None)
        return cls(next((size for size in _SIZES if largest(size) <= limit), _SIZES[-1]))

    def count(self, records: int) -> int:
        """Return how many pages that many records fill; an empty catalogue has one."""
        return 1 if self.records is None else max(1, -(-records // self.records))
