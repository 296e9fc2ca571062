"""The work grows with the answer and no faster: bytecodes are counted, not seconds."""

from __future__ import annotations

import copy
import json
import re
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.slots.bundles import Sample, cpts, ps, sos

if TYPE_CHECKING:
    from collections.abc import Callable


def bytecodes(work: Callable[[], object]) -> int:
    """Number of bytecodes run by `work` in Python code."""
    count = 0

    def trace(frame: Any, event: str, _: object) -> Any:
        nonlocal count
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def clone(resource: Any, **changes: Any) -> Any:
    return {**copy.deepcopy(resource), **changes}


def slots_of_one_schedule(sample: Sample, size: int) -> None:
    for number in range(size):
        sample.copy_of("Slot/matin", id=f"s{number}")


def schedules_of_one_large_practitioner(sample: Sample, size: int) -> None:
    lebrun = sample["Practitioner/lebrun"]
    lebrun["identifier"] += [{"system": "urn:x", "value": str(number)} for number in range(size)]
    lebrun["telecom"] = [{"system": "phone", "value": "x"}] * size
    for number in range(size):
        sample.copy_of("Schedule/bourg", id=f"a{number}")
        sample.copy_of("Slot/matin", id=f"s{number}", schedule={"reference": f"Schedule/a{number}"})


def roles_of_one_large_location(sample: Sample, size: int) -> None:
    place = sample.add({"resourceType": "Location", "id": "big", "address": {"line": ["x"] * size}})
    place["identifier"] = [{"system": "urn:x"}] * size
    for number in range(size):
        sample.copy_of(
            "PractitionerRole/lebrun-bourg", id=f"r{number}", location=[{"reference": "Location/big"}]
        )
        actors = [{"reference": "Practitioner/lebrun"}, {"reference": f"PractitionerRole/r{number}"}]
        sample.copy_of("Schedule/bourg", id=f"a{number}", actor=actors)
        sample.copy_of("Slot/matin", id=f"s{number}", schedule={"reference": f"Schedule/a{number}"})


def schedules_of_one_role_with_many_contained(sample: Sample, size: int) -> None:
    role = sample["PractitionerRole/lebrun-bourg"]
    role["contained"] = [clone(role["contained"][0], id=f"c{number}") for number in range(size)] + role[
        "contained"
    ]
    for number in range(size):
        sample.copy_of("Schedule/bourg", id=f"a{number}")
        sample.copy_of("Slot/matin", id=f"s{number}", schedule={"reference": f"Schedule/a{number}"})


def many_actors(sample: Sample, size: int) -> None:
    sample["Schedule/bourg"]["actor"] *= size
    slots_of_one_schedule(sample, size)


def identical_copies(sample: Sample, size: int) -> None:
    for _ in range(size):
        sample.copy_of("Practitioner/lebrun")
        sample.copy_of("Slot/matin")


def different_copies(sample: Sample, size: int) -> None:
    for number in range(size):
        sample.copy_of("Slot/matin", language=str(number))
        sample.copy_of("Schedule/bourg", language=str(number))


def one_full_url_for_all(sample: Sample, size: int) -> None:
    for number in range(size):
        sample.add(clone(sample["Schedule/bourg"], id=f"a{number}"), fullUrl="https://x.example")
        sample.add(clone(sample["Slot/matin"], id=f"s{number}", schedule={"reference": "https://x.example"}))


def many_markers(sample: Sample, size: int) -> None:
    sample["Slot/reserve"]["serviceType"] += copy.deepcopy(sample["Slot/reserve"]["serviceType"][1:3]) * size
    sample["Organization/cpts-gave"]["identifier"] = [{"value": "x"}] * size + sample[
        "Organization/cpts-gave"
    ]["identifier"]


def services_of_one_large_cpts(sample: Sample, size: int) -> None:
    many_markers(sample, size)
    for number in range(size):
        sample.copy_of("HealthcareService/gave", id=f"h{number}")
        slot = sample.copy_of(
            "Slot/reserve", id=f"s{number}", serviceType=clone(sample["Slot/reserve"])["serviceType"][1:2]
        )
        slot["serviceType"][0]["extension"][0]["valueReference"] = {
            "reference": f"HealthcareService/h{number}"
        }


def places_of_one_large_association(sample: Sample, size: int) -> None:
    association = sample["Organization/sos-bearn"]
    association["identifier"] = [{"system": "urn:x"}] * size + association["identifier"]
    for number in range(size):
        sample.copy_of("Location/gare", id=f"l{number}")
        sample.copy_of("Schedule/gare", id=f"a{number}", actor=[{"reference": f"Location/l{number}"}])
        sample.copy_of("Slot/nuit", id=f"s{number}", schedule={"reference": f"Schedule/a{number}"})


def schedules_of_one_large_place(sample: Sample, size: int) -> None:
    sample["Location/gare"]["telecom"] = [{"system": "phone", "value": "x"}] * size
    sample["Location/gare"]["identifier"] *= size
    for number in range(size):
        sample.copy_of("Schedule/gare", id=f"a{number}")
        sample.copy_of("Slot/nuit", id=f"s{number}", schedule={"reference": f"Schedule/a{number}"})


@pytest.mark.parametrize(
    ("make", "grow"),
    [
        (ps, slots_of_one_schedule),
        (ps, schedules_of_one_large_practitioner),
        (ps, roles_of_one_large_location),
        (ps, schedules_of_one_role_with_many_contained),
        (ps, many_actors),
        (ps, identical_copies),
        (ps, different_copies),
        (ps, one_full_url_for_all),
        (cpts, many_markers),
        (cpts, services_of_one_large_cpts),
        (sos, places_of_one_large_association),
        (sos, schedules_of_one_large_place),
    ],
)
def test_an_answer_twice_as_large_takes_twice_the_work_at_most(make, grow):
    steps = []
    for size in (12, 24, 48):
        sample = make()
        grow(sample, size)
        page = sample.page()
        steps.append(bytecodes(lambda page=page, sample=sample: sample.extract(page)))
    small, medium, large = steps
    assert small < medium
    assert large - medium <= 2.2 * (medium - small)


def test_the_count_sees_work_that_grows_with_the_square():
    def square(size: int) -> Callable[[], object]:
        return lambda: [json for _ in range(size) for _ in range(size)]

    assert bytecodes(square(48)) > 3 * bytecodes(square(24))


HOSTILE = [
    lambda size: "1" + "/" * size + "\n",
    lambda size: "3640799914/" + "x" * size + "\n",
    lambda size: " " * size + "x",
    lambda size: "0" * size,
    lambda size: "+33(0)" + "(0) " * size,
    lambda size: "2026-10-24T09:00:00." + "1" * size,
    lambda size: "https://" + "a." * size,
    lambda size: "https://[" + ":" * size,
    lambda size: "Schedule/" * size,
    lambda size: "\ud83d\\" * (size // 10),
]


@pytest.mark.parametrize("make", [ps, cpts, sos])
@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_text_anywhere_is_read_once(make, hostile):
    """Bytecodes do not see the work of a pattern; one that goes back on itself would not end here."""
    for name in member_names(make().bundle):
        sample = make()
        replace(sample.bundle, name, hostile(60_000))
        sample.extract(json.dumps(sample.bundle).encode())


def member_names(document: Any) -> set[str]:
    """Names of members that hold a text, but those that would only make the resource unknown."""
    text = json.dumps(document)
    return set(re.findall(r'"(\w+)": "', text)) - {"resourceType", "profile", "fullUrl"}


def replace(value: Any, name: str, text: str) -> None:
    """Give every member `name` of a Slot, a Practitioner… this text."""
    for key, item in list(value.items()) if isinstance(value, dict) else enumerate(value):
        if key == name and isinstance(item, str) and (item != "searchset"):
            value[key] = text
        elif isinstance(item, dict | list):
            replace(item, name, text)
