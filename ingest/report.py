"""The report of a load: facts for JSON, and one self-contained page in French."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, select_autoescape
from psycopg.rows import dict_row

from core.errors import NotFoundError
from ingest.registry import roads
from ingest.run import QUERIES

if TYPE_CHECKING:
    from datetime import datetime

    import psycopg

_TEMPLATES = Path(__file__).with_name("templates")
_SAMPLES_PER_REASON = 20

LABELS = {
    "read": "Lignes lues",
    "kept": "Lignes gardées",
    "rejected": "Lignes rejetées",
    "merged": "Lignes réunies",
    "defects": "Défauts réparés",
    "position": "Origine de la position",
    "level": "Niveau de la position",
    "positions": "Positions",
    "moved": "déplacées",
    "outside-commune": "officielles refusées, hors de la commune",
    "outside-department": "officielles refusées, hors du département",
    "commune-by-text": "commune prise du texte, le code étant faux",
    "shared-point": "officielles dégradées, point de plusieurs lieux",
    "commune-point": "officielles douteuses, point de la commune",
    "far-from-ours": "officielles gardées, contredites par notre géocodage",
    "confirmed": "officielles confirmées par notre géocodage",
    "moved-to-present-commune": "Rattachées à la commune actuelle",
    "former-communes": "Anciennes communes",
    "without-coordinates": "Sans coordonnées",
    "without-centre": "Sans centre",
    "unknown-radius": "Rayon inconnu",
    "inhabitants": "Habitants",
    "status": "Situation",
    "operating": "en service",
    "preparing": "en préparation",
    "unknown": "non établie",
    "added": "ajoutées",
    "changed": "modifiées",
    "removed": "retirées",
    "unchanged": "inchangées",
    "running": "en cours ou interrompu",
    "checked": "à blanc (rien n'est appliqué)",
    "applied": "appliqué",
    "failed": "échoué",
}
"""French words for the keys shown; a key without one is shown as it is."""

# Kept for carrying an interrupted load on, or shown in their own table.
_NOT_SHOWN = frozenset({"steps", "staging", "difference", "rejected"})


def report(conn: psycopg.Connection[Any], run_id: int | None = None) -> dict[str, Any]:
    """Facts of a run (the newest when `run_id` is None): stages, counts, difference, rejections with samples.

    Raises
    ------
    NotFoundError   no such run
    """
    with conn.cursor(row_factory=dict_row) as cursor:
        run = cursor.execute(QUERIES["run_by_id"], {"run_id": run_id}).fetchone()
        if run is None:
            raise NotFoundError(
                f"Aucun chargement n° {run_id}." if run_id is not None else "Aucun chargement à ce jour."
            )
        key = {"run_id": run["run_id"]}
        reasons = cursor.execute(QUERIES["rejections_by_reason"], key).fetchall()
        samples = cursor.execute(
            QUERIES["rejection_samples"], {**key, "per_reason": _SAMPLES_PER_REASON}
        ).fetchall()
    road = roads().get(run["source"])
    for reason in reasons:
        reason["samples"] = [sample for sample in samples if sample["reason"] == reason["reason"]]
    counts: dict[str, Any] = run["counts"]
    return {
        **{name: value for name, value in run.items() if name != "counts"},
        "title": road.source.title if road else run["source"],
        "publisher": road.source.publisher if road else None,
        "licence": road.source.licence if road else None,
        "duration_s": _seconds(run["started_at"], run["ended_at"]),
        "counts": {name: value for name, value in counts.items() if name not in _NOT_SHOWN},
        "rejected": counts.get("rejected", {}),
        "difference": counts.get("difference", {}),
        "rejections": reasons,
    }


def report_html(facts: dict[str, Any]) -> str:
    """The report as one page that needs nothing else: no script, no network."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=select_autoescape(["html"]), trim_blocks=True
    )
    environment.filters["label"] = lambda key: LABELS.get(key, str(key).replace("-", " "))
    environment.filters["number"] = _number
    return environment.get_template("report.html").render(run=facts)


def _number(value: object) -> str:
    """A count with narrow no-break spaces between thousands."""
    return f"{value:,}".replace(",", "\u202f") if isinstance(value, int) else str(value)


def _seconds(started_at: datetime, ended_at: datetime | None) -> float | None:
    return round((ended_at - started_at).total_seconds(), 1) if ended_at else None


def sources(conn: psycopg.Connection[Any], *, today: datetime) -> list[dict[str, Any]]:
    """Every source with what is in service: date, age in days, whether it is old; `None` without a load."""
    with conn.cursor(row_factory=dict_row) as cursor:
        applied = {row["source"]: row for row in cursor.execute(QUERIES["sources_in_service"])}
    rows: list[dict[str, Any]] = []
    for name, road in roads().items():
        source, run = road.source, applied.get(name)
        dated = (run["source_date"] or run["ended_at"].date()) if run else None
        age_days = (today.date() - dated).days if dated else None
        limit = source.max_age_days
        rows.append(
            {
                "name": name,
                "title": source.title,
                "publisher": source.publisher,
                "licence": source.licence,
                "page": source.page,
                "rhythm": source.rhythm,
                "downloadable": bool(source.downloads),
                "run_id": run["run_id"] if run else None,
                "rows": run["counts"].get("kept") if run else None,
                "source_date": dated,
                "age_days": age_days,
                "old": age_days is not None and limit is not None and age_days > limit,
            }
        )
    return rows
