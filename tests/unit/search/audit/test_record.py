"""What may be kept: nothing but what has its form, nothing finer than a cell and a quarter of a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import h3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.point import Point
from search.audit import coarse
from search.audit.record import is_drawn
from tests.rankings import make_record


@pytest.mark.parametrize(
    "changed",
    [
        {"area": "7 impasse du Chat-huant"},
        {"area": "cell:861fb0e4fffffff"},  # no such cell
        {"area": "cell:8a1fb46622dffff"},  # of fifteen thousand square metres
        {"area": "department:Paris"},
        {"specialty": "douleur au ventre"},
        {"seed": "12 rue des Lilas"},
        {"policy": "../policy"},
        {"policy_digest": "abc"},
        {"page": 0},
        {"page": 101},
        {"total": 29},  # fewer than the candidates kept
    ],
)
def test_what_has_not_its_form_cannot_be_recorded(changed: dict[str, object]):
    with pytest.raises(ValueError, match="record"):
        make_record(1, **changed)


def test_a_department_of_corsica_or_overseas_can_be():
    for code in ("2A", "974", "01"):
        assert make_record(1, area=f"department:{code}").area.endswith(code)


@given(st.floats(-180, 180), st.floats(-85, 85), st.floats(-180, 180), st.floats(-85, 85))
def test_two_places_of_one_cell_leave_the_same_trace(lon, lat, other_lon, other_lat):
    area, centre = coarse.cell(Point(lon=lon, lat=lat))
    assert coarse.is_cell(area.removeprefix("cell:"))
    assert coarse.cell(centre) == (area, centre)
    other, other_centre = coarse.cell(Point(lon=other_lon, lat=other_lat))
    assert (other == area) == (other_centre == centre)
    assert 10 < h3.cell_area(area.removeprefix("cell:")) < 60  # km²


@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)), st.integers(-12, 14))  # noqa: DTZ001
def test_every_instant_of_a_quarter_of_a_day_leaves_the_same_trace(naive, hours):
    now = naive.replace(tzinfo=timezone(timedelta(hours=hours)))
    kept = coarse.instant(now)
    assert kept.tzinfo is UTC
    assert timedelta(0) <= kept - now < timedelta(hours=6)
    assert (kept.hour % 6, kept.minute, kept.second, kept.microsecond) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("seed", "area", "drawn"),
    [
        ("20261126-861fb4667ffffff-00aa11bb22cc", "cell:861fb4667ffffff", True),
        ("20261126-D75-00aa11bb22cc", "department:75", True),
        ("20261126-D2A-00aa11bb22cc", "department:2A", True),
        ("20261126-00aa11bb22cc", "department:75", True),
        ("20261126-D75-00aa11bb22cc", "department:93", False),  # of another search
        ("20261126-861fb4667ffffff-00aa11bb22cc", "cell:861fb464fffffff", False),
        ("20261126-drawn-00aa11bb22cc", "department:75", False),  # an outline drawn by hand is a place
        ("12-rue-des-lilas", "department:75", False),
        ("", "department:75", False),
    ],
)
def test_a_seed_that_the_server_did_not_draw_for_that_area_is_not_kept(seed: str, area: str, drawn: bool):
    assert is_drawn(seed, area) is drawn
