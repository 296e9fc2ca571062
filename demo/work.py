"""What one process does: everything that one department adds to the files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
import shapely

from demo import annuaire, ban, damage, finess, layout, output, people, structures
from demo.centres import project
from demo.chance import share
from demo.land import Land

if TYPE_CHECKING:
    from pathlib import Path

    from shapely.geometry import MultiPolygon

    from demo.centres import Centres
    from demo.france import Commune, Department

DONE: Final = "done.json"
ACTIVITY_PARTS: Final = ("activity", "skill", "diploma", "mailbox")
FINESS_PARTS: Final = ("structureet", "geolocalisation")


@dataclass(frozen=True, kw_only=True)
class Task:
    """One department to write. `outline_wkb` is in degrees; `*_from` are the first free ranks."""

    seed: int
    ratio: float
    department: Department
    communes: list[Commune]
    centres: Centres
    outline_wkb: bytes
    share_of_country: float
    rpps_from: int
    siren_from: int
    expected_share: float
    what: frozenset[str]
    folder: Path
    parts: Path

    @property
    def part(self) -> Path:
        """Folder of what this department adds to the national files."""
        return self.parts / self.department.code


def done(task: Task) -> dict[str, Any] | None:
    """Counts of a department already written, None when there is work."""
    path = task.part / DONE
    return json.loads(path.read_bytes()) if path.is_file() else None


def run(task: Task) -> dict[str, Any]:
    """Write a department; its counts, also kept beside its parts so that it is not written twice."""
    outline: MultiPolygon = shapely.from_wkb(task.outline_wkb)  # type: ignore[assignment]
    land = Land.build(
        seed=task.seed,
        ratio=task.ratio,
        department=task.department,
        communes=task.communes,
        centres=task.centres,
        outline_m=project(outline, task.department.srid),
    )
    counts: dict[str, Any] = {"department": task.department.code, "rejected": {}}
    established = structures.plan(land, share_of_country=task.share_of_country, siren_from=task.siren_from)
    if "finess" in task.what:
        counts |= _write_finess(task, land, established, counts["rejected"])
    if "annuaire" in task.what:
        counts |= _write_annuaire(task, land, established, counts["rejected"])
    if "ban" in task.what:
        code = task.department.code
        written = ban.write(land, task.folder / layout.addresses(code), task.folder / layout.hamlets(code))
        counts |= {"addresses": written.addresses, "hamlets": written.hamlets}
        counts["rejected"]["ban"] = written.rejected
    output.write(task.part / DONE, json.dumps(counts).encode())
    return counts


def _write_finess(
    task: Task, land: Land, established: structures.Structures, rejected: dict[str, Any]
) -> dict[str, int]:
    files = finess.build(land, established)
    for name, lines in files.lines.items():
        output.write(task.part / f"{name}.csv", lines)
    output.write(task.part / "expected-finess.csv", _expected(files.truth, task.expected_share))
    rejected["finess"] = files.rejected
    return {"structures": len(established), "positions": files.positions}


def _write_annuaire(
    task: Task, land: Land, established: structures.Structures, rejected: dict[str, Any]
) -> dict[str, int]:
    crowd = people.plan(land, established, share_of_country=task.share_of_country)
    rows = annuaire.build(land, established, crowd, rpps_from=task.rpps_from, siren_from=task.siren_from)
    broken, rejected["annuaire"] = damage.broken_lines(
        rows.activity, first=int(task.rpps_from % len(damage.REASONS))
    )
    for name in ACTIVITY_PARTS:
        text = (
            getattr(rows, name).write_csv(separator="|", quote_style="never", include_header=False).encode()
        )
        output.write(task.part / f"{name}.txt", text + broken if name == "activity" else text)
    output.write(task.part / "expected-annuaire.csv", _expected(rows.truth, task.expected_share))
    return {
        "people": len(crowd.profession),
        "activity_rows": rows.activity.height + broken.count(b"\n"),
        "skill_rows": rows.skill.height,
        "diploma_rows": rows.diploma.height,
        "mailbox_rows": rows.mailbox.height,
        "sheets": rows.truth.height,
    }


def _expected(truth: pl.DataFrame, kept: float) -> bytes:
    chosen = truth if kept >= 1 else truth.filter(pl.Series(share(np.arange(truth.height), 51) < kept))
    return output.separated(chosen)
