"""Travel times on a real city: one search's call, isochrones, build, and the error against OSRM.

500 candidates nearest to a place, from a hundred places, as a search asks. The compiled search is compared
with scipy's on the city and on a network of the size of the country (the city laid 63 times side by side),
and both with OSRM where it is installed (Python 3.12: `pip install .[osrm]`); without it, the error is that
against a stored table.
"""

from __future__ import annotations

import os
import resource
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from bench.harness import RESULTS, ROOT, record
from core.errors import SystemMissing
from geo.point import Point
from geo.travel import network, osm, store
from geo.travel.graph import Graph
from geo.travel.osrm import Osrm, package, prepare_data
from geo.travel.paths import ByScipy, Compiled
from geo.travel.profile import profile

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.travel.network import Network
    from geo.travel.times import Targets, TravelTimes

OFFICIAL = Path(os.environ.get("SAS_OFFICIAL_EXTRACTS", ROOT.parent / "shared" / "data"))
EXTRACT = "porto-20150606.osm.pbf"
TABLE = ROOT / "tests" / "fixtures" / "osm" / "porto-osrm-times.csv"
CANDIDATES: Final = 500
ORIGINS: Final = 100
OFFERS: Final = 2_000
COPIES: Final = 63
LIMIT_MIN: Final = 60.0
ROUNDS: Final = 3
GOAL_MS: Final = 30.0
GOAL_MEDIAN_ERROR: Final = 0.07
GOAL_P90_ERROR: Final = 0.18
NATIONAL_SOURCES: Final = 60_000


class Silent:
    """Nobody watches."""

    def stage(self, name: str, *, total_bytes: int | None = None) -> None:
        """Say nothing."""

    def advance(self, *, bytes_done: int = 0) -> None:
        """Say nothing."""


def main(folder: Path = RESULTS) -> None:
    """Run the benchmark, or say why it cannot be."""
    extract = OFFICIAL / "osm" / EXTRACT
    if not extract.exists():
        print(f"travel  not measured: no osm/{EXTRACT} in the official extracts (SAS_OFFICIAL_EXTRACTS)")
        return
    with tempfile.TemporaryDirectory() as made:
        figures, graph = built(extract, Path(made))
        osrm = reference(extract, Path(made))
        city, ratios = in_the_city(graph, osrm)
        country, more = in_the_country(graph.network)
        error = against(osrm, graph) if osrm else against_table(graph)
    figures |= city | country | error
    figures["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    record(
        "travel",
        figures,
        ratios | more,
        {
            "city_p95_ms": GOAL_MS,
            "median_error": GOAL_MEDIAN_ERROR,
            "p90_error": GOAL_P90_ERROR,
            "country_compiled_over_scipy": 0.6,
            **({"city_ours_over_osrm": 1.0} if osrm else {}),
        },
        folder=folder,
    )


def built(extract: Path, made: Path) -> tuple[dict[str, Any], Graph]:
    """Seconds from the extract to a graph that answers."""
    table = profile("car")
    started = time.perf_counter()
    ways, said = osm.read(extract, table, Silent(), sha256="")
    drawn = network.build(ways, said, table)
    path = made / "porto.npz"
    store.write(drawn, path)
    build_s = time.perf_counter() - started
    started = time.perf_counter()
    graph = Graph.load(path)
    load_s = time.perf_counter() - started
    started = time.perf_counter()
    graph.warm()
    return {
        "build_s": build_s,
        "load_s": load_s,
        "compile_or_read_compiled_s": time.perf_counter() - started,
        "nodes": len(drawn.node_id),
        "arcs": len(drawn.heads),
        "file_mb": path.stat().st_size / 1e6,
    }, graph


def reference(extract: Path, made: Path) -> Osrm | None:
    """OSRM on the same extract; None where it is not installed."""
    try:
        package()
    except SystemMissing:
        print("travel  OSRM is not installed: compared with the stored table only")
        return None
    return Osrm(prepare_data(extract, made))


def in_the_city(graph: Graph, osrm: Osrm | None) -> tuple[dict[str, Any], dict[str, float]]:
    """Milliseconds of one call to 500 candidates, and of three isochrones."""
    origins, index, lon, lat = asked(graph.network)
    slow = Graph(graph.network, compiled=False)
    engines: dict[str, TravelTimes] = {"city": graph, "city_scipy": slow}
    if osrm is not None:
        engines["city_osrm"] = osrm
    figures: dict[str, Any] = {"candidates": CANDIDATES, "origins": ORIGINS, "limit_min": LIMIT_MIN}
    for name, engine in engines.items():
        figures |= percentiles(name, timed(one_call(engine, engine.prepare(lon, lat), index), origins))
    figures |= percentiles("isochrones", timed(lambda origin, _: graph.reach(origin, [10, 20, 30]), origins))
    started = time.perf_counter()
    graph.prepare(np.tile(lon, 500), np.tile(lat, 500))
    figures["prepare_million_s"] = time.perf_counter() - started
    ratios = {"city_compiled_over_scipy": figures["city_p50_ms"] / figures["city_scipy_p50_ms"]}
    if osrm is not None:
        ratios["city_ours_over_osrm"] = figures["city_p50_ms"] / figures["city_osrm_p50_ms"]
    return figures, ratios


def asked(drawn: Network) -> tuple[list[Point], np.ndarray, np.ndarray, np.ndarray]:
    """Places to start from, offers (lon, lat), and for each place the positions of its nearest 500."""
    draw = np.random.default_rng(1)
    chosen = draw.choice(np.flatnonzero(drawn.anchor), ORIGINS + OFFERS, replace=False)
    lon = drawn.lon[chosen] + draw.normal(0, 0.0008, len(chosen))
    lat = drawn.lat[chosen] + draw.normal(0, 0.0008, len(chosen))
    origins = [Point(lon=float(x), lat=float(y)) for x, y in zip(lon[:ORIGINS], lat[:ORIGINS], strict=True)]
    lon, lat = lon[ORIGINS:], lat[ORIGINS:]
    apart = np.stack(
        [
            np.hypot((lon - origin.lon) * np.cos(np.radians(origin.lat)), lat - origin.lat)
            for origin in origins
        ]
    )
    return origins, np.argsort(apart, axis=1)[:, :CANDIDATES], lon, lat


def one_call(engine: TravelTimes, targets: Targets, index: np.ndarray) -> Callable[[Point, int], object]:
    """What a search does once it has its candidates."""
    return lambda origin, rank: engine.minutes(origin, targets.take(index[rank]), limit_min=LIMIT_MIN)


def timed(call: Callable[[Point, int], object], origins: list[Point]) -> list[float]:
    """Seconds of the call from each place: the best of three, since others use the machine too."""
    call(origins[0], 0)
    rounds = []
    for _ in range(ROUNDS):
        seconds = []
        for rank, origin in enumerate(origins):
            started = time.perf_counter()
            call(origin, rank)
            seconds.append(time.perf_counter() - started)
        rounds.append(seconds)
    return np.min(rounds, axis=0).tolist()


def percentiles(name: str, seconds: list[float]) -> dict[str, float]:
    """Median and 95th percentile, in milliseconds."""
    return {f"{name}_p{rank}_ms": float(np.percentile(seconds, rank)) * 1000 for rank in (50, 95)}


def in_the_country(drawn: Network) -> tuple[dict[str, Any], dict[str, float]]:
    """The same call on as many nodes as France has, and the longest wait of another thread meanwhile."""
    nodes, arcs = len(drawn.node_id), len(drawn.heads)
    rows = (
        np.append(np.concatenate([drawn.starts[:-1] + copy * arcs for copy in range(COPIES)]), COPIES * arcs),
        np.concatenate([drawn.heads + copy * nodes for copy in range(COPIES)]),
        np.tile(drawn.minutes, COPIES),
        np.tile(drawn.ferry, COPIES),
    )
    rows = (rows[0].astype(np.int32), rows[1].astype(np.int32), rows[2], rows[3])
    figures: dict[str, Any] = {"country_nodes": COPIES * nodes, "country_arcs": COPIES * arcs}
    draw = np.random.default_rng(2)
    anchors = np.flatnonzero(drawn.anchor)
    starts = draw.choice(anchors, 30)
    for name, engine in (("country", Compiled(rows)), ("country_scipy", ByScipy(rows))):
        for limit_min in (20, 30):
            seconds, stalls = [], []
            for rank, start in enumerate(starts):
                copy = rank % COPIES * nodes
                apart = np.hypot(
                    (drawn.lon[anchors] - drawn.lon[start]) * 0.75, drawn.lat[anchors] - drawn.lat[start]
                )
                near = anchors[np.argsort(apart)[: 10 * CANDIDATES : 10]]
                source, targets = np.array([start + copy], dtype=np.int32), (near + copy).astype(np.int32)
                with Stall() as stall:
                    started = time.perf_counter()
                    engine.to_targets(source, np.zeros(1), targets, limit_min)
                    seconds.append(time.perf_counter() - started)
                stalls.append(stall.longest_s)
            figures |= percentiles(f"{name}_{limit_min}min", seconds[1:])
            figures[f"{name}_{limit_min}min_stall_p50_ms"] = float(np.median(stalls)) * 1000
    everybody = draw.choice(COPIES * nodes, NATIONAL_SOURCES, replace=False).astype(np.int32)
    started = time.perf_counter()
    Compiled(rows).everywhere(everybody, np.zeros(NATIONAL_SOURCES), LIMIT_MIN)
    figures["country_nearest_s"] = time.perf_counter() - started
    figures["country_nearest_offers"] = NATIONAL_SOURCES
    return figures, {
        "country_compiled_over_scipy": figures["country_30min_p50_ms"] / figures["country_scipy_30min_p50_ms"]
    }


class Stall:
    """The longest time that another thread, which only sleeps, was kept from going on."""

    _EVERY_S = 0.0005

    def __enter__(self) -> Self:
        self.longest_s = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        last = time.perf_counter()
        while not self._over.is_set():
            time.sleep(self._EVERY_S)
            now = time.perf_counter()
            self.longest_s = max(self.longest_s, now - last)
            last = now


def against(osrm: Osrm, graph: Graph) -> dict[str, Any]:
    """How far our times are from OSRM's, on 10,000 journeys."""
    origins, index, lon, lat = asked(graph.network)
    chosen = np.unique(index[:, ::5])[:100]
    start = osrm.prepare(np.array([o.lon for o in origins]), np.array([o.lat for o in origins]))
    theirs = osrm.matrix(start, osrm.prepare(lon[chosen], lat[chosen]))
    targets = graph.prepare(lon[chosen], lat[chosen])
    ours = np.stack([graph.minutes(origin, targets, limit_min=300).minutes for origin in origins])
    return errors(ours.ravel(), theirs.ravel()) | {"compared_with": "OSRM"}


def against_table(graph: Graph) -> dict[str, Any]:
    """The same on the thousand journeys that were stored."""
    table = np.loadtxt(TABLE, delimiter=",", skiprows=1)
    targets = graph.prepare(table[:, 2], table[:, 3])
    ours = [
        graph.minutes(Point(lon=lon, lat=lat), targets.take(np.array([row])), limit_min=300).minutes[0]
        for row, (lon, lat) in enumerate(table[:, :2].tolist())
    ]
    return errors(np.array(ours), table[:, 4]) | {"compared_with": "stored table"}


def errors(ours: np.ndarray, theirs: np.ndarray) -> dict[str, Any]:
    """Relative errors of journeys above a minute that both know."""
    both = np.isfinite(ours) & np.isfinite(theirs) & (theirs > 1)
    ratio = ours[both] / theirs[both]
    return {
        "journeys": int(both.sum()),
        "median_error": float(np.median(np.abs(ratio - 1))),
        "p90_error": float(np.percentile(np.abs(ratio - 1), 90)),
        "bias": float(np.median(ratio) - 1),
        "interval_low": float(np.percentile(1 / ratio, 10)),
        "interval_high": float(np.percentile(1 / ratio, 90)),
    }


if __name__ == "__main__":
    main()
