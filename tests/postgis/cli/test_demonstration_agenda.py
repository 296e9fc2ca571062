"""The demonstration fills calendars once."""

from __future__ import annotations

import pytest

from cli.demonstration_agenda import fill
from core.db.connect import connect

pytestmark = pytest.mark.postgis

_COUNTED = """
SELECT
  (SELECT count(*) FROM agenda.calendar),
  (SELECT count(*) FROM participation.practitioner),
  (SELECT count(DISTINCT actor) FROM agenda.change),
  (SELECT count(*) FROM agenda.slot) >= %s
"""


def test_calendars_and_declarations_are_given_once(database, home, add_offers):
    add_offers([{"lon": 2.35, "lat": 48.85} for _ in range(12)])
    given = fill(database, home)
    assert 0 < given < 12
    assert fill(database, home) == 0
    with connect(database, home, role="owner") as conn:
        counted = conn.execute(_COUNTED, (given,)).fetchone()
    assert counted == (given, given, 1, True)
