"""Messages a vendor puts in an OperationOutcome: for the log, never for a decision (sections 2.2 and 4.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from slots.fhir.answer import parse
from slots.fhir.element import child, objects, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from slots.fhir.answer import Page

_MAX_MESSAGES: Final = 20
_MAX_CHARACTERS: Final = 500


def outcome_messages(pages: Sequence[Page]) -> list[str]:
    """Texts of the issues of an answer, whether it is an OperationOutcome or a Bundle that holds some.

    Control characters are replaced and lengths bounded: the text comes from outside and goes to a log.
    """
    messages: list[str] = []
    for page in pages:
        parsed = parse(page)
        if isinstance(parsed, tuple):
            messages.extend(_issue_texts(parsed[0]))
    unique = dict.fromkeys(messages)
    return list(unique)[:_MAX_MESSAGES]


def _issue_texts(document: object) -> Iterator[str]:
    entries = objects(child(document, "entry"))
    for resource in (document, *(entry.get("resource") for entry in entries)):
        if child(resource, "resourceType") == "OperationOutcome":
            for issue in objects(child(resource, "issue")):
                said = text(issue.get("diagnostics")) or text(child(issue.get("details"), "text"))
                written = said or text(issue.get("code"))
                if written is not None:
                    yield _printable(written)


def _printable(message: str) -> str:
    cut = message[:_MAX_CHARACTERS]
    return "".join(character if character.isprintable() else " " for character in cut).strip()
