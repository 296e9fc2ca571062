"""The slots in memory say what a plain dictionary would."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from search.index.segments import NOT_FOUND
from search.index.slots import MODALITIES, MODALITY_BITS, SlotChanges, SlotTable
from search.policy import HUNDREDTHS, policy
from search.rank import KNOWN, NONE, SLOTS, UNKNOWN, Candidate, rank
from search.soonest import KEPT_FOR_MIN, Period, soonest

SIZE = 5
NOW = 1_000
RULE = policy()
slot = st.tuples(st.integers(0, SIZE - 1), st.integers(NOW - 50, NOW + 500), st.integers(1, 7))
news = st.tuples(st.sets(st.integers(0, SIZE - 1), min_size=1), st.lists(slot, max_size=30))


def told(offers: set[int], slots: list[tuple[int, int, int]], *, asked: int = NOW) -> SlotChanges:
    kept = [item for item in slots if item[0] in offers]
    return SlotChanges(
        offer=np.array(sorted(offers), dtype=np.uint64),
        asked=np.full(len(offers), asked, dtype=np.int64),
        slot_offer=np.array([item[0] for item in kept], dtype=np.uint64),
        slot_start=np.array([item[1] for item in kept], dtype=np.int64),
        slot_marks=np.array([item[2] for item in kept], dtype=np.int64),
        slot_minutes=np.full(len(kept), 15, dtype=np.int64),
        slot_source=np.zeros(len(kept), dtype=np.int64),
        sources=("sas", "a"),
    )


def take(table: SlotTable, given_: SlotChanges) -> None:
    table.take(given_.offer.astype(np.int64), given_.slot_offer.astype(np.int64), given_)


@settings(max_examples=200)
@given(
    st.lists(news, max_size=8),
    st.integers(NOW - 60, NOW + 510),
    st.integers(0, 100),
    st.integers(NOW, NOW + 600),
)
def test_the_next_start_of_each_offer_is_that_of_its_last_news(history, since, later, until):
    table, plain = SlotTable(SIZE), dict[int, list[tuple[int, int, int]]]()
    at = since + later
    for offers, slots in history:
        take(table, told(offers, slots))
        # What is remembered of a moment follows the news.
        table.of("AMB").next(np.arange(SIZE, dtype=np.int32), since, until, since=since)
        plain |= {offer: [item for item in slots if item[0] == offer] for offer in offers}
    offers = np.arange(SIZE, dtype=np.int32)
    for bit, modality in enumerate(MODALITIES):
        found = table.of(modality).next(offers, np.full(SIZE, at), until, since=since)
        for offer in range(SIZE):
            starts = [
                start for _, start, bits in plain.get(offer, []) if bits >> bit & 1 and at <= start <= until
            ]
            assert found[offer] == min(starts, default=NOT_FOUND)


bounds = st.lists(st.integers(0, 3), min_size=1, max_size=4).map(
    lambda widths: [NOW + 10, *(NOW + 10 + 240 * sum(widths[: n + 1]) for n in range(len(widths)))]
)


@settings(max_examples=300)
@given(news, bounds, st.lists(st.integers(1, 500), min_size=30, max_size=30))
def test_a_slot_is_of_every_class_of_time_it_overlaps(given_, edges, minutes):
    table, everybody = SlotTable(SIZE), np.arange(SIZE, dtype=np.int32)
    take(table, told(set(range(SIZE)), [(offer, NOW, 7) for offer in range(SIZE)]))
    table.of("AMB").touches(everybody, tuple(edges))  # remembered, then news come
    take(table, told(set(range(SIZE)), []))
    offers, slots = given_
    kept = [(slot, minutes[n]) for n, slot in enumerate(slots) if slot[0] in offers]
    take(table, replace(told(offers, slots), slot_minutes=np.array([length for _, length in kept], np.int64)))
    found = table.of("AMB").touches(everybody, tuple(edges))
    for offer in range(SIZE):
        mine = [(s, s + min(length, 240)) for (o, s, bits), length in kept if o == offer and bits & 1]
        for place, (begin, end) in enumerate(pairwise(edges)):
            begun = [slot for slot in mine if slot[0] >= edges[0]]
            overlaps = any(start < end and until > begin for start, until in begun) and begin < end
            assert found[offer, place] == overlaps


def test_what_is_replaced_again_and_again_does_not_fill_the_memory():
    table = SlotTable(SIZE)
    many = [(0, NOW + n, 1) for n in range(3_000)]
    for _ in range(200):
        take(table, told({0}, many))
    assert table.total == 3_000
    assert len(table.of("AMB")._start) < 400_000
    first = np.array([0], dtype=np.int32)
    assert table.of("AMB").next(first, NOW + 7, NOW + 9_999, since=NOW + 7)[0] == NOW + 7


def candidates(table: SlotTable, travel: list[int]) -> list[Candidate]:
    """What the ranking sees of every offer of a table, `travel` hundredths of a minute away."""
    found = soonest(
        table,
        np.arange(SIZE, dtype=np.int32),
        np.array(travel, dtype=np.int64),
        RULE,
        period=Period(start=NOW, end=NOW + 600, now=NOW),
    )
    return [
        Candidate(
            offer_id=f"00000000-0000-4000-8000-{offer:012d}",
            slots=SLOTS[found.slots[offer]],
            wait=int(found.wait[offer]),
            remote=bool(found.remote[offer]),
            travel=travel[offer],
        )
        for offer in range(SIZE)
    ]


travels = st.lists(st.integers(0, 9_000), min_size=SIZE, max_size=SIZE)


@settings(max_examples=300)
@given(st.lists(slot, max_size=30), travels, st.integers(0, SIZE - 1), st.data())
def test_coming_closer_or_one_more_slot_never_lowers_a_rank(slots, travel, offer, data):
    table, everybody = SlotTable(SIZE), set(range(SIZE))
    take(table, told(everybody, slots))

    def place(of: list[Candidate]) -> int:
        wanted = of[offer].offer_id
        return [item.offer_id for item in rank(of, RULE, seed="s")].index(wanted)

    before = place(candidates(table, travel))
    closer = [*travel[:offer], data.draw(st.integers(0, travel[offer])), *travel[offer + 1 :]]
    assert place(candidates(table, closer)) <= before
    added = (offer, data.draw(st.integers(NOW, NOW + 600)), data.draw(st.integers(1, 7)))
    take(table, told(everybody, [*slots, added]))
    assert place(candidates(table, travel)) <= before


def test_a_slot_counts_once_one_can_be_there():
    table = SlotTable(SIZE)
    take(table, told({0}, [(0, NOW + 10, 1), (0, NOW + 90, 1)]))
    near, far = (candidates(table, [minutes * HUNDREDTHS] * SIZE)[0] for minutes in (9, 11))
    assert (near.wait, far.wait) == (10 * HUNDREDTHS, 90 * HUNDREDTHS)


def test_a_remote_consultation_needs_no_travel_and_costs_what_the_policy_says():
    table = SlotTable(SIZE)
    take(table, told({0}, [(0, NOW + 60, 1), (0, NOW + 60 - RULE.remote // HUNDREDTHS - 1, 4)]))
    assert candidates(table, [0] * SIZE)[0].remote
    take(table, told({0}, [(0, NOW + 60, 1), (0, NOW + 60 - RULE.remote // HUNDREDTHS, 4)]))
    assert not candidates(table, [0] * SIZE)[0].remote


def test_nobody_asked_is_unknown_nothing_found_is_none_and_old_news_are_unknown_again():
    table = SlotTable(SIZE)
    take(table, told({0}, [(0, NOW + 5, 1)]))
    take(table, told({1}, []))
    take(table, told({2}, [(2, NOW + 5, 1)], asked=NOW - KEPT_FOR_MIN - 1))
    found = soonest(
        table,
        np.arange(SIZE, dtype=np.int32),
        np.zeros(SIZE, dtype=np.int64),
        RULE,
        period=Period(start=NOW, end=NOW + 600, now=NOW),
    )
    assert found.slots.tolist() == [KNOWN, NONE, UNKNOWN, UNKNOWN, UNKNOWN]


def test_a_period_longer_than_what_vendors_are_asked_is_not_known_to_hold_nothing():
    table = SlotTable(SIZE)
    take(table, told({0}, []))
    found = soonest(
        table,
        np.array([0], dtype=np.int32),
        np.zeros(1, dtype=np.int64),
        RULE,
        period=Period(start=NOW, end=NOW + 10 * 1440, now=NOW),
    )
    assert found.slots.tolist() == [UNKNOWN]


@given(
    news, st.lists(st.integers(NOW - 60, NOW + 600), min_size=2, max_size=5).map(sorted), st.integers(1, 4)
)
def test_a_card_shows_the_first_slots_of_each_day_once_with_all_their_modalities(given_, edges, most):
    table = SlotTable(SIZE)
    take(table, told(*given_))
    for offer in range(SIZE):
        wanted: dict[int, int] = {}
        for owner, begins, bits in given_[1]:
            if owner == offer and owner in given_[0] and edges[0] <= begins < edges[-1]:
                wanted[begins] = wanted.get(begins, 0) | bits
        first = [
            start
            for begin, end in pairwise(edges)
            for start in sorted(start for start in wanted if begin <= start < end)[:most]
        ]
        shown, total = table.known(offer, edges, most)
        assert ([start for start, _ in shown], total) == (first, len(wanted))
        for start, note in shown:
            told_ = table.noted(note)
            assert set(told_.modality) == {m for m, bit in MODALITY_BITS.items() if wanted[start] & bit}
            assert (told_.minutes, told_.source) == (15, "sas")
