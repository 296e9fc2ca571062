"""Criteria of the forfait: the text of the time, a verdict for each condition, unknown never taken for no."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from care.forfait import _RULES, Facts, judge, text_for, texts
from care.hours import Week
from core.errors import InvalidParameter

MONDAY = date(2026, 11, 2)


def week(total_min: int, *, vendors_read: bool = True) -> Week:
    return Week(
        monday=MONDAY, sas_min=total_min, vendor_min=0, total_min=total_min, vendors_read=vendors_read
    )


def states(audience: str, day: date, **facts) -> dict[str, str]:
    base = {"participating": True, "en_sus": True, "via": "individual", "hours_declared": False}
    judged = judge(text_for(audience, day, day), Facts(**{**base, **facts}))
    assert all(item.reason for item in judged.verdicts)
    return {item.code: item.state for item in judged.verdicts} | {"": judged.state}


@pytest.mark.parametrize(
    ("first", "last", "version"),
    [
        (date(2022, 4, 1), date(2023, 4, 27), "avenant-9"),
        (date(2023, 4, 28), date(2025, 12, 31), "reglement-arbitral"),
        (date(2026, 1, 1), date(2030, 1, 1), "convention-2024"),
    ],
)
def test_each_period_has_its_text(first, last, version):
    assert text_for("practitioner", first, first).version == version
    assert text_for("practitioner", first, last).version == version
    assert text_for("centre", first, last).version == "cds-avenant-4"


@pytest.mark.parametrize(
    ("first", "last", "parameter"),
    [
        (date(2023, 4, 27), date(2023, 4, 28), "until"),
        (date(2025, 12, 31), date(2026, 1, 1), "until"),
        (date(2022, 3, 31), date(2022, 3, 31), "from"),
        (date(2022, 3, 31), date(2022, 4, 2), "from"),
    ],
)
def test_a_period_over_a_change_of_rules_is_refused(first, last, parameter):
    with pytest.raises(InvalidParameter) as refused:
        text_for("practitioner", first, last)
    assert refused.value.details["parameter"] == parameter


def test_the_texts_follow_one_another_and_every_rule_is_used():
    dated = [item for item in texts() if item.audience == "practitioner"]
    for before, after in pairwise(dated):
        assert before.valid_until is not None
        assert after.valid_from == before.valid_until + timedelta(days=1)
    assert {criterion.rule for item in texts() for criterion in item.criteria} == set(_RULES)


AVENANT, ARBITRAL, CONVENTION = date(2022, 6, 1), date(2024, 6, 1), date(2026, 6, 1)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"hours_declared": True}, "met"),
        ({"weeks": [week(120), week(200)]}, "met"),
        ({"weeks": [week(119), week(200)]}, "not_met"),
        ({"weeks": [None, week(200)]}, "unknown"),
        ({"weeks": []}, "unknown"),
        ({"weeks": [week(0, vendors_read=False)], "vendor_shown": True}, "unknown"),
        ({"weeks": [week(0, vendors_read=False)]}, "not_met"),
        ({"weeks": [week(0)], "hours_declared": None}, "unknown"),
    ],
)
def test_two_hours_a_week_are_published_or_declared(facts, expected):
    assert states("practitioner", AVENANT, **facts)["hours"] == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"weeks": [week(0), week(15)]}, "met"),
        ({"weeks": [None, week(15)]}, "met"),
        ({"weeks": [week(0), week(0)]}, "not_met"),
        ({"weeks": [None, week(0)]}, "unknown"),
        ({"weeks": [week(0, vendors_read=False)], "vendor_shown": True}, "unknown"),
        ({}, "unknown"),
    ],
)
def test_an_agenda_is_visible_as_soon_as_something_was_published(facts, expected):
    assert states("practitioner", ARBITRAL, **facts)["visible"] == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"via": "cpts", "organisation_known": True}, "met"),
        ({"via": "sos", "organisation_known": False, "weeks": [week(0)]}, "unknown"),
        ({"via": "msp", "organisation_known": False, "weeks": [week(30)]}, "met"),
        ({"via": "individual", "weeks": [week(0)]}, "not_met"),
    ],
)
def test_a_published_organisation_stands_for_a_visible_agenda_from_2026(facts, expected):
    assert states("practitioner", CONVENTION, **facts)["visible"] == expected


@pytest.mark.parametrize(("operating", "expected"), [(True, "met"), (False, "not_met"), (None, "unknown")])
def test_an_operating_sas_is_asked_from_2026(operating, expected):
    assert states("practitioner", CONVENTION, operating=operating)["operating"] == expected


def test_on_top_is_accepted_refused_or_not_said():
    assert states("practitioner", ARBITRAL, en_sus=True)["en-sus"] == "met"
    assert states("practitioner", ARBITRAL, en_sus=False)["en-sus"] == "not_met"
    assert states("practitioner", ARBITRAL, en_sus=None)["en-sus"] == "unknown"


def test_a_centre_needs_hours_and_acceptance_both():
    assert states("centre", ARBITRAL, hours_declared=True)[""] == "met"
    assert states("centre", ARBITRAL, hours_declared=False)[""] == "not_met"
    assert states("centre", ARBITRAL, hours_declared=True, participating=False)[""] == "not_met"
    assert states("centre", ARBITRAL, hours_declared=None)[""] == "unknown"


def test_one_condition_not_met_outweighs_what_is_unknown():
    assert states("practitioner", ARBITRAL, en_sus=False)[""] == "not_met"
    assert states("practitioner", ARBITRAL, en_sus=True)[""] == "unknown"
    assert states("practitioner", ARBITRAL, weeks=[week(60)])[""] == "met"
