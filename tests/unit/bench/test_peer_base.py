"""From official files to streets, documents of the peer and questions, on a base of a few rows."""

from __future__ import annotations

import gzip
from pathlib import Path

import polars as pl
import pytest

from bench.peer.base import Base
from bench.peer.documents import aliases, importance, write_department
from bench.peer.drawing import Country, country, questions_of
from bench.peer.found import absent_streets
from bench.peer.reference import streets

HEADER = (
    "id;id_fantoir;numero;rep;nom_voie;code_postal;code_insee;nom_commune;code_insee_ancienne_commune;"
    "nom_ancienne_commune;x;y;lon;lat;type_position;alias;nom_ld;libelle_acheminement;nom_afnor;"
    "source_position;source_nom_voie;certification_commune;cad_parcelles"
)


def row(
    street: str, number: str, rep: str, name: str, *, citycode: str = "49018", old: tuple[str, str] = ("", "")
) -> str:
    identifier = f"{citycode}_{street}_{int(number):05d}{'_' + rep if rep else ''}"
    fields = [identifier, "", number, rep, name, "49150", citycode, "Baugé-en-Anjou", *old]
    return ";".join([*fields, "", "", "-0.1", "47.5", *[""] * 9])


@pytest.fixture
def of(tmp_path: Path) -> Country:
    rows = [row("0001", str(n), "", "Rue de l'Église", old=("49018", "Baugé")) for n in range(1, 9)]
    rows += [row("0002", str(n), "", "Rue de l'Église", old=("49028", "Bocé")) for n in range(1, 9)]
    rows += [row("0003", "6", "bis", "Avenue du Maine"), row("0003", "6", "", "Avenue du Maine")]
    rows += [row("0004", "6", "", "Place du Maine")]
    rows += [row("0005", "1", "", "Rue Perdue").replace(";-0.1;47.5", ";;")]
    (tmp_path / "ban").mkdir()
    with gzip.open(tmp_path / "ban" / "adresses-49.csv.gz", "wt", encoding="utf-8") as file:
        file.write("\n".join([HEADER, *rows]) + "\n")
    hamlet = (
        "id;nom_lieu_dit;code_postal;code_insee;nom_commune;code_insee_ancienne_commune;"
        "nom_ancienne_commune;x;y;lon;lat;source_position;source_nom_voie"
    )
    with gzip.open(tmp_path / "ban" / "lieux-dits-49-beta.csv.gz", "wt", encoding="utf-8") as file:
        file.write(f"{hamlet}\n49018_b001;La Borie;49150;49018;Baugé-en-Anjou;;;;;-0.2;47.6;;\n")
    base = Base(home=tmp_path, folder=tmp_path, scale="small", fingerprint="test", real=False)
    return country(streets(base), cedex={"49018": ("49156",)}, real=False)


def test_numbers_are_gathered_by_street_and_former_commune_and_rows_without_position_left_out(of: Country):
    rows = of.frame.select("street_id", "kind", "count", "with_index", "hamlet").sort("street_id").rows()
    assert rows == [
        ("49018_0001", "street", 8, False, False),
        ("49018_0002", "street", 8, False, False),
        ("49018_0003", "street", 2, True, False),
        ("49018_0004", "street", 1, False, False),
        ("49018_b001", "locality", 0, False, True),
    ]


def test_homonyms_of_a_commune_are_all_right_unless_the_former_commune_is_told(of: Country):
    church = [q for q in questions_of(of, "clean", 5) if "Église" in q.text]
    assert church
    assert all(q.streets == ("49018_0001", "49018_0002") and len(q.numbers) == 2 for q in church)
    told = list(questions_of(of, "historic_commune", 5))
    assert told
    assert all(len(q.streets) == len(q.numbers) == 1 for q in told)


def test_streets_that_differ_by_their_type_are_all_right_when_it_is_left_out(of: Country):
    found = [q for q in questions_of(of, "no_street_type", 5) if "Maine" in q.text]
    assert found
    assert all(q.streets == ("49018_0003", "49018_0004") for q in found)


def test_a_number_that_the_base_lacks_is_on_none_of_the_homonyms(of: Country):
    for question in questions_of(of, "number_not_in_base", 5):
        assert question.level == "street"
        assert not question.numbers
        assert not 1 <= int(question.text.split(" ")[0]) <= 8


def test_an_index_is_asked_only_where_there_is_one(of: Country):
    found = list(questions_of(of, "index_in_middle", 5))
    assert [(q.text, q.numbers) for q in found] == [
        ("6 AV B DU MAINE 49150 BAUGE EN ANJOU", ("49018_0003_00006_bis",))
    ]


def test_an_absent_street_bears_the_name_of_none_of_the_town_s(of: Country, tmp_path: Path):
    assert not list(absent_streets(of, tmp_path, 5))  # the base has no name of elsewhere


def test_the_documents_of_the_peer_hold_every_number_in_its_words(of: Country, tmp_path: Path):
    target = tmp_path / "49.jsonl"
    place = {
        "citycode": "49018", "name": "Baugé-en-Anjou", "postcodes": ["49150"], "department": "49",
        "department_name": "Maine-et-Loire", "region": "Pays de la Loire", "population": 12_000,
        "lon": 0, "lat": 0,
    }  # fmt: skip
    write_department(next(of.folder.glob("*.parquet")), target, {"49018": place})
    documents = pl.read_ndjson(target, infer_schema_length=None).to_dicts()
    maine = next(document for document in documents if document["id"] == "49018_0003")
    assert {k for k, v in maine["housenumbers"].items() if v} == {"6", "6 bis"}
    assert maine["context"] == "49, Maine-et-Loire, Pays de la Loire"
    church = next(document for document in documents if document["oldcity"] == "Bocé")
    assert church["city"] == ["Baugé-en-Anjou", "Bocé"]


def test_an_arrondissement_is_known_by_its_town_too():
    assert aliases("Paris 1er Arrondissement", "75101")[-2:] == ["Paris 1er", "Paris 1"]
    assert aliases("Bondy", "93010") == ["Bondy"]
    assert importance(0, 0) == 0
    assert importance(2_100_000, 0) > importance(100_000, 0)
