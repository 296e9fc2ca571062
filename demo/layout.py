"""Where each file of the demonstration stands, and which `sas ingest` source reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from demo.scale import FILE_DATE, FILE_TIME

if TYPE_CHECKING:
    from pathlib import Path

STAMP: Final = f"{FILE_DATE}{FILE_TIME}"
ANNUAIRE: Final = {
    "activity": f"annuaire/PS_LibreAcces_Personne_activite_{STAMP}.txt",
    "skill": f"annuaire/PS_LibreAcces_SavoirFaire_{STAMP}.txt",
    "diploma": f"annuaire/PS_LibreAcces_Dipl_AutExerc_{STAMP}.txt",
    "mailbox": f"annuaire/Extraction_Correspondance_MSSante_{STAMP}.txt",
}
ANNUAIRE_ZIP: Final = f"annuaire/PS_LibreAcces_{STAMP}.zip"
FINESS: Final = f"finess/etalab-cs1100507-stock-{FILE_DATE}-{FILE_TIME}.csv"
FINESS_JSON: Final = f"finess-json/finess-structures-journalier-{FILE_DATE}.json"
COMMUNES: Final = "cog/communes.csv"
DEPARTMENTS: Final = "cog/departements.csv"
REGIONS: Final = "cog/regions.csv"
DISTRICTS: Final = "cog/arrondissements.csv"
COLLECTIVITIES: Final = "cog/collectivites-outremer.csv"
MOVEMENTS: Final = "cog/mouvements-communes.csv"
CENTRES: Final = "communes/communes-centres.json"
POPULATION: Final = "population/donnees_communes.csv"
POPULATION_MAYOTTE: Final = "population/donnees_communes_mayotte.csv"
POSTAL: Final = "postal/019HexaSmal.csv"
CEDEX: Final = "cedex/cedex_insee.csv"
DEPARTMENT_OUTLINES: Final = "contours/departements.geojson"
REGION_OUTLINES: Final = "contours/regions.geojson"
DEPLOYMENT: Final = "sas/deploiement.csv"
RADII: Final = "sas/rayons.csv"
EXPECTED: Final = "expected/expected.json"
EXPECTED_PLACES: Final = "expected/places.csv.gz"
MANIFEST: Final = "manifest.json"


def addresses(department: str) -> str:
    """Addresses of a department."""
    return f"ban/adresses-{department}.csv.gz"


def hamlets(department: str) -> str:
    """Lieux-dits of a department."""
    return f"ban/lieux-dits-{department}-beta.csv.gz"


def files_by_source(folder: Path) -> dict[str, list[Path]]:
    """Files to give to `sas ingest SOURCE`, in the order the sources should be read."""
    patterns = {
        "cog": (REGIONS, DEPARTMENTS, DISTRICTS, COMMUNES, COLLECTIVITIES, MOVEMENTS),
        "population": (POPULATION, POPULATION_MAYOTTE),
        "postal": (POSTAL,),
        "cedex": (CEDEX,),
        "contours": (DEPARTMENT_OUTLINES, REGION_OUTLINES),
        "communes": (CENTRES,),
        "deployment": (DEPLOYMENT,),
        "radii": (RADII,),
        "ban": ("ban/*.csv.gz",),
        "finess": (FINESS,),
        "annuaire": ("annuaire/*.zip", "annuaire/*.txt"),
    }
    return {
        source: sorted(path for pattern in globs for path in folder.glob(pattern))
        for source, globs in patterns.items()
    }
