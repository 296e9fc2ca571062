"""What a perfect ingest would find in the files: counts for all, position and commune for each place."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from demo import layout, output

if TYPE_CHECKING:
    from demo.request import Request
    from demo.work import Task

COLUMNS: Final = (
    "source", "idnps", "structure", "mode", "sector", "finess", "citycode", "level", "lon", "lat", "shape",
    "city_state",
    "by_cedex",
)  # fmt: skip
_FINESS_PREFIX: Final = b"finess;;;;;"
_FINESS_SUFFIX: Final = b";;;"


def write(
    asked: Request, tasks: list[Task], counts: dict[str, dict[str, Any]], facts: dict[str, Any]
) -> None:
    """`expected.json` (rows, rejections by source and reason), `places.csv.gz` (a row per sheet or sample).

    level, lon, lat say what the address as written allows: the position of the number, the middle of the
    street or hamlet, the centre of the commune. A sheet linked to an establishment may rightly have the
    official position of that establishment.
    """
    # Monaco is in the official postal file, and not in France.
    rejected: dict[str, Counter[str]] = (
        {"postal": Counter({"outside-france": 1})} if "geography" in asked.what else {}
    )
    for of_department in counts.values():
        for source, reasons in of_department["rejected"].items():
            rejected.setdefault(source, Counter()).update(reasons)
    summary = {
        "scale": facts["scale"], "seed": facts["seed"], "departments": facts["departments"],
        "counts": facts["counts"],
        "rejected": {source: dict(sorted(reasons.items())) for source, reasons in sorted(rejected.items())},
        "expected_share": asked.scale.expected_share,
    }  # fmt: skip
    output.write(asked.output / layout.EXPECTED, (json.dumps(summary, indent=1) + "\n").encode())
    with output.whole_file(asked.output / layout.EXPECTED_PLACES) as file:
        file.write((";".join(COLUMNS) + "\n").encode())
        for task in tasks:
            for name in ("annuaire", "finess"):
                path = task.part / f"expected-{name}.csv"
                if path.is_file():
                    file.write(_lines(name, path.read_bytes()))


def _lines(name: str, rows: bytes) -> bytes:
    if name == "annuaire":
        return b"".join(b"annuaire;" + line + b"\n" for line in rows.splitlines())
    return b"".join(_FINESS_PREFIX + line + _FINESS_SUFFIX + b"\n" for line in rows.splitlines())
