"""Many addresses at once, without HTTP: ours in one process per core, the peer likewise by its library."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psutil

from bench.peer.base import postmaster
from bench.peer.meter import Meter
from core.settings import DatabaseSettings, HomeSettings
from geo.geocoding.batch import CHUNK_ROWS
from geo.geocoding.many import FIELDS, geocode_many
from geo.geocoding.parallel import Machine
from geo.geocoding.table import TableOptions, geocode_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.peer.addok import Addok
    from bench.peer.judge import Feature
    from bench.peer.question import Question

PROCESSES: Final = os.cpu_count() or 1
_WARM: Final = 400
_PEER_LIMIT: Final = 3  # what addok itself asks of its library for each row of a CSV
_WORKER: Final = Path(__file__).with_name("addok_worker.py")


@dataclass(frozen=True, slots=True)
class Batch:
    """Answers in the order of the questions, and what they cost.

    wall_s     from the start of the first process to the end of the last, setting up left out
    cpu_s      of all processes, and of the database or of the Redis of the peer
    others     share of the machine that others took meanwhile
    """

    features: list[list[Feature]]
    wall_s: float
    cpu_s: float
    others: float

    @property
    def per_s(self) -> float:
        """Addresses each second."""
        return len(self.features) / self.wall_s


def ours(home: Path, questions: Sequence[Question], *, split: bool, processes: int = PROCESSES) -> Batch:
    """Our batch: split fields with the commune code, or free text alone (`split` False)."""
    server = psutil.Process(postmaster(home))
    database, at_home = DatabaseSettings(database_url=None), HomeSettings(home=home)
    with Machine(database, at_home, jobs=processes) as machine:
        # A few rows in many chunks start the processes, which read what they need; one chunk, this one.
        for chunk_rows in (_WARM // 20, _WARM):
            list(geocode_many(machine, _fields(questions[:_WARM]), chunk_rows=chunk_rows))
        family = [psutil.Process(), *psutil.Process().children(recursive=True)]
        text = _text_file(questions)
        written, located = b"", []
        with Meter(lambda: _cpu_s(*family, server, *server.children())) as meter:
            if split:
                chunk_rows = min(CHUNK_ROWS, max(1, len(questions) // (4 * processes)))
                located = list(geocode_many(machine, _fields(questions), chunk_rows=chunk_rows))
            else:
                options = TableOptions(columns=("text",), delimiter=",")
                parts = geocode_table(machine, io.BytesIO(text), options)
                written = b"".join(part.data for part in parts)
    features = [_feature(row) for row in located] if split else _features_of(written)
    return Batch(features=features, wall_s=meter.wall_s, cpu_s=meter.cpu_s, others=meter.others)


def _fields(questions: Sequence[Question]) -> Iterator[tuple[int, tuple[str, ...]]]:
    for at, question in enumerate(questions):
        parts = question.fields or {}
        yield at, tuple(parts.get(name, "") for name in FIELDS)


def _cpu_s(*processes: psutil.Process) -> float:
    total = 0.0
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system
    return total


def _text_file(questions: Sequence[Question]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["text"])
    writer.writerows([question.text] for question in questions)
    return text.getvalue().encode()


def _feature(row: Any) -> list[Feature]:
    if row.lon is None or row.lat is None:
        return []
    return [_as_feature(row.level, row.ban_id or row.citycode, row.citycode, row.score, row.lon, row.lat)]


def _features_of(written: bytes) -> list[list[Feature]]:
    """Answers of a file with result columns."""
    found: list[list[Feature]] = []
    for row in csv.DictReader(io.StringIO(written.decode("utf-8-sig"))):
        if not row["latitude"]:
            found.append([])
            continue
        found.append(
            [
                _as_feature(
                    row["result_type"],
                    row["result_id"],
                    row["result_citycode"],
                    float(row["result_score"]),
                    float(row["longitude"]),
                    float(row["latitude"]),
                )
            ]
        )
    return found


def _as_feature(level: str, identifier: str, citycode: str, score: float, lon: float, lat: float) -> Feature:
    facts = {"type": level, "id": identifier, "citycode": citycode, "score": score}
    return {"properties": facts, "geometry": {"coordinates": [lon, lat]}}


def theirs(peer: Addok, questions: Sequence[Question], *, split: bool, processes: int = PROCESSES) -> Batch:
    """Batch of the peer through its library; the commune code is a filter when the fields have one."""
    parts = [questions[at::processes] for at in range(processes)]
    assert peer.redis is not None  # noqa: S101 - a peer that runs has one
    store = psutil.Process(peer.redis.pid)
    with Meter(lambda: _cpu_s(store)) as meter, ThreadPoolExecutor(processes) as pool:
        done = list(pool.map(lambda part: _asked(peer, part[0], part[1], split=split), enumerate(parts)))
    features: list[list[Feature]] = [[] for _ in questions]
    for at, (answers, _) in enumerate(done):
        features[at::processes] = answers
    library_s = sum(facts["cpu_s"] for _, facts in done)
    return Batch(
        features=features,
        wall_s=max(facts["wall_s"] for _, facts in done),
        cpu_s=library_s + meter.cpu_s,
        # The meter takes the processes of the peer for others.
        others=max(0.0, meter.others - library_s / (meter.wall_s * PROCESSES)),
    )


def _asked(
    peer: Addok, at: int, part: Sequence[Question], *, split: bool
) -> tuple[list[list[Feature]], dict[str, float]]:
    source, target = peer.folder / f"asked-{at}.jsonl", peer.folder / f"answered-{at}.jsonl"
    with source.open("w", encoding="utf-8") as file:
        for each in part:
            code = (each.fields or {}).get("citycode", "") if split else ""
            filters = {"citycode": code} if code else {}
            row = {"q": each.text, "filters": filters, "autocomplete": False, "limit": _PEER_LIMIT}
            file.write(json.dumps(row) + "\n")
    done = subprocess.run(
        # -P: the folder of the script holds a module that bears the name of the library.
        [peer.program("python"), "-P", str(_WORKER), str(source), str(target)],
        env=peer.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    with target.open(encoding="utf-8") as file:
        answers = [json.loads(line) for line in file]
    source.unlink()
    target.unlink()
    return answers, json.loads(done.stdout.strip().splitlines()[-1])
