"""The geocoder on real places: recall, communes, metres, reliability of the score, throughput, latency.

Cases: `geocode-cases/real_cases_dev.csv.gz` of the official extracts (FINESS 2021 and others), against the
address base and the communes in service. Distances and numbers are judged where the address base is loaded
(Paris and Bondy); the commune is judged everywhere.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import os
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bench.harness import RESULTS, Goal, record
from core.db.connect import connect
from core.db.queries import Queries
from core.settings import DatabaseSettings, HomeSettings
from geo.distance import haversine_m
from geo.geocoding.batch import Geocoded, geocode_batch
from geo.geocoding.gazetteer import Gazetteer
from geo.geocoding.parse import AddressFields
from geo.geocoding.search import Geocoder, Query
from geo.territory import PARENTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg

EXTRACTS: Final = Path(
    os.environ.get("SAS_OFFICIAL_EXTRACTS", Path(__file__).resolve().parents[2] / "shared" / "data")
)
CASES: Final = Path("geocode-cases") / "real_cases_dev.csv.gz"
_SEARCHES: Final = 1_000
_BAND: Final = 0.1
_STREET_LEVELS: Final = frozenset({"housenumber", "street", "locality"})
_QUERIES = Queries.load(Path(__file__).with_name("sql"))

Case = dict[str, str]
Answer = Geocoded[int]


def fields_of(case: Case) -> AddressFields:
    """The RPPS fields of a case."""
    return AddressFields(
        complement=case["rpps_complement_point_geo"],
        number=case["rpps_numero_voie"],
        suffix=case["rpps_indice_repetition"],
        street_type=case["rpps_code_type_voie"],
        street_name=case["rpps_libelle_voie"],
        locality=case["rpps_mention_distribution"],
        postal_code=case["rpps_code_postal"],
        office=case["rpps_bureau_cedex"] or case["rpps_libelle_commune"],
        citycode=case["rpps_code_commune"],
    )


def right_commune(answer: Answer, case: Case) -> bool:
    """Whether the commune is the expected one; a town stands for its arrondissement when only it is known."""
    expected = case["expected_insee"]
    return answer.citycode == expected or answer.citycode == PARENTS.get(expected)


def error_m(answer: Answer, lon: str, lat: str) -> float | None:
    """Metres from the expected position; None when either is unknown."""
    if answer.lon is None or answer.lat is None or not lon:
        return None
    return haversine_m(lon=answer.lon, lat=answer.lat, to_lon=float(lon), to_lat=float(lat))


def communes(answers: Sequence[Answer], cases: Sequence[Case]) -> dict[str, float]:
    """Shares of right communes, and of wrong ones told with a score of one half or more, by subset."""
    subsets = {
        "all": cases,
        "cedex": [case for case in cases if case["is_cedex"] == "1"],
        "overseas": [case for case in cases if case["is_overseas"] == "1"],
        "paris_lyon_marseille": [case for case in cases if case["is_plm"] == "1"],
        "with_code": [case for case in cases if case["rpps_code_commune"]],
        "without_code": [case for case in cases if not case["rpps_code_commune"]],
    }
    by_id = {case["case_id"]: answer for case, answer in zip(cases, answers, strict=True)}
    figures: dict[str, float] = {}
    for name, part in subsets.items():
        right = sum(right_commune(by_id[case["case_id"]], case) for case in part)
        sure_and_wrong = sum(
            by_id[case["case_id"]].score >= 0.5 and not right_commune(by_id[case["case_id"]], case)
            for case in part
        )
        figures[f"commune_{name}"] = right / max(1, len(part))
        figures[f"wrong_commune_and_sure_{name}"] = sure_and_wrong / max(1, len(part))
    return figures


def positions(answers: Sequence[Answer], cases: Sequence[Case], covered: set[str]) -> dict[str, float]:
    """Recall and metres of the cases whose address is in the address base, where that base is loaded."""
    known = [
        (answer, case)
        for answer, case in zip(answers, cases, strict=True)
        if case["ban_id"] and case["expected_insee"] in covered
    ]
    total = max(1, len(known))
    metres = sorted(
        distance
        for answer, case in known
        if (distance := error_m(answer, case["expected_lon"], case["expected_lat"])) is not None
    )
    within = sum(
        (error_m(answer, case["expected_lon"], case["expected_lat"]) or 0.0) <= float(case["tolerance_m"])
        for answer, case in known
        if answer.lon is not None and float(case["tolerance_m"])
    )
    judged = sum(float(case["tolerance_m"]) > 0 for _, case in known)
    return {
        "in_base_cases": float(len(known)),
        "in_base_housenumber": sum(answer.level == "housenumber" for answer, _ in known) / total,
        "in_base_street": sum(answer.level in _STREET_LEVELS for answer, _ in known) / total,
        "in_base_same_number": sum(answer.ban_id == case["ban_id"] for answer, case in known) / total,
        "in_base_within_tolerance": within / max(1, judged),
        "in_base_median_m": metres[len(metres) // 2] if metres else 0.0,
        "in_base_p95_m": metres[int(len(metres) * 0.95)] if metres else 0.0,
    }


def reliability(answers: Sequence[Answer], cases: Sequence[Case], covered: set[str]) -> dict[str, Any]:
    """By band of score: how many answers, and the share within tolerance (or in the right commune)."""
    totals: Counter[int] = Counter()
    right: Counter[int] = Counter()
    for answer, case in zip(answers, cases, strict=True):
        if case["expected_insee"] not in covered:
            continue
        band = min(9, int(answer.score / _BAND))
        totals[band] += 1
        distance = error_m(answer, case["expected_lon"], case["expected_lat"])
        tolerance = float(case["tolerance_m"])
        good = right_commune(answer, case) and (
            not tolerance or (distance is not None and distance <= tolerance)
        )
        right[band] += good
    return {
        f"{band / 10:.1f}–{band / 10 + _BAND:.1f}": {
            "answers": totals[band],
            "right": right[band] / totals[band],
        }
        for band in sorted(totals)
    }


def absent_streets_accepted(conn: psycopg.Connection[Any], gazetteer: Gazetteer) -> float:
    """Share of streets that the commune asked does not have, answered all the same with one half or more."""
    asked = [
        AddressFields(street_name=name, citycode=citycode)
        for name, citycode in conn.execute(_QUERIES["absent_streets"], {"count": _SEARCHES})
    ]
    answers = list(geocode_batch(conn, enumerate(asked), gazetteer=gazetteer))
    accepted = sum(answer.level in _STREET_LEVELS and answer.score >= 0.5 for answer in answers)
    return accepted / max(1, len(answers))


def latency(conn: psycopg.Connection[Any], texts: Sequence[str]) -> dict[str, float]:
    """Milliseconds of interactive searches in process, warm, one at a time."""
    geocoder = Geocoder()
    elapsed = []
    for measured in (False, True):
        for text in texts:
            started = time.perf_counter()
            geocoder.search_now(conn, Query(text=text[:200]))
            if measured:
                elapsed.append((time.perf_counter() - started) * 1000)
    elapsed.sort()
    return {
        "search_p50_ms": elapsed[len(elapsed) // 2],
        "search_p99_ms": elapsed[int(len(elapsed) * 0.99)],
    }


def main(folder: Path = RESULTS, extracts: Path = EXTRACTS) -> None:
    """Measure and record; without the official extracts, say so and record nothing."""
    if not (extracts / CASES).is_file():
        print(f"geocoding  not measured: no {CASES} in the official extracts (SAS_OFFICIAL_EXTRACTS)")
        return
    with gzip.open(extracts / CASES, "rt", encoding="utf-8", newline="") as stream:
        cases = list(csv.DictReader(stream))
    with connect(DatabaseSettings(), HomeSettings(), role="reader") as conn:
        conn.autocommit = True
        gazetteer = Gazetteer.load(conn)
        started = time.perf_counter()
        answers = list(
            geocode_batch(conn, ((i, fields_of(case)) for i, case in enumerate(cases)), gazetteer=gazetteer)
        )
        batch_s = time.perf_counter() - started
        covered = {citycode for (citycode,) in conn.execute(_QUERIES["covered_communes"])}
        texts = [case["free_text"] for case in cases if case["expected_insee"] in covered][:_SEARCHES]
        timing = latency(conn, texts) if texts else {}
        absent = absent_streets_accepted(conn, gazetteer)
    figures: dict[str, Any] = {"cases": len(cases), "batch_rows_per_s": len(cases) / batch_s, **timing}
    found = {
        "absent_streets_accepted": absent,
        **communes(answers, cases),
        **positions(answers, cases, covered),
    }
    figures["reliability"] = reliability(answers, cases, covered)
    record(
        "geocoding",
        figures,
        found,
        {
            "absent_streets_accepted": Goal(0.01),
            "commune_all": Goal(0.995, at_least=True),
            "wrong_commune_and_sure_all": Goal(0.001),
            "in_base_within_tolerance": Goal(0.98, at_least=True),
        },
        folder=folder,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--extracts", type=Path, default=EXTRACTS)
    main(extracts=parser.parse_args().extracts)
