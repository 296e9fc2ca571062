"""Files over HTTP: a larger one goes to a process of its own, few are held, none holds up the rest."""

from __future__ import annotations

import asyncio
import csv
import io

import httpx
import pytest
from fastapi import FastAPI

from api.file_geocoding import MOST_FILES, SMALL_BYTES
from core.errors import ServerBusy
from core.settings import DatabaseSettings
from geo.geocoding import table

pytestmark = pytest.mark.postgis


@pytest.fixture
def database(geocoding_database: DatabaseSettings) -> DatabaseSettings:
    """The invented corner of France, shared: these tests only read."""
    return geocoding_database


def _file(rows: int) -> bytes:
    lines = ["id;adresse", *(f"{n};{n % 7} rue Oberkampf 75011 Paris" for n in range(rows))]
    return "\n".join(lines).encode()


async def _post(client: httpx.AsyncClient, data: bytes) -> httpx.Response:
    return await client.post(
        "/geocodage/search/csv/",
        files={"data": ("a.csv", data)},
        data={"columns": "adresse", "result_columns": ["result_citycode", "result_status"]},
    )


async def test_a_large_file_gets_the_answers_of_a_small_one_from_another_process(
    app: FastAPI, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(table, "CHUNK_ROWS", 100)
    large = _file(600)
    assert len(large) > SMALL_BYTES > len(_file(60))
    whole, part = (await _post(client, large)).text, (await _post(client, _file(60))).text
    assert whole.startswith(part)
    rows = list(csv.DictReader(io.StringIO(whole), delimiter=";"))
    assert [row["id"] for row in rows] == [str(n) for n in range(600)]
    assert {row["result_citycode"] for row in rows} == {"75111"}
    assert app.state.services.files.workers().look_ahead == 3


async def test_while_files_are_done_a_search_is_answered(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(table, "CHUNK_ROWS", 100)
    files = asyncio.create_task(asyncio.wait_for(_post(client, _file(4_000)), 120))
    answered = 0
    while not files.done():
        answer = await client.get("/geocodage/search", params={"q": "5 rue jules guesde bondy"})
        assert answer.status_code == 200
        answered += 1
    assert (await files).status_code == 200
    assert answered > 1


async def test_one_file_too_many_is_told_to_come_back(app: FastAPI, client: httpx.AsyncClient):
    rooms = [app.state.services.files.room() for _ in range(MOST_FILES)]
    refused = await _post(client, _file(1))
    assert (refused.status_code, refused.json()["code"]) == (503, "server-busy")
    assert refused.headers["retry-after"]
    for room in rooms:
        room.close()
        room.close()  # twice gives one place back, not two
    assert (await _post(client, _file(1))).status_code == 200
    rooms = [app.state.services.files.room() for _ in range(MOST_FILES)]
    with pytest.raises(ServerBusy):
        app.state.services.files.room()
    for room in rooms:
        room.close()


@pytest.mark.parametrize("data", [b"", b"a;b\n1;2\n"], ids=["empty", "other columns"])
async def test_a_refused_file_gives_its_place_back(app: FastAPI, client: httpx.AsyncClient, data: bytes):
    for _ in range(MOST_FILES + 1):
        assert (await _post(client, data)).status_code == 400


async def test_a_client_that_leaves_in_the_middle_gives_its_place_back(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(table, "CHUNK_ROWS", 100)
    files = app.state.services.files
    room = files.room()
    room.write(_file(1_000))
    async with app.state.services.reader.connection() as conn:
        gazetteer = await app.state.services.geocoder.gazetteer(conn)
    stream = room.parts(table.geocode_table, table.TableOptions(columns=("adresse",)), gazetteer)
    next(stream)
    next(stream)
    del stream, room
    assert files._files == 0
