"""The preferred doctor ("médecin traitant"), asked by POST: a name stands in no URL."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.dependencies import ReaderDep
from api.responses import INVALID, UNAVAILABLE, UNREADABLE
from api.schemas.preferred import (
    PreferredAnswer,
    PreferredCandidate,
    PreferredRequest,
    PreferredSpecialty,
)
from care.specialty import nomenclature
from search.preferred import find_preferred

router = APIRouter(prefix="/api/v1/preferred", tags=["preferred"])

_EXAMPLE = {
    "state": "found",
    "code": None,
    "text": "Un seul professionnel répond à ce qui est demandé.",
    "exact": True,
    "truncated": False,
    "candidates": [
        {
            "id": "899900000011",
            "rpps": "99900000011",
            "name": "EXEMPLE Alice",
            "specialties": [{"code": "SM54", "label": "Médecine générale"}],
            "communes": ["Bondy"],
            "offers": ["7b7e9f3a-5a3e-5f0e-9a61-2f6f7f0f4a11"],
        }
    ],
}
_TEXTS = {
    "found": "Un seul professionnel répond à ce qui est demandé.",
    "ambiguous": "Plusieurs professionnels répondent : choisissez le bon.",
    "not-found": "Aucun professionnel de l'annuaire ne répond à ce qui est demandé.",
    "invalid": "Cet identifiant n'est pas lisible : la recherche continue sans médecin traitant.",
    "missing": "Aucun médecin traitant n'est donné.",
}


@router.post(
    "/search",
    summary="Médecin traitant, par identifiant ou par nom",
    responses={
        200: {"content": {"application/json": {"example": _EXAMPLE}}},
        400: UNREADABLE,
        422: INVALID,
        503: UNAVAILABLE,
    },
)
async def search_preferred(asked: PreferredRequest, conn: ReaderDep, response: Response) -> PreferredAnswer:
    """At most twenty people, without limit of distance; nothing of what is asked is kept."""
    response.headers["cache-control"] = "no-store"
    found = await find_preferred(conn, asked.q)
    names = nomenclature()
    return PreferredAnswer(
        state=found.state,
        code=found.code,
        text=_TEXTS[found.state],
        exact=found.exact,
        truncated=found.truncated,
        candidates=[
            PreferredCandidate(
                id=person.idnps,
                rpps=person.rpps,
                name=person.name,
                specialties=[
                    PreferredSpecialty(code=code, label=names.label(code)) for code in person.specialty_codes
                ],
                communes=list(person.communes),
                offers=list(person.offer_ids),
            )
            for person in found.people
        ],
    )
