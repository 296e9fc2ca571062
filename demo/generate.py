"""Everything in order: what is true of the country, then each department, then the files they share."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import TYPE_CHECKING, Any, Final, Protocol

import shapely

from core.errors import InvalidParameter
from demo import (
    centres,
    editions,
    expected,
    france,
    geography,
    layout,
    national,
    outlines,
    packages,
    request,
    work,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from shapely.geometry import MultiPolygon

    from demo.france import France
    from demo.request import Request
    from demo.work import Task

RPPS_RANKS: Final = 10_000_000
SIREN_RANKS: Final = 1_000_000


class Progress(Protocol):
    """Told how far the work is; the door decides how it is shown."""

    def start(self, total: int) -> None:
        """The work counts `total` units (inhabitants of the departments)."""
        ...

    def advance(self, done: int, text: str) -> None:
        """`done` more units; `text` says what was finished, in French."""
        ...


class Silent:
    """Null twin of `Progress`."""

    def start(self, total: int) -> None:
        """Say nothing."""

    def advance(self, done: int, text: str) -> None:
        """Say nothing."""


def run(asked: Request, progress: Progress | None = None) -> dict[str, Any]:
    """Write the files; the manifest, which is also `manifest.json`. Nothing is redone that is already there.

    Raises
    ------
    InvalidParameter   a department that does not exist
    SystemMissing      a package that holds the real facts is not installed
    """
    told = progress or Silent()
    manifest = asked.output / layout.MANIFEST
    if manifest.is_file():
        known = json.loads(manifest.read_bytes())
        if known.get("digest") == asked.digest:
            return known
        manifest.unlink()
    country = france.load(packages.decoupage())
    codes = asked.departments or tuple(country.departments)
    unknown = sorted(set(codes) - set(country.departments))
    if unknown:
        raise InvalidParameter(f"Département inconnu : {', '.join(unknown)}.", parameter="departments")
    shapes = outlines.read(packages.outlines(home=asked.home), country.departments)
    parts = asked.output / f".parts-{asked.digest}"
    _forget_others(asked.output, parts)
    started = time.monotonic()
    tasks, places = _tasks(asked, country, shapes, codes, parts)
    told.start(sum(_size(task) for task in tasks))
    if "geography" in asked.what:
        geography.write(asked.output, country, shapes, places)
    counts = _departments(tasks, asked.processes, told)
    told.advance(0, "assemblage des fichiers nationaux")
    totals = national.assemble(asked, country, tasks, counts)
    editions.write(asked, tasks)
    facts = {
        "digest": asked.digest, "version": request.VERSION, "scale": asked.scale.name, "seed": asked.seed,
        "departments": list(codes), "what": sorted(asked.what), "counts": totals,
    }  # fmt: skip
    expected.write(asked, tasks, counts, facts)
    output_bytes = (json.dumps(facts, ensure_ascii=False, indent=1) + "\n").encode()
    national.output.write(manifest, output_bytes)
    shutil.rmtree(parts, ignore_errors=True)
    return facts | {"seconds": round(time.monotonic() - started, 1)}


def _forget_others(folder: Path, parts: Path) -> None:
    """Parts of another request are of no use."""
    for other in folder.glob(".parts-*"):
        if other != parts:
            shutil.rmtree(other, ignore_errors=True)


def _size(task: Task) -> int:
    return sum(commune.population for commune in task.communes)


def _tasks(
    asked: Request,
    country: France,
    shapes: dict[str, MultiPolygon],
    codes: Sequence[str],
    parts: Path,
) -> tuple[list[Task], dict[str, tuple[list[france.Commune], centres.Centres]]]:
    """A task per department, and the centres of the communes of the departments asked.

    Numbers of people and companies are reserved by share of the inhabitants of the whole country, so that a
    department is the same alone or among all.
    """
    communes = {code: country.inhabited(code) for code in country.departments}
    inhabitants = {code: sum(c.population for c in group) for code, group in communes.items()}
    total = sum(inhabitants.values())
    known = centres.places()
    tasks: list[Task] = []
    places: dict[str, tuple[list[france.Commune], centres.Centres]] = {}
    before = 0
    for code, department in country.departments.items():
        if code not in codes and "geography" not in asked.what:
            before += inhabitants[code]
            continue
        located = centres.locate(country, department, centres.project(shapes[code], department.srid), known)
        places[code] = (communes[code], located)
        if code in codes:
            tasks.append(
                work.Task(
                    seed=asked.seed, ratio=asked.scale.ratio, department=department, communes=communes[code],
                    centres=located, outline_wkb=shapely.to_wkb(shapes[code]),
                    share_of_country=inhabitants[code] / total,
                    rpps_from=RPPS_RANKS * before // total, siren_from=SIREN_RANKS * before // total,
                    expected_share=asked.scale.expected_share, what=asked.what, folder=asked.output,
                    parts=parts,
                )
            )  # fmt: skip
        before += inhabitants[code]
    return tasks, places


def _departments(tasks: list[Task], processes: int, told: Progress) -> dict[str, dict[str, Any]]:
    """Run the tasks that are not done, the biggest first; counts by department."""
    counts: dict[str, dict[str, Any]] = {}
    todo: list[Task] = []
    for task in tasks:
        known = work.done(task)
        if known is None:
            todo.append(task)
        else:
            counts[task.department.code] = known
            told.advance(_size(task), f"{task.department.name} (déjà fait)")
    if processes < 2 or len(todo) < 2:
        for task in todo:
            counts[task.department.code] = work.run(task)
            told.advance(_size(task), task.department.name)
        return counts
    # Each process computes alone: two of them fill two cores, without the threads of polars on top.
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        running = {pool.submit(work.run, task): task for task in sorted(todo, key=_size, reverse=True)}
        for future in as_completed(running):
            task = running[future]
            counts[task.department.code] = future.result()
            told.advance(_size(task), task.department.name)
    return counts
