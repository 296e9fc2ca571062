"""The address base: its four layouts, its defects, a department replaced, a load killed between two files."""

from __future__ import annotations

import gzip

import pytest

from core.db.connect import connect
from core.errors import TooFewRows
from geo.geocoding.normalise import number_key
from ingest.pipeline import ingest
from tests.geocoding_base import BAN_HEADER, ban_csv, fill_territory

pytestmark = pytest.mark.postgis

LIEUX_DITS = (
    "id;nom_lieu_dit;code_postal;code_insee;nom_commune;code_insee_ancienne_commune;nom_ancienne_commune;x;y;"
    "lon;lat;source_position;source_nom_voie\n"
    "22093_b123;Le Clos;22400;22093;Lamballe-Armor;22173;Morieux;0;0;-2.61;48.51;cadastre;cadastre\n"
)
BAL = (
    "cle_interop;commune_insee;commune_nom;commune_deleguee_insee;commune_deleguee_nom;voie_nom;"
    "lieudit_complement_nom;numero;suffixe;position;x;y;long;lat;cad_parcelles;source;date_der_maj;"
    "certification_commune\n"
    "72181_0010_00001;72181;Le Mans;;;Rue du Bourg;;1;;entrée;;;0.2;48.0;;commune;2024-01-01;1\n"
    "72181_0010_00001;72181;Le Mans;;;Rue du Bourg;;1;;parcelle;;;0.21;48.01;;commune;2024-01-01;1\n"
    "72181_0010_00002_bis;72181;Le Mans;;;Rue du Bourg;;2;bis;entrée;;;0.2;48.0;;commune;2024-01-01;1\n"
    "72181_b9_99999;72181;Le Mans;;;Les Ajoncs;;99999;;segment;;;0.3;48.1;;commune;2024-01-01;1\n"
)


def _row(**cells: str) -> str:
    names = BAN_HEADER.split(";")
    row = dict.fromkeys(names, "") | {
        "id": "93010_aaaa_00001", "numero": "1", "nom_voie": "Rue A", "code_postal": "93140",
        "code_insee": "93010", "nom_commune": "Bondy", "lon": "2.48", "lat": "48.9",
    } | cells  # fmt: skip
    return ";".join(row[name] for name in names)


@pytest.fixture
def load(database, home, tmp_path):
    def loaded(text: str | bytes, *, name: str = "adresses-93.csv", **options):
        path = tmp_path / name
        data = text.encode() if isinstance(text, str) else text
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return ingest("ban", [path], apply=True, database=database, home=home, **options)

    return loaded


def _streets(conn):
    rows = conn.execute(
        "SELECT name, kind, numbers, suffixes FROM geocoding.street ORDER BY citycode, name"
    ).fetchall()
    conn.commit()
    return rows


def test_numbers_of_a_street_are_gathered_in_order_with_their_indices(load, conn):
    outcome = load(
        "\n".join(
            [
                BAN_HEADER,
                _row(id="93010_aaaa_00012_bis", numero="12", rep="bis"),
                _row(id="93010_aaaa_00002", numero="2"),
            ]
        )
    )
    assert outcome.rejected == 0
    assert _streets(conn) == [("Rue A", "street", [number_key(2), number_key(12, "b")], ["", "bis"])]


def test_rows_that_cannot_be_an_address_are_rejected_by_reason_and_the_rest_loads(load):
    bad = [
        _row(lon="", lat=""), _row(numero="12x"), _row(code_insee="9301"), _row(nom_voie=""), _row(lon="999"),
    ]  # fmt: skip
    good = [_row(id=f"93010_aaaa_{n:05d}", numero=str(n)) for n in range(1, 400)]
    outcome = load("\n".join([BAN_HEADER, *bad, *good]))
    assert outcome.counts["rejected"] == {
        "no-position": 1, "bad-number": 1, "bad-citycode": 1, "no-name": 1, "bad-position": 1,
    }  # fmt: skip
    assert outcome.counts["kept"] == 399


def test_number_zero_locates_its_street_and_is_no_number(load, conn):
    load("\n".join([BAN_HEADER, _row(numero="0")]))
    assert _streets(conn) == [("Rue A", "street", [], [])]


def test_a_metric_number_above_five_thousand_is_kept(load, conn):
    load("\n".join([BAN_HEADER, _row(numero="5250")]))
    assert _streets(conn)[0][2] == [number_key(5250)]


def test_a_missing_postal_code_and_a_quoted_name_do_not_stop_a_row(load, conn):
    load("\n".join([BAN_HEADER, _row(code_postal="", nom_voie='"Rue ""du Puits""; haut"')]))
    assert _streets(conn)[0][0] == 'Rue "du Puits"; haut'


def test_one_name_in_two_postal_codes_or_two_former_communes_is_two_streets(load, conn):
    load(
        "\n".join([BAN_HEADER, _row(), _row(code_postal="93141"), _row(code_insee_ancienne_commune="93099")])
    )
    assert len(_streets(conn)) == 3


def test_a_street_whose_rows_are_far_apart_in_the_files_is_one_street(database, home, tmp_path, conn):
    files = []
    for part, number in (("a", "3"), ("b", "1"), ("c", "3")):
        path = tmp_path / f"adresses-{part}.csv"
        path.write_text("\n".join([BAN_HEADER, _row(id=f"93010_aaaa_{number:0>5}", numero=number)]))
        files.append(path)
    assert ingest("ban", files, apply=True, database=database, home=home).applied
    assert _streets(conn) == [("Rue A", "street", [number_key(1), number_key(3)], [])]


def test_lieux_dits_are_localities_of_their_former_commune(load, conn):
    load(LIEUX_DITS, name="lieux-dits-22-beta.csv.gz")
    assert _streets(conn) == [("Le Clos", "locality", [], [])]


def test_the_layout_of_the_bal_keeps_one_position_and_reads_toponyms(load, conn):
    load(BAL, name="adresses-72.csv")
    assert _streets(conn) == [
        ("Les Ajoncs", "locality", [], []),
        ("Rue du Bourg", "street", [number_key(1), number_key(2, "b")], ["", "bis"]),
    ]


def test_a_file_with_identifiers_is_read_as_without(load, conn):
    header = BAN_HEADER.replace("id;", "id;id_ban_adresse;id_ban_toponyme;id_ban_commune;", 1)
    row = _row().replace(";", ";u1;u2;u3;", 1)
    load(f"{header}\n{row}\n")
    assert len(_streets(conn)) == 1


def test_one_department_is_replaced_and_the_others_stay(load, conn):
    load(ban_csv(), name="adresses-france.csv")
    everything = len(_streets(conn))
    load(f"{BAN_HEADER}\n{_row()}", name="adresses-93.csv", accept_shrink=True)
    left = _streets(conn)
    assert ("Rue A", "street", [number_key(1)], []) in left
    assert 0 < len(left) < everything


def test_a_department_that_lost_its_numbers_is_refused_as_truncated(load, conn):
    load(ban_csv(), name="adresses-france.csv")
    before = _streets(conn)
    with pytest.raises(TooFewRows):
        load(f"{BAN_HEADER}\n{_row()}", name="adresses-93.csv")
    assert _streets(conn) == before


def test_the_same_file_twice_gives_the_same_table(load, conn):
    load(ban_csv(), name="adresses-france.csv")
    first = conn.execute("SELECT * FROM geocoding.street ORDER BY street_id").fetchall()
    conn.commit()
    outcome = load(ban_csv(), name="adresses-france.csv", force=True)
    assert conn.execute("SELECT * FROM geocoding.street ORDER BY street_id").fetchall() == first
    assert outcome.difference["geocoding.street"].empty


def test_the_table_put_in_service_has_its_indexes_and_its_readers(load, database, home):
    load(ban_csv(), name="adresses-france.csv")
    with connect(database, home, role="reader") as conn:
        names = {
            name for (name,) in conn.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'street'")
        }
        assert names == {"street_core_idx", "street_skeleton_idx", "street_extent_gix", "street_id_idx"}
        assert conn.execute("SELECT count(*) FROM geocoding.street").fetchone()[0] > 0


def test_a_lieu_dit_named_beside_its_streets_is_found_by_that_name_alone(load, conn):
    rows = [
        _row(id="93010_aaaa_00001", numero="1", nom_ld="Le Puits Vieux", lon="2.48"),
        _row(id="93010_aaaa_00003", numero="3", nom_ld="Le Puits Vieux", lon="2.49"),
        _row(id="93010_bbbb_00002", numero="2", nom_voie="Rue B", nom_ld="Le Puits Vieux", lon="2.50"),
        _row(id="93010_cccc_00002", numero="2", nom_voie="Le Clos", nom_ld="Rue B"),
    ]
    load("\n".join([BAN_HEADER, *rows]))
    found = conn.execute(
        "SELECT ban_id, kind, lon FROM geocoding.street WHERE name = 'Le Puits Vieux'"
    ).fetchall()
    conn.commit()
    assert found == [("93010_ld-le-puits-vieux", "locality", 2.49)]


def test_a_lieu_dit_that_has_an_identifier_of_its_own_is_not_doubled(load, conn):
    load(LIEUX_DITS, name="lieux-dits-22-beta.csv")
    named = _row(id="22093_aaaa_00001", code_insee="22093", code_postal="22400", nom_ld="Le Clos")
    both = f"{BAN_HEADER}\n{named}"
    load(both, name="adresses-22.csv", accept_shrink=True)
    assert ("Le Clos", "locality", [], []) in _streets(conn)


def _names(conn):
    rows = conn.execute("SELECT core, streets, citycodes FROM geocoding.street_name").fetchall()
    conn.commit()
    return {core: (streets, codes) for core, streets, codes in rows}


def _counted(conn):
    """Names as the streets in service have them, most inhabited commune first."""
    rows = conn.execute(
        "SELECT core, count(*)::int, array_agg(DISTINCT citycode ORDER BY citycode) FROM geocoding.street "
        "GROUP BY core"
    ).fetchall()
    conn.commit()
    return {core: (streets, codes) for core, streets, codes in rows}


def _sorted(names):
    return {core: (streets, sorted(codes)) for core, (streets, codes) in names.items()}


def test_names_of_streets_are_those_in_service_after_a_national_load(load, conn):
    fill_territory(conn)
    load(ban_csv(), name="adresses-france.csv")
    names = _names(conn)
    assert _sorted(names) == _counted(conn)
    assert names["paris"] == (4, ["97411", "93066", "77413"])  # 150,000 inhabitants to 4,000
    assert names["verdun"] == (2, ["93010"])


def test_names_of_streets_follow_a_department_loaded_again(load, conn):
    fill_territory(conn)
    load(ban_csv(), name="adresses-france.csv")
    rows = [
        _row(id="93010_aaaa_00001", nom_voie="Rue de Paris"),
        _row(id="93010_bbbb_00001", nom_voie="Rue des Nouveaux"),
    ]
    load("\n".join([BAN_HEADER, *rows]), name="adresses-93.csv", accept_shrink=True)
    names = _names(conn)
    assert _sorted(names) == _counted(conn)
    assert names["paris"] == (4, ["97411", "93010", "77413"])
    assert names["nouveaux"] == (1, ["93010"])


def test_the_name_of_a_street_that_disappeared_goes_and_one_borne_elsewhere_stays(load, conn):
    fill_territory(conn)
    load(ban_csv(), name="adresses-france.csv")
    assert "jules guesde" in _names(conn)
    load(f"{BAN_HEADER}\n{_row(nom_voie='Avenue Foch')}", name="adresses-93.csv", accept_shrink=True)
    names = _names(conn)
    assert "jules guesde" not in names
    assert names["foch"] == (2, ["75116", "93010"])
    assert _sorted(names) == _counted(conn)


def test_names_of_streets_are_read_by_the_one_who_serves(load, database, home):
    load(ban_csv(), name="adresses-france.csv")
    load(f"{BAN_HEADER}\n{_row()}", name="adresses-93.csv", accept_shrink=True)
    with connect(database, home, role="reader") as conn:
        assert conn.execute("SELECT count(*) FROM geocoding.street_name").fetchone()[0] > 0
