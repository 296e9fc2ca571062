"""Counters of the server. Labels are few and bounded: route template, method, status class; never a path.

Several processes that serve together (`sas serve --workers`) each write their counters in files of one
folder, named by `PROMETHEUS_MULTIPROC_DIR`; whichever of them is asked gives the sum of all.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess

if TYPE_CHECKING:
    from slots.answers import EditorAnswer

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""Read by the library of Prometheus when it is imported; set by the command that starts the processes."""

_BUCKETS_S = (0.002, 0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.8, 2.0, 5.0)

_VENDOR_BUCKETS_S = (0.02, 0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3.0, 7.0)


class Metrics:
    """One registry for each application, so that two of them live in one process (tests)."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._sources: set[str] = set()
        self.request_seconds = Histogram(
            "sas_request_seconds",
            "Time to answer a request, by route template",
            ("method", "route", "status"),
            registry=self.registry,
            buckets=_BUCKETS_S,
        )
        self.search_seconds = Histogram(
            "sas_search_seconds",
            "Time of each phase of a search of offers",
            ("phase",),
            registry=self.registry,
            buckets=_BUCKETS_S,
        )
        self.search_empty = Counter(
            "sas_search_empty", "Valid searches that found no offer", registry=self.registry
        )
        self.vendor_seconds = Histogram(
            "sas_vendor_seconds",
            "Time of a call to an agenda vendor",
            ("vendor",),
            registry=self.registry,
            buckets=_VENDOR_BUCKETS_S,
        )
        self.vendor_outcome = Counter(
            "sas_vendor_outcome",
            "Calls to an agenda vendor, by outcome",
            ("vendor", "outcome"),
            registry=self.registry,
        )
        self.vendor_open = Gauge(
            "sas_vendor_open",
            "1 while the circuit of an agenda vendor is open: it is not asked",
            ("vendor",),
            registry=self.registry,
            multiprocess_mode="livemax",
        )
        self.answer_partial = Counter(
            "sas_answer_partial", "Answers in which a vendor could not be read", registry=self.registry
        )
        self.rankings = Counter(
            "sas_rankings",
            "Rankings written in the log of the audit, or left out of it and why",
            ("outcome",),
            registry=self.registry,
        )
        self.load_age_seconds = Gauge(
            "sas_load_age_seconds",
            "Age of the data in service, since the date of the source",
            ("source",),
            registry=self.registry,
            multiprocess_mode="mostrecent",
        )
        self.pool_connections = Gauge(
            "sas_db_pool_connections",
            "Connections of a pool, by state",
            ("pool", "state"),
            registry=self.registry,
            multiprocess_mode="livesum",
        )
        self.pool_wait_seconds = Gauge(
            "sas_db_pool_wait_seconds",
            "Time spent waiting for a connection, total",
            ("pool",),
            registry=self.registry,
            multiprocess_mode="livesum",
        )

    def answered(self, answer: EditorAnswer, *, circuit_open: bool) -> None:
        """Count a call to a vendor (`slots.aggregate.Observer`)."""
        self.vendor_seconds.labels(answer.editor).observe(answer.elapsed_s)
        self.vendor_outcome.labels(answer.editor, answer.state).inc()
        self.vendor_open.labels(answer.editor).set(int(circuit_open))

    def render(self) -> bytes:
        """Everything, in the text format of Prometheus; of every process that serves."""
        folder = os.environ.get(FOLDER_VARIABLE)
        if not folder:
            return generate_latest(self.registry)
        _forget_dead(Path(folder))
        together = CollectorRegistry()
        multiprocess.MultiProcessCollector(together)
        return generate_latest(together)

    def set_age(self, source: str, age_s: float) -> None:
        """Age of a source in service."""
        self._sources.add(source)
        self.load_age_seconds.labels(source).set(age_s)

    def forget_ages(self) -> None:
        """The ages are not known: shown as such, never as they were."""
        for source in self._sources:
            self.load_age_seconds.labels(source).set(float("nan"))

    def set_pool(self, name: str, stats: dict[str, int]) -> None:
        """State of a pool of connections."""
        self.pool_connections.labels(name, "open").set(stats.get("pool_size", 0))
        self.pool_connections.labels(name, "idle").set(stats.get("pool_available", 0))
        self.pool_wait_seconds.labels(name).set(stats.get("requests_wait_ms", 0) / 1000)


def _forget_dead(folder: Path) -> None:
    """Gauges of a process that was killed; its counters stay, they did count."""
    for path in folder.glob("gauge_live*_*.db"):
        pid = path.stem.rpartition("_")[2]
        if pid.isdecimal() and not Path(f"/proc/{pid}").exists():
            with suppress(OSError):
                multiprocess.mark_process_dead(int(pid))
