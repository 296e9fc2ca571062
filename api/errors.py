"""Errors in HTTP: one table from class to status, answered as `application/problem+json` (RFC 9457).

On FHIR routes the same errors are answered as an OperationOutcome. A problem names the parameter at fault
and, for a specialty or a place that is not understood, offers the nearest ones. It never repeats what was
typed: an error body ends in logs and tickets.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import orjson
import psycopg
import structlog
from fastapi.exceptions import RequestValidationError
from psycopg_pool import PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.outcome import ISSUE_CODES, outcome
from core import errors

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from fastapi import FastAPI
    from starlette.requests import Request

STATUS: dict[type[errors.SasError], HTTPStatus] = {
    errors.SasError: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.UsageError: HTTPStatus.BAD_REQUEST,
    errors.InvalidParameter: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.UnknownSpecialty: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.UnknownPlace: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.NotFoundError: HTTPStatus.NOT_FOUND,
    errors.NotSignedIn: HTTPStatus.UNAUTHORIZED,
    errors.NotAllowed: HTTPStatus.FORBIDDEN,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.SlotFull: HTTPStatus.CONFLICT,
    errors.SlotLocked: HTTPStatus.CONFLICT,
    errors.SlotOver: HTTPStatus.CONFLICT,
    errors.SourceError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.FileUnreadable: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.ColumnsChanged: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.TooFewRows: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.TooManyRejections: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.DownloadFailed: HTTPStatus.BAD_GATEWAY,
    errors.StorageError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.StorageUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.MigrationPending: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.MigrationEdited: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.ServerBusy: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.WorkerLost: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.SystemMissing: HTTPStatus.SERVICE_UNAVAILABLE,
}

TITLES: dict[int, str] = {
    400: "Requête incorrecte",
    401: "Non identifié",
    403: "Accès refusé",
    404: "Introuvable",
    405: "Méthode non permise",
    406: "Format non proposé",
    409: "Conflit",
    413: "Corps trop volumineux",
    415: "Format non pris en charge",
    422: "Paramètre incorrect",
    429: "Trop de requêtes",
    500: "Erreur interne",
    502: "Source distante en échec",
    503: "Service momentanément indisponible",
}

_NAME = re.compile(r"[A-Za-z][A-Za-z_]{0,19}|\d{1,4}")
_HEADERS = {
    HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": "5"},
    HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": "Bearer"},
}
_WHERE = frozenset({"query", "path", "body", "header", "cookie"})


class Problem(Response):
    """An answer of type `application/problem+json`."""

    media_type = "application/problem+json"

    def __init__(
        self,
        status: int,
        *,
        code: str,
        detail: str,
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        body = {
            "type": f"urn:sas:problem:{code}",
            "title": TITLES.get(status, HTTPStatus(status).phrase),
            "status": status,
            "code": code,
            "detail": detail,
            **members,
        }
        super().__init__(orjson.dumps(body, default=str), status_code=status, headers=dict(headers or {}))
        self.detail = detail
        self.given_headers = dict(headers or {})


def shaped(problem: Problem, path: str) -> Response:
    """The problem in the form of the route: an OperationOutcome under `/fhir/`."""
    if not path.startswith("/fhir/"):
        return problem
    issue = {"code": ISSUE_CODES.get(problem.status_code, "processing"), "diagnostics": problem.detail}
    return outcome(problem.status_code, [issue], headers=problem.given_headers)


def install(app: FastAPI) -> None:
    """Answer every error of the application as a problem."""
    app.add_exception_handler(errors.SasError, _in_shape(_sas_error))
    app.add_exception_handler(RequestValidationError, _in_shape(_validation_error))
    app.add_exception_handler(HTTPException, _in_shape(_http_error))
    app.add_exception_handler(psycopg.OperationalError, _in_shape(_database_error))
    app.add_exception_handler(PoolTimeout, _in_shape(_database_error))


def _in_shape(
    handler: Callable[[Request, Exception], Awaitable[Problem]],
) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def handle(request: Request, error: Exception) -> Response:
        return shaped(await handler(request, error), request.url.path)

    return handle


def problem_of(error: errors.SasError) -> Problem:
    """The answer for an error of the project."""
    status = next(STATUS[cls] for cls in type(error).__mro__ if cls in STATUS)
    headers = _HEADERS.get(status)
    return Problem(status, code=error.code, detail=error.message, headers=headers, **error.details)


async def _sas_error(_request: Request, error: Exception) -> Problem:
    assert isinstance(error, errors.SasError)  # noqa: S101 - the handler is registered for this class
    return problem_of(error)


async def _validation_error(_request: Request, error: Exception) -> Problem:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - idem
    found = [(_parameter(item["loc"]), _french(item)) for item in error.errors()]
    parameter, reason = found[0]
    detail = f"Le paramètre « {parameter} » {reason}." if parameter else f"Le corps de la requête {reason}."
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        code=errors.InvalidParameter.code,
        detail=detail,
        parameter=parameter or "body",
        errors=[{"parameter": name or "body", "reason": text} for name, text in found],
    )


async def _http_error(_request: Request, error: Exception) -> Problem:
    assert isinstance(error, HTTPException)  # noqa: S101 - idem
    phrase = HTTPStatus(error.status_code).phrase
    return Problem(
        error.status_code,
        code=phrase.lower().replace(" ", "-"),
        detail=TITLES.get(error.status_code, phrase) + ".",
        headers=error.headers,
    )


async def _database_error(request: Request, error: Exception) -> Problem:
    structlog.get_logger("api").error("database-unavailable", error=type(error).__name__)
    if isinstance(error, psycopg.errors.QueryCanceled):
        message = "La requête a pris trop de temps : restreignez-la, ou réessayez."
    else:
        message = "La base de données ne répond pas."
    return await _sas_error(request, errors.StorageUnavailable(message))


def unexpected(error: Exception) -> Problem:
    """The answer for a mistake of ours.

    Its class and its place in the code are logged, never its text: it may hold what was typed.
    """
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace is not None else "?"
    structlog.get_logger("api").error("unexpected-error", error=type(error).__name__, where=where)
    return Problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        code="internal",
        detail="Une erreur inattendue s'est produite ; elle a été enregistrée.",
    )


def _parameter(loc: tuple[int | str, ...]) -> str:
    """Name of the parameter at fault, without the part of the request it stood in."""
    names = [str(part) for part in loc if part not in _WHERE]
    if not names or names[0].isdigit():
        return ""
    names = [name for name in names if not name.isdigit()]  # the rank in a list is not part of the name
    # A name that the caller invented may hold anything, an address too.
    return ".".join(name if _NAME.fullmatch(name) else "?" for name in names)


def _french(item: Mapping[str, Any]) -> str:
    """Why a value was refused, in French, without the value."""
    kind = str(item["type"])
    if kind in _REASONS:
        return _REASONS[kind].format(**{key: _shown(value) for key, value in (item.get("ctx") or {}).items()})
    return next((words for family, words in _FAMILIES if kind.startswith(family)), "est illisible")


def _shown(value: object) -> str:
    """A bound or a list of values as French writes them: 180, 0,5, « 'a', 'b' ou 'c' »."""
    if isinstance(value, float):
        return f"{value:g}".replace(".", ",")
    return str(value).replace(" or ", " ou ")


_REASONS = {
    "missing": "est obligatoire",
    "extra_forbidden": "n'existe pas",
    "json_invalid": "n'est pas un JSON lisible",
    "greater_than_equal": "doit être au moins {ge}",
    "greater_than": "doit être plus grand que {gt}",
    "less_than_equal": "doit être au plus {le}",
    "less_than": "doit être plus petit que {lt}",
    "literal_error": "doit être l'une des valeurs {expected}",
    "enum": "doit être l'une des valeurs {expected}",
    "string_too_short": "est trop court",
    "string_too_long": "dépasse {max_length} caractères",
    "finite_number": "doit être un nombre fini",
}
_FAMILIES = (
    ("int", "doit être un nombre entier"),
    ("float", "doit être un nombre"),
    ("bool", "doit être « true » ou « false »"),
    ("string", "n'a pas la forme attendue"),
    ("datetime", "doit être une date et une heure RFC 3339"),
    ("timezone", "doit être une date et une heure RFC 3339, décalage compris"),
    ("date", "doit être une date AAAA-MM-JJ"),
    ("uuid", "n'est pas un identifiant lisible"),
)
