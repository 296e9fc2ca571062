"""Corrections in a CSV, out and in again. A row that cannot be kept is told; the others are kept."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, TextIO

from core.errors import InvalidParameter, NotFoundError
from geo.point import Point
from ingest.blocks import read_table
from ingest.corrections import (
    AddressChanged,
    Corrected,
    Correction,
    OutsideCommune,
    settle,
    target_of,
    write,
)
from ingest.files import open_files
from ingest.rejection import Rejection, reject_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import psycopg

_COLUMNS: Final = {
    "place": ("lieu", "finess", "rpps"),
    "lon": ("longitude",),
    "lat": ("latitude",),
    "because": ("motif", "raison", "reason"),
    "level": ("niveau",),
    "author": ("auteur",),
    "address_key": ("cle_adresse",),
    "forced": ("force",),
}
_MANDATORY: Final = frozenset({"place", "lon", "lat", "because"})
EXPORTED: Final = (
    *("place", "lon", "lat", "level", "because", "author", "forced", "address_key"),
    *("correction_id", "state", "made_at", "name", "address", "present_address"),
)
_YES: Final = frozenset({"1", "o", "oui", "true", "vrai", "x"})


@dataclass
class Imported:
    """What a file gave: corrections written, rows left unfilled, rows refused, offers that moved."""

    written: list[Corrected] = field(default_factory=list)
    unfilled: int = 0
    rejections: list[Rejection] = field(default_factory=list)
    offers: int = 0


def import_corrections(
    conn: psycopg.Connection[Any], path: Path, *, author: str, force: bool = False
) -> Imported:
    """Write the corrections of a file and apply them, in the transaction of the caller.

    Columns `place`, `lon`, `lat`, `because`, and perhaps `level`, `author`, `address_key`, `forced`: those of
    an export, or of the list of doubtful places. `author` is used where a row names none. A row without
    position nor reason has not been filled in, and says nothing.

    Raises
    ------
    FileUnreadable   the file is missing or damaged
    ColumnsChanged   a mandatory column is missing
    """
    result = Imported()
    seen: set[tuple[str | None, str | None, str]] = set()
    for file in open_files([path]):
        for frame, unread in read_table(
            file, separator=";,\t", quoted=True, columns=_COLUMNS, mandatory=_MANDATORY
        ):
            result.rejections += unread
            for at, row in enumerate(frame.iter_rows(named=True)):
                if not (row["lon"] or row["lat"] or row["because"]):
                    result.unfilled += 1
                    continue
                try:
                    _take(conn, row, result, seen, author=author, force=force)
                except (NotFoundError, InvalidParameter) as error:
                    refused = reject_rows(
                        frame.slice(at, 1), file=file.name, reason=_reason(error), detail=""
                    )
                    result.rejections += [replace(item, detail=error.message) for item in refused]
    result.offers = settle(conn)
    return result


def _take(
    conn: psycopg.Connection[Any],
    row: Mapping[str, str | None],
    result: Imported,
    seen: set[tuple[str | None, str | None, str]],
    *,
    author: str,
    force: bool,
) -> None:
    """Write the correction of a row.

    Raises
    ------
    NotFoundError, InvalidParameter   it cannot be kept; the message says why
    """
    correction = Correction(
        point=Point(lon=_degrees(row, "lon"), lat=_degrees(row, "lat")),
        because=row["because"] or "",
        author=row["author"] or author,
        level=row["level"] or "housenumber",
    )
    target = target_of(conn, row["place"] or "", address_key=row["address_key"] or "")
    key = (target.finess, target.idnps, target.address_key)
    if key in seen:
        raise InvalidParameter(f"« {row['place']} » est déjà corrigé plus haut.", parameter="place")
    forced = force or (row["forced"] or "").casefold() in _YES
    result.written.append(write(conn, target, correction, force=forced))
    seen.add(key)


def _degrees(row: Mapping[str, str | None], name: str) -> float:
    try:
        return float((row[name] or "").replace(",", "."))
    except ValueError:
        raise InvalidParameter(f"« {row[name] or ''} » n'est pas un nombre.", parameter=name) from None


def _reason(error: NotFoundError | InvalidParameter) -> str:
    """Stable code of a refusal: `unknown-place`, `address-changed`, `outside-commune`, `bad-lon`…"""
    if isinstance(error, NotFoundError):
        return "unknown-place"
    if isinstance(error, AddressChanged | OutsideCommune):
        return error.code
    return f"bad-{error.details.get('parameter', 'value')}"


def export_corrections(states: Iterable[Mapping[str, Any]], out: TextIO) -> None:
    """Corrections (`correction_states`) as a CSV that `import_corrections` reads."""
    writer = csv.DictWriter(out, EXPORTED, delimiter=";", lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    for state in states:
        writer.writerow(
            {
                **state,
                "place": state["finess"] or state["rpps"] or state["idnps"],
                "because": state["reason"],
                "forced": "oui" if state["outside_m"] is not None else "",
                "made_at": state["made_at"].isoformat(timespec="seconds"),
            }
        )


def write_rejections(rejections: Iterable[Rejection], path: Path) -> None:
    """The rows refused, with the line of each in the file and why."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, delimiter=";", lineterminator="\n")
        writer.writerow(("line", "reason", "detail", "row"))
        writer.writerows((item.line, item.reason, item.detail, item.raw) for item in rejections)
