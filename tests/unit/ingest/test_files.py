from __future__ import annotations

import gzip
import io
import re
import zipfile
from datetime import date
from pathlib import Path

import pytest

from core.errors import FileUnreadable
from ingest.files import date_in_name, open_files


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def content(path: Path, index: int = 0) -> bytes:
    with open_files([path])[index].open() as stream:
        return stream.read()


def test_a_loose_file_and_a_gzip_give_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"x;y\n")
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"x;y\n"))
    assert content(tmp_path / "a.csv") == content(tmp_path / "a.csv.gz") == b"x;y\n"


def test_files_of_folders_inside_a_zip_are_found_and_noise_is_left(tmp_path: Path) -> None:
    archive = zipped(
        tmp_path / "PS_LibreAcces_202606150800.zip",
        {
            "extraction/juin/b_202606150812.txt": b"2",
            "extraction/a.txt": b"1",
            "__MACOSX/extraction/._a.txt": b"0",
            "lisez-moi.pdf": b"%PDF",
        },
    )
    files = open_files([archive], members=re.compile(r"\.txt$"))
    assert [file.name for file in files] == [
        "PS_LibreAcces_202606150800.zip/extraction/a.txt",
        "PS_LibreAcces_202606150800.zip/extraction/juin/b_202606150812.txt",
    ]
    assert {file.source_date for file in files} == {date(2026, 6, 15)}


def test_a_zip_in_which_nothing_is_expected_is_refused(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "x.zip", {"lisez-moi.pdf": b"%PDF"})
    with pytest.raises(FileUnreadable, match="aucun fichier attendu"):
        open_files([archive], members=re.compile(r"\.csv$"))


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\r\n\r\n"])
def test_an_empty_file_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(data)
    with pytest.raises(FileUnreadable, match="vide"):
        open_files([tmp_path / "a.csv"])


@pytest.mark.parametrize("start", [b"<!DOCTYPE html>", b"\xef\xbb\xbf\n <HTML lang='fr'>"])
def test_a_web_page_saved_as_csv_is_refused(tmp_path: Path, start: bytes) -> None:
    (tmp_path / "communes.csv").write_bytes(start + b"<body>503</body></html>")
    with pytest.raises(FileUnreadable, match="page web"):
        open_files([tmp_path / "communes.csv"])


def test_a_utf_16_export_of_a_spreadsheet_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("a;b\n".encode("utf-16"))
    with pytest.raises(FileUnreadable, match="UTF-16"):
        open_files([tmp_path / "a.csv"])


def test_a_truncated_gzip_stops_the_reading(tmp_path: Path) -> None:
    whole = gzip.compress(b"".join(b"%d;x\n" % n for n in range(100_000)))
    (tmp_path / "a.csv.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FileUnreadable, match="tronquée"):
        content(tmp_path / "a.csv.gz")


def test_a_gzip_with_a_wrong_checksum_stops_the_reading(tmp_path: Path) -> None:
    whole = bytearray(gzip.compress(b"a;b\n" * 1000))
    whole[-6] ^= 0xFF
    (tmp_path / "a.csv.gz").write_bytes(bytes(whole))
    with pytest.raises(FileUnreadable, match="abîmée"):
        content(tmp_path / "a.csv.gz")


def test_a_truncated_zip_is_refused(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "a.zip", {"a.csv": b"a;b\n" * 1000})
    archive.write_bytes(archive.read_bytes()[:-30])
    with pytest.raises(FileUnreadable, match="tronquée"):
        open_files([archive])


def test_a_bomb_of_zeros_in_a_zip_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "bomb.zip", {"a.csv": bytes(80 << 20)})
    with pytest.raises(FileUnreadable, match="se décompresse plus de"):
        open_files([archive])


def test_a_bomb_in_a_gzip_is_stopped_while_it_swells(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb") as stream:
        for _ in range(80):
            stream.write(b"a;b\n" * (1 << 18))
    (tmp_path / "bomb.csv.gz").write_bytes(buffer.getvalue())
    with pytest.raises(FileUnreadable, match="se décompresse plus de"):
        content(tmp_path / "bomb.csv.gz")


def test_a_gzip_inside_a_zip_is_read_through(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "a.zip", {"a.csv.gz": gzip.compress(b"a;b\n")})
    assert content(archive) == b"a;b\n"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match=r"absent\.csv"):
        open_files([tmp_path / "absent.csv"])


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("PS_LibreAcces_Personne_activite_202606150800.txt", date(2026, 6, 15)),
        ("etalab-cs1100507-stock-20210108-0427.csv", date(2021, 1, 8)),
        ("finess-structures-journalier-20260309.json", date(2026, 3, 9)),
        ("export-2025-06-19.csv", date(2025, 6, 19)),
        ("adresses-75.csv.gz", None),
        ("communes-2026.csv", None),
        ("20251345.csv", None),
    ],
)
def test_the_date_of_the_data_is_read_in_the_name(name: str, day: date | None) -> None:
    assert date_in_name(name) == day
