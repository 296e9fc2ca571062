"""The conformance check, proven on vendors whose faults are known: what is wrong is found, and only that.

Run with SAS_WRITE_DOCS=1 to write `docs/conformance.md` again.
"""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from core.clock import utc_now
from slots.conformance.exchange import Caller
from slots.conformance.report import REQUIREMENTS, Report, as_html, as_json_bytes, as_junit, report
from slots.sandbox.faults import FAULTS
from slots.sandbox.people import InventedPeople
from slots.sandbox.server import Sandbox, address, serve
from slots.tls import caller_context, server_context
from tests.vendors.authority import Authority
from tests.vendors.conftest import PEOPLE, brand

PAGE = Path(__file__).resolve().parents[2] / "docs" / "conformance.md"
IDS = {
    "agg-ps": PEOPLE,
    "agg-cpts": PEOPLE,
    "agg-sos": [f"3987654321{number:05d}" for number in range(10)],
}
HEAD = """# What the conformance check finds

Written by `tests/vendors/test_conformance.py`. `sas editor check URL --practitioner 8… [--cpts]
[--association 3…]` plays the requirements below against any FHIR server and writes a report (`-o`, as a page,
JSON or JUnit: `.html`, `.json`, `.xml`) with a verdict and its evidence for each. Exit status 1 when one is
not met.

## Requirements

`KIT`: the official kit, with its number; `IG`: the national guide; `DEC`: this platform. A requirement marked
*advice* gives "à revoir" rather than "non conforme".

| no. | origin | requirement | flows |
|---|---|---|---|
"""
FAULTY = """
## Proven on the sandbox

Without fault a simulated vendor conforms on the three flows. With each fault, this is what the check says is
not met (INT_R01; times for the slow and the hung one only; `farandole`, that writes as it can, is last):

| fault | not met |
|---|---|
"""


async def checked(base: str, slug: str, flow: Any, **given: Any) -> Report:
    caller = Caller(base_url=f"{base}/{slug}/fhir", **given)
    seen = await caller.gather(flow, IDS[flow], now=utc_now())
    return report([seen], made_at=utc_now())


def failed(made: Report) -> list[str]:
    return [line.requirement for line in made.lines if line.verdict == "failed"]


@pytest.mark.parametrize("flow", ["agg-ps", "agg-cpts", "agg-sos"])
async def test_a_conforming_vendor_conforms_on_each_flow(ground, flow):
    here = await ground(brand("a", flows=(flow,)))
    made = await checked(here.base, "a", flow, timeout_s=30)
    told = {line.requirement: line.verdict for line in made.lines}
    # A busy machine may be slow, which is another matter.
    assert [text for text in failed(made) if not text.startswith("Moins d")] == []
    skipped = [text for text, verdict in told.items() if verdict == "skipped"]
    assert skipped == ["Refuser un appel sans certificat"]


async def test_what_the_check_finds_is_in_the_documentation(ground):
    slugs = {fault: f"f{rank}" for rank, fault in enumerate(FAULTS)}
    here = await ground(
        *(brand(slug) for slug in slugs.values()), brand("messy", guide="1.1.0", messy=True), slow_s=1.1
    )
    for fault, slug in slugs.items():
        here.sandbox.switch(slug, fault)

    async def line(name: str, slug: str) -> str:
        # Those that never answer are not waited for as long as the guide allows.
        # How long the others take is that of the machine.
        made = await checked(here.base, slug, "agg-ps", timeout_s=1.0 if name == "hung" else 30)
        timed = name in {"slow", "hung"}
        wrong = [text for text in failed(made) if timed or not text.startswith("Moins d")]
        return f"| {name} | {' · '.join(wrong) or '–'} |"

    lines = await asyncio.gather(*(line(*each) for each in [*slugs.items(), ("farandole", "messy")]))
    requirements = [
        f"| {item.number} | {item.origin} | {item.text}{' (advice)' if item.advice else ''} "
        f"| {', '.join(item.flows)} |"
        for item in REQUIREMENTS
    ]
    page = HEAD + "\n".join(requirements) + "\n" + FAULTY + "\n".join(lines) + "\n"
    if os.environ.get("SAS_WRITE_DOCS"):
        PAGE.write_text(page, encoding="utf-8")
    assert page == PAGE.read_text(encoding="utf-8")


async def test_the_three_forms_of_the_report_say_the_same(ground):
    here = await ground(brand("a"))
    here.sandbox.switch("a", "wrong-offsets")
    made = await checked(here.base, "a", "agg-ps", timeout_s=30)
    body = json.loads(as_json_bytes(made))
    assert body["conforms"] is False
    suite = ET.fromstring(as_junit(made))  # noqa: S314 - written by us, just now
    assert int(suite.attrib["failures"]) == body["counts"]["failed"] == len(suite.findall(".//failure"))
    assert int(suite.attrib["tests"]) == len(body["lines"])
    page = as_html(made)
    assert "Non conforme" in page
    assert page.count("<tr>") == len(body["lines"]) + 1


async def test_what_a_server_writes_cannot_write_in_the_report(ground):
    here = await ground(brand("a"))
    made = await checked(here.base, "a", "agg-ps", timeout_s=30)
    line = made.lines[0]
    bent = Report(
        base_url=made.base_url,
        made_at=made.made_at,
        lines=[
            type(line)(**{**vars(line), "verdict": "failed", "evidence": "<script>\x00alert(1)</script>"})
        ],
    )
    assert "<script>" not in as_html(bent)
    ET.fromstring(as_junit(bent))  # noqa: S314 - idem


async def test_a_server_that_takes_strangers_is_found(tmp_path):
    authority = Authority(tmp_path / "ca")
    server = authority.issue("server", cn="agenda.example")
    client = authority.issue("client", cn="plateforme.sas.example")
    verdicts = {}
    for name, trusted in (("open", None), ("closed", authority.path)):
        context = server_context(server.certificate, server.key, authority=trusted, revocations=None)
        runner = await serve(
            Sandbox(people=InventedPeople(), brands=[brand("a")]), host="127.0.0.1", port=0, tls=context
        )
        host, port = address(runner)
        try:
            made = await checked(
                f"https://{host}:{port}",
                "a",
                "agg-ps",
                timeout_s=30,
                tls=caller_context(client.certificate, client.key, authority=authority.path),
                stranger_tls=caller_context(None, None, authority=authority.path),
            )
        finally:
            await runner.cleanup()
        verdicts[name] = made.lines[0].verdict
    assert verdicts == {"open": "failed", "closed": "passed"}


async def test_a_server_that_is_not_there_fails_and_nothing_breaks():
    made = await asyncio.wait_for(checked("http://127.0.0.1:9", "a", "agg-ps", timeout_s=2), timeout=60)
    assert not made.conforms
    assert "Répondre à la recherche du guide" in failed(made)
