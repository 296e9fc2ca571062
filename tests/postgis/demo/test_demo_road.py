"""The invented France through the readers of real files, scored against what it knows of itself."""

from __future__ import annotations

import gzip
import io
import json
from typing import TYPE_CHECKING

import polars as pl
import pytest

from core.db.connect import connect
from core.errors import SystemMissing
from core.settings import HomeSettings
from demo import generate, layout, packages
from demo.request import Request
from ingest.pipeline import ingest
from ingest.registry import roads

if TYPE_CHECKING:
    from pathlib import Path

    from core.settings import DatabaseSettings

pytestmark = pytest.mark.postgis

_ADDRESSES = """
SELECT DISTINCT ON (a.address_id) a.citycode = t.citycode,
  ST_Distance(ST_MakePoint(a.lon, a.lat)::geography, ST_MakePoint(t.lon, t.lat)::geography)
FROM directory.offer AS o
JOIN directory.address AS a ON a.address_id = o.own_address_id
JOIN truth AS t ON (t.idnps, t.structure, t.mode, t.sector)
  = (o.idnps, o.structure_key, coalesce(o.mode_code, ''), coalesce(o.sector_code, ''))
ORDER BY a.address_id, 2
"""


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = HomeSettings().path
    folder = tmp_path_factory.mktemp("invented")
    try:
        packages.decoupage()
        packages.outlines(home=home)
    except SystemMissing as missing:
        pytest.skip(missing.message)
    generate.run(
        Request.checked(scale="demo", departments=["2A", "90"], seed=5, output=folder, home=home, processes=1)
    )
    return folder


def _truth(folder: Path) -> pl.DataFrame:
    with gzip.open(folder / layout.EXPECTED_PLACES) as file:
        rows = pl.read_csv(io.BytesIO(file.read()), separator=";", infer_schema=False)
    return rows.filter(pl.col("source") == "annuaire").with_columns(pl.col(pl.String).fill_null(""))


def test_every_file_loads_refuses_what_it_should_and_places_nearly_all_where_they_are(
    invented: Path, database: DatabaseSettings, home: HomeSettings
) -> None:
    expected = json.loads((invented / layout.EXPECTED).read_bytes())
    files = layout.files_by_source(invented)
    for source in roads():
        outcome = ingest(source, files[source], apply=True, database=database, home=home)
        assert outcome.applied, source
        wanted = expected["rejected"].get(source, {})
        assert outcome.counts.get("rejected", {}) == wanted, source
    truth = _truth(invented)
    with connect(database, home, role="owner") as conn:
        sheets = conn.execute("SELECT count(*) FROM directory.offer WHERE source = 'annuaire'").fetchone()
        assert sheets == (truth.height,) == (expected["counts"]["sheets"],)
        conn.execute(
            "CREATE TEMP TABLE truth (idnps text, structure text, mode text, sector text, citycode text,"
            " lon double precision, lat double precision)"
        )
        with conn.cursor().copy("COPY truth FROM STDIN") as copy:
            columns = truth.select("idnps", "structure", "mode", "sector", "citycode", "lon", "lat")
            for row in columns.iter_rows():
                copy.write_row(row)
        addresses = conn.execute(_ADDRESSES).fetchall()
    assert len(addresses) > 100
    assert sum(right_commune for right_commune, _ in addresses) / len(addresses) > 0.97
    assert sum(metres < 50 for _, metres in addresses) / len(addresses) > 0.93
