"""Which free slots a regulator may be shown, from the visibility their holder gave them.

Codes of TRE_R314: PUBLIC (anybody), PRO (any professional), SNP (regulation only), CPTS (members of a CPTS).
What is kept for one's own patients or for one structure has no code: never sent, never stored, never shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Collection

VISIBILITIES: Final = ("CPTS", "PRO", "PUBLIC", "SNP")
ShownIn = Literal["ordinary", "cpts"]

_ORDINARY: Final = frozenset({"PUBLIC", "PRO", "SNP"})


def may_show(visibility: Collection[str], *, shown_in: ShownIn) -> bool:
    """Whether a slot may be shown as ordinary availability, or in the flow of a CPTS.

    >>> may_show(["CPTS"], shown_in="ordinary"), may_show(["CPTS"], shown_in="cpts")
    (False, True)
    >>> may_show([], shown_in="cpts"), may_show(["OWN-PATIENTS"], shown_in="ordinary")
    (False, False)
    """
    allowed = _ORDINARY | {"CPTS"} if shown_in == "cpts" else _ORDINARY
    return not allowed.isdisjoint(visibility)
