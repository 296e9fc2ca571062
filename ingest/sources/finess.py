"""FINESS, classic stock (DREES/ANS): establishments of health and social care, with their coordinates.

`etalab-cs1100507-stock-*.csv`: separator `;`, no header, a first line that dates the file, then two kinds of
lines told by their first field: `structureet` (32 fields) and `geolocalisation` (6 fields). They are joined
on the FINESS number, never by order: an establishment may lack its coordinates. Old copies are ISO-8859-1,
recent ones UTF-8; names that hold a quote are quoted, sometimes twice. A variant has a header.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from core.errors import ColumnsChanged
from ingest.blocks import read_blocks, read_table
from ingest.quoting import split_rows
from ingest.rejection import Rejection
from ingest.source import PLACES, Source
from ingest.sources import finess_columns as columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingest.files import InputFile
    from ingest.quoting import Row

SOURCE: Final = Source(
    name="finess",
    title="FINESS, extraction du fichier des établissements",
    publisher="Agence du numérique en santé (ANS), DREES",
    licence="Licence Ouverte 2.0",
    page="https://www.data.gouv.fr/datasets/finess-extraction-du-fichier-des-etablissements/",
    rhythm="quotidien (nouveau flux JSON), tous les deux mois (CSV)",
    downloads=("https://www.data.gouv.fr/fr/datasets/r/2ce43ade-8d2c-4d1d-81da-ca06c82abc68",),
    expected_rows=range(80_000, 400_000),
    reader_version=2,
    depends=(*PLACES, "contours"),
    max_age_days=90,
)
KEY: Final = ("finess",)
MEMBERS: Final = re.compile(
    r"(cs1100507|finess[-_]structures|t-finess|finess.*etablissements?).*\.(csv|json)(\.gz)?$", re.IGNORECASE
)

# Rows are cut by the reader of quoted fields, as lists of strings: twenty times the bytes of the file.
_BLOCK_BYTES: Final = 1 << 20
_HEADER_CELL: Final = "nofinesset"
_STAMP: Final = "finess"


@dataclass(frozen=True)
class RawBlock:
    """Rows of one block, as text: establishments (`line` and `columns.KEPT`), coordinates, rows refused."""

    structures: pl.DataFrame
    locations: pl.DataFrame
    rejections: list[Rejection]


def read(file: InputFile) -> Iterator[RawBlock]:
    """Establishments and coordinates in file order; coordinates stay in the projection of each territory.

    Raises
    ------
    ColumnsChanged   neither the classic layout nor the variant with a header

    """
    first_cell = _first_cell(file)
    if first_cell == _HEADER_CELL:
        yield from _read_header_variant(file)
    elif first_cell in {_STAMP, "structureet", "geolocalisation"}:
        yield from _read_classic(file)
    else:
        raise ColumnsChanged(
            f"{file.name} : ni le stock FINESS (« structureet… »), ni sa variante à en-tête.",
            file=file.name,
            found=first_cell[:40],
        )


def _first_cell(file: InputFile) -> str:
    with file.open() as stream:
        head = stream.read(200).removeprefix(b"\xef\xbb\xbf")
    return re.split(rb"[;,\t]", head, maxsplit=1)[0].strip(b'" \r\n').decode(errors="replace").lower()


def _read_header_variant(file: InputFile) -> Iterator[RawBlock]:
    table = read_table(
        file,
        separator=";,\t",
        quoted=True,
        columns=columns.HEADER_VARIANT,
        mandatory=columns.HEADER_MANDATORY,
    )
    for frame, rejections in table:
        locations = frame.select("line", "finess", "x", "y", "origin").filter(
            pl.col("x").is_not_null() & pl.col("y").is_not_null()
        )
        structures = frame.drop("x", "y", "origin").with_columns(commune=pl.lit(None, pl.String))
        yield RawBlock(structures, locations, rejections)


def _read_classic(file: InputFile) -> Iterator[RawBlock]:
    carry = ""
    line = 1
    for block in read_blocks(file, size_bytes=_BLOCK_BYTES):
        rows, carry = split_rows(carry + block.data.decode(), separator=";", first_line=line, last=False)
        line = block.first_line + block.data.count(b"\n") - carry.count("\n")
        yield _sorted_rows(file.name, rows)
    if carry:
        rows, _ = split_rows(carry, separator=";", first_line=line, last=True)
        yield _sorted_rows(file.name, rows)


def _sorted_rows(file: str, rows: Sequence[Row]) -> RawBlock:
    structures: list[tuple[int, list[str]]] = []
    locations: list[tuple[int, list[str]]] = []
    rejections: list[Rejection] = []
    for row in rows:
        fields = row.fields
        tag = fields[0].strip() if fields else ""
        if fields and tag == "structureet" and _fits(fields, len(columns.STRUCTURE)):
            structures.append((row.line, fields))
        elif fields and tag == "geolocalisation" and _fits(fields, len(columns.LOCATION)):
            locations.append((row.line, fields))
        elif tag == _STAMP or not row.raw.strip():
            continue
        elif fields is None:
            rejections.append(
                Rejection(file, row.line, "unclosed-quote", "guillemet ouvert et jamais fermé", row.raw)
            )
        elif tag in {"structureet", "geolocalisation"}:
            rejections.append(
                Rejection(file, row.line, "column-count", f"{len(fields)} champs pour « {tag} »", row.raw)
            )
        else:
            rejections.append(
                Rejection(file, row.line, "line-kind", f"ligne d'un genre inconnu : « {tag[:30]} »", row.raw)
            )
    return RawBlock(
        _frame(structures, columns.STRUCTURE, columns.KEPT).with_columns(citycode=pl.lit(None, pl.String)),
        _frame(locations, columns.LOCATION, ("finess", "x", "y", "origin")),
        rejections,
    )


def _fits(fields: Sequence[str], width: int) -> bool:
    return len(fields) == width or (len(fields) == width + 1 and not fields[-1])


def _frame(rows: Sequence[tuple[int, list[str]]], layout: Sequence[str], kept: Sequence[str]) -> pl.DataFrame:
    positions = {name: layout.index(name) for name in kept}
    return pl.DataFrame(
        {
            "line": [line for line, _ in rows],
            **{
                name: [" ".join(fields[at].split()) or None for _, fields in rows]
                for name, at in positions.items()
            },
        },
        schema={"line": pl.Int64, **dict.fromkeys(positions, pl.String)},
    )
