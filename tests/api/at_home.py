"""Vendors that keep the agendas of the practitioners that `add_offers` makes, at their address."""

from __future__ import annotations

from typing import Any

from slots.sandbox.brand import Brand
from slots.sandbox.people import Holder, Office

PEOPLE = [f"8999{number:08d}" for number in range(12)]


class AtHome:
    """Everybody at the address of the directory (see `add_offers`); the first one somewhere else too."""

    async def find(self, ids: Any) -> list[Holder]:
        def office(key: str, line: str, code: str, city: str) -> Office:
            return Office(key, None, "Cabinet", line, code, city, "+33140000000", "Europe/Paris")

        return [
            Holder(
                value,
                "EXEMPLE",
                "Alice",
                "SM54",
                (
                    office(f"here-{value}", "12 rue des Lilas", "75011", "PARIS"),
                    *([office("away", "3 place du Marché", "94130", "NOGENT")] if value == PEOPLE[0] else []),
                ),
            )
            for value in ids
        ]

    async def some(self, count: int) -> list[str]:
        return PEOPLE[:count]


def brand(slug: str, parts: range = range(100), **given: Any) -> Brand:
    flows = given.pop("flows", ("agg-ps",))
    return Brand(slug=slug, name=f"Agenda {slug}", flows=flows, parts=parts, **{"latency_s": 0.0, **given})
