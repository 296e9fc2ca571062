"""Official files told by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.errors import FileUnreadable
from ingest.official import recognise
from ingest.registry import roads

if TYPE_CHECKING:
    from pathlib import Path

NAMES = {
    "cog": (
        "communes.csv",
        "mouvements-communes.csv.gz",
        "departements.csv",
        "regions.csv",
        "arrondissements.csv",
        "collectivites-outremer.csv",
        "v_commune_2026.csv",
        "v_mvt_commune_2026.csv",
        "mvtcommune_2022.csv",
        "v_departement_2026.csv",
        "v_region_2026.csv",
        "v_commune_comer_2026.csv",
    ),
    "population": ("donnees_communes.csv.gz", "donnees_communes_mayotte.csv"),
    "postal": ("019HexaSmal.csv", "laposte-hexasmal-20250619.csv.gz"),
    "cedex": ("cedex_to_insee.csv.gz", "cedex_insee.csv"),
    "contours": (
        "departements-avec-outre-mer-2018.geojson.gz",
        "departements-100m.geojson.gz",
        "regions-1000m.geojson",
        "departements.geojson",
    ),
    "communes": ("communes-2026.csv.gz", "communes-centres.json"),
    "radii": ("rayons-zones-recherche-2025.csv", "rayons.csv"),
    "deployment": ("sas-deploiement.csv", "deploiement.csv"),
    "ban": (
        "adresses-75.csv.gz",
        "adresses-2A.csv",
        "adresses-with-ids-93.csv.gz",
        "adresses-france.csv.gz",
        "lieux-dits-01-beta.csv.gz",
        "lieux-dits-beta.csv.gz",
    ),
    "finess": (
        "etalab-cs1100507-stock-20210108-0427.csv",
        "t-finess.csv",
        "finess-structures-journalier-20260309.json",
        "finess-structures-mensuel-202603.json.gz",
    ),
    "annuaire": (
        "PS_LibreAcces_202606150812.zip",
        "PS_LibreAcces_Personne_activite_202606150812.txt",
        "ps-libreacces-personne-activite.txt",
        "ps-libreacces-savoirfaire.txt.gz",
        "PS_LibreAcces_Dipl_AutExerc_202606150812.txt",
        "Extraction_Correspondance_MSSante_202606150812.txt",
        "ExtractionMonoTable_CAT18_ToutePopulation_201802030936.csv",
    ),
}
OTHERS = (
    # Legal entities, establishments without coordinates, activities: other contents than the sources read.
    "etalab-cs1100501-stock-20210108-0427.csv",
    "finess-activites-journalier-20260309.json",
    "finess-structures-journalier-sample.json",
    "PS_LibreAcces_Personne_activite-FICTIF.txt",
    "adresses-75.csv.gz.part",
    "adresses-addok-75.ndjson.gz",
    "communes-metropole-2020-simplifie.geojson.gz",
    "departements-version-simplifiee-2018.geojson.gz",
    "savoir_faire.csv",
    "README.md",
    "manifest.json",
)


def touched(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).touch()
    return folder


@pytest.mark.parametrize(("source", "name"), [(source, name) for source in NAMES for name in NAMES[source]])
def test_each_name_in_circulation_is_recognised(tmp_path: Path, source: str, name: str):
    delivery = recognise(touched(tmp_path, name))
    assert delivery.by_source == {source: [tmp_path / name]}
    assert delivery.unknown == []


def test_every_source_has_names_in_the_order_of_the_loads(tmp_path: Path):
    touched(tmp_path, *(names[0] for names in NAMES.values()))
    order = list(recognise(tmp_path).by_source)
    assert order == list(NAMES)
    assert set(order) == set(roads())
    for place, source in enumerate(order):
        assert set(roads()[source].source.depends) <= set(order[:place]), source


def test_what_is_not_known_is_counted_and_hidden_files_are_not(tmp_path: Path):
    (tmp_path / "other").mkdir()
    touched(tmp_path / "other", *OTHERS, ".DS_Store")
    touched(tmp_path, "communes.csv")
    delivery = recognise(tmp_path)
    assert delivery.by_source == {"cog": [tmp_path / "communes.csv"]}
    assert sorted(path.name for path in delivery.unknown) == sorted(OTHERS)


def test_a_folder_without_any_official_file_is_refused(tmp_path: Path):
    with pytest.raises(FileUnreadable, match="aucun fichier officiel"):
        recognise(touched(tmp_path, *OTHERS))
    with pytest.raises(FileUnreadable, match="pas un dossier"):
        recognise(tmp_path / "absent")
