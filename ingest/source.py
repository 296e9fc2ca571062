"""What is known of an official file before opening it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PLACES: Final = ("cog", "postal", "cedex", "communes", "ban")
"""Sources that placing an address leans on: when one is loaded again, addresses are placed again."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """An official file (or set of files) and what was agreed about it.

    name                    word typed after `sas ingest`
    title, publisher        as the publisher writes them, in French
    licence, page, rhythm   licence, page people can open, how often it is refreshed (French)
    downloads               addresses fetched by `--download`; empty when there is no stable one
    expected_rows           rows of a whole national edition; outside of it, the load warns
    reader_version          raised when the reader gives other rows for the same bytes; in the fingerprint
    depends                 sources whose data in service change what this one gives; in the fingerprint
    min_share_of_previous   fewer rows than this share of the previous load is refused as truncated
    max_rejected_share      more rejected rows than this share stops the load
    max_age_days            older than this, the data in service are called old; None when they do not age
    """

    name: str
    title: str
    publisher: str
    licence: str
    page: str
    rhythm: str
    expected_rows: range
    downloads: tuple[str, ...] = ()
    reader_version: int = 1
    depends: tuple[str, ...] = ()
    min_share_of_previous: float = 0.9
    max_rejected_share: float = 0.01
    max_age_days: int | None = None
