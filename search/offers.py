"""One search of offers, from checked parameters to the answer: understand, settle, rank, page, show."""

from __future__ import annotations

import secrets
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC
from typing import TYPE_CHECKING, Any

from core.errors import InvalidParameter, NotFoundError
from search import candidates, page
from search.area import Area, settle
from search.card import card, sheet
from search.locate import locate
from search.query import SearchQuery, Window, window
from search.rank import policy, rank
from search.specialty_match import understand

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from uuid import UUID

    from psycopg import AsyncConnection

    from search.page import Cursor
    from search.ports import PlaceFinder
    from search.query import Parameters
    from search.rank import Ranked


@dataclass(kw_only=True)
class Timings:
    """Seconds spent in each phase of one search; the caller turns them into metrics."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Time a phase."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - started


@dataclass(frozen=True, kw_only=True)
class _Page:
    """Offers of one page in their order, and where it stands in the whole."""

    area: Area | None
    total: int
    shown_before: int
    ranked: list[Ranked]
    more: bool


async def search_offers(
    conn: AsyncConnection[Any],
    asked: Parameters,
    *,
    finder: PlaceFinder,
    key: bytes,
    now: datetime,
    timings: Timings,
) -> dict[str, Any]:
    """The answer of the contract, ready for JSON.

    Raises
    ------
    InvalidParameter, UnknownSpecialty, UnknownPlace   name the parameter
    """
    with timings.phase("geocode"):
        understood = understand(asked.specialty)
        place = await locate(conn, asked, finder)
    query = SearchQuery(
        specialty=understood,
        place=place,
        window=window(asked.start, asked.end, now=now, place=place),
        radius_km=asked.radius_km,
        max_minutes=asked.max_minutes,
        filters=asked.filters,
        seed=asked.seed or f"{now.astimezone(place.zone):%Y%m%d}-{secrets.token_hex(6)}",
        limit=asked.limit,
        explain=asked.explain,
    )
    digest = page.digest(query.identity, key)
    cursor = _resumed(asked, digest, key)
    if cursor is not None:
        query = replace(query, seed=cursor.seed, window=Window(start=cursor.start, end=cursor.end))
    with timings.phase("candidates"):
        found = await _page(conn, query, cursor)
    with timings.phase("render"):
        return await _answer(conn, query, found, digest=digest, key=key)


async def offer(conn: AsyncConnection[Any], offer_id: UUID) -> dict[str, Any]:
    """One sheet.

    Raises
    ------
    NotFoundError   no such offer, or no longer
    """
    found = await candidates.rows(conn, "cards", offer_ids=[str(offer_id)])
    if not found:
        raise NotFoundError("Cette offre n'existe pas, ou n'existe plus.", parameter="id")
    as_of = await candidates.rows(conn, "directory_as_of")
    return {**sheet(found[0]), "sources": _sources(as_of)}


def _resumed(asked: Parameters, digest: str, key: bytes) -> Cursor | None:
    if asked.cursor is None:
        return None
    cursor = page.read(asked.cursor, key, query=digest)
    if asked.seed is not None and asked.seed != cursor.seed:
        raise InvalidParameter("« seed » n'est pas celle de la première page.", parameter="seed")
    for name, value, kept in (("from", asked.start, cursor.start), ("until", asked.end, cursor.end)):
        if value is not None and value != kept:
            raise InvalidParameter(f"« {name} » n'est pas celui de la première page.", parameter=name)
    return cursor


async def _page(conn: AsyncConnection[Any], query: SearchQuery, cursor: Cursor | None) -> _Page:
    if not _can_hold(query):
        return _Page(area=None, total=0, shown_before=0, ranked=[], more=False)
    specialty_id = query.specialty.specialty.specialty_id
    after = cursor.last if cursor is not None else None
    wanted = query.limit + 1
    point = query.place.point
    if point is None:
        area = None
        department = query.place.department_code or ""
        total = (
            cursor.total
            if cursor is not None
            else await candidates.count_in_department(conn, specialty_id=specialty_id, department=department)
        )
        pool = await candidates.in_department(
            conn,
            specialty_id=specialty_id,
            department=department,
            seed=query.seed,
            wanted=wanted,
            after=after,
        )
    else:
        area = (
            Area(steps_km=cursor.steps_km, found=cursor.found)
            if cursor is not None
            else await settle(conn, query)
        )
        radius_m = area.radius_km * 1000
        total = (
            cursor.total
            if cursor is not None
            else await candidates.count_near(conn, specialty_id=specialty_id, point=point, radius_m=radius_m)
        )
        pool = await candidates.near(
            conn, specialty_id=specialty_id, point=point, radius_m=radius_m, wanted=wanted, after=after
        )
    ordered = [item for item in rank(pool, policy(), seed=query.seed) if after is None or item.key > after]
    return _Page(
        area=area,
        total=total,
        shown_before=cursor.shown if cursor is not None else 0,
        ranked=ordered[: query.limit],
        more=len(ordered) > query.limit,
    )


def _can_hold(query: SearchQuery) -> bool:
    """Whether the kind asked can have the specialty: people have no category, structures no discipline."""
    return query.filters.kind is None or (query.filters.kind == "structure") == (
        query.specialty.specialty.kind == "structure"
    )


async def _answer(
    conn: AsyncConnection[Any], query: SearchQuery, found: _Page, *, digest: str, key: bytes
) -> dict[str, Any]:
    rows = await candidates.rows(conn, "cards", offer_ids=[item.offer_id for item in found.ranked])
    by_id = {row["offer_id"]: row for row in rows}
    as_of = await candidates.rows(conn, "directory_as_of")
    cards = [
        card(by_id[item.offer_id], item, rank=found.shown_before + index, explained=query.explain)
        for index, item in enumerate(found.ranked, start=1)
        if item.offer_id in by_id  # an offer that a load has just removed
    ]
    notices = _notices(query, found)
    return {
        "query": _understood(query, found.area),
        "policy": {"version": policy().version, "seed": query.seed},
        "sources": _sources(as_of),
        "partial": any(notice["code"] in _PARTIAL for notice in notices),
        "notices": notices,
        "total": found.total,
        "offers": cards,
        "next_cursor": page.write(_cursor(query, found, digest), key) if found.more else None,
    }


def _cursor(query: SearchQuery, found: _Page, digest: str) -> Cursor:
    return page.Cursor(
        query=digest,
        policy=policy().version,
        seed=query.seed,
        last=found.ranked[-1].key,
        shown=found.shown_before + len(found.ranked),
        total=found.total,
        steps_km=found.area.steps_km if found.area is not None else (),
        found=found.area.found if found.area is not None else (),
        start=query.window.start.astimezone(UTC),
        end=query.window.end.astimezone(UTC),
    )


def _understood(query: SearchQuery, area: Area | None) -> dict[str, Any]:
    place = query.place
    specialty = query.specialty
    return {
        "specialty": {
            "code": specialty.specialty.code,
            "label": specialty.specialty.label,
            "understood_as": specialty.understood_as,
            "alternatives": [{"code": item.code, "label": item.label} for item in specialty.alternatives],
        },
        "place": {
            "label": place.label,
            "lon": place.point.lon if place.point else None,
            "lat": place.point.lat if place.point else None,
            "citycode": place.citycode,
            "department": place.department_code,
            "type": place.type,
            "score": round(place.score, 3),
            "timezone": place.timezone,
        },
        "radius_km": area.radius_km if area is not None else None,
        "widened": area.widened() if area is not None else [],
        "from": query.window.start.astimezone(place.zone).isoformat(timespec="seconds"),
        "until": query.window.end.astimezone(place.zone).isoformat(timespec="seconds"),
    }


def _sources(as_of: list[dict[str, Any]]) -> dict[str, Any]:
    date = as_of[0]["as_of"] if as_of else None
    return {"directory": {"as_of": date.isoformat() if date else None}, "editors": []}


_PARTIAL = frozenset({"slots-unknown", "participation-unknown"})


def _notices(query: SearchQuery, found: _Page) -> list[dict[str, str]]:
    """What the answer cannot tell yet, and what was tried when nothing was found."""
    notices = []
    if query.filters.with_slots or query.filters.modality:
        notices.append(
            {
                "code": "slots-unknown",
                "parameter": "modality" if query.filters.modality else "with_slots",
                "text": "Aucun agenda n'est encore raccordé : les créneaux sont inconnus. Toutes les offres "
                "du lieu sont données, qu'elles aient un créneau ou non.",
            }
        )
    if query.filters.participating is not None:
        notices.append(
            {
                "code": "participation-unknown",
                "parameter": "participating",
                "text": "La participation au SAS n'est pas encore connue : ce filtre n'écarte aucune offre.",
            }
        )
    if not found.total:
        notices.append({"code": "nothing-found", "parameter": "place", "text": _tried(query, found)})
    return notices


def _tried(query: SearchQuery, found: _Page) -> str:
    label = query.specialty.specialty.label
    if not _can_hold(query):
        return f"« {label} » ne se rapporte pas à ce genre d'offre (« kind »)."
    if found.area is None:
        return f"Aucune offre « {label} » localisée dans ce département."
    radius = f"{found.area.radius_km:g}".replace(".", ",")
    return f"Aucune offre « {label} » à moins de {radius} km du lieu cherché."
