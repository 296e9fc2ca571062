"""The geocoder beside addok, on the same addresses and the same questions, in one run.

The base is that of `bench.peer.base`: invented addresses of the country at a scale, the real Paris and Bondy
when the official extracts are there. It stands in a home of its own, with its database and its peer, both
kept from one run to the next; the database in service is not touched. Where the peer cannot be installed, the
reason is printed and ours alone is measured. A version that finds less than the one before is told.
"""

from __future__ import annotations

import argparse
import os
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bench.harness import RESULTS, record
from bench.peer import addok, batches, ours, providers, questions, reliability, servers
from bench.peer import base as bases
from bench.peer.csv_files import command_line, csv_rate
from bench.peer.failures import table, write_failures
from bench.peer.history import compare_and_keep
from bench.peer.judge import judge, recall
from bench.peer.measures import (
    GOALS,
    LEVELS,
    WARM,
    Measured,
    below,
    facts_of_base,
    in_batch,
    over_http,
    summary,
    update_of_one_department,
)
from core.db import cluster
from core.settings import HomeSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.peer.addok import Addok
    from bench.peer.base import Base
    from bench.peer.question import Question

EXTRACTS: Final = Path(
    os.environ.get("SAS_OFFICIAL_EXTRACTS", Path(__file__).resolve().parents[2] / "shared" / "data")
)
PEER_ROWS: Final = {"small": 200, "demo": 1_000, "national": 2_000}
"""Rows given to the peer where ours gets them all: it is a hundred times slower."""


def said(text: str) -> None:
    """One line of progress."""
    print(f"geocoding_peer  {time.strftime('%H:%M:%S')}  {text}", flush=True)


def asked_of(base: Base, draw: int = 0) -> str:
    """What was asked, for the history: only the same questions are compared."""
    return f"{base.scale} {base.fingerprint} questions v{questions.VERSION} draw {draw}"


def measure_ours(base: Base, asked: Sequence[Question], rows: Sequence[Question]) -> Measured:
    """Everything of ours."""
    measured = Measured()
    said(f"ours: {len(asked)} questions over HTTP")
    warm = rows[-WARM:]
    over_http(partial(servers.ours, base), asked, warm=warm, scale=base.scale, measured=measured)
    said(f"ours: batches, {len(rows)} addresses of providers")
    fields = in_batch("fields", batches.ours(base.home, rows, split=True), rows, measured)
    measured.figures |= {f"fields_recall_{level}": fields["provider"][level] for level in LEVELS}
    texts = [*(each for each in asked if each.among == 1), *rows[: len(rows) // 4]]
    measured.batch_kinds = in_batch("text", batches.ours(base.home, texts, split=False), texts, measured)
    with servers.ours(base, workers=1) as server:
        measured.figures["csv_per_s"] = csv_rate(server.port, "/geocodage/search/csv", texts)
    measured.figures |= command_line(base, rows)
    said("ours: one department loaded again")
    measured.figures["department_s"] = update_of_one_department(base)
    measured.figures |= facts_of_base(base) | summary(measured)
    return measured


def measure_peer(peer: Addok, base: Base, asked: Sequence[Question], rows: Sequence[Question]) -> Measured:
    """The same of the peer, on fewer rows where it is slow."""
    measured = Measured()
    said(f"peer: {len(asked)} questions over HTTP")
    warm = rows[-WARM:]
    over_http(partial(servers.theirs, peer), asked, warm=warm, scale=base.scale, measured=measured)
    count = PEER_ROWS[base.scale]
    said(f"peer: batches, {count} addresses of providers")
    some = rows[:count]
    fields = in_batch("fields", batches.theirs(peer, some, split=True), some, measured)
    measured.figures |= {f"fields_recall_{level}": fields["provider"][level] for level in LEVELS}
    whole = [each for each in asked if each.among == 1]
    texts = [*whole[:: max(1, len(whole) // count)], *rows[: count // 4]]
    in_batch("text", batches.theirs(peer, texts, split=False), texts, measured)
    with servers.theirs(peer, workers=1) as server:
        measured.figures["csv_per_s"] = csv_rate(server.port, "/search/csv/", texts[: count // 2])
    measured.figures |= summary(measured) | {
        "index_build_s": peer.index_s + peer.ngrams_s,
        "memory_mb": peer.memory_mb(),
    }
    return measured


def ratios_of(mine: Measured, yours: Measured) -> dict[str, float]:
    """Ours over the peer: rates of the whole machine, CPU time, and how often ours finds less."""
    one, other = mine.figures, yours.figures
    return {
        **{f"{name}_per_s_over_peer": one[f"{name}_per_s"] / other[f"{name}_per_s"]
           for name in ("http", "prefix", "fields", "text", "csv")},
        **{f"{name}_cpu_peer_over_ours": other[f"{name}_cpu_ms"] / one[f"{name}_cpu_ms"]
           for name in ("http", "prefix", "fields", "text")},
        "http_p50_peer_over_ours": other["http_p50_ms"] / one["http_p50_ms"],
        "http_p99_peer_over_ours": other["http_p99_ms"] / one["http_p99_ms"],
        "text_recalls_below_peer": float(len(below(mine.batch_kinds, yours.kinds))),
        "http_recalls_below_peer": float(len(below(mine.kinds, yours.kinds))),
    }  # fmt: skip


def main(base: Base, extracts: Path, *, folder: Path = RESULTS, against: str | None = None) -> None:
    """Measure both and record; ours alone when the peer cannot run."""
    asked = questions.prepared(base, extracts)
    rows = providers.prepared(base, extracts)
    mine = measure_ours(base, asked, rows)
    yours: Measured | None = None
    try:
        said("peer: installing, indexing the base when that was not done")
        with addok.running(base) as peer:
            yours = measure_peer(peer, base, asked, rows)
    except addok.PeerMissing as missing:
        said(f"the peer cannot run here, ours alone is measured: {missing}")
    keep(base, mine, asked)
    ratios: dict[str, float] = {}
    figures: dict[str, Any] = {"scale": base.scale, "real_paris_and_bondy": base.real, **mine.figures}
    figures["recall"] = mine.kinds
    figures["reliability"] = reliability.curve(asked, mine.answers)
    if yours is not None:
        figures |= {f"peer_{name}": value for name, value in yours.figures.items()}
        figures["peer_recall"] = yours.kinds
        figures["below_peer"] = below(mine.kinds, yours.kinds)
        ratios = ratios_of(mine, yours)
    measured = {**figures, **ratios}
    goals = {name: goal for name, goal in GOALS.items() if name in measured}
    print(table(mine.kinds, yours.kinds if yours else {}))
    record("geocoding_peer", figures, ratios, goals, folder=folder)
    for line in compare_and_keep(mine.kinds, asked=asked_of(base), against=against, keep=True):
        print(f"  LOWER  {line}")


def keep(base: Base, mine: Measured, asked: Sequence[Question]) -> None:
    """Failures by kind and the table of the recall, in the home of the benchmark."""
    write_failures(base.home / "failures", asked, mine.answers, mine.verdicts)
    (base.home / "recall.txt").write_text(table(mine.kinds, {}) + "\n", encoding="utf-8")


def recall_only(
    base: Base,
    extracts: Path,
    *,
    kinds: Sequence[str] = (),
    processes: int = 2,
    against: str | None = None,
    draw: int = 0,
) -> None:
    """Our recall alone, in about a minute: table on the screen and in `recall.txt`, failures beside it."""
    every = questions.prepared(base, extracts, draw=draw)
    asked = [each for each in every if not kinds or each.kind in kinds]
    started = time.perf_counter()
    answers = ours.answers(base.home, asked, processes=processes)
    elapsed_s = time.perf_counter() - started
    verdicts = [judge(question, features) for question, features in zip(asked, answers, strict=True)]
    found = recall(verdicts)
    keep(base, Measured(answers=answers, verdicts=verdicts, kinds=found), asked)
    print(table(found, {}))
    print(reliability.shown(reliability.curve(asked, answers)))
    print(f"{len(asked)} questions in {elapsed_s:.0f} s; failures by kind in {base.home / 'failures'}")
    for line in compare_and_keep(found, asked=asked_of(base, draw), against=against, keep=False):
        print(f"  LOWER  {line}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", default="demo", choices=("small", "demo", "national"))
    parser.add_argument("--home", type=Path, help="SAS_HOME of the benchmark")
    parser.add_argument("--extracts", type=Path, default=EXTRACTS)
    parser.add_argument("--recall-only", action="store_true", help="our recall alone, without the peer")
    parser.add_argument("--kinds", nargs="*", default=(), help="with --recall-only: these kinds")
    parser.add_argument(
        "--no-load", action="store_true", help="do not load again what other code has indexed"
    )
    parser.add_argument("--draw", type=int, default=0, help="with --recall-only: another draw of questions")
    parser.add_argument(
        "--against", help="revision to compare the recall with; the last one recorded without"
    )
    arguments = parser.parse_args()
    place = (arguments.home or HomeSettings().path / "bench" / f"geocoding-{arguments.scale}").absolute()
    was_running = cluster.exists(place) and cluster.is_running(place)
    ready = bases.prepare(
        place,
        scale=arguments.scale,
        extracts=arguments.extracts,
        outlines=HomeSettings().path / "cache" / "world_map.gpkg",
        reload=not arguments.no_load,
    )
    try:
        if arguments.recall_only:
            recall_only(
                ready,
                arguments.extracts,
                kinds=arguments.kinds,
                against=arguments.against,
                draw=arguments.draw,
            )
        else:
            main(ready, arguments.extracts, against=arguments.against)
    finally:
        if not was_running:
            cluster.stop(place)
