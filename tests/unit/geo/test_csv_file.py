"""Files as they come: every encoding, every delimiter, quotes never closed, lines without an end."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UsageError
from geo.geocoding import csv_file
from geo.geocoding.csv_file import CsvFile, Record


def _read(data: bytes, **options: str) -> tuple[CsvFile, list[Record]]:
    file = CsvFile(io.BytesIO(data), **options)
    return file, list(file.records())


def test_a_quote_never_closed_costs_its_own_line_and_no_other():
    _, records = _read(b'id;adresse\n1;rue A\n2;"rue B\n3;rue C\n4;"rue ""D"""\n')
    assert [(record.line, record.cells, record.fault) for record in records] == [
        (2, ["1", "rue A"], ""),
        (3, ["2", "rue B"], "unclosed-quote"),
        (4, ["3", "rue C"], ""),
        (5, ["4", 'rue "D"'], ""),
    ]
    assert records[1].text == '2;"rue B'


def test_a_quote_never_closed_far_from_the_end_does_not_swallow_the_file():
    lines = [b"id;adresse", b'0;"rue', *(b"%d;rue du Port" % n for n in range(1, 20_000))]
    _, records = _read(b"\n".join(lines))
    assert len(records) == 20_000
    assert [record.line for record in records if record.fault] == [2]


def test_text_after_a_closing_quote_is_taken_as_it_stands():
    _, records = _read(b'id;adresse\n1;"rue A"bis\n2;rue B\n')
    assert [(record.cells, record.fault) for record in records] == [
        (["1", "rue Abis"], ""),
        (["2", "rue B"], ""),
    ]


def test_cells_on_several_lines_are_one_record():
    _, records = _read(b'id;adresse\r\n1;"rue A\r\n75011 Paris"\r\n2;rue B\r\n')
    assert [(record.line, record.cells) for record in records] == [
        (2, ["1", "rue A\r\n75011 Paris"]),
        (4, ["2", "rue B"]),
    ]


def test_a_row_with_too_many_cells_says_so_and_empty_ones_are_forgiven():
    _, records = _read(b"a;b\n1;2;3\n4;5;;\n6\n")
    assert [(record.cells, record.fault) for record in records] == [
        (["1", "2"], "too-many-cells"),
        (["4", "5"], ""),
        (["6", ""], ""),
    ]


def test_a_line_without_an_end_is_dropped_without_being_held(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(csv_file, "_LONGEST_LINE", 1_000)
    _, records = _read(b"a;b\n1;2\n" + b"x" * 5_500 + b"\n3;4\n")
    assert [(record.cells[0][:3], record.fault) for record in records] == [
        ("1", ""),
        ("xxx", "line-too-long"),
        ("3", ""),
    ]


def test_a_record_without_an_end_costs_its_first_line(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(csv_file, "_LONGEST_RECORD", 2_000)
    endless = b'"a\n' + b'","b\n' * 2_000
    _, records = _read(b"a;b\n" + endless)
    assert len(records) == 2_001
    assert records[0].fault == "unclosed-quote"


@pytest.mark.parametrize(
    ("data", "delimiter"),
    [
        (b"a;b,c\n", ";"),
        (b"a\tb\n", "\t"),
        (b'"a;b;c","d"\n1,2\n', ","),
        (b"adresse\nrue A; Paris\n", ","),
        (b'Adresses\n"Rue d Aubervilliers, 75018 Paris"\n', ";"),
        (b"q\n|rue|", ";"),
    ],
)
def test_the_delimiter_is_found_out(data: bytes, delimiter: str):
    assert _read(data)[0].writing.delimiter == delimiter


@pytest.mark.parametrize(
    ("encoding", "asked"),
    [("utf-8", ""), ("utf-8-sig", ""), ("cp1252", ""), ("iso-8859-15", "latin9"), ("utf-16", "")],
)
def test_a_file_comes_back_in_its_own_encoding(encoding: str, asked: str):
    text = "id;libellé\r\n1;l'été à Nœux\r\n".replace("œ", "oe" if "8859" in encoding else "œ")
    data = text.encode(encoding)
    file, records = _read(data, encoding=asked)
    rows = [file.header, *(record.cells for record in records)]
    written = file.writing.mark + file.writing.encode(rows[:1]) + file.writing.encode(rows[1:])
    assert written == data


def test_bytes_that_the_encoding_does_not_know_come_back_as_they_were():
    data = b"id;nom\r\n1;caf\xe9 \x81\r\n"
    for encoding in ("utf-8", ""):
        file, records = _read(data, encoding=encoding)
        assert file.writing.encode([file.header, records[0].cells]) == data


def test_letters_that_the_encoding_cannot_write_become_their_nearest():
    file, _ = _read(b"id\n1\n", encoding="ascii")
    assert file.writing.encode([["Nœux", "ℵ"]]) == b"Noeux;?\r\n"


@pytest.mark.parametrize("encoding", ["martien", "hex", "rot13"])
def test_an_unknown_encoding_is_named(encoding: str):
    with pytest.raises(UsageError) as refused:
        _read(b"a;b\n", encoding=encoding)
    assert refused.value.details["parameter"] == "encoding"


def test_an_empty_file_is_refused():
    with pytest.raises(UsageError):
        _read(b"\n\n")


@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8),
            min_size=3,
            max_size=3,
        ),
        max_size=6,
    )
)
def test_every_sound_table_is_read_as_it_was_written(rows: list[list[str]]):
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=";").writerows([["a", "b", "c"], *rows])
    _, records = _read(buffer.getvalue().encode(), encoding="utf-8")
    assert [record.cells for record in records] == rows
    assert not any(record.fault for record in records)


@given(st.binary(max_size=300))
def test_no_bytes_stop_the_file(data: bytes):
    file, records = _read(b"a;b\n" + data)
    assert all(len(record.cells) == len(file.header) for record in records)
    file.writing.encode([record.cells for record in records])
