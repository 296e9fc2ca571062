from __future__ import annotations

import polars as pl
import pytest

from core.errors import FileUnreadable
from ingest.damage import CodeDamage


def judge(name: str, width: int, codes: list[str | None]) -> None:
    damage = CodeDamage({name: width})
    half = len(codes) // 2
    for part in (codes[:half], codes[half:]):
        damage.watch(pl.DataFrame({name: part}, schema={name: pl.String}))
    damage.check("fichier.csv")


def test_postal_codes_that_lost_their_zero_refuse_the_file() -> None:
    with pytest.raises(FileUnreadable, match=r"4 chiffres au lieu de 5.*tableur"):
        judge("postal_code", 5, ["1000", "1400", "75001", "69001"])


def test_finess_numbers_of_eight_digits_refuse_the_file() -> None:
    with pytest.raises(FileUnreadable, match="8 chiffres au lieu de 9"):
        judge("finess", 9, ["10780195", "750000001"])


def test_rpps_numbers_of_ten_digits_refuse_the_file() -> None:
    with pytest.raises(FileUnreadable, match="10 chiffres au lieu de 11"):
        judge("idnps", 11, ["1000001234"] * 3)


@pytest.mark.parametrize("code", ["1.23E+13", "1,23456E+13", "7e+13"])
def test_scientific_notation_refuses_the_file(code: str) -> None:
    with pytest.raises(FileUnreadable, match="scientifique"):
        judge("siret", 14, ["12345678901234", code])


def test_one_mistyped_code_in_a_sound_file_is_a_bad_row_not_a_bad_file() -> None:
    judge("postal_code", 5, ["01000"] * 20 + ["75001"] * 2000 + ["1400"])


def test_a_file_of_one_department_without_leading_zero_is_sound() -> None:
    judge("postal_code", 5, ["75001", None, "75116"] * 100)
