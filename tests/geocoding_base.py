"""An invented France for the geocoder: communes where the traps are, their streets, a few numbers.

Names of communes are real where a trap needs them (arrondissements, Saint, articles); streets, numbers and
positions are drawn.
"""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo.geocoding.gazetteer import Gazetteer
from geo.geocoding.normalise import fold
from geo.territory import PARENTS, department_of

if TYPE_CHECKING:
    import psycopg

RELEVANCE = Path(__file__).parent / "relevance" / "geocoding"
BAN_HEADER = (
    "id;id_fantoir;numero;rep;nom_voie;code_postal;code_insee;nom_commune;code_insee_ancienne_commune;"
    "nom_ancienne_commune;x;y;lon;lat;type_position;alias;nom_ld;libelle_acheminement;nom_afnor;"
    "source_position;source_nom_voie;certification_commune;cad_parcelles"
)
_ARRONDISSEMENT = re.compile(r" \d+er? Arrondissement$")

COMMUNES = [
    # citycode, name, population, lon, lat, postal codes
    ("75056", "Paris", 2_100_000, 2.347, 48.859, ()),
    ("75111", "Paris 11e Arrondissement", 142_000, 2.380, 48.859, ("75011",)),
    ("75116", "Paris 16e Arrondissement", 160_000, 2.262, 48.860, ("75016", "75116")),
    ("93010", "Bondy", 54_000, 2.485, 48.904, ("93140",)),
    ("93066", "Saint-Denis", 149_000, 2.359, 48.936, ("93200", "93210")),
    ("94038", "L'Haÿ-les-Roses", 31_000, 2.337, 48.777, ("94240",)),
    ("72181", "Le Mans", 145_000, 0.197, 48.004, ("72000", "72100")),
    ("77413", "Saint-Germain-sur-Morin", 4_000, 2.852, 48.883, ("77860",)),
    ("22093", "Lamballe-Armor", 17_000, -2.512, 48.468, ("22400",)),
    ("97411", "Saint-Denis", 150_000, 55.448, -20.879, ("97400",)),
    ("13055", "Marseille", 870_000, 5.381, 43.297, ()),
    ("13201", "Marseille 1er Arrondissement", 39_000, 5.381, 43.299, ("13001",)),
    ("13208", "Marseille 8e Arrondissement", 80_000, 5.375, 43.246, ("13008",)),
    ("69123", "Lyon", 520_000, 4.836, 45.758, ()),
    ("69383", "Lyon 3e Arrondissement", 103_000, 4.869, 45.754, ("69003",)),
    ("69387", "Lyon 7e Arrondissement", 83_000, 4.840, 45.734, ("69007",)),
    ("2A004", "Ajaccio", 72_000, 8.701, 41.935, ("20000", "20090")),
    ("2B033", "Bastia", 48_000, 9.434, 42.685, ("20200", "20600")),
    ("97105", "Basse-Terre", 10_000, -61.724, 15.996, ("97100",)),
    ("97701", "Saint-Barthélemy", 10_500, -62.834, 17.897, ("97133",)),
    ("97801", "Saint-Martin", 32_000, -63.061, 18.076, ("97150",)),
    ("71076", "Chalon-sur-Saône", 45_000, 4.851, 46.790, ("71100",)),
    ("51108", "Châlons-en-Champagne", 44_000, 4.372, 48.964, ("51000",)),
    ("51405", "Orconte", 430, 4.722, 48.671, ("51300",)),
    ("51649", "Vitry-le-François", 11_500, 4.596, 48.725, ("51300",)),
    ("62617", "Nœux-les-Mines", 11_800, 2.668, 50.479, ("62290",)),
    ("02210", "Cœuvres-et-Valsery", 430, 3.155, 49.336, ("02600",)),
    ("69189", "Sainte-Colombe", 1_900, 4.862, 45.522, ("69560",)),
    ("25515", "Sainte-Colombe", 430, 6.281, 46.873, ("25300",)),
    ("03250", "Saint-Pierre-Laval", 350, 3.696, 46.199, ("42620",)),
    ("92062", "Puteaux", 44_000, 2.239, 48.884, ("92800",)),
    ("95127", "Cergy", 66_000, 2.039, 49.035, ("95000", "95800")),
    ("40328", "Vieux-Boucau-les-Bains", 1_600, -1.401, 43.788, ("40480",)),
    ("80688", "Rue", 3_000, 1.668, 50.272, ("80120",)),
    ("80829", "Y", 90, 2.993, 49.803, ("80190",)),
    ("48009", "Peyre en Aubrac", 2_300, 3.285, 44.724, ("48130",)),
]
FORMER = [
    ("22173", "Morieux", "22093"),
    ("22186", "Planguenoual", "22093"),
    ("48047", "La Chaze-de-Peyre", "48009"),
    ("48009", "Aumont-Aubrac", "48009"),
]
LOCALITIES = [
    ("22400", "22093", "LAMBALLE ARMOR", "MORIEUX"),
    ("93210", "93066", "ST DENIS", "LA PLAINE ST DENIS"),
    ("48130", "48009", "PEYRE EN AUBRAC", "LA CHAZE DE PEYRE"),
]
CEDEX = [("93143", "93010"), ("75543", "75111"), ("92042", "92062"), ("69432", "69383")]


def gazetteer_rows() -> dict[str, list[tuple[Any, ...]]]:
    """Rows of the statements that make a gazetteer."""
    return {
        "gazetteer_communes": [
            (code, name, department_of(code), PARENTS.get(code), population, lon, lat)
            for code, name, population, lon, lat, _ in COMMUNES
        ],
        "gazetteer_former": list(FORMER),
        "gazetteer_postal": [
            (postal, code, fold(_ARRONDISSEMENT.sub("", name)).upper(), "")
            for code, name, _, _, _, postals in COMMUNES
            for postal in postals
        ]
        + list(LOCALITIES),
        "gazetteer_cedex": list(CEDEX),
        "gazetteer_departments": [
            ("02", "Aisne", "Hauts-de-France"),
            ("03", "Allier", "Auvergne-Rhône-Alpes"),
            ("13", "Bouches-du-Rhône", "Provence-Alpes-Côte d'Azur"),
            ("22", "Côtes-d'Armor", "Bretagne"),
            ("25", "Doubs", "Bourgogne-Franche-Comté"),
            ("2A", "Corse-du-Sud", "Corse"),
            ("2B", "Haute-Corse", "Corse"),
            ("40", "Landes", "Nouvelle-Aquitaine"),
            ("48", "Lozère", "Occitanie"),
            ("51", "Marne", "Grand Est"),
            ("62", "Pas-de-Calais", "Hauts-de-France"),
            ("69", "Rhône", "Auvergne-Rhône-Alpes"),
            ("71", "Saône-et-Loire", "Bourgogne-Franche-Comté"),
            ("72", "Sarthe", "Pays de la Loire"),
            ("75", "Paris", "Île-de-France"),
            ("77", "Seine-et-Marne", "Île-de-France"),
            ("80", "Somme", "Hauts-de-France"),
            ("92", "Hauts-de-Seine", "Île-de-France"),
            ("93", "Seine-Saint-Denis", "Île-de-France"),
            ("94", "Val-de-Marne", "Île-de-France"),
            ("95", "Val-d'Oise", "Île-de-France"),
            ("971", "Guadeloupe", "Guadeloupe"),
            ("974", "La Réunion", "La Réunion"),
            ("977", "Saint-Barthélemy", ""),
            ("978", "Saint-Martin", ""),
        ],
    }


def gazetteer() -> Gazetteer:
    """The gazetteer of the invented corner."""
    return Gazetteer.build(**gazetteer_rows())


def fill_territory(conn: psycopg.Connection[Any]) -> None:
    """Put the communes in the tables of the territory."""
    rows = gazetteer_rows()
    with conn.cursor() as cursor:
        regions = sorted({region for _, _, region in rows["gazetteer_departments"]})
        cursor.executemany(
            "INSERT INTO territory.region (region_code, name) VALUES (%s, %s)",
            [(f"{place:02d}", region) for place, region in enumerate(regions)],
        )
        cursor.executemany(
            "INSERT INTO territory.department (department_code, name, region_code, timezone, srid) "
            "VALUES (%s, %s, %s, 'Europe/Paris', 2154)",
            [
                (code, name, f"{regions.index(region):02d}")
                for code, name, region in rows["gazetteer_departments"]
            ],
        )
        cursor.executemany(
            "INSERT INTO territory.commune (citycode, kind, name, name_folded, department_code, "
            "parent_citycode, population, lon, lat) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (code, "ARM" if parent else "COM", name, fold(name), department, parent, population, lon, lat)
                for code, name, department, parent, population, lon, lat in rows["gazetteer_communes"]
            ],
        )
        cursor.executemany(
            "INSERT INTO territory.former_commune (former_citycode, former_name, former_name_folded, "
            "citycode) VALUES (%s, %s, %s, %s)",
            [(code, name, fold(name), present) for code, name, present in FORMER],
        )
        cursor.executemany(
            "INSERT INTO territory.postal_code (postal_code, citycode, office, office_folded, locality) "
            "VALUES (%s, %s, %s, %s, %s)",
            [
                (postal, code, office, fold(office), local)
                for postal, code, office, local in rows["gazetteer_postal"]
            ],
        )
        cursor.executemany(
            "INSERT INTO territory.cedex (cedex_code, citycode, office) VALUES (%s, %s, '')", CEDEX
        )
    conn.commit()


def ban_csv(*, departments: set[str] | None = None) -> bytes:
    """The streets of `streets.csv` as a file of the BAN, for all departments or some."""
    names = {code: name for code, name, *_ in COMMUNES}
    centres = {code: (lon, lat) for code, _, _, lon, lat, _ in COMMUNES}
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerow(BAN_HEADER.split(";"))
    with (RELEVANCE / "streets.csv").open(encoding="utf-8", newline="") as stream:
        for place, street in enumerate(csv.DictReader(stream)):
            code = street["citycode"]
            if departments is not None and department_of(code) not in departments:
                continue
            lon, lat = centres[code]
            for step, number in enumerate(street["numbers"].split()):
                digits = "".join(c for c in number if c.isdigit())
                suffix = number[len(digits) :]
                row = dict.fromkeys(BAN_HEADER.split(";"), "")
                row |= {
                    "id": f"{code}_{place:04d}_{int(digits):05d}{'_' + suffix if suffix else ''}",
                    "numero": digits,
                    "rep": suffix,
                    "nom_voie": street["name"],
                    "code_postal": street["postal_code"],
                    "code_insee": code,
                    "nom_commune": names[code],
                    "code_insee_ancienne_commune": street["former"],
                    "nom_ancienne_commune": {code: name for code, name, _ in FORMER}.get(
                        street["former"], ""
                    ),
                    "lon": f"{lon + place * 0.0007 + step * 0.0001:.6f}",
                    "lat": f"{lat + place * 0.0004:.6f}",
                }
                writer.writerow(row.values())
    return out.getvalue().encode()
