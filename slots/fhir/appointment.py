"""An appointment reported by a vendor (INT_R03, section 6): the FHIR resource, read into what is kept of it.

Pure. Everything that could speak of the patient (participant, comment, description, narrative) is left
where it is. Every mistake is told at once, where it stands, never with the value received.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal

import orjson

from slots.fhir.element import absent, child, codings, text
from slots.fhir.instant import read_instant
from slots.fhir.profile import IDENTIFIER_TYPES, IDNPS, REGULATOR

Category = Literal["PS", "SOS", "PDM"]

OPERATOR: Final = "http://interopsante.org/fhir/StructureDefinition/FrAppointmentOperator"
STATUSES: Final = ("pending", "booked", "fulfilled", "noshow", "cancelled")
_FHIR_STATUSES: Final = {*STATUSES, "proposed", "arrived", "entered-in-error", "checked-in", "waitlist"}
_PARTICIPANT_STATUSES: Final = {"accepted", "needs-action"}
_FHIR_PARTICIPANT_STATUSES: Final = {*_PARTICIPANT_STATUSES, "declined", "tentative"}
_PRACTITIONER: Final = re.compile(r"8[0-9]{11}|0[0-9A-Z]{9}")
_REGULATOR_SYSTEMS: Final = {"IDNPS": IDNPS, "INTRN": REGULATOR}
_PROFILES: Final[dict[str, Category]] = {"sas-sos-appointment": "SOS", "sas-pdm-appointment": "PDM"}
_LONGEST: Final = 200
_DATE: Final = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")


@dataclass(frozen=True, kw_only=True)
class Reported:
    """What is kept of an appointment; instants are in UTC, whole seconds."""

    system: str
    value: str
    category: Category
    status: str
    start: str
    end: str
    booked: str | None
    idnps: str | None
    participant_status: str
    regulator_kind: str
    regulator: str

    @property
    def digest(self) -> str:
        """SHA-256 of what is kept: two reports with the same digest say the same thing."""
        content = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Issue:
    """One mistake, an `issue` of an OperationOutcome; `status` 400: not FHIR, 422: refused by a rule."""

    status: Literal[400, 422]
    code: str
    diagnostics: str
    expression: str


class Unacceptable(Exception):
    """The body is refused; `issues` says why, all at once."""

    def __init__(self, issues: list[Issue]) -> None:
        super().__init__(", ".join(issue.expression for issue in issues))
        self.issues = issues

    @property
    def status(self) -> int:
        """400 when one mistake is of form, else 422."""
        return min(issue.status for issue in self.issues)


def read_appointment(body: bytes) -> Reported:
    """The appointment in a body.

    Raises
    ------
    Unacceptable   not an Appointment, or one that breaks a rule of section 6
    """
    return _Reading(_resource(body)).reported()


def _resource(body: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        raise Unacceptable(
            [_form("Appointment", "The body is not valid UTF-8 JSON", code="structure")]
        ) from None
    if not isinstance(found, dict) or found.get("resourceType") != "Appointment":
        raise Unacceptable(
            [_form("Appointment", "The body is not an Appointment resource", code="structure")]
        )
    return found


def _form(expression: str, diagnostics: str, *, code: str = "value") -> Issue:
    return Issue(status=400, code=code, diagnostics=diagnostics, expression=expression)


def _rule(expression: str, diagnostics: str, *, code: str = "business-rule") -> Issue:
    return Issue(status=422, code=code, diagnostics=diagnostics, expression=expression)


@dataclass(kw_only=True)
class _Participants:
    """What the participants say together, the patient left out."""

    idnps: str | None = None
    statuses: list[str] = field(default_factory=list)


class _Reading:
    """One body being read; mistakes gather in `issues`."""

    def __init__(self, resource: dict[str, Any]) -> None:
        self._resource = resource
        self._issues: list[Issue] = []

    def reported(self) -> Reported:
        category = self._category()
        status = self._code("status", _FHIR_STATUSES, set(STATUSES))
        identifier = self._one("identifier")
        system, value = (
            self._string(identifier, name, "Appointment.identifier") for name in ("system", "value")
        )
        start, end = self._instant("start"), self._instant("end")
        if start and end and end <= start:
            self._issues.append(_rule("Appointment.end", "Appointment.end must come after Appointment.start"))
        before = len(self._issues)
        participants = self._participants(status)
        understood = len(self._issues) == before
        regulator_kind, regulator = self._regulator()
        unknown = participants.idnps is None and status not in {"pending", "cancelled", ""}
        if category == "PS" and understood and unknown:
            self._issues.append(
                _rule(
                    "Appointment.participant.actor",
                    "A practitioner is required unless the appointment is pending or cancelled",
                    code="required",
                )
            )
        booked = self._booked()
        if self._issues:
            raise Unacceptable(self._issues)
        return Reported(
            system=system,
            value=value,
            category=category,
            status=status,
            start=start,
            end=end,
            booked=booked,
            idnps=participants.idnps,
            participant_status=participants.statuses[0] if participants.statuses else "needs-action",
            regulator_kind=regulator_kind,
            regulator=regulator,
        )

    def _missing(self, expression: str) -> None:
        self._issues.append(_rule(expression, f"{expression} is required", code="required"))

    def _list(self, value: object, expression: str) -> list[Any]:
        """The non-empty items of an array; absent is none."""
        if absent(value):
            return []
        if not isinstance(value, list):
            self._issues.append(_form(expression, f"{expression} must be an array", code="structure"))
            return []
        items = [item for item in value if not absent(item)]
        if not all(isinstance(item, dict) for item in items):
            self._issues.append(_form(expression, f"{expression} must hold objects", code="structure"))
            return []
        return items

    def _one(self, name: str) -> dict[str, Any]:
        expression = f"Appointment.{name}"
        before = len(self._issues)
        items = self._list(self._resource.get(name), expression)
        if len(items) > 1:
            self._issues.append(_rule(expression, f"{expression} must stand once", code="structure"))
        elif not items and len(self._issues) == before:
            self._missing(expression)
        return items[0] if len(items) == 1 else {}

    def _string(self, holder: object, name: str, expression: str) -> str:
        """A required string; nothing more is said when its holder is missing already."""
        value = child(holder, name)
        if not isinstance(holder, dict) or not holder:
            return ""
        if absent(value):
            self._missing(f"{expression}.{name}")
            return ""
        found = text(value)
        if found is None or len(found) > _LONGEST or not found.isprintable():
            self._issues.append(_form(f"{expression}.{name}", f"{expression}.{name} must be a short text"))
            return ""
        return found

    def _code(self, name: str, known: set[str], allowed: set[str]) -> str:
        value, expression = self._resource.get(name), f"Appointment.{name}"
        if absent(value):
            self._missing(expression)
        elif not isinstance(value, str) or value not in known:
            self._issues.append(_form(expression, f"{expression} is not a code of FHIR", code="code-invalid"))
        elif value not in allowed:
            self._issues.append(
                _rule(expression, f"{expression} must be one of: {', '.join(sorted(allowed))}")
            )
        else:
            return value
        return ""

    def _instant(self, name: str) -> str:
        value, expression = self._resource.get(name), f"Appointment.{name}"
        if absent(value):
            self._missing(expression)
            return ""
        return self._read_instant(value, expression)

    def _read_instant(self, value: object, expression: str) -> str:
        found = read_instant(value)
        if found == "instant-without-timezone":
            self._issues.append(_rule(expression, f"{expression} must have an offset"))
        elif isinstance(found, str):
            self._issues.append(_form(expression, f"{expression} is not an instant"))
        else:
            return found.utc
        return ""

    def _booked(self) -> str | None:
        """`created` is optional, and a date alone says no instant."""
        value = self._resource.get("created")
        if absent(value) or (isinstance(value, str) and _DATE.fullmatch(value)):
            return None
        return self._read_instant(value, "Appointment.created") or None

    def _category(self) -> Category:
        profiles = child(self._resource.get("meta"), "profile")
        for profile in profiles if isinstance(profiles, list) else []:
            name = profile.rsplit("/", 1)[-1] if isinstance(profile, str) else ""
            if name in _PROFILES:
                return _PROFILES[name]
        return "PS"

    def _regulator(self) -> tuple[str, str]:
        expression = "Appointment.extension"
        before = len(self._issues)
        operators = [
            item
            for item in self._list(self._resource.get("extension"), expression)
            if item.get("url") == OPERATOR
        ]
        if len(self._issues) > before:
            return "", ""
        if len(operators) != 1:
            said = "must stand once" if operators else "is required"
            code = "structure" if operators else "required"
            self._issues.append(_rule(expression, f"The extension FrAppointmentOperator {said}", code=code))
            return "", ""
        identifier = child(operators[0].get("valueReference"), "identifier")
        at = f"{expression}.valueReference.identifier"
        if not isinstance(identifier, dict) or not identifier:
            self._missing(at)
            return "", ""
        system, value = (self._string(identifier, name, at) for name in ("system", "value"))
        kind = self._type(identifier, at)
        if kind and system and _REGULATOR_SYSTEMS[kind] != system:
            self._issues.append(
                _rule(f"{at}.system", "The system does not go with the type of the identifier")
            )
        return kind, value

    def _type(self, identifier: dict[str, Any], at: str) -> str:
        kinds = [code for system, code in codings(identifier.get("type")) if system in IDENTIFIER_TYPES]
        if len(kinds) != 1 or kinds[0] not in _REGULATOR_SYSTEMS:
            self._issues.append(
                _rule(
                    f"{at}.type", "The type must be one coding: IDNPS or INTRN of fr-v2-0203", code="required"
                )
            )
            return ""
        return kinds[0]

    def _participants(self, status: str) -> _Participants:
        found, expression = _Participants(), "Appointment.participant"
        before = len(self._issues)
        items = self._list(self._resource.get("participant"), expression)
        if not items and len(self._issues) == before:
            self._missing(expression)
        for item in items:
            if not _is_patient(item):
                self._participant(item, status, found)
        return found

    def _participant(self, item: dict[str, Any], status: str, found: _Participants) -> None:
        expression = "Appointment.participant.status"
        given = item.get("status")
        if absent(given):
            self._missing(expression)
        elif not isinstance(given, str) or given not in _FHIR_PARTICIPANT_STATUSES:
            self._issues.append(_form(expression, f"{expression} is not a code of FHIR", code="code-invalid"))
        elif given not in _PARTICIPANT_STATUSES:
            self._issues.append(_rule(expression, f"{expression} must be accepted or needs-action"))
        else:
            found.statuses.append(given)
            if given == "needs-action" and status not in {"pending", ""}:
                self._issues.append(_rule(expression, "needs-action goes with a pending appointment only"))
        identifier = child(item.get("actor"), "identifier")
        if absent(identifier):
            return
        value, at = text(child(identifier, "value")), "Appointment.participant.actor.identifier"
        if child(identifier, "system") != IDNPS or value is None or not _PRACTITIONER.fullmatch(value):
            self._issues.append(_rule(at, "The practitioner must have an IDNPS: 8 + RPPS, or 0 + ADELI"))
        else:
            found.idnps = found.idnps or value


def _is_patient(participant: dict[str, Any]) -> bool:
    actor = participant.get("actor")
    reference, kind = child(actor, "reference"), child(actor, "type")
    named = isinstance(reference, str) and re.search(r"(^|/)(Patient|RelatedPerson)/", reference) is not None
    return named or kind in {"Patient", "RelatedPerson"}
