"""The real stock of Paris, and of departments whose defects are known: every official position judged."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import psycopg

    from ingest.pipeline import Outcome

pytestmark = [pytest.mark.postgis, pytest.mark.real]
_STOCK = "etalab-cs1100507-stock-20210108-dev-half.csv.gz"
# Haute-Savoie has a point 4.8 km outside of its commune, Lot a wrong code of a commune beside a right point.


def _excerpt(official: Path, folder: Path) -> Path:
    """Establishments of Paris, of Haute-Savoie and of Lot, with their coordinates."""
    path = folder / "etalab-cs1100507-stock-20210108-0427.csv"
    kept: set[str] = set()
    with (
        gzip.open(official / "finess" / _STOCK, "rt", encoding="utf-8") as stock,
        path.open("w", encoding="utf-8") as out,
    ):
        for line in stock:
            cells = line.split(";", 2)
            if cells[0] == "structureet" and cells[1][:2] in {"75", "74", "46"}:
                kept.add(cells[1])
            elif cells[0] != "finess" and cells[1] not in kept:
                continue
            out.write(line)
    return path


def test_official_positions_of_real_departments_are_judged(
    official: Path, load: Callable[..., Outcome], conn: psycopg.Connection, tmp_path: Path
):
    cog = official / "cog"
    load(
        "cog",
        [
            cog / name
            for name in (
                "communes.csv.gz",
                "mouvements-communes.csv.gz",
                "departements.csv",
                "regions.csv",
                "collectivites-outremer.csv",
            )
        ],
    )
    load("postal", official / "postal" / "laposte-hexasmal-20250619.csv.gz")
    load("communes", official / "communes" / "communes-2026.csv.gz")
    load("ban", official / "ban" / "adresses-75.csv.gz")
    outcome = load("finess", _excerpt(official, tmp_path))
    found = outcome.counts["positions"]
    assert outcome.counts["kept"] > 2_000
    assert found["outside-commune"] == 1
    assert found["commune-by-text"] >= 2
    assert found["confirmed"] > 1_000
    assert 5 <= found["far-from-ours"] <= 20
    refused = conn.execute(
        "SELECT s.finess, a.position_level, a.other_source, round(a.apart_m) > 8000"
        " FROM directory.structure AS s JOIN directory.address AS a USING (address_id)"
        " WHERE 'official-refused' = ANY (a.position_doubts)"
    ).fetchall()
    assert refused == [("740014709", "municipality", "finess", True)]
    # One building written in several ways keeps its point: the shares of the doubts stay small.
    row = conn.execute(
        "SELECT count(*) FILTER (WHERE position_doubts IS NOT NULL)::float / count(*) FROM directory.address"
    ).fetchone()
    assert row is not None
    assert row[0] < 0.04
