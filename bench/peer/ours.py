"""Our answers, through the real application: what a caller of the API gets."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import httpx
import structlog

from core.settings import DatabaseSettings, HomeSettings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bench.peer.judge import Feature
    from bench.peer.question import Question

SEARCH: Final = "/geocodage/search"
ANSWERS: Final = 5
_PREFIXES: Final = frozenset({"prefix"})
_ERRORS_ONLY: Final = 40
_OK: Final = 200
_BAD_QUESTION: Final = (400, 413)


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers in the order of the questions, and the CPU seconds that this process spent on them."""

    features: list[list[Feature]]
    cpu_s: float


def parameters(question: Question) -> dict[str, str]:
    """Parameters of the API of addok, the same for both: the last word is incomplete for prefixes only."""
    typed = "1" if question.kind in _PREFIXES else "0"
    return {"q": question.text, "limit": str(ANSWERS), "autocomplete": typed}


def answers(home: Path, questions: Sequence[Question], *, processes: int) -> list[list[Feature]]:
    """Features of each question, asked in process through the ASGI application, without a socket."""
    if processes == 1:
        return _answers(home, list(questions)).features
    parts = [list(questions[at::processes]) for at in range(processes)]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        done = list(pool.map(_answers, [home] * processes, parts))
    merged: list[list[Feature]] = [[] for _ in questions]
    for at, part in enumerate(done):
        merged[at::processes] = part.features
    return merged


def _answers(home: Path, questions: list[Question]) -> Answers:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(_ERRORS_ONLY))
    return asyncio.run(_asked(home, questions))


async def _asked(home: Path, questions: list[Question]) -> Answers:
    from api.app import create_app  # noqa: PLC0415 - heavy, and only the process that asks needs it

    app = create_app(database=DatabaseSettings(database_url=None), home=HomeSettings(home=home))
    found: list[list[Feature]] = []
    started = time.process_time()
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://bench") as client,
    ):
        for question in questions:
            response = await client.get(SEARCH, params=parameters(question))
            found.append(features_of(response))
    return Answers(found, time.process_time() - started)


def features_of(response: httpx.Response) -> list[Feature]:
    """Features of an answer; none when the text was refused (too short, too long).

    Raises
    ------
    OSError   the server failed
    """
    if response.status_code in _BAD_QUESTION:
        return []
    if response.status_code != _OK:
        raise OSError(f"the server answered {response.status_code}")
    return response.json()["features"]
