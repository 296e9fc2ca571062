"""What may be declared."""

from __future__ import annotations

import pytest

from care.participation import Declaration, StructureDeclaration, check, check_structure
from core.errors import InvalidParameter

FINESS, SIRET = "010780195", "35600000000048"
ALONE = {
    "participating": True,
    "en_sus": True,
    "via": "individual",
    "has_software": False,
    "hours_declared": True,
}


@pytest.mark.parametrize(
    "given",
    [
        {"participating": False},
        {"participating": False, "fru": True},
        ALONE,
        {**ALONE, "en_sus": False},
        {**ALONE, "has_software": True, "hours_declared": False, "vendors": ("agenda-a",)},
        {**ALONE, "has_software": True, "vendor_refused": True},
        {**ALONE, "via": "cpts", "finess": FINESS, "offer_ids": ("a",)},
        {**ALONE, "via": "msp", "finess": FINESS},
        {"participating": True, "via": "sos", "siret": SIRET},
    ],
)
def test_a_whole_declaration_is_accepted(given):
    check(Declaration(**given))


@pytest.mark.parametrize(
    ("given", "parameter"),
    [
        ({"participating": True}, "via"),
        ({"participating": False, "en_sus": True}, "en_sus"),
        ({"participating": False, "via": "individual"}, "via"),
        ({**ALONE, "has_software": None}, "has_software"),
        ({**ALONE, "hours_declared": False}, "hours_declared"),
        ({**ALONE, "vendors": ("agenda-a",)}, "vendors"),
        ({**ALONE, "has_software": True}, "vendors"),
        ({**ALONE, "has_software": True, "vendor_refused": True, "hours_declared": False}, "hours_declared"),
        ({**ALONE, "finess": FINESS}, "finess"),
        ({**ALONE, "siret": SIRET}, "siret"),
        ({**ALONE, "offer_ids": ("a",)}, "offer_ids"),
        ({**ALONE, "via": "cpts", "finess": FINESS}, "offer_ids"),
        ({**ALONE, "via": "cpts", "finess": "010780196", "offer_ids": ("a",)}, "finess"),
        ({**ALONE, "via": "msp"}, "finess"),
        ({"participating": True, "via": "sos"}, "siret"),
        ({"participating": True, "via": "sos", "siret": "35600000000049"}, "siret"),
    ],
)
def test_what_says_too_little_or_two_things_names_the_field(given, parameter):
    with pytest.raises(InvalidParameter) as refused:
        check(Declaration(**given))
    assert refused.value.details["parameter"] == parameter


@pytest.mark.parametrize(
    ("kind", "given", "parameter"),
    [
        ("cds", {"participating": True, "practitioners": 3, "hours_declared": True}, None),
        ("cds", {"participating": False}, None),
        ("cds", {"participating": True}, "practitioners"),
        ("cds", {"participating": True, "practitioners": 1, "phone": "+33199001234"}, "information"),
        ("sos", {"participating": True}, None),
        ("sos", {"participating": True, "practitioners": 3}, "practitioners"),
        ("sos", {"participating": True, "hours_declared": True}, "hours_declared"),
        (
            "cpts",
            {"participating": False, "phone": "+33199001234", "information": "Appeler avant midi"},
            None,
        ),
        ("cpts", {"participating": True}, "participating"),
        ("cpts", {"participating": False, "information": "x" * 1001}, "information"),
    ],
)
def test_each_kind_of_structure_declares_its_own_facts(kind, given, parameter):
    if parameter is None:
        check_structure(kind, StructureDeclaration(**given))
        return
    with pytest.raises(InvalidParameter) as refused:
        check_structure(kind, StructureDeclaration(**given))
    assert refused.value.details["parameter"] == parameter
