"""What is measured of one geocoder, and the figures, ratios and goals of both."""

from __future__ import annotations

import random
import statistics
import subprocess
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psycopg

from bench.harness import Goal
from bench.peer import batches, ours
from bench.peer.base import SAS, environment
from bench.peer.client import ask_all
from bench.peer.judge import Verdict, distances, judge, means, recall
from bench.peer.meter import Meter
from core.db import cluster
from core.db.queries import Queries

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from bench.peer.base import Base
    from bench.peer.batches import Batch
    from bench.peer.judge import Feature
    from bench.peer.question import Question
    from bench.peer.servers import Server

Kinds = dict[str, dict[str, float | None]]

LEVELS: Final = ("number", "street", "commune")
APART: Final = ("prefix",)
"""Kinds judged among several answers: outside of the means, with a goal of their own."""
_QUERIES: Final = Queries.load(Path(__file__).parents[1] / "sql")
_CLIENTS: Final = 4 * batches.PROCESSES  # a connection that is kept stays with one process: enough of them
WARM: Final = 200
_SEED: Final = 20_261_128
LATENCY_QUESTIONS: Final = {"small": 200, "demo": 1_000, "national": 2_000}


@dataclass
class Measured:
    """Figures of one geocoder; `kinds` its recall over HTTP, `batch_kinds` through its batch of texts."""

    figures: dict[str, Any] = field(default_factory=dict)
    kinds: Kinds = field(default_factory=dict)
    batch_kinds: Kinds = field(default_factory=dict)
    answers: list[list[Feature]] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)


def over_http(
    start: Callable[..., AbstractContextManager[Server]],
    questions: Sequence[Question],
    *,
    warm: Sequence[Question],
    scale: str,
    measured: Measured,
) -> None:
    """Recall and throughput with a process per core and several clients, then latency with one of each.

    `warm` are other questions, asked first: a process that just started has read nothing yet.
    """
    typed = [question for question in questions if question.among > 1]
    whole = [question for question in questions if question.among == 1]
    first = [ours.parameters(each) for each in warm]
    with start(workers=batches.PROCESSES) as server:
        ask_all(server.port, server.path, first, clients=_CLIENTS)
        answered: dict[int, list[Feature]] = {}
        for name, part in (("http", whole), ("prefix", typed)):
            parameters = [ours.parameters(each) for each in part]
            with Meter(server.cpu_s) as meter:
                load = ask_all(server.port, server.path, parameters, clients=_CLIENTS)
            measured.figures |= {
                f"{name}_per_s": load.per_s,
                f"{name}_cpu_ms": meter.cpu_s * 1000 / len(part),
                f"{name}_others_share": meter.others,
            }
            answered |= {id(q): reply.features for q, reply in zip(part, load.replies, strict=True)}
        measured.figures["process_mb"] = server.memory_mb()
    measured.answers = [answered[id(question)] for question in questions]
    measured.verdicts = [judge(q, a) for q, a in zip(questions, measured.answers, strict=True)]
    measured.kinds = recall(measured.verdicts)
    absent = [
        verdict.accepted
        for question, verdict in zip(questions, measured.verdicts, strict=True)
        if question.kind == "absent_street" and question.real
    ]
    if absent:
        measured.figures["absent_accepted_in_real_towns"] = sum(absent) / len(absent)
    asked = random.Random(_SEED).sample(whole, min(len(whole), LATENCY_QUESTIONS[scale]))
    with start(workers=1) as server:
        ask_all(server.port, server.path, first, clients=1)
        by_kind: dict[str, list[float]] = defaultdict(list)
        for name, part in (("http", asked), ("prefix", typed)):
            load = ask_all(server.port, server.path, [ours.parameters(each) for each in part], clients=1)
            elapsed = [reply.elapsed_ms for reply in load.replies]
            measured.figures |= {
                f"{name}_p50_ms": statistics.median(elapsed),
                f"{name}_p99_ms": statistics.quantiles(elapsed, n=100, method="inclusive")[98],
                f"{name}_one_client_per_s": load.per_s,
            }
            for question, elapsed_ms in zip(part, elapsed, strict=True):
                by_kind[question.kind].append(elapsed_ms)
    measured.figures["median_ms_by_kind"] = {
        kind: round(statistics.median(values), 2) for kind, values in sorted(by_kind.items())
    }


def in_batch(name: str, batch: Batch, questions: Sequence[Question], measured: Measured) -> Kinds:
    """Rate, cost and recall of a batch."""
    verdicts = [judge(q, a) for q, a in zip(questions, batch.features, strict=True)]
    found = recall(verdicts)
    measured.figures |= {
        f"{name}_rows": len(questions),
        f"{name}_per_s": batch.per_s,
        f"{name}_cpu_ms": batch.cpu_s * 1000 / len(questions),
        f"{name}_others_share": batch.others,
    }
    return found


def update_of_one_department(base: Base) -> float:
    """Seconds to load one department again on the whole base, as a user does."""
    paths = [path for path in base.addresses if path.name.startswith("adresses-")]
    path = next((path for path in paths if path.name == "adresses-75.csv.gz"), paths[0])
    started = time.perf_counter()
    subprocess.run(
        [str(SAS), "ingest", "ban", str(path), "--apply", "--force"],
        env=environment(base.home),
        capture_output=True,
        check=False,
    )
    return time.perf_counter() - started


def facts_of_base(base: Base) -> dict[str, float]:
    """Seconds of the last whole load of the addresses, megabytes of shared buffers."""
    with psycopg.connect(cluster.conninfo(base.home)) as conn:
        build = conn.execute(_QUERIES["peer_index_build"]).fetchone()
        buffers = conn.execute(_QUERIES["peer_shared_buffers"]).fetchone()
    return {
        "index_build_s": build[0] if build else 0.0,
        "shared_buffers_mb": float(buffers[0]) if buffers else 0.0,
    }


def summary(of: Measured) -> dict[str, Any]:
    """Recall and metres, flat, for the record."""
    mean = means(of.kinds, without=APART)
    typed = of.kinds.get("prefix", {})
    absent = of.kinds.get("absent_street", {})
    return {
        **{f"recall_{level}": share for level, share in mean.items()},
        "prefix_among_five": typed.get("number") or 0.0,
        "absent_accepted": absent.get("accepted") or 0.0,
        "false_numbers": of.kinds.get("number_not_in_base", {}).get("false_number") or 0.0,
        **distances(of.verdicts),
    }


def below(one: Kinds, other: Kinds) -> list[str]:
    """Kinds and levels where `one` finds fewer than `other`: "afnor street 0.990 < 0.996"."""
    return [
        f"{kind} {level} {mine:.3f} < {yours:.3f}"
        for kind, facts in one.items()
        for level in LEVELS
        if (mine := facts[level]) is not None
        and (yours := other.get(kind, {}).get(level)) is not None
        and mine < yours
    ]


GOALS: Final[dict[str, Goal]] = {
    "fields_per_s_over_peer": Goal(150, at_least=True),
    "fields_recall_number": Goal(0.985, at_least=True),
    "fields_recall_street": Goal(0.995, at_least=True),
    "fields_recall_commune": Goal(0.999, at_least=True),
    "text_per_s_over_peer": Goal(50, at_least=True),
    "text_recalls_below_peer": Goal(0),
    "http_p50_ms": Goal(3),
    "http_p99_ms": Goal(15),
    "prefix_p99_ms": Goal(40),
    "http_per_s_over_peer": Goal(6, at_least=True),
    "recall_number": Goal(0.97, at_least=True),
    "recall_street": Goal(0.985, at_least=True),
    "recall_commune": Goal(0.995, at_least=True),
    "prefix_among_five": Goal(0.95, at_least=True),
    "absent_accepted": Goal(0.01),
    "index_build_s": Goal(900),
    "department_s": Goal(60),
    "process_mb": Goal(300),
    "command_mb": Goal(300),
    "shared_buffers_mb": Goal(1024),
}
