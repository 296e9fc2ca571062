"""Answers to bend: a clean sample, the request that goes with it, and a few ways to change it."""

from __future__ import annotations

import copy
import functools
import json
from pathlib import Path
from typing import Any, Final

from slots.fhir.bundle import extract_slots

Json = dict[str, Any]
FIXTURES: Final = Path(__file__).resolve().parents[2] / "fixtures" / "fhir"
REQUESTS: Final[dict[str, Json]] = {
    "ps-1.1.0": {"flow": "agg-ps", "requested_ids": {"899900004215", "899900007311"}},
    "cpts-1.2.0": {"flow": "agg-cpts", "requested_ids": {"899900004215"}},
    "sos-1.2.0": {"flow": "agg-sos", "requested_ids": {"398799991400035"}},
}
# The night of 24 to 25 October 2026, summer time ends: the bounds have different offsets.
WINDOW: Final[Json] = {
    "window_start": "2026-10-24T08:00:00.000+02:00",
    "window_end": "2026-10-26T23:59:59.000+01:00",
}

# What was asked for the official examples of the guide.
OFFICIAL: Final[dict[str, Json]] = {
    "official-bundle-ps-indiv-1.1.0.json": {
        "flow": "agg-ps",
        "requested_ids": {"810100050075", "810002673899"},
        "window_start": "2021-11-04T14:19:35.760+00:00",
        "window_end": "2021-11-06T23:59:59.999+00:00",
    },
    "official-bundle-cpts1-1.2.0.json": {
        "flow": "agg-cpts",
        "requested_ids": {"810002909371"},
        "window_start": "2024-06-12T16:20:00.000+02:00",
        "window_end": "2024-06-15T16:20:00.000+02:00",
    },
}


@functools.cache
def _text(name: str) -> str:
    return (FIXTURES / f"{name}.json").read_text(encoding="utf-8")


class Sample:
    """A bundle of its own for one test, asked with the request of its flow unless told otherwise."""

    def __init__(self, name: str, **request: Any) -> None:
        self.bundle: Json = json.loads(_text(name))
        self.request: Json = {**REQUESTS[name], **WINDOW, **request}

    def __getitem__(self, ref: str) -> Json:
        """The resource `Type/id`."""
        return self.entry(ref)["resource"]

    def entry(self, ref: str) -> Json:
        kind, _, name = ref.partition("/")
        for entry in self.bundle["entry"]:
            if entry["resource"]["resourceType"] == kind and entry["resource"].get("id") == name:
                return entry
        raise KeyError(ref)

    def add(self, resource: Json, **entry: Any) -> Json:
        """Append a resource; `entry` may give it a fullUrl."""
        self.bundle["entry"].append({"resource": resource, **entry})
        return resource

    def copy_of(self, ref: str, **changes: Any) -> Json:
        """Append a changed copy of a resource."""
        return self.add({**copy.deepcopy(self[ref]), **changes})

    def drop(self, ref: str) -> None:
        self.bundle["entry"].remove(self.entry(ref))

    def keep_slots(self, *names: str) -> None:
        """Leave only these slots."""
        self.bundle["entry"] = [
            entry
            for entry in self.bundle["entry"]
            if entry["resource"]["resourceType"] != "Slot" or entry["resource"]["id"] in names
        ]

    def page(self) -> bytes:
        return json.dumps(self.bundle, ensure_ascii=False).encode()

    def extract(self, *pages: bytes, **request: Any) -> Any:
        """What is read of the bundle, or of these pages."""
        return extract_slots(list(pages) or [self.page()], **{**self.request, **request})

    def reason(self, slot: str) -> str | None:
        """Why a slot is refused; None when it is accepted."""
        result = self.extract()
        assert result["outcome"] == "ok"
        refused = [item["reason"] for item in result["rejected"] if item["slot_ref"] == f"Slot/{slot}"]
        accepted = [item for item in result["slots"] if item["slot_ref"] == f"Slot/{slot}"]
        assert len(refused) + len(accepted) == 1, "a slot is either accepted or refused, once"
        return refused[0] if refused else None

    def record(self, slot: str) -> Json:
        """The record of an accepted slot."""
        assert self.reason(slot) is None
        return next(item for item in self.extract()["slots"] if item["slot_ref"] == f"Slot/{slot}")

    def warnings(self, ref: str) -> list[str]:
        """What is said of a resource."""
        return [item["code"] for item in self.extract()["warnings"] if item["ref"] == ref]


def ps() -> Sample:
    return Sample("ps-1.1.0")


def cpts() -> Sample:
    return Sample("cpts-1.2.0")


def sos() -> Sample:
    return Sample("sos-1.2.0")
