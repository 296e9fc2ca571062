"""Codes that a spreadsheet spoiled: lost leading zeros, scientific notation. The whole file is then
refused.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import polars as pl

from core.errors import FileUnreadable

if TYPE_CHECKING:
    from collections.abc import Mapping

# One mistyped code in a thousand is a bad row; more is a file that went through a spreadsheet.
_TOLERATED_SHARE = 0.001
_SHORT_SHARE = 0.05
_SCIENTIFIC = r"^\d([.,]\d+)?[eE]\+?\d{1,2}$"


class CodeDamage:
    """Watches codes of fixed width over a whole file.

    `widths` gives the length of each code: `{"postal_code": 5, "finess": 9, "rpps": 11, "siret": 14}`.
    """

    def __init__(self, widths: Mapping[str, int]) -> None:
        self._widths = widths
        self._seen: Counter[str] = Counter()
        self._short: Counter[str] = Counter()
        self._zero_led: Counter[str] = Counter()
        self._scientific: Counter[str] = Counter()

    def watch(self, frame: pl.DataFrame) -> None:
        """Count the codes of one block."""
        for name, width in self._widths.items():
            code = pl.col(name)
            seen, short, zero_led, scientific = frame.select(
                code.is_not_null().sum().alias("seen"),
                code.str.contains(rf"^[1-9]\d{{{width - 2}}}$").sum().alias("short"),
                (code.str.starts_with("0") & (code.str.len_chars() == width)).sum().alias("zero_led"),
                code.str.contains(_SCIENTIFIC).sum().alias("scientific"),
            ).row(0)
            self._seen[name] += seen
            self._short[name] += short
            self._zero_led[name] += zero_led
            self._scientific[name] += scientific

    def check(self, file: str) -> None:
        """Judge the whole file, once read.

        Raises
        ------
        FileUnreadable   codes in scientific notation, or shorter by one while none starts with a zero

        """
        for name, width in self._widths.items():
            seen, short, scientific = self._seen[name], self._short[name], self._scientific[name]
            tolerated = seen * _TOLERATED_SHARE
            if scientific > tolerated:
                raise FileUnreadable(
                    f"{file} : {scientific} codes « {name} » en notation scientifique ; le fichier est passé "
                    "par un tableur. Reprenez le fichier d'origine.",
                    file=file,
                    column=name,
                )
            if short > tolerated and (self._zero_led[name] == 0 or short > seen * _SHORT_SHARE):
                raise FileUnreadable(
                    f"{file} : {short} codes « {name} » ont {width - 1} chiffres au lieu de {width} ; le "
                    "fichier est passé par un tableur, qui a ôté les zéros de tête. "
                    "Reprenez le fichier d'origine.",
                    file=file,
                    column=name,
                )
