"""Pages: an opaque, signed cursor. No result comes twice, none is lost, and no place stands inside.

A cursor holds the rank key of the last offer shown, the seed, the area and the window of the first page, and
a keyed digest of the query: with another query it is refused. The digest cannot be turned back, nor guessed
without the key of the server, so a cursor that ends in a log tells no address.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from core.errors import InvalidParameter
from search.rank import RankKey

_VERSION = 2
_MAC_BYTES = 16


@dataclass(frozen=True, kw_only=True, slots=True)
class Cursor:
    """Where the next page begins.

    query      digest of the query (`digest`)
    policy     version of the policy of the first page
    seed       of the first page
    last       rank key of the last offer shown
    shown      offers shown so far, the preferred ones included
    steps_km   radii tried by the first page, in kilometres, the last one being used; empty for a territory
    found      distinct holders with a known slot in each of these radii
    standing   distinct holders in each
    travel     how journeys of the first page were computed; empty for a territory
    start, end window of the first page
    """

    query: str
    policy: str
    seed: str
    last: RankKey
    shown: int
    steps_km: tuple[float, ...]
    found: tuple[int, ...]
    standing: tuple[int, ...]
    travel: str
    start: datetime
    end: datetime


def digest(identity: str, key: bytes) -> str:
    """Keyed digest of a query."""
    return hashlib.blake2b(identity.encode(), key=key, digest_size=12).hexdigest()


def write(cursor: Cursor, key: bytes) -> str:
    """The cursor as text that fits in a URL."""
    body = orjson.dumps(
        [
            _VERSION,
            cursor.query,
            cursor.policy,
            cursor.seed,
            cursor.last.loss,
            cursor.last.lot,
            cursor.shown,
            cursor.steps_km,
            cursor.found,
            cursor.standing,
            cursor.travel,
            cursor.start.isoformat(),
            cursor.end.isoformat(),
        ]
    )
    return base64.urlsafe_b64encode(_mac(body, key) + body).rstrip(b"=").decode("ascii")


def read(text: str, key: bytes, *, query: str | None = None) -> Cursor:
    """The cursor written by `write`.

    Raises
    ------
    InvalidParameter   not ours, damaged, or of another query than `query` (a digest)
    """
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise _refused() from None
    mac, body = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(body, key)):
        raise _refused()
    cursor = _cursor(orjson.loads(body))
    if query is not None and cursor.query != query:
        raise InvalidParameter(
            "« cursor » appartient à une autre recherche : gardez les mêmes paramètres d'une page à l'autre.",
            parameter="cursor",
        )
    return cursor


def _cursor(fields: list[Any]) -> Cursor:
    if fields[0] != _VERSION:
        raise _refused()
    _, query, policy, seed, loss, lot, shown, steps_km, found, standing, travel, start, end = fields
    return Cursor(
        query=query,
        policy=policy,
        seed=seed,
        last=RankKey(loss, lot),
        shown=shown,
        steps_km=tuple(steps_km),
        found=tuple(found),
        standing=tuple(standing),
        travel=travel,
        start=datetime.fromisoformat(start),
        end=datetime.fromisoformat(end),
    )


def _mac(body: bytes, key: bytes) -> bytes:
    return hashlib.blake2b(body, key=key, digest_size=_MAC_BYTES).digest()


def _refused() -> InvalidParameter:
    return InvalidParameter(
        "« cursor » est illisible : reprenez la recherche à sa première page.", parameter="cursor"
    )
