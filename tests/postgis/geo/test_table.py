"""CSV on one process or several: the same bytes, in order, with few chunks under way; what a row may ask."""

from __future__ import annotations

import csv
import gzip
import io
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.geocoding import many, table
from geo.geocoding.batch import geocode_batch
from geo.geocoding.csv_file import Writing
from geo.geocoding.many import geocode_many
from geo.geocoding.parallel import Alone, Desk, Machine, Workers
from geo.geocoding.parse import AddressFields
from geo.geocoding.table import TableOptions, geocode_table, reverse_table
from geo.geocoding.table_rows import SEARCH_COLUMNS, Rows, Shape, search_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

pytestmark = pytest.mark.postgis

STREETS = [
    "12 rue Oberkampf 75011 Paris",
    "5 rue Jules Guesde 93140 Bondy",
    "2 rue Gabriel Péri 93200 Saint-Denis",
    "nulle part du tout",
    "8 bd Voltaire Paris 11",
    "93 rue absente 93140 Bondy",
    "12 bis R OBERKMPF 75011 PARIS",
]


@pytest.fixture
def desk(base: psycopg.Connection[Any]) -> Desk:
    return Desk(base)


def _file(rows: int) -> bytes:
    lines = ["id;adresse", *(f"{n};{STREETS[n % len(STREETS)]}" for n in range(rows))]
    return "\n".join(lines).encode()


def _rows(data: bytes, delimiter: str = ";") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline=""), delimiter=delimiter))


def _geocoded(spread, data: bytes, **options: Any) -> bytes:
    return b"".join(part.data for part in geocode_table(spread, io.BytesIO(data), TableOptions(**options)))


def test_processes_and_chunks_change_nothing_to_the_bytes(desk, geocoding_database, home, monkeypatch):
    data = _file(300)
    whole = _geocoded(Alone(desk), data, columns=("adresse",))
    assert [row["id"] for row in _rows(whole)] == [str(n) for n in range(300)]
    for chunk_rows, jobs in ((7, 1), (20, 3)):
        monkeypatch.setattr(table, "CHUNK_ROWS", chunk_rows)
        with Machine(geocoding_database, home, jobs=jobs) as machine:
            assert _geocoded(machine, data, columns=("adresse",)) == whole


def test_few_chunks_are_under_way_however_long_the_work(base, geocoding_database, home):
    workers = Workers(geocoding_database, home, jobs=2)
    begun = done = widest = 0

    def chunks() -> Iterator[tuple[int, list[tuple[str, ...]]]]:
        nonlocal begun, widest
        for place in range(60):
            begun += 1
            widest = max(widest, begun - done)
            yield place, [("", "12", "", "RUE", "OBERKAMPF", "", "75011", "PARIS", "")]

    try:
        for (place, _), (found,) in workers.ordered(many._located, chunks()):
            assert (place, found[0]) == (done, "housenumber")
            done += 1
    finally:
        workers.close()
    assert done == 60
    assert widest <= workers.look_ahead


def test_many_addresses_get_the_answers_of_the_batch(desk, base):
    rows = [("", "12", "", "RUE", "OBERKAMPF", "", "75011", "PARIS", "")] * 3 + [
        ("", "5", "", "R", "JULES GUESDE", "", "93140", "BONDY", "93010"),
        ("", "", "", "", "", "", "", "", ""),
    ]
    names = ("complement", "number", "suffix", "street_type", "street_name")
    fields = [
        AddressFields(
            **dict(zip((*names, "locality", "postal_code", "office", "citycode"), row, strict=True))
        )
        for row in rows
    ]
    assert list(geocode_many(Alone(desk), enumerate(rows), chunk_rows=2)) == list(
        geocode_batch(base, enumerate(fields))
    )


def test_an_interrupted_file_goes_on_with_the_same_bytes(desk, monkeypatch):
    monkeypatch.setattr(table, "CHUNK_ROWS", 10)
    data, options = _file(45), TableOptions(columns=("adresse",), compress=True)
    parts = [part.data for part in geocode_table(Alone(desk), io.BytesIO(data), options)]
    rest = [part.data for part in geocode_table(Alone(desk), io.BytesIO(data), options, skip_rows=20)]
    assert b"".join(parts[:3] + rest) == b"".join(parts)
    assert len(_rows(gzip.decompress(b"".join(parts)))) == 45


def test_a_point_of_the_row_is_a_preference_among_answers(desk):
    data = (
        b"rue,lat,lon\nrue de paris,-20.88,55.45\nrue de paris,48.88,2.85\nrue de paris,,\n"
        b"rue de paris,abc,2\n"
    )
    rows = _rows(_geocoded(Alone(desk), data, columns=("rue",), filters={"lat": "lat", "lon": "lon"}), ",")
    assert [row["result_citycode"] for row in rows][:2] == ["97411", "77413"]
    assert [row["result_status"] for row in rows] == ["ok"] * 4


def test_a_misspelt_town_is_found_as_the_search_finds_it(desk):
    (row,) = _rows(_geocoded(Alone(desk), b"a;b\n12 rue oberkampf parris;\n", columns=("a",)))
    assert (row["result_citycode"], row["result_housenumber"]) == ("75111", "12")


def test_filters_are_those_of_the_row_and_an_empty_one_filters_nothing(desk):
    data = "rue;insee;type\nrue de paris;97411;\nrue de paris;77413;street\nrue de paris;77413;municipality\n"
    filters = {"citycode": "insee", "type": "type"}
    rows = _rows(_geocoded(Alone(desk), data.encode(), columns=("rue",), filters=filters))
    assert [row["result_citycode"] for row in rows] == ["97411", "77413", "77413"]
    assert [row["result_type"] for row in rows] == ["street", "street", "municipality"]


def test_a_former_code_filters_as_the_commune_of_today_and_the_postal_code_filters_too(desk):
    data = b"rue;insee;cp\n2 rue de la mer;22173;\n2 rue de la mer;22173;22400\n2 rue de la mer;22173;75011\n"
    filters = {"citycode": "insee", "postcode": "cp"}
    rows = _rows(_geocoded(Alone(desk), data, columns=("rue",), filters=filters))
    assert [row["result_citycode"] for row in rows] == ["22093", "22093", ""]
    assert [row["result_status"] for row in rows] == ["ok", "ok", "not-found"]


CELLS = st.lists(
    st.one_of(
        st.sampled_from(
            ["12", "rue", "oberkampf", "75011", "paris", "cedex", "bis", "\x00", "=1+1", "\\", "{", "}",
             "NULL", "123456 b", "፩", "chez", "2A", "75056", "22173", "nan", "1e400", "\u2028", "1 a " * 300]
        ),
        st.text(max_size=8),
    ),
    max_size=8,
).map(" ".join)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(CELLS, min_size=6, max_size=6), min_size=1, max_size=4), split=st.booleans())
def test_no_cell_stops_a_file(desk, rows, split):
    filters = {"citycode": 2, "postcode": 3, "lat": 4, "lon": 5}
    shape = Shape(
        header=("a", "b", "insee", "cp", "lat", "lon"),
        writing=Writing(encoding="utf-8", delimiter=";", quote='"'),
        columns=(0, 1),
        fields=(("number", 0), ("street_name", 1), ("citycode", 2), ("office", 3)) if split else (),
        filters={} if split else filters,
        results=tuple(range(len(SEARCH_COLUMNS))),
        all_columns=SEARCH_COLUMNS,
    )
    written, located = search_rows(desk, Rows(rows), shape)
    assert written
    assert 0 <= located <= len(rows)


def test_a_row_that_cannot_be_read_keeps_its_place_and_its_status(desk):
    data = b'id;adresse\n1;12 rue Oberkampf 75011 Paris\n2;"rue\n3;a;b;c\n4;5 rue Jules Guesde 93140 Bondy\n'
    parts = list(geocode_table(Alone(desk), io.BytesIO(data), TableOptions(columns=("adresse",))))
    rows = _rows(b"".join(part.data for part in parts))
    assert [(row["id"], row["result_status"]) for row in rows] == [
        ("1", "ok"),
        ("2", "error"),
        ("3", "error"),
        ("4", "ok"),
    ]
    assert [(fault.line, fault.fault) for part in parts for fault in part.faults] == [
        (3, "unclosed-quote"),
        (4, "too-many-cells"),
    ]
    assert sum(part.located for part in parts) == 2


def test_results_of_a_former_run_are_replaced_where_they_stand(desk):
    first = _geocoded(Alone(desk), b"id;adresse\n1;12 rue Oberkampf 75011 Paris\n", columns=("adresse",))
    again = _geocoded(Alone(desk), first, columns=("adresse",))
    assert again == first
    # All columns make the address by default, but those of results.
    alone = _geocoded(Alone(desk), b"adresse\n12 rue Oberkampf 75011 Paris\n")
    assert _geocoded(Alone(desk), alone) == alone


def test_points_are_filtered_and_named_by_any_usual_column(desk):
    data = b"id,lng,latitude,quoi\n1,2.38,48.859,street\n2,2.38,48.859,housenumber\n3,2.38,95,\n"
    options = TableOptions(filters={"type": "quoi"})
    rows = _rows(b"".join(part.data for part in reverse_table(Alone(desk), io.BytesIO(data), options)), ",")
    assert [row["result_type"] for row in rows] == ["street", "housenumber", ""]
    assert [row["result_status"] for row in rows] == ["ok", "ok", "error"]
    assert [bool(row["result_housenumber"]) for row in rows] == [False, True, False]
