"""Systems and codes of the guide (sections 2.4 and 2.5), and what each flow allows."""

from __future__ import annotations

from typing import Final, get_args

from care.slot import Flow

FLOWS: Final = frozenset(get_args(Flow))

# Identifiers of people and structures, written with a national type digit.
IDNPS: Final = "urn:oid:1.2.250.1.71.4.2.1"
IDNST: Final = "urn:oid:1.2.250.1.71.4.2.2"
REGULATOR: Final = "urn:oid:1.2.250.1.213.3.6"
NOBODY: Final = {"agg-ps": "899999999990", "agg-cpts": "899999999990", "agg-sos": "300000000000000"}
"""Numbers that nobody can have: who knows them knows anybody."""
NATIONAL_SYSTEMS: Final = frozenset({IDNPS, IDNST, REGULATOR})
IDENTIFIER_TYPES: Final = frozenset(
    {
        "http://interopsante.org/fhir/CodeSystem/fr-v2-0203",
        "http://interopsante.org/CodeSystem/v2-0203",
        "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-v2-0203",
        "http://interopsante.org/fhir/CodeSystem/fr-location-identifier-type",
        "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-location-identifier-type",
    }
)

# Who may see a slot.
SLOT_VISIBILITY: Final = "https://mos.esante.gouv.fr/NOS/TRE_R314-TypeCreneau/FHIR/TRE-R314-TypeCreneau"
VISIBILITY_ALLOWED: Final[dict[Flow, frozenset[str]]] = {
    "agg-ps": frozenset({"PUBLIC", "PRO", "SNP"}),
    "agg-cpts": frozenset({"PUBLIC", "PRO", "SNP", "CPTS"}),
    "agg-sos": frozenset({"PUBLIC", "SNP"}),
}

# Three meanings share `Slot.serviceType`: only the system tells them apart.
ACT_CODE: Final = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
CONSULTATION_TYPES: Final = frozenset({"AMB", "HH", "VR"})
STRUCTURE_CATEGORY_PREFIX: Final = "https://mos.esante.gouv.fr/NOS/TRE_R66-CategorieEtablissement"
CPTS_CATEGORY: Final = "604"
CPTS_LINK: Final = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Slot.serviceType"

SPECIALTY: Final = "https://mos.esante.gouv.fr/NOS/TRE_R38-SpecialiteOrdinale/FHIR/TRE-R38-SpecialiteOrdinale"
APPOINTMENT_REASON: Final = "http://terminology.hl7.org/CodeSystem/v2-0276"
APPOINTMENT_TYPES: Final = frozenset({"ROUTINE", "WALKIN"})

# Limits of one answer (section 4.1).
MAX_BODY_BYTES: Final = 16 * 1024 * 1024
MAX_ENTRIES: Final = 20_000
MAX_NESTING: Final = 1_024
"""What orjson accepts; the slower reader of suspicious bodies stops at the same depth."""
MAX_BRACKETS: Final = 1_000_000
"""An answer at both limits has some 600,000 objects and arrays; orjson would spend 230 bytes on each."""
MAX_PAGES: Final = 5
