"""The report of a check: judged here, written as a page, as JSON, as JUnit."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from slots.conformance.contents import CONTENTS
from slots.conformance.exchanges import EXCHANGES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from slots.conformance.exchange import Evidence
    from slots.conformance.requirement import Verdict

REQUIREMENTS = (*EXCHANGES, *CONTENTS)
WORDS: dict[Verdict, str] = {
    "passed": "conforme",
    "failed": "non conforme",
    "warning": "à revoir",
    "skipped": "non jugé",
}
FLOW_NAMES = {
    "agg-ps": "INT_R01, professionnels",
    "agg-cpts": "INT_R04, CPTS",
    "agg-sos": "SOS Médecins",
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One requirement, judged on one flow."""

    flow: str
    number: str
    origin: str
    requirement: str
    verdict: Verdict
    evidence: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """The verdicts on a server."""

    base_url: str
    made_at: datetime
    lines: Sequence[Line]

    @property
    def counts(self) -> Counter[str]:
        """How many of each verdict."""
        return Counter(line.verdict for line in self.lines)

    @property
    def conforms(self) -> bool:
        """Nothing failed."""
        return self.counts["failed"] == 0


def report(evidence: Sequence[Evidence], *, made_at: datetime) -> Report:
    """Judge every requirement on every flow that was played."""
    lines = []
    for seen in evidence:
        for item in REQUIREMENTS:
            if seen.flow in item.flows:
                found = item.judge(seen)
                lines.append(
                    Line(
                        flow=seen.flow,
                        number=item.number,
                        origin=item.origin,
                        requirement=item.text,
                        verdict=found.verdict,
                        evidence=found.evidence,
                    )
                )
    return Report(base_url=evidence[0].base_url, made_at=made_at, lines=lines)


def as_json_bytes(made: Report) -> bytes:
    """The report for programs."""
    body: dict[str, Any] = {
        "base_url": made.base_url,
        "made_at": made.made_at.isoformat(timespec="seconds"),
        "conforms": made.conforms,
        "counts": dict(made.counts),
        "lines": [vars(line) for line in made.lines],
    }
    return orjson.dumps(body, option=orjson.OPT_INDENT_2)


def as_junit(made: Report) -> bytes:
    """The report for a continuous integration: one case for each requirement and flow."""
    suite = ET.Element(
        "testsuite",
        name="sas editor check",
        tests=str(len(made.lines)),
        failures=str(made.counts["failed"]),
        skipped=str(made.counts["skipped"]),
        timestamp=made.made_at.isoformat(timespec="seconds"),
    )
    for line in made.lines:
        case = ET.SubElement(suite, "testcase", classname=line.flow, name=f"{line.number} {line.requirement}")
        if line.verdict == "failed":
            ET.SubElement(case, "failure", message=_printable(line.evidence))
        elif line.verdict == "skipped":
            ET.SubElement(case, "skipped", message=_printable(line.evidence))
        else:
            ET.SubElement(case, "system-out").text = _printable(line.evidence)
    return ET.tostring(suite, encoding="utf-8", xml_declaration=True)


def as_html(made: Report) -> str:
    """The report for people, in French; a page that stands alone."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    flows = {flow: [line for line in made.lines if line.flow == flow] for flow in FLOW_NAMES}
    return environment.get_template("rapport.html").render(
        made=made,
        words=WORDS,
        flows={name: lines for name, lines in flows.items() if lines},
        names=FLOW_NAMES,
    )


def _printable(text: str) -> str:
    """What comes from a server, without the control characters that XML cannot hold."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
