"""The bucket of tokens never lets more through than its rate, whatever the arrivals."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from slots.rate import Bucket


@given(
    st.lists(st.floats(0, 0.3), min_size=1, max_size=120),
    st.floats(0.5, 50),
    st.floats(1, 10),
)
def test_no_second_sees_more_than_the_rate_and_one_burst(gaps, rate_per_s, burst):
    bucket, now_s, used = Bucket(rate_per_s=rate_per_s, burst=burst), 0.0, []
    for gap in gaps:
        now_s += gap
        used.append(now_s + bucket.wait_s(now_s))
    for first, start in enumerate(used):
        within = sum(1 for at in used[first:] if at <= start + 1.0)
        assert within <= rate_per_s + burst + 1e-6


@given(st.floats(0.5, 50))
def test_a_bucket_left_alone_lets_the_next_one_through_at_once(rate_per_s):
    bucket = Bucket(rate_per_s=rate_per_s, burst=1.0)
    bucket.wait_s(0.0)
    assert bucket.wait_s(1.0 / rate_per_s + 0.001) == 0.0
