"""Section 2.3 and check 4: instants."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slots.fhir.instant import Instant, bound, read_instant

MOMENTS = st.datetimes(min_value=datetime(1000, 1, 2), max_value=datetime(9999, 12, 30))  # noqa: DTZ001
OFFSETS = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(MOMENTS, OFFSETS)
def test_an_instant_is_the_same_moment_whatever_its_offset(moment, offset):
    here = moment.replace(tzinfo=UTC).astimezone(offset)
    read = read_instant(here.isoformat())
    assert isinstance(read, Instant)
    assert read == bound(here) == bound(here.astimezone(UTC))
    assert read.utc == moment.replace(microsecond=0).isoformat() + "Z"


@given(
    st.lists(MOMENTS.flatmap(lambda moment: OFFSETS.map(moment.replace(tzinfo=UTC).astimezone)), max_size=6)
)
def test_instants_sort_as_moments_do(moments):
    assert sorted(moments) == sorted(moments, key=bound)


@given(st.text(alphabet="0123456789TZtz:+-. ", max_size=40) | st.text())
def test_any_text_is_an_instant_or_a_reason(text):
    read = read_instant(text)
    assert isinstance(read, Instant) or read in {"instant-invalid", "instant-without-timezone"}


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-10-24T09:00:00Z", "2026-10-24T09:00:00Z"),
        ("2026-10-24t09:00:00z", "2026-10-24T09:00:00Z"),
        ("2026-10-24T09:00:00-00:00", "2026-10-24T09:00:00Z"),
        ("2026-10-24T09:00:00.123456789123+05:30", "2026-10-24T03:30:00Z"),
        ("2028-02-29T23:30:00-03:00", "2028-03-01T02:30:00Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
        ("2017-01-01T00:59:60+01:00", "2017-01-01T00:00:00Z"),
    ],
)
def test_every_form_of_rfc_3339_is_read(text, utc):
    read = read_instant(text)
    assert isinstance(read, Instant)
    assert read.utc == utc


@pytest.mark.parametrize(
    "text", ["2016-12-30T23:59:60Z", "2016-12-31T23:59:60+01:00", "9999-12-31T23:59:60Z"]
)
def test_a_second_60_is_real_only_at_the_end_of_june_or_december_in_utc(text):
    assert read_instant(text) == "instant-invalid"
