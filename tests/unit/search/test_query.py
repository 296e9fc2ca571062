"""Parameters: read, checked, named when wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.errors import InvalidParameter
from geo.point import Point
from search.outline import box_from_text
from search.place import Place
from search.query import Parameters, window

PARIS = Point(lon=2.35, lat=48.85)
ZONE = box_from_text("2.3,48.8,2.4,48.9")
NOW = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)


def place(timezone: str) -> Place:
    return Place(label="", type="coordinates", point=PARIS, timezone=timezone)


@pytest.mark.parametrize(
    ("wrong", "parameter"),
    [
        ({"point": None}, "place"),
        ({"citycode": "75104"}, "lon"),
        ({"specialty": ""}, "specialty"),
        ({"specialty": "a\x00b"}, "specialty"),
        ({"radius_km": 0.0}, "radius_km"),
        ({"radius_km": float("nan")}, "radius_km"),
        ({"max_minutes": 1000.0}, "max_minutes"),
        ({"limit": 0}, "limit"),
        ({"limit": 101}, "limit"),
        ({"seed": "a b"}, "seed"),
        ({"start": datetime(2026, 1, 1)}, "from"),  # noqa: DTZ001 - the situation tested
        ({"point": None, "citycode": "7510"}, "citycode"),
        ({"point": None, "department": "75", "radius_km": 5.0}, "radius_km"),
        ({"outline": ZONE, "radius_km": 5.0}, "radius_km"),
        ({"point": None, "outline": ZONE, "max_minutes": 5.0}, "max_minutes"),
        ({"point": None, "outline": ZONE, "department": "75"}, "department"),
        ({"place_id": "75056"}, "lon"),
        ({"point": None, "place_id": " "}, "place_id"),
    ],
)
def test_a_wrong_parameter_is_named(wrong, parameter):
    with pytest.raises(InvalidParameter) as refused:
        Parameters(**{"specialty": "mg", "point": PARIS, **wrong})
    assert refused.value.details["parameter"] == parameter


def test_by_default_until_the_end_of_the_day_after_tomorrow_where_the_place_is():
    in_paris = window(None, None, now=NOW, place=place("Europe/Paris"))
    assert in_paris.end.isoformat() == "2026-11-26T23:59:59+01:00"
    in_reunion = window(None, None, now=NOW, place=place("Indian/Reunion"))  # already the 25th there
    assert in_reunion.end.isoformat() == "2026-11-27T23:59:59+04:00"


def test_the_end_of_the_day_is_right_across_the_clock_change():
    now = datetime(2026, 10, 23, 10, tzinfo=UTC)
    over = window(None, None, now=now, place=place("Europe/Paris"))
    assert over.end.isoformat() == "2026-10-25T23:59:59+01:00"
    assert over.start.isoformat() == "2026-10-23T12:00:00+02:00"


@pytest.mark.parametrize(
    ("start", "end", "parameter"),
    [
        (None, NOW - timedelta(hours=1), "until"),
        (NOW + timedelta(hours=2), NOW + timedelta(hours=1), "until"),
        (NOW - timedelta(days=9), NOW - timedelta(days=8), "until"),
        (None, NOW + timedelta(days=60), "until"),
        (NOW - timedelta(days=60), None, "until"),
    ],
)
def test_an_impossible_window_is_refused(start, end, parameter):
    with pytest.raises(InvalidParameter) as refused:
        window(start, end, now=NOW, place=place("Europe/Paris"))
    assert refused.value.details["parameter"] == parameter
