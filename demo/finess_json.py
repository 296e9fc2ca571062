"""The new FINESS flow: one JSON object, legal entities with their establishments, traps included.

`coordonneeX` is the northing and `coordonneeY` the easting, as in the real flow; the degrees are right. Old
records are padded with spaces, a few establishments are closed, some have no position at all.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pyproj

from demo.finess import OVERSEAS_CODES
from demo.scale import FILE_DAY

if TYPE_CHECKING:
    from collections.abc import Sequence

_CLOSED_EVERY: Final = 23
_PADDED_EVERY: Final = 11
_UPDATED: Final = f"{FILE_DAY} 00:00:00"
_OVERSEAS: Final = {letters: number for number, letters in OVERSEAS_CODES.items()}


def structures_json(
    structures: Sequence[dict[str, str]], locations: Sequence[dict[str, str]], *, srid: int
) -> bytes:
    """The establishments of the classic stock, told the new way; `srid` is their projection."""
    places = {row["nofinesset"]: row for row in locations if row["coordxet"]}
    transformer = pyproj.Transformer.from_crs(srid, 4326, always_xy=True)
    entities: dict[str, list[dict[str, Any]]] = {}
    for rank, row in enumerate(structures):
        position = _position(places.get(row["nofinesset"]), transformer)
        entities.setdefault(row["nofinessej"], []).append(_establishment(rank, row, position))
    flow = {
        "schemaVersion": "v1.0.0",
        "generatedAt": f"{FILE_DAY}T03:30:00.000000000Z",
        "gcc": [],
        "gco": [],
        "pmej": [_entity(rank, finess, owned) for rank, (finess, owned) in enumerate(entities.items())],
    }
    return json.dumps(flow, ensure_ascii=False, indent=1).encode()


def _position(place: dict[str, str] | None, transformer: pyproj.Transformer) -> dict[str, str] | None:
    if place is None:
        return None
    x, y = float(place["coordxet"]), float(place["coordyet"])
    lon, lat = transformer.transform(x, y)
    position = {
        "coordonneeX": f"{y:.2f}",
        "coordonneeY": f"{x:.2f}",
        "directionLatitude": f"{lat:.6f}",
        "directionLongitude": f"{lon:.6f}",
    }
    score = place["sourcecoordet"].split(",")[2]
    return position | ({"scoreBAN": str(int(score) / 100)} if score.isdigit() else {})


def _establishment(rank: int, row: dict[str, str], position: dict[str, str] | None) -> dict[str, Any]:
    closed = rank % _CLOSED_EVERY == _CLOSED_EVERY - 1
    general = {
        "egeId": str(rank + 1),
        "dateOuverture": row["dateouv"],
        "datePremiereAutorisation": row["dateouv"],
        "nomEgeCourt": row["rs"],
        "nomEgeLong": row["rslongue"] or row["rs"],
        "numFinessEge": row["nofinesset"],
        **({"siret": row["siret"]} if row["siret"] else {}),
        **({"dateFermeture": "2025-06-30"} if closed else {}),
    }
    return {
        "informationsGeneralesEGE": general,
        "categorieentiteGeographiqueExercice": row["categetab"],
        "typeBudget": [],
        "adresse": [_address(rank, row, position)],
        "contact": [{"typeContact": {"roleContact": "01"}, "telecom": {"telephone": row["telephone"]}}]
        if row["telephone"]
        else [],
        "engagement": [],
        "evenement": [],
        "etatObjet": "I" if closed else "A",
        "dateDerniereMaj": _UPDATED,
    }


def _address(rank: int, row: dict[str, str], position: dict[str, str] | None) -> dict[str, Any]:
    postal_code, _, town = row["ligneacheminement"].partition(" ")
    department = _OVERSEAS.get(row["departement"], row["departement"])
    padded = rank % _PADDED_EVERY == 0
    return {
        "usageAdresse": "03",
        **({"numeroVoie": row["numvoie"]} if row["numvoie"] else {}),
        "typeVoie": row["typvoie"].ljust(4) if padded else row["typvoie"],
        "libelleVoie": row["voie"].ljust(27) if padded else row["voie"],
        **({"complementVoie": row["compvoie"]} if row["compvoie"] else {}),
        **({"lieuDit": row["lieuditbp"]} if row["lieuditbp"] else {}),
        "cogCommune": ("97" if department.startswith("97") else department) + row["commune"],
        "ligneAcheminement": town,
        "codePostal": postal_code,
        **({"coordonneesGeographique": position} if position else {}),
    }


def _entity(rank: int, finess: str, establishments: list[dict[str, Any]]) -> dict[str, Any]:
    first = establishments[0]["informationsGeneralesEGE"]
    siret = next((e["informationsGeneralesEGE"].get("siret") for e in establishments), None)
    return {
        "informationsGeneralesPMEJ": {
            "pmSmsseId": str(rank + 1),
            "dateCreation": first["dateOuverture"],
            "denominationLonguePmSmsse": first["nomEgeLong"],
            "denominationPm": first["nomEgeCourt"],
            "numFinessPm": finess,
            "statutJuridique": "60",
            "typePersonneMorale": "01",
            **({"siren": siret[:9]} if siret else {}),
        },
        "etatObjet": "A",
        "dateDerniereMaj": _UPDATED,
        "engagement": [],
        "ege": establishments,
    }
