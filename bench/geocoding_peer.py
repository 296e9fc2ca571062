"""The geocoder beside addok, on the same addresses and the same questions, in one run.

The base is that of `bench.peer.base`: invented addresses of the country at a scale, the real Paris and Bondy
when the official extracts are there. It stands in a home of its own, with its database and its peer, both
kept from one run to the next; the database in service is not touched.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench.peer import base as bases
from bench.peer import ours
from bench.peer.failures import table, write_failures
from bench.peer.judge import judge, recall
from bench.peer.questions import prepared
from core.settings import HomeSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.peer.base import Base

EXTRACTS: Final = Path(
    os.environ.get("SAS_OFFICIAL_EXTRACTS", Path(__file__).resolve().parents[2] / "shared" / "data")
)


def recall_only(base: Base, extracts: Path, *, kinds: Sequence[str] = (), processes: int = 2) -> None:
    """Our recall alone, in about a minute: table on the screen and in `recall.txt`, failures beside it."""
    questions = [q for q in prepared(base, extracts) if not kinds or q.kind in kinds]
    started = time.perf_counter()
    answers = ours.answers(base.home, questions, processes=processes)
    elapsed_s = time.perf_counter() - started
    verdicts = [judge(question, features) for question, features in zip(questions, answers, strict=True)]
    write_failures(base.home / "failures", questions, answers, verdicts)
    text = table(recall(verdicts), {})
    (base.home / "recall.txt").write_text(text + "\n", encoding="utf-8")
    print(text)
    print(f"{len(questions)} questions in {elapsed_s:.0f} s; failures by kind in {base.home / 'failures'}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", default="demo", choices=("small", "demo", "national"))
    parser.add_argument("--home", type=Path, help="SAS_HOME of the benchmark")
    parser.add_argument("--extracts", type=Path, default=EXTRACTS)
    parser.add_argument("--recall-only", action="store_true", help="our recall alone, without the peer")
    parser.add_argument("--kinds", nargs="*", default=(), help="with --recall-only: these kinds")
    arguments = parser.parse_args()
    place = arguments.home or HomeSettings().path / "bench" / f"geocoding-{arguments.scale}"
    ready = bases.prepare(
        place.absolute(),
        scale=arguments.scale,
        extracts=arguments.extracts,
        outlines=HomeSettings().path / "cache" / "world_map.gpkg",
    )
    if arguments.recall_only:
        recall_only(ready, arguments.extracts, kinds=arguments.kinds)
