"""Whole files on the whole machine, on the base in service: rows a second, memory, the same bytes every time.

Provider addresses are drawn from the base and written as the health directory writes them (split fields,
upper case, commune code), one in twenty with a street that does not exist; free texts are the same addresses
as one types them, without a commune code. Each address is asked once, in a drawn order: what repeats or
follows its neighbour, as in a real file, goes faster. The file goes through what `sas geocode` goes through,
from bytes to bytes; processes are started and warm. Processor time of all that takes part, database included,
is told beside: on a shared machine it moves less than the clock. Goals: 150 times the 101 rows a second
measured of addok on two cores.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import os
import threading
import time
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Self, cast

import psutil

from bench.harness import RESULTS, Goal, record
from bench.sample import addresses, base_size, cpu_s
from core.db.connect import connect
from core.settings import DatabaseSettings, HomeSettings
from geo.geocoding.parallel import Alone, Desk, Workers, cores, settle
from geo.geocoding.table import TableOptions, geocode_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import psycopg

    from geo.geocoding.parallel import Spread

ROWS: Final = 200_000
_FREE_TEXTS: Final = 50_000
_WARM_ROWS: Final = 10_000
_ADDOK_PER_S: Final = 101.0
_FIELDS: Final = {
    "number": "numero",
    "suffix": "indice",
    "street_type": "type_voie",
    "street_name": "libelle_voie",
    "postal_code": "code_postal",
    "office": "bureau",
    "citycode": "code_commune",
}


def main(*, rows: int = ROWS, jobs: int = 0, folder: Path = RESULTS) -> None:
    """Measure and record."""
    database, home = DatabaseSettings(), HomeSettings()
    jobs = jobs or cores()
    with connect(database, home, role="reader") as conn:
        found = addresses(conn, rows)
        size = base_size(conn)
    providers = _file(("id", *_FIELDS.values()), [(str(n), *one.provider(n)) for n, one in enumerate(found)])
    texts = _file(("id", "adresse"), [(str(n), one.text) for n, one in enumerate(found[:_FREE_TEXTS])])
    by_fields, by_text = TableOptions(fields=_FIELDS), TableOptions(columns=("adresse",))
    desk = Desk.open(database, home, role="reader")
    settle()
    few = b"".join(providers.splitlines(keepends=True)[: rows // 10])
    alone_s, alone = _geocoded(Alone(desk), few, by_fields)
    desk.close()
    workers = Workers(database, home, jobs=jobs)
    try:
        with _Peak() as peak, connect(database, home, role="reader") as conn:
            conn.autocommit = True
            _geocoded(workers, few[: len(few) * _WARM_ROWS // max(1, rows // 10)], by_fields)
            small_mb = peak.mb
            spent_s = [_spent_s(conn)]
            providers_s, together = _geocoded(workers, providers, by_fields)
            spent_s.append(_spent_s(conn))
            texts_s, _ = _geocoded(workers, texts, by_text)
            spent_s.append(_spent_s(conn))
            _, again = _geocoded(workers, few, by_fields)
    finally:
        workers.close()
    per_s = rows / providers_s
    record(
        "geocoding_batch",
        {
            "addresses": size,
            "rows": rows,
            "jobs": jobs,
            "providers_per_s": per_s,
            "free_text_per_s": min(rows, _FREE_TEXTS) / texts_s,
            "one_process_per_s": rows // 10 / alone_s,
            "providers_cpu_us_per_row": (spent_s[1] - spent_s[0]) / rows * 1e6,
            "free_text_cpu_us_per_row": (spent_s[2] - spent_s[1]) / min(rows, _FREE_TEXTS) * 1e6,
            "process_peak_mb": peak.mb,
            "process_peak_few_rows_mb": small_mb,
            "parent_peak_mb": peak.own_mb,
            "load_average": os.getloadavg()[0],
        },
        {
            "per_s_over_addok": per_s / _ADDOK_PER_S,
            "same_bytes": float(again == alone),
            "rows_that_answer": together.located / rows,
        },
        {
            "providers_per_s": Goal(15_000, at_least=True),
            "free_text_per_s": Goal(2_500, at_least=True),
            "process_peak_mb": Goal(300),
            "same_bytes": Goal(1, at_least=True),
        },
        folder=folder,
    )


class _Output:
    """Digest of the bytes and how many rows have an answer."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self.located = 0

    def add(self, data: bytes, located: int) -> None:
        self._digest.update(data)
        self.located += located

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Output) and self._digest.digest() == other._digest.digest()

    __hash__ = None  # type: ignore[assignment]


def _geocoded(spread: Spread, data: bytes, options: TableOptions) -> tuple[float, _Output]:
    output = _Output()
    started = time.perf_counter()
    for part in geocode_table(spread, cast("BinaryIO", io.BytesIO(data)), options):
        output.add(part.data, part.located)
    return time.perf_counter() - started, output


def _spent_s(conn: psycopg.Connection[Any]) -> float:
    me = psutil.Process()
    return cpu_s(conn, (me, *me.children()))


def _file(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows([header, *rows])
    return text.getvalue().encode()


class _Peak:
    """The most memory any process of ours held, looked at ten times a second. Used as a context."""

    def __init__(self) -> None:
        self.mb = self.own_mb = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        me = psutil.Process()
        while not self._over.wait(0.1):
            self.own_mb = max(self.own_mb, me.memory_info().rss / 2**20)
            for child in me.children():
                try:
                    self.mb = max(self.mb, child.memory_info().rss / 2**20)
                except psutil.Error:
                    continue  # it just ended


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--jobs", type=int, default=0, help="0: one for each core")
    arguments = parser.parse_args()
    main(rows=arguments.rows, jobs=arguments.jobs)
