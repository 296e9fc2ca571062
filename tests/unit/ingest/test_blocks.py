from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ingest.blocks
from core.errors import ColumnsChanged, FileUnreadable
from ingest.blocks import read_blocks, read_table
from ingest.files import open_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ingest.files import InputFile

    Reader = Callable[..., tuple[pl.DataFrame, list[Any]]]
    Writer = Callable[..., InputFile]


def test_latin_1_announced_as_utf_8_is_read_as_cp1252_and_counted(write: Writer) -> None:
    file = write("code;nom\n1;Œuvre d’Évry €\n2;Aÿ\n".encode("cp1252"))
    text = b"".join(block.data for block in read_blocks(file)).decode()
    assert text == "code;nom\n1;Œuvre d’Évry €\n2;Aÿ\n"
    assert file.defects["lines-not-utf8"] == 2


def test_a_mixed_file_can_be_read_line_by_line(write: Writer) -> None:
    data = "é en utf-8\n".encode() + "é en latin-1\n".encode("latin-1")
    file = write(data)
    text = b"".join(block.data for block in read_blocks(file, encoding="per-line")).decode()
    assert text == "é en utf-8\né en latin-1\n"
    assert file.defects["lines-read-as-cp1252"] == 1


def test_a_mixed_file_read_whole_as_cp1252_has_its_utf_8_lines_repaired_and_told(write: Writer) -> None:
    file = write("Évreux utf-8\n".encode() + "Évreux latin-1\n".encode("latin-1"))
    text = b"".join(block.data for block in read_blocks(file)).decode()
    assert text == "Évreux utf-8\nÉvreux latin-1\n"
    assert (file.defects["lines-not-utf8"], file.defects["double-encoded-lines"]) == (1, 1)


@pytest.mark.parametrize(
    "name", ["Félix Faure", "L’Haÿ-les-Roses", "Saint-Étienne", "cœur", "Orée d'Anjou", "à la", "n° 12 « A »"]
)
def test_double_encoded_text_is_repaired_and_counted(write: Writer, name: str) -> None:
    seen = name.encode()
    mangled = "".join(bytes([byte]).decode("cp1252", errors="ignore") or chr(byte) for byte in seen)
    file = write(f"a;b\n1;{mangled}\n")
    assert b"".join(block.data for block in read_blocks(file)).decode() == f"a;b\n1;{name}\n"
    assert file.defects["double-encoded-lines"] == 1


@pytest.mark.parametrize("name", ["Ã", "JOÃO", "Âge", "ÅRHUS", "â", "naïf", "CHÂTEAU"])
def test_letters_that_look_double_encoded_and_are_not_stay(write: Writer, name: str) -> None:
    file = write(f"a;b\n1;{name}\n")
    assert b"".join(block.data for block in read_blocks(file)).decode() == f"a;b\n1;{name}\n"
    assert not file.defects


def test_bom_crlf_nul_controls_and_invisible_characters_are_gone_and_counted(
    table: Reader, write: Writer
) -> None:
    content = "\ufeffa;b\r\n1;\u00a0Saint\u200b-De\u00adnis\u00a0\x00\x07\u202fville \r\n2;x".encode()
    frame, rejections = table(content)
    assert frame.rows() == [(2, "1", "Saint-Denis ville"), (3, "2", "x")]
    assert rejections == []
    file = write(content)
    list(read_blocks(file))
    assert dict(file.defects) == {
        "bom": 1,
        "crlf-lines": 2,
        "nul": 1,
        "exotic-spaces": 3,
        "invisible-characters": 2,
        "no-final-newline": 1,
    }


def test_spaces_are_trimmed_and_collapsed_and_empty_is_null(table: Reader) -> None:
    frame, _ = table("a;b\n  Paris 12e   Arrondissement  ;   \n", quoted=False)
    assert frame.rows() == [(2, "Paris 12e Arrondissement", None)]


def test_a_separator_at_the_end_of_each_line_makes_no_column(table: Reader) -> None:
    frame, rejections = table("a|b|\n1|2|\n3|4\n", separator="|", quoted=False)
    assert frame.rows() == [(2, "1", "2"), (3, "3", "4")]
    assert rejections == []


@pytest.mark.parametrize("quoted", [False, True])
def test_missing_and_extra_fields_are_rejected_with_their_line(table: Reader, quoted: bool) -> None:
    quote = '"' if quoted else ""
    frame, rejections = table(f"a;b\n1;2\n{quote}3{quote}\n\n4;5;6\n7;8\n", quoted=quoted)
    assert frame.rows() == [(2, "1", "2"), (6, "7", "8")]
    assert [(r.line, r.reason, r.detail) for r in rejections] == [
        (3, "column-count", "1 colonnes au lieu de 2"),
        (5, "column-count", "3 colonnes au lieu de 2"),
    ]


def test_a_quote_is_an_ordinary_character_when_the_format_has_no_quoting(table: Reader) -> None:
    frame, rejections = table('a|b\nLE "CLOS|"X\n', separator="|", quoted=False)
    assert frame.rows() == [(2, 'LE "CLOS', '"X')]
    assert rejections == []


def test_quoted_fields_hold_separators_line_ends_and_doubled_quotes(table: Reader) -> None:
    frame, rejections = table('a;b\n"x;y";"ligne 1\nligne 2"\n"Lieu dit """"X""""";z\n5;"dit ""le"" six"\n')
    assert frame.rows() == [
        (2, "x;y", "ligne 1 ligne 2"),
        (4, 'Lieu dit "X"', "z"),
        (5, "5", 'dit "le" six'),
    ]
    assert rejections == []


def test_a_quote_that_never_closes_costs_one_row_not_the_file(table: Reader) -> None:
    rows = "".join(f"{n};x\n" for n in range(200))
    frame, rejections = table(f'a;b\n"jamais;fermé\n{rows}')
    assert len(frame) == 200
    assert [(r.line, r.reason) for r in rejections] == [(2, "unclosed-quote")]


def test_a_file_quoted_everywhere_is_recognised_by_its_header(table: Reader) -> None:
    frame, _ = table('"a";"b"\n"1;2";"3"\n', quoted=False)
    assert frame.rows() == [(2, "1;2", "3")]


def test_headers_are_matched_by_normalised_name_in_any_order(table: Reader) -> None:
    frame, _ = table(
        "Nouvelle colonne;LIBELLE DE LA COMMUNE ;#Code_commune_INSEE\nx;Aÿ;51030\n",
        columns={"code": ("Code commune INSEE",), "name": ("Libellé de la commune",), "zone": ("Zone",)},
        mandatory={"code", "name"},
    )
    assert frame.to_dicts() == [{"line": 2, "code": "51030", "name": "Aÿ", "zone": None}]


def test_a_missing_mandatory_column_is_named_and_nothing_is_read(table: Reader) -> None:
    with pytest.raises(ColumnsChanged, match="« Code postal »") as caught:
        table("a;b\n1;2\n", columns={"a": (), "code": ("Code postal",)}, mandatory={"code"})
    assert caught.value.details["missing"] == ["code"]


def test_the_separator_is_chosen_among_the_candidates(table: Reader) -> None:
    assert table("a,b\n1,2;3\n", separator=";,")[0].rows() == [(2, "1", "2;3")]


def test_a_file_without_header_takes_the_labels_given(table: Reader) -> None:
    frame, _ = table("1;2\n3;4\n", header=["b", "a"])
    assert frame.rows() == [(1, "2", "1"), (2, "4", "3")]


def test_asking_utf_8_of_another_encoding_is_refused(write: Writer) -> None:
    with pytest.raises(FileUnreadable, match="UTF-8"):
        list(read_blocks(write("é\n".encode("latin-1")), encoding="utf-8"))


_CELL = st.text(alphabet='aéŒ"; \n|_0’', max_size=8).map(lambda text: " ".join(text.split()))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(rows=st.lists(st.tuples(_CELL, _CELL), max_size=40), size=st.integers(1, 60))
def test_what_a_csv_writer_writes_is_read_back_whatever_the_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: list[tuple[str, str]], size: int
) -> None:
    # Doubled quotes are reduced on purpose, and second quotes dropped: one inner quote stays.
    rows = [
        (" ".join(a.replace('"', "", max(0, a.count('"') - 1)).split()), " ".join(b.replace('"', "").split()))
        for a, b in rows
    ]
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\n")
    writer.writerow(("a", "b"))
    writer.writerows(rows)
    (tmp_path / "t.csv").write_text(buffer.getvalue(), encoding="utf-8", newline="")
    monkeypatch.setattr(ingest.blocks, "read_blocks", lambda file, **_: read_blocks(file, size_bytes=size))
    parts = list(
        read_table(
            open_files([tmp_path / "t.csv"])[0],
            separator=";",
            quoted=True,
            columns={"a": (), "b": ()},
            mandatory={"a"},
        )
    )
    read = [(a or "", b or "") for frame, _ in parts for _, a, b in frame.rows()]
    assert read == [row for row in rows if any(row)]
    assert [rejection for _, refused in parts for rejection in refused] == []


def test_lines_keep_their_number_across_blocks(write: Writer) -> None:
    file = write("".join(f"{n}\n" for n in range(1, 500)))
    for block in read_blocks(file, size_bytes=100):
        assert block.data.split(b"\n")[0] == str(block.first_line).encode()
