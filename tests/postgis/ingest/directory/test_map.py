"""A load of the directory writes what the vector tiles show, in the same transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import psycopg

    from ingest.pipeline import Outcome

pytestmark = [pytest.mark.postgis, pytest.mark.usefixtures("placed")]


def _drawn(conn: psycopg.Connection) -> tuple[int, int]:
    """Points drawn, and offers that have a position."""
    conn.rollback()
    row = conn.execute(
        "SELECT (SELECT count(*) FROM map.offer_point), count(*) FROM directory.offer"
        " JOIN directory.address USING (address_id) WHERE lon IS NOT NULL"
    ).fetchone()
    assert row is not None
    return row


def test_the_points_of_the_tiles_are_the_offers_in_service(
    load: Callable[..., Outcome],
    stock: Callable[..., Path],
    conn: psycopg.Connection,
    valid_finess: Callable[..., str],
):
    one, two = valid_finess(1), valid_finess(2)
    load("finess", stock(({"number": one}, {}), ({"number": two, "street": "DE LA GARE"}, {})))
    assert _drawn(conn) == (2, 2)
    load("finess", stock(({"number": one}, {})), accept_shrink=True)
    assert _drawn(conn) == (1, 1)
