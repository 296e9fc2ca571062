"""The rule in French says the numbers of its policy, and the cases are those of the real ranking."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps import neutrality
from search.policy import Shape, policy
from search.rank import Candidate, rank
from search.territory_policy import Policies


def words(used=None) -> str:
    return " ".join(
        sentence for _, sentences in neutrality.rule(used or policy()) for sentence in sentences
    ).replace("\u202f", " ")


def test_the_rule_says_the_numbers_of_its_policy():
    said = words()
    assert "0,70, 0,35 et 0,00 point" in said
    assert "(0,15 point)" in said
    assert "30 min de plus" in said
    assert "2 h de plus" in said
    assert "tranche de 4 h" in said
    assert "jusqu’à 3 jours, chaque minute en coûte 1 ; puis jusqu’à 31 jours" in said


def test_another_policy_is_told_with_its_own_numbers():
    other = replace(
        policy(),
        participating=20_000_000,
        remote=9000,
        travel=Shape(knots=((0, 0), (3000, 15_000))),
        slots=(0, 30_000_000, 60_000_000),
        territory_step=12_000,
        wait=Shape(knots=((0, 0), (144_000, 72_000), (288_000, 144_000))),
        points_per_hundredth=10,
    )
    said = words(other)
    assert "0,60, 0,30 et 0,00 point" in said
    assert "(0,20 point)" in said
    assert "1 h 30 de plus" in said
    assert "Route en voiture\u00a0: jusqu’à 30 min, chaque minute en coûte 5 ; au-delà, plus rien" in said
    # Two pieces of one slope are one.
    assert "peut atteindre\u00a0: jusqu’à 2 jours, chaque minute en coûte 0,50 ; au-delà" in said
    assert "tranche de 2 h" in said


def test_cases_hold_every_part_of_the_rule_and_one_equality():
    found = neutrality.cases(policy())
    assert len(found) >= 8
    assert [case.margin for case in found].count(None) == 1
    told = " ".join(f"{case.first} {case.second}" for case in found)
    for word in ("créneau dans", "créneaux inconnus", "complet", "participe", "à distance", "hors de la"):
        assert word in told


def test_a_case_follows_its_policy():
    """When waiting costs nothing, the nearer of the first two wins whatever its wait."""
    patient = replace(policy(), wait=Shape(knots=((0, 0), (446_400, 0))))
    assert neutrality.cases(patient)[0].first.startswith("à 12 min")
    hurried = replace(policy(), travel=Shape(knots=((0, 0), (15_000, 0))))
    assert neutrality.cases(hurried)[0].first.startswith("à 25 min")


@given(
    st.builds(
        Candidate,
        offer_id=st.just("00000000-0000-4000-8000-000000000009"),
        slots=st.sampled_from(["none", "unknown", "known"]),
        wait=st.integers(0, 400_000),
        travel=st.none() | st.integers(0, 20_000),
        remote=st.booleans(),
        participating=st.booleans(),
        misfit=st.booleans(),
    )
)
def test_a_candidate_is_described_without_a_name(candidate):
    told = neutrality.describe(candidate)
    assert told
    assert candidate.offer_id not in told
    assert ("participe" in told) == candidate.participating
    assert ("route" in told) == (candidate.travel is not None and not candidate.remote)


@pytest.mark.parametrize("missing", ["vendor", "participation", "kind", "sector"])
def test_a_report_that_lacks_a_factor_is_still_shown(missing: str):
    shares = {name: [{"label": "a"}] for name in ("vendor", "participation", "kind", "sector")}
    shares.pop(missing)
    report = {
        "since": "2026-11-01",
        "until": "2026-11-30",
        "sentences": ["Vu : oui ; rien."],
        "tests": [],
        "exposure": shares,
    }
    shown = neutrality.shown(report)
    assert len(shown["exposure"]) == 3
    assert shown["report"]["sentences"] == ["Vu\u00a0: oui\u202f; rien."]


def test_without_report_the_document_says_null():
    found = neutrality.document(Policies(default=policy()), None)
    assert found["report"] is None
    assert found["versions"][0]["sha256"] == policy().digest


def test_the_example_of_the_page_is_what_a_search_would_do():
    one = Candidate(offer_id="00000000-0000-4000-8000-000000000001", slots="known", wait=10_000, travel=1200)
    two = Candidate(offer_id="00000000-0000-4000-8000-000000000002", slots="known", wait=3000, travel=2500)
    first = rank([two, one], policy(), seed="any")[0]
    assert neutrality.cases(policy())[0].first == neutrality.describe([two, one][first.index])
