"""The CSV end point of both, over HTTP: one file sent, the same file with the results received."""

from __future__ import annotations

import csv
import io
import time
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.peer.question import Question

_TIMEOUT_S = 1800


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
