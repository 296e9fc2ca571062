"""Communes, departments and regions of the official code, from npm `@etalab/decoupage-administratif`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pathlib import Path

# Article of a name by its official code (TNCC); 0 and 1 have none.
ARTICLES: Final = {2: "Le ", 3: "La ", 4: "Les ", 5: "L'", 6: "Aux ", 7: "Las ", 8: "Los "}
# Towns whose addresses stand in their arrondissements.
TOWNS_WITH_ARRONDISSEMENTS: Final = frozenset({"13055", "69123", "75056"})
# Legal projection of each overseas department; the mainland and Corsica have Lambert-93.
OVERSEAS_SRID: Final = {"971": 5490, "972": 5490, "973": 2972, "974": 2975, "976": 4471}
LAMBERT_93: Final = 2154


@dataclass(frozen=True, kw_only=True)
class Department:
    """A department. `chief` is the INSEE code of its chief town, `article` its TNCC."""

    code: str
    name: str
    region: str
    chief: str
    article: int

    @property
    def srid(self) -> int:
        """EPSG code of the legal projection, metres."""
        return OVERSEAS_SRID.get(self.code, LAMBERT_93)


@dataclass(frozen=True, kw_only=True)
class Former:
    """A commune that is no longer one: delegated, associated, or only known by its code (`name` empty)."""

    citycode: str
    name: str
    kind: str
    article: int


@dataclass(frozen=True, kw_only=True)
class Commune:
    """A present commune or arrondissement.

    kind            COM, ARM (arrondissement of Paris, Lyon, Marseille), COLL (overseas collectivity)
    parent          INSEE code of the town of an arrondissement, else empty
    district        code of the arrondissement (sub-prefecture)
    """

    citycode: str
    kind: str
    name: str
    article: int
    department: str
    region: str
    district: str
    parent: str
    population: int
    postal_codes: tuple[str, ...]
    formers: tuple[Former, ...]


@dataclass(frozen=True, kw_only=True)
class France:
    """The whole country, sorted by code."""

    regions: dict[str, tuple[str, str, int]]
    departments: dict[str, Department]
    collectivities: dict[str, str]
    districts: tuple[dict[str, Any], ...]
    communes: tuple[Commune, ...]

    def inhabited(self, department: str) -> list[Commune]:
        """Communes of a department where addresses stand: arrondissements instead of the three towns."""
        return [
            commune
            for commune in self.communes
            if commune.department == department
            and commune.kind != "COLL"
            and commune.citycode not in TOWNS_WITH_ARRONDISSEMENTS
        ]


def article_of(raw: dict[str, Any]) -> int:
    """TNCC of a row of the package; rows of the collectivities have none."""
    return int(raw.get("typeLiaison", 0))


def _formers(raw: list[dict[str, Any]]) -> dict[str, list[Former]]:
    """Former communes of each present one: those with a name first, then codes alone."""
    kinds = {"commune-deleguee": "COMD", "commune-associee": "COMA"}
    formers: dict[str, list[Former]] = {}
    for row in raw:
        if row["type"] in kinds:
            formers.setdefault(row["chefLieu"], []).append(
                Former(
                    citycode=row["code"], name=row["nom"], kind=kinds[row["type"]], article=article_of(row)
                )
            )
    for row in raw:
        named = {former.citycode for former in formers.get(row["code"], [])}
        for code in row.get("anciensCodes", []):
            if code not in named:
                formers.setdefault(row["code"], []).append(
                    Former(citycode=code, name="", kind="COM", article=0)
                )
    return formers


def load(folder: Path) -> France:
    """Read the four JSON files of the package."""
    raw = json.loads((folder / "communes.json").read_bytes())
    formers = _formers(raw)
    kinds = {"commune-actuelle": "COM", "arrondissement-municipal": "ARM"}
    communes = [
        Commune(
            citycode=row["code"],
            kind="COLL" if row["zone"] == "com" else kinds[row["type"]],
            name=row["nom"],
            article=article_of(row),
            department=row["departement"],
            region=row["region"],
            district=row.get("arrondissement", ""),
            parent=row.get("commune", ""),
            population=int(row.get("population") or 0),
            postal_codes=tuple(row.get("codesPostaux", ())),
            formers=tuple(sorted(formers.get(row["code"], []), key=lambda former: former.citycode)),
        )
        for row in raw
        if row["type"] in kinds
    ]
    departments = json.loads((folder / "departements.json").read_bytes())
    regions = json.loads((folder / "regions.json").read_bytes())
    return France(
        regions={
            row["code"]: (row["nom"], row["chefLieu"], article_of(row))
            for row in regions
            if row["zone"] != "com"
        },
        departments={
            row["code"]: Department(
                code=row["code"],
                name=row["nom"],
                region=row["region"],
                chief=row["chefLieu"],
                article=article_of(row),
            )
            for row in sorted(departments, key=lambda row: row["code"])
            if row["zone"] != "com"
        },
        collectivities={row["code"]: row["nom"] for row in departments if row["zone"] == "com"},
        districts=tuple(json.loads((folder / "arrondissements.json").read_bytes())),
        communes=tuple(sorted(communes, key=lambda commune: (commune.citycode, commune.kind))),
    )
