"""`sas geocode doubtful`: the work list of doubtful positions, as a table, JSON, CSV or a map."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.errors import InvalidParameter

if TYPE_CHECKING:
    from ingest.doubts import Choice, Doubtful

_LIMIT = 50
_LIMIT_OF_A_MAP = 2_000
_COLUMNS = (
    *("place", "name", "address", "citycode", "commune", "department", "kinds", "what", "offers"),
    *("shown_lon", "shown_lat", "position_level", "position_score", "position_source", "position_reason"),
    *("other_lon", "other_lat", "other_source", "apart_m", "address_key", "lon", "lat", "because"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def register(verbs: typer.Typer) -> None:
    """Add the verb under `sas geocode`."""
    verbs.command("doubtful")(doubtful)


def doubtful(
    department: Annotated[
        list[str] | None, typer.Option("--department", "-d", help="Code du département ; répétable.")
    ] = None,
    kind: Annotated[
        list[str] | None, typer.Option("--kind", "-k", help="Genre de doute (voir la liste) ; répétable.")
    ] = None,
    source: Annotated[str | None, typer.Option(help="finess ou annuaire.")] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Lieux montrés, les pires d'abord : 50, ou 2000 sur une carte.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="La liste en JSON.")] = False,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="La liste en CSV, à compléter pour « correct --from ».")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Écrire une carte dans ce fichier HTML.")
    ] = None,
) -> None:
    """Les lieux dont la position est douteuse, les pires d'abord, et pourquoi."""
    from core.db.connect import connect
    from core.settings import DatabaseSettings, HomeSettings
    from ingest.doubts import Choice, doubtful

    if as_json + as_csv + (output is not None) > 1:
        raise InvalidParameter("Choisissez entre --json, --csv et --output.", parameter="output")
    choice = Choice(
        departments=tuple(code.upper() for item in department for code in item.split(","))
        if department
        else None,
        kinds=tuple(code for item in kind for code in item.split(",")) if kind else None,
        source=source,
    )
    with connect(DatabaseSettings(), HomeSettings(), role="reader") as conn:
        found = doubtful(conn, choice, limit=limit or (_LIMIT if output is None else _LIMIT_OF_A_MAP))
        if output is not None:
            _draw(conn, found, choice, output)
            return
    if as_json:
        typer.echo(_json(found))
    elif as_csv:
        _write_csv(found)
    else:
        _print(found)


def _draw(conn: Any, found: Doubtful, choice: Choice, output: Path) -> None:
    from dataclasses import replace

    from core.clock import utc_now
    from maps.doubtful_map import MAX_PLACES, doubtful_map

    page = doubtful_map(
        conn,
        replace(found, places=found.places[:MAX_PLACES]),
        choice,
        made_on=utc_now().date(),
    )
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(page, encoding="utf-8")
    typer.echo(f"{output} ({len(page.encode()) / 1e6:.1f} Mo)")


def _json(found: Doubtful) -> str:
    import orjson

    from geo.doubt import doubt
    from search.card import address_line

    return orjson.dumps(
        {
            "total": found.total,
            "kinds": [
                {
                    "code": code,
                    "rank": doubt(code).rank,
                    "sentence": doubt(code).sentence,
                    "addresses": addresses,
                    "offers": offers,
                }
                for code, (addresses, offers) in found.counts.items()
            ],
            "places": [
                {
                    "place": row["place"],
                    "name": row["name"],
                    "address": address_line(row),
                    "address_key": row["address_key"],
                    "citycode": row["citycode"],
                    "commune": row["commune"],
                    "department": row["department"],
                    "offers": row["offers"],
                    "rank": row["rank"],
                    "doubts": [{"code": code, "sentence": doubt(code).sentence} for code in row["kinds"]],
                    "position": {
                        name: row[name] for name in ("lon", "lat", "level", "score", "source", "reason")
                    },
                    "other_position": None
                    if row["other_source"] is None
                    else {
                        "lon": row["other_lon"],
                        "lat": row["other_lat"],
                        "level": row["other_level"],
                        "score": row["other_score"],
                        "source": row["other_source"],
                        "apart_m": row["apart_m"],
                    },
                }
                for row in found.places
            ],
        },
        option=orjson.OPT_INDENT_2,
    ).decode()


def _write_csv(found: Doubtful) -> None:
    """The last three columns are left empty: filled in, the file goes to `sas geocode correct --from`."""
    from geo.doubt import doubt
    from search.card import address_line

    writer = csv.DictWriter(sys.stdout, _COLUMNS, delimiter=";", lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    for row in found.places:
        writer.writerow(
            {
                **row,
                "name": _plain(row["name"]),
                "address": _plain(address_line(row)),
                "kinds": " ".join(row["kinds"]),
                "what": " ".join(doubt(code).sentence for code in row["kinds"]),
                "shown_lon": row["lon"],
                "shown_lat": row["lat"],
                "position_level": row["level"],
                "position_score": row["score"],
                "position_source": row["source"],
                "position_reason": _plain(row["reason"] or ""),
                "apart_m": None if row["apart_m"] is None else round(row["apart_m"]),
                "lon": "",
                "lat": "",
                "because": "",
            }
        )


def _plain(text: str) -> str:
    """Text that a spreadsheet does not run as a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _print(found: Doubtful) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from cli.progress import thousands
    from geo.doubt import RANKS, doubt
    from maps import french
    from maps.legend import POSITION_LABELS, POSITION_SOURCES
    from search.card import address_line

    if not found.total:
        typer.echo("Aucune position douteuse.")
        return
    console = Console()
    counts = Table("Genre", "Doute", "Adresses", "Fiches", title="Positions douteuses")
    for rank, label in RANKS.items():
        inside = [code for code in found.counts if doubt(code).rank == rank]
        if inside:
            counts.add_section()
            counts.add_row("", Text(label, style="bold"))
        for code in inside:
            addresses, offers = found.counts[code]
            counts.add_row(code, doubt(code).sentence, thousands(addresses), thousands(offers))
    console.print(counts, markup=False)
    table = Table("Lieu", "Nom et adresse", "Doutes et position montrée", "Écart", "Fiches")
    for row in found.places:
        shown = POSITION_LABELS[row["level"]]
        if row["source"] == "ban":
            shown += f" ({POSITION_SOURCES[row['source']]})"
        table.add_row(
            row["place"] or "",
            f"{row['name']}\n{address_line(row)}",
            "\n".join([*(doubt(code).sentence for code in row["kinds"]), f"Montré : {shown}."]),
            "" if row["apart_m"] is None else french.distance(row["apart_m"]),
            thousands(row["offers"]),
        )
    console.print(table, markup=False)
    typer.echo(
        f"{french.counted(len(found.places), 'adresse montrée', 'adresses montrées')} sur "
        f"{french.counted(found.total, 'douteuse', 'douteuses')}. "
        '« sas geocode correct LIEU --at "lon,lat" --because "…" » en corrige une.',
        err=True,
    )
