"""How a check says that a slot is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from care.slot import RejectionReason


class Refused(Exception):
    """The slot (or every slot of the Schedule) is refused; never leaves `slots.fhir`."""

    def __init__(self, reason: RejectionReason) -> None:
        super().__init__(reason)
        self.reason: RejectionReason = reason
