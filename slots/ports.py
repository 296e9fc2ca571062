"""What this room needs of others: accounts of regulators, the hub that reaches regulation software."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from psycopg import AsyncConnection


@dataclass(frozen=True, kw_only=True)
class Regulator:
    """A regulator as the regulation software must know them.

    idnps       national identifier; None when they have none: the technical one is never sent
    hub_client  identifier of their SAMU at the hub, `fr.health.samu330`
    """

    family_name: str
    given_name: str
    email: str
    idnps: str | None
    hub_client: str


class Regulators(Protocol):
    """Accounts of regulators."""

    async def find(self, conn: AsyncConnection[Any], kind: str, value: str) -> Regulator | None:
        """The regulator of an identifier (`IDNPS` or `INTRN`); None when no account has it."""
        ...


class HubDown(Exception):
    """The hub did not confirm a message: it is to be sent again."""


class Hub(Protocol):
    """The hub that carries messages to the regulation software and brings answers back."""

    async def publish(self, message: Mapping[str, Any], *, recipient: str) -> None:
        """Hand a message over; returns once the hub has confirmed it.

        Raises
        ------
        HubDown   not confirmed; it may have been received all the same
        """
        ...

    async def answers(self) -> Sequence[Mapping[str, Any]]:
        """Acknowledgements and errors received since the last call."""
        ...
