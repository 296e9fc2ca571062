"""Many addresses on the whole machine, in their order; the same answers as `geocode_batch` gives."""

from __future__ import annotations

from dataclasses import fields
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from geo.geocoding.batch import CHUNK_ROWS, Geocoded, drive, located_row
from geo.geocoding.parse import AddressFields, parse_fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from geo.geocoding.parallel import Desk, Spread

FIELDS = tuple(field.name for field in fields(AddressFields))
"""Fields of an address, in the order of the tuples given to `geocode_many`."""

Key = TypeVar("Key")
Texts = tuple[str, ...]
_Found = tuple[str, float, float | None, float | None, str, str, str, str]


def geocode_many(
    spread: Spread, rows: Iterable[tuple[Key, Texts]], *, chunk_rows: int = CHUNK_ROWS
) -> Iterator[Geocoded[Key]]:
    """Locate addresses given as tuples in the order of `FIELDS`, one answer each, in the order given.

    Memory is that of a few chunks; an address that repeats in a chunk is located once. Answers do not depend
    on the chunks, on the number of processes, nor on the other rows.
    """
    keys: dict[int, list[Key]] = {}

    def chunks() -> Iterator[tuple[int, list[Texts]]]:
        remaining = iter(rows)
        place = 0
        while chunk := list(islice(remaining, chunk_rows)):
            keys[place] = [key for key, _ in chunk]
            yield place, [texts for _, texts in chunk]
            place += 1

    for (place, _), answers in spread.ordered(_located, chunks()):
        for key, (level, score, lon, lat, citycode, ban_id, label, reason) in zip(
            keys.pop(place), answers, strict=True
        ):
            yield Geocoded(
                key=key,
                level=level,
                score=score,
                lon=lon,
                lat=lat,
                citycode=citycode,
                ban_id=ban_id,
                label=label,
                reason=reason,
            )


def _located(desk: Desk, chunk: tuple[int, Sequence[Texts]]) -> list[_Found]:
    """Answers of a chunk, as plain tuples that travel between processes."""
    _, rows = chunk
    distinct = list(dict.fromkeys(rows))
    parsed = [parse_fields(AddressFields(**dict(zip(FIELDS, texts, strict=True)))) for texts in distinct]
    answers = drive(desk.conn, desk.locator.locate(parsed, keep=1))
    known: dict[Texts, _Found] = {}
    for texts, found in zip(distinct, answers, strict=True):
        row = located_row(None, found[0], desk.gazetteer)
        known[texts] = (
            row.level, row.score, row.lon, row.lat, row.citycode, row.ban_id, row.label, row.reason,
        )  # fmt: skip
    return [known[texts] for texts in rows]
