"""Relevance of the search: the curated lines of `tests/relevance/search.csv`, scored by family.

`python -m bench.relevance` lays the fixed ground of these lines in a scratch database, asks every line to the
public search, and prints the score of each family before (the last one recorded) and after, with the lines
gained and lost. `--dry-run` prints and records nothing: what a change of ranking or of words does, before it
is kept.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import structlog

from bench.harness import RESULTS, Goal, record
from bench.ingest_ban import scratch
from care.specialty import nomenclature
from core.db.connect import conninfo
from core.settings import HomeSettings
from search.policy import policy
from tests.relevance.ground import lay
from tests.relevance.lines import lines, missing_of_search, missing_of_specialty, searching

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.settings import DatabaseSettings
    from tests.relevance.lines import Line

NAME = "relevance"


async def ask(database: DatabaseSettings, home: HomeSettings) -> dict[Line, list[str] | None]:
    """What each line lacks; None for one the ranking in use is not asked for."""
    dsn = conninfo(database, home, role="reader")
    async with (
        await psycopg.AsyncConnection.connect(dsn, autocommit=True) as conn,
        searching(conn) as search,
    ):
        return {
            line: await missing_of_search(line, search) if line.place else missing_of_specialty(line)
            for line in lines()
        }


def scores(missing: Mapping[Line, list[str] | None]) -> dict[str, list[int]]:
    """By family: lines held, and lines asked."""
    asked = Counter(line.family for line, found in missing.items() if found is not None)
    held = Counter(line.family for line, found in missing.items() if found == [])
    return {family: [held[family], asked[family]] for family in sorted(asked)}


def last(folder: Path) -> dict[str, Any]:
    """The figures recorded last; none before the first time."""
    path = folder / f"{NAME}.json"
    return json.loads(path.read_text(encoding="utf-8"))["figures"] if path.exists() else {}


def report(before: Mapping[str, Any], after: Mapping[str, Any], why: Mapping[str, list[str]]) -> list[str]:
    """The score of each family before and after, then the lines that changed sides."""
    policies = f"{before.get('policy', '–')} → {after['policy']}"
    told = [f"policy {policies}, words {before.get('words', '–')} → {after['words']}"]
    earlier = before.get("families", {})
    for family, (held, asked) in after["families"].items():
        was = f"{earlier[family][0]}/{earlier[family][1]}" if family in earlier else "–"
        told.append(f"  {family:<22} {was:>9} → {held}/{asked}")
    lost, were = set(after["failing"]), set(before.get("failing", ()))
    told += [f"  gained  {name}" for name in sorted(were - lost)]
    told += [f"  lost    {name}: {', '.join(why[name])}" for name in sorted(lost - were)]
    told += [f"  failing {name}: {', '.join(why[name])}" for name in sorted(lost & were)]
    return told


def main(*, dry_run: bool, folder: Path = RESULTS) -> None:
    """Measure, compare, and record unless it is for a look."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    home = HomeSettings()
    with scratch(home) as database, tempfile.TemporaryDirectory() as made:
        lay(database, home, Path(made))
        missing = asyncio.run(ask(database, home))
    families = scores(missing)
    # The number of a line moves when one is added above it: it is no part of its name here.
    why = {line.name.partition(" ")[2]: found for line, found in missing.items() if found}
    held, asked = (sum(column) for column in zip(*families.values(), strict=True))
    figures = {
        "policy": policy().version,
        "words": nomenclature().version,
        "families": families,
        "failing": sorted(why),
        "lines": asked,
        "not_asked_of_this_policy": sum(found is None for found in missing.values()),
    }
    for line in report(last(folder), figures, why):
        print(line)
    if not dry_run:
        record(
            NAME,
            figures,
            {"held_over_asked": held / asked},
            {"held_over_asked": Goal(1.0, at_least=True)},
            folder=folder,
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dry-run", action="store_true")
    main(dry_run=parser.parse_args().dry_run)
