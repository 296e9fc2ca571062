"""Run by the Python of addok: locate the lines of a file through its library, and say what it cost.

    python addok_worker.py QUESTIONS.jsonl ANSWERS.jsonl

A line in: `{"q": …, "filters": {…}, "autocomplete": false, "limit": 3}`; a line out: the features. The last
line of the standard output is a JSON object: `wall_s`, `cpu_s`, `rows`.
"""

from __future__ import annotations

import json
import sys
import time


def main(source: str, target: str) -> None:
    """Locate and report; setting up is not counted."""
    from addok.config import config  # noqa: PLC0415  # pyright: ignore[reportMissingImports]

    config.load()
    from addok.core import search  # noqa: PLC0415  # pyright: ignore[reportMissingImports]

    with open(source, encoding="utf-8") as file:  # noqa: PTH123 - a script on its own
        rows = [json.loads(line) for line in file]
    search("rue de la gare", limit=1)
    wall, cpu = time.perf_counter(), time.process_time()
    answers = [_located(search, row) for row in rows]
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    with open(target, "w", encoding="utf-8") as file:  # noqa: PTH123
        file.writelines(json.dumps([result.format() for result in found]) + "\n" for found in answers)
    print(json.dumps({"wall_s": wall, "cpu_s": cpu, "rows": len(rows)}))


def _located(search, row):  # noqa: ANN001, ANN202 - types of addok
    try:
        return search(row["q"][:200], limit=row["limit"], autocomplete=row["autocomplete"], **row["filters"])
    except ValueError:
        return []


if __name__ == "__main__":
    main(*sys.argv[1:])
