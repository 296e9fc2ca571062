"""The files of the geographic code, postal codes, populations, centres, outlines, deployment and radii."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from demo import layout, outlines, output, sas
from demo.centres import to_projection
from demo.france import ARTICLES, TOWNS_WITH_ARRONDISSEMENTS
from demo.land import cedex_codes
from demo.words import capitals, postal_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from shapely.geometry import MultiPolygon

    from demo.centres import Centres
    from demo.france import Commune, Former, France

_COMMUNE_COLUMNS: Final = (
    "TYPECOM", "COM", "REG", "DEP", "CTCD", "ARR", "TNCC", "NCC", "NCCENR", "LIBELLE", "CAN", "COMPARENT",
)  # fmt: skip
_MOVEMENT_COLUMNS: Final = (
    "MOD", "DATE_EFF", "TYPECOM_AV", "COM_AV", "TNCC_AV", "NCC_AV", "NCCENR_AV", "LIBELLE_AV", "TYPECOM_AP",
    "COM_AP",
    "TNCC_AP", "NCC_AP", "NCCENR_AP", "LIBELLE_AP",
)  # fmt: skip
# The package gives no date of the mergers: one day stands for all.
_NOMINAL_DATE: Final = "2019-01-01"
_MAYOTTE: Final = "976"
_WEAK_CEDEX: Final = 9  # one CEDEX in nine names a neighbour: the real community table is as weak


def write(
    folder: Path,
    country: France,
    shapes: Mapping[str, MultiPolygon],
    places: Mapping[str, tuple[list[Commune], Centres]],
) -> None:
    """Every file that does not depend on a scale nor on a seed."""
    files: dict[str, bytes] = {
        layout.COMMUNES: _table(",", _COMMUNE_COLUMNS, _communes(country)),
        layout.MOVEMENTS: _table(",", _MOVEMENT_COLUMNS, _movements(country)),
        layout.DEPARTMENTS: _table(
            ",", ("DEP", "REG", "CHEFLIEU", "TNCC", "NCC", "NCCENR", "LIBELLE"), _departments(country)
        ),
        layout.REGIONS: _table(
            ",", ("REG", "CHEFLIEU", "TNCC", "NCC", "NCCENR", "LIBELLE"), _regions(country)
        ),
        layout.DISTRICTS: _table(
            ",", ("ARR", "DEP", "REG", "CHEFLIEU", "TNCC", "NCC", "NCCENR", "LIBELLE"), _districts(country)
        ),
        layout.COLLECTIVITIES: _table(
            ",",
            (
                "code_commune",
                "nom_commune",
                "code_collectivite",
                "nom_collectivite",
                "code_postal",
                "population",
            ),
            _collectivities(country),
        ),
        layout.POPULATION: _table(
            ";",
            ("REG", "Région", "DEP", "CODARR", "CODCAN", "CODCOM", "COM", "Commune", "PMUN", "PCAP", "PTOT"),
            _populations(country),
        ),
        layout.POPULATION_MAYOTTE: _table(
            ";",
            ("CODREG", "REG", "DEP", "CODARR", "CODCAN", "CODCOM", "COM", "PMUN", "PCAP", "PTOT"),
            _mayotte(country),
        ),
        layout.CEDEX: _table(",", ("code", "insee", "ville", "epci"), _cedex(places)),
        layout.CENTRES: _centres(country, places),
        layout.DEPARTMENT_OUTLINES: outlines.feature_collection(
            shapes, {code: department.name for code, department in country.departments.items()}
        ),
        layout.REGION_OUTLINES: outlines.feature_collection(
            outlines.regions(shapes, country.departments),
            {code: name for code, (name, _, _) in country.regions.items()},
        ),
        layout.DEPLOYMENT: _table(";", sas.DEPLOYMENT_COLUMNS, sas.deployment(country)),
        layout.RADII: _table(",", sas.RADIUS_COLUMNS, sas.radii(country)),
    }
    postal = _table(
        ";",
        ("#Code_commune_INSEE", "Nom_de_la_commune", "Code_postal", "Libellé_d_acheminement", "Ligne_5"),
        _postal(country),
    )
    # The real file is in Latin-1; so is this one.
    files[layout.POSTAL] = postal.decode().encode("latin-1")
    for name, content in files.items():
        output.write(folder / name, content)


def _table(separator: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


def _spelt(name: str, article: int) -> tuple[int, str, str, str]:
    """TNCC, NCC (capitals without article), NCCENR (without article), LIBELLE.

    >>> _spelt("L'Abergement-Clémenciat", 5)
    (5, 'ABERGEMENT CLEMENCIAT', 'Abergement-Clémenciat', "L'Abergement-Clémenciat")
    """
    short = name.removeprefix(ARTICLES.get(article, ""))
    return article, capitals(short), short, name


def _communes(country: France) -> Iterable[Sequence[Any]]:
    order = {"ARM": 0, "COM": 1}
    official = [commune for commune in country.communes if commune.kind in order]
    for commune in sorted(official, key=lambda c: (c.kind == "ARM", c.citycode)):
        ctcd = f"{commune.department}D"
        spelt = _spelt(commune.name, commune.article)
        yield (
            commune.kind,
            commune.citycode,
            commune.region,
            commune.department,
            ctcd,
            commune.district,
            *spelt,
            "",
            commune.parent,
        )
    for kind in ("COMA", "COMD"):
        for commune in official:
            for former in commune.formers:
                if former.kind == kind:
                    yield (
                        kind,
                        former.citycode,
                        "",
                        "",
                        "",
                        "",
                        *_spelt(former.name, former.article),
                        "",
                        commune.citycode,
                    )


def _movements(country: France) -> Iterable[Sequence[Any]]:
    """A merger for each former code; those that keep their code map it to itself, as real ones do."""
    for commune in country.communes:
        after = ("COM", commune.citycode, *_spelt(commune.name, commune.article))
        for former in commune.formers:
            name, article = (former.name, former.article) if former.name else (commune.name, commune.article)
            kind = "33" if former.kind == "COMA" else "32"
            before = ("COM", former.citycode, *_spelt(name, article))
            yield (kind, _NOMINAL_DATE, *before, *after)


def _departments(country: France) -> Iterable[Sequence[Any]]:
    for department in country.departments.values():
        yield (
            department.code,
            department.region,
            department.chief,
            *_spelt_whole(department.name, department.article),
        )


def _spelt_whole(name: str, article: int) -> tuple[int, str, str, str]:
    """Departments and regions are named without their article."""
    return article, capitals(name), name, name


def _regions(country: France) -> Iterable[Sequence[Any]]:
    for code, (name, chief, article) in country.regions.items():
        yield (code, chief, *_spelt_whole(name, article))


def _districts(country: France) -> Iterable[Sequence[Any]]:
    for row in country.districts:
        yield (
            row["code"], row["departement"], row["region"], row["chefLieu"],
            *_spelt_whole(row["nom"], int(row.get("typeLiaison", 0))),
        )  # fmt: skip


def _collectivities(country: France) -> Iterable[Sequence[Any]]:
    for commune in country.communes:
        if commune.kind == "COLL":
            code = commune.department
            postal = commune.postal_codes[0] if commune.postal_codes else ""
            yield (
                commune.citycode,
                commune.name,
                code,
                country.collectivities[code],
                postal,
                commune.population or "",
            )


def _populations(country: France) -> Iterable[Sequence[Any]]:
    """Arrondissements stand in place of the three towns; Mayotte is in a file of its own."""
    for commune in country.communes:
        if (
            commune.kind == "COLL"
            or commune.citycode in TOWNS_WITH_ARRONDISSEMENTS
            or commune.department == _MAYOTTE
        ):
            continue
        region = country.regions[commune.region][0]
        local = commune.citycode[len(commune.department) :].zfill(3)
        district = commune.district[len(commune.department) :]
        yield (
            commune.region, region, commune.department, district, "", local, commune.citycode, commune.name,
            commune.population, 0, commune.population,
        )  # fmt: skip


def _mayotte(country: France) -> Iterable[Sequence[Any]]:
    for commune in country.communes:
        if commune.department == _MAYOTTE:
            yield (
                commune.region,
                "",
                _MAYOTTE,
                "",
                "",
                commune.citycode[2:],
                "",
                commune.population,
                0,
                commune.population,
            )


def _postal(country: France) -> Iterable[Sequence[Any]]:
    """One row per commune and postal code, one more per former commune (Ligne_5); Monaco is in the file."""
    for commune in country.communes:
        if commune.citycode in TOWNS_WITH_ARRONDISSEMENTS:
            continue
        name = postal_name(commune.name)
        for code in commune.postal_codes:
            yield (commune.citycode, name, code, name, "")
        for former in _named(commune.formers):
            if commune.postal_codes and former.citycode != commune.citycode:
                yield (commune.citycode, name, commune.postal_codes[0], name, postal_name(former.name))
    yield ("99138", "MONACO", "98000", "MONACO", "")


def _named(formers: Iterable[Former]) -> Iterable[Former]:
    return (former for former in formers if former.name)


def _cedex(places: Mapping[str, tuple[list[Commune], Centres]]) -> Iterable[Sequence[Any]]:
    for code, (communes, _) in places.items():
        for rank, number in cedex_codes(code, communes).items():
            weak = (rank + len(number)) % _WEAK_CEDEX == 0 and rank + 1 < len(communes)
            commune = communes[rank + 1 if weak else rank]
            yield (number, commune.citycode, commune.name, "")


def _centres(country: France, places: Mapping[str, tuple[list[Commune], Centres]]) -> bytes:
    """Centres as geo.api.gouv.fr gives them: a list of objects, GeoJSON order."""
    rows: list[dict[str, Any]] = []
    towns: dict[str, list[tuple[float, float]]] = {}
    for code, (communes, centres) in places.items():
        transformer = to_projection(country.departments[code].srid)
        lons, lats = transformer.transform(centres.x, centres.y, direction="INVERSE")
        for commune, lon, lat in zip(
            communes, np.round(lons, 6).tolist(), np.round(lats, 6).tolist(), strict=True
        ):
            rows.append(_centre(commune.citycode, commune.name, lon, lat))
            if commune.parent:
                towns.setdefault(commune.parent, []).append((lon, lat))
    names = {commune.citycode: commune.name for commune in country.communes}
    for citycode, points in towns.items():
        lon, lat = np.round(np.mean(points, axis=0), 6).tolist()
        rows.append(_centre(citycode, names[citycode], lon, lat))
    rows.sort(key=lambda row: row["code"])
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()


def _centre(citycode: str, name: str, lon: float, lat: float) -> dict[str, Any]:
    return {"nom": name, "code": citycode, "centre": {"type": "Point", "coordinates": [lon, lat]}}
