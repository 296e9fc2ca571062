"""Each fault of the sandbox × each flow: what the platform makes of it, as the documentation says.

Run with SAS_WRITE_DOCS=1 to write `docs/fault-matrix.md` again.
"""

from __future__ import annotations

import os
from pathlib import Path

from slots.aggregate import Limits
from slots.answers import EditorAnswer
from slots.sandbox.faults import FAULTS
from tests.vendors.conftest import PATIENT, brand

PAGE = Path(__file__).resolve().parents[2] / "docs" / "fault-matrix.md"
# Enough of them that one has a free time in the window, whatever the day.
ASSOCIATIONS = tuple(f"3987654321{number:05d}" for number in range(10))
FLOWS = ("agg-ps", "agg-cpts", "agg-sos")
HEAD = """# What becomes of a vendor's faults

Written by `tests/vendors/test_fault_matrix.py`: every fault of the sandbox (`sas sandbox`) is switched on for
every flow, the vendors are asked, and this is what came. `ok` and `empty` are answers; only `empty` may be
shown as "no slot". Everything else leaves the slots of that vendor unknown, says so, makes the answer
`partial`, and takes nothing from the other vendors. A slot at fault is refused alone; a vendor all of whose
slots are refused has not said that it has none: `invalid`. `slow` is an answer as long as it comes before the
deadline; a plain answer (0.8 s) tells it as `timeout`, a streamed one shows it when it comes.

| fault | INT_R01 (`agg-ps`) | INT_R04 (`agg-cpts`) | SOS (`agg-sos`) |
|---|---|---|---|
"""


async def test_the_matrix_of_faults_is_the_one_of_the_documentation(ground):
    cells = {
        (fault, flow): f"f{rank}-{flow[4:]}" for rank, fault in enumerate(["none", *FAULTS]) for flow in FLOWS
    }
    brands = [brand(slug, flows=(flow,)) for (_, flow), slug in cells.items()]
    here = await ground(*brands, slow_s=0.5, limits=Limits(deadline_s=4.0, breaker=PATIENT, cache_s=0))
    for (fault, _), slug in cells.items():
        if fault != "none":
            here.sandbox.switch(slug, fault)
    answers = await here.ask(within_s=30, associations=ASSOCIATIONS)
    lines = [
        f"| {fault} | {' | '.join(told(answers[cells[fault, flow]]) for flow in FLOWS)} |"
        for fault in ["none", *FAULTS]
    ]
    page = HEAD + "\n".join(lines) + "\n"
    if os.environ.get("SAS_WRITE_DOCS"):
        PAGE.write_text(page, encoding="utf-8")
    assert page == PAGE.read_text(encoding="utf-8")


def told(answer: EditorAnswer) -> str:
    if answer.state not in {"ok", "empty"}:
        return f"{answer.state} ({answer.reason})"
    refused = ", some slots refused" if answer.refused else ""
    return f"{answer.state}{refused}"
