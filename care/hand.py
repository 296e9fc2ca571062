"""Who acts, and when: what every change keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Hand:
    """The author of a change, an identifier with how it was known (`token:secretariat-12`); the instant."""

    actor: str
    now: datetime
