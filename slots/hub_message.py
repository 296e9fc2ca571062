"""Messages for the regulation software (INT_L02, section 9.2): EDXL-DE, RC-DE, appointment. Pure.

Written to the letter of the complete examples of the guide; read without case where its tables and examples
differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal
from zoneinfo import ZoneInfo

from care.local_time import DEFAULT_TIMEZONE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slots.ports import Regulator

LIFE: Final = timedelta(days=1)
SPECIALTY_URL: Final = (
    "https://mos.esante.gouv.fr/NOS/TRE_R38-SpecialiteOrdinale/FHIR/TRE-R38-SpecialiteOrdinale"
)
PROFESSION_URL: Final = "https://mos.esante.gouv.fr/NOS/TRE_G15-ProfessionSante/FHIR/TRE-G15-ProfessionSante"
_PARIS: Final = ZoneInfo(DEFAULT_TIMEZONE)


@dataclass(frozen=True, kw_only=True)
class Practitioner:
    """The practitioner of an appointment, from the directory."""

    idnps: str
    family_name: str
    given_name: str
    specialty_code: str | None
    profession_code: str | None


@dataclass(frozen=True, kw_only=True)
class HubAnswer:
    """What came back for one message: acknowledged, or refused with a code."""

    distribution_id: str
    kind: Literal["ack", "error"]
    code: int | None = None


def message(
    content: Mapping[str, Any],
    *,
    appointment_id: str,
    method: str,
    distribution_id: str,
    sender: str,
    regulator: Regulator,
    practitioner: Practitioner | None,
    now: datetime,
) -> dict[str, Any]:
    """The document to publish.

    content          the appointment as it was then (`appointment.outbox.content`)
    distribution_id  unique; the same when a message may have been lost on the way
    sender           identifier of the platform at the hub
    now              aware; the message is not delivered a day later
    """
    recipient = regulator.hub_client
    header = {
        "messageId": distribution_id,
        "sender": {"name": sender, "URI": f"hubex:{sender}"},
        "sentAt": _written(now),
        "status": "Actual",
        "kind": "Report",
        "recipient": [{"name": recipient, "URI": f"hubex:{recipient}"}],
        "appointment": _appointment(content, appointment_id, method, regulator, practitioner),
    }
    return {
        "distributionID": distribution_id,
        "senderID": sender,
        "dateTimeSent": _written(now),
        "dateTimeExpires": _written(now + LIFE),
        "distributionStatus": "Actual",
        "distributionKind": "Report",
        "descriptor": {
            "language": "fr-FR",
            "explicitAddress": {"explicitAddressScheme": "hubex", "explicitAddressValue": recipient},
        },
        "content": [{"jsonContent": {"embeddedJsonContent": {"message": header}}}],
    }


def _appointment(
    content: Mapping[str, Any],
    appointment_id: str,
    method: str,
    regulator: Regulator,
    practitioner: Practitioner | None,
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "appointmentId": appointment_id,
        "method": method,
        "created": _written(datetime.fromisoformat(content["created"])),
        "status": content["status"],
        "orientationCategory": content["category"],
        "start": _written(datetime.fromisoformat(content["start"])),
        "end": _written(datetime.fromisoformat(content["end"])),
    }
    if practitioner is not None:
        found["practitioner"] = _practitioner(practitioner)
    found["regulator"] = {
        "regulatorName": regulator.family_name,
        "regulatorFirstname": regulator.given_name,
        "regulatorEmail": regulator.email,
        # A national identifier only: the technical one never leaves the platform.
        **({"regulatorId": regulator.idnps} if regulator.idnps else {}),
    }
    return found


def _practitioner(found: Practitioner) -> dict[str, str]:
    told = {"rppsId": found.idnps, "lastName": found.family_name, "firstName": found.given_name}
    if found.specialty_code:
        told |= {"specialityCode": found.specialty_code, "specialityUrl": SPECIALTY_URL}
    if found.profession_code:
        told |= {"professionCode": found.profession_code, "professionUrl": PROFESSION_URL}
    return told


def _written(moment: datetime) -> str:
    """Whole seconds with the offset of Paris, as the examples have it."""
    return moment.astimezone(_PARIS).isoformat(timespec="seconds")


def read_answer(document: Mapping[str, Any]) -> HubAnswer | None:
    """What a document of the hub says of one of our messages; None when it says nothing we can follow."""
    kind = str(document.get("distributionKind", "")).lower()
    told = _embedded(document)
    if kind == "ack":
        reference = told.get("reference")
        answered = reference.get("distributionID") if isinstance(reference, dict) else None
        return HubAnswer(distribution_id=answered, kind="ack") if isinstance(answered, str) else None
    error = told.get("error")
    if kind != "error" or not isinstance(error, dict):
        return None
    answered, given = error.get("referencedDistributionID"), error.get("errorCode")
    code = given.get("statusCode") if isinstance(given, dict) else None
    if not isinstance(answered, str) or isinstance(code, bool) or not str(code).isdecimal():
        return None
    return HubAnswer(distribution_id=answered, kind="error", code=int(str(code)))


def _embedded(document: Mapping[str, Any]) -> dict[str, Any]:
    """The `message` of a document, whatever the case of the names on the way; empty when there is none."""
    found: Any = document
    for name in ("content", 0, "jsoncontent", "embeddedjsoncontent", "message"):
        if isinstance(name, int):
            found = found[name] if isinstance(found, list) and len(found) > name else None
        else:
            members = found.items() if isinstance(found, dict) else ()
            found = next((value for key, value in members if str(key).lower() == name), None)
    return found if isinstance(found, dict) else {}
