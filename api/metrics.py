"""Counters of the server. Labels are few and bounded: route template, method, status class; never a path."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_BUCKETS_S = (0.002, 0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.8, 2.0, 5.0)


class Metrics:
    """One registry for each application, so that two of them live in one process (tests)."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
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
        self.load_age_seconds = Gauge(
            "sas_load_age_seconds",
            "Age of the data in service, since the date of the source",
            ("source",),
            registry=self.registry,
        )
        self.pool_connections = Gauge(
            "sas_db_pool_connections",
            "Connections of a pool, by state",
            ("pool", "state"),
            registry=self.registry,
        )
        self.pool_wait_seconds = Gauge(
            "sas_db_pool_wait_seconds",
            "Time spent waiting for a connection, total",
            ("pool",),
            registry=self.registry,
        )

    def render(self) -> bytes:
        """Everything, in the text format of Prometheus."""
        return generate_latest(self.registry)
