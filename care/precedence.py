"""Which slots of a place are shown when its holder has both a vendor's agenda and a SAS calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

VendorS = TypeVar("VendorS")
SasS = TypeVar("SasS")


def preferred(
    vendor: Sequence[VendorS], sas: Sequence[SasS], *, vendor_refused: bool
) -> tuple[Literal["vendor", "sas"], Sequence[VendorS] | Sequence[SasS]]:
    """The slots of one place: those of a vendor hide those written by hand, never both.

    vendor          what vendors answered for this place; empty when they have nothing, or are silent
    sas             what the SAS calendar has free
    vendor_refused  the holder does not want the vendor's agenda shown

    A vendor that has nothing free here does not hide the calendar: an empty answer does not say whether the
    vendor knows the place, and a silent one says nothing at all.

    >>> preferred(["v"], ["s"], vendor_refused=False), preferred([], ["s"], vendor_refused=False)
    (('vendor', ['v']), ('sas', ['s']))
    >>> preferred(["v"], [], vendor_refused=True)
    ('sas', [])
    """
    if vendor and not vendor_refused:
        return "vendor", vendor
    return "sas", sas
