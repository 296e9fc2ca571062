"""Files of addresses: the CSV end point of both over HTTP, and our command line."""

from __future__ import annotations

import csv
import io
import subprocess
import time
from typing import TYPE_CHECKING, Final

import httpx
import psutil

from bench.peer.base import SAS, environment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.peer.base import Base
    from bench.peer.question import Question

_TIMEOUT_S = 1800
# Columns of the file to the fields of `sas geocode`.
_FIELDS: Final = {
    "number": "numero",
    "suffix": "indice",
    "street_type": "type_voie",
    "street_name": "libelle_voie",
    "locality": "lieu_dit",
    "postal_code": "code_postal",
    "office": "commune",
    "citycode": "code_commune",
}


def csv_rate(port: int, path: str, questions: Sequence[Question]) -> float:
    """Rows each second of a file of texts.

    Raises
    ------
    OSError   the server refused the file, or rows are missing from its answer
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["number", "address"])
    writer.writerows((at, question.text) for at, question in enumerate(questions))
    with httpx.Client(trust_env=False, timeout=_TIMEOUT_S) as client:
        started = time.perf_counter()
        answer = client.post(
            f"http://127.0.0.1:{port}{path}",
            files={"data": ("addresses.csv", text.getvalue().encode(), "text/csv")},
            data={"columns": "address", "delimiter": ","},
        )
        elapsed_s = time.perf_counter() - started
    if answer.status_code != httpx.codes.OK:
        raise OSError(f"the file was refused: {answer.status_code}")
    rows = sum(1 for _ in csv.reader(io.StringIO(answer.text))) - 1
    if rows != len(questions):
        raise OSError(f"{rows} rows came back of {len(questions)}")
    return len(questions) / elapsed_s


def command_line(base: Base, questions: Sequence[Question]) -> dict[str, float]:
    """`sas geocode` on a file of split fields: rows each second, starting included; memory in megabytes.

    `command_mb` is that of its largest process, looked at five times a second.

    Raises
    ------
    OSError   the command failed
    """
    source, target = base.home / "bench" / "providers.csv", base.home / "bench" / "providers-located.csv"
    with source.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(_FIELDS), extrasaction="ignore", delimiter=";")
        writer.writeheader()
        writer.writerows(question.fields or {} for question in questions)
    command = [str(SAS), "geocode", str(source), str(target)]
    for column, field in _FIELDS.items():
        command += ["--field", f"{field}={column}"]
    started = time.perf_counter()
    process = subprocess.Popen(
        command, env=environment(base.home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    largest = 0
    while process.poll() is None:
        largest = max(largest, _largest_rss(process.pid))
        time.sleep(0.2)
    elapsed_s = time.perf_counter() - started
    if process.returncode != 0:
        raise OSError(f"sas geocode failed: {process.returncode}")
    source.unlink()
    target.unlink()
    return {"command_per_s": len(questions) / elapsed_s, "command_mb": largest / 2**20}


def _largest_rss(pid: int) -> int:
    """Resident bytes of the largest process of a family; 0 once it has ended."""
    try:
        parent = psutil.Process(pid)
        return max(process.memory_info().rss for process in (parent, *parent.children(recursive=True)))
    except psutil.NoSuchProcess:
        return 0
