"""The address of a search of slots, to the letter of the guide."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import pytest

from slots.fhir.request import slot_search
from slots.sandbox.query import BadQuery, read

PARIS = ZoneInfo("Europe/Paris")
# The window crosses the change to summer time: its two bounds have different offsets.
START = datetime(2026, 3, 27, 8, tzinfo=PARIS)
END = datetime(2026, 3, 29, 23, 59, 59, tzinfo=PARIS)


def test_a_search_of_practitioners_is_the_one_of_the_guide():
    url = slot_search(
        "https://agenda.example/fhir", flow="agg-ps", ids=["899900000018"], start=START, end=END
    )
    assert url == (
        "https://agenda.example/fhir/Slot?_include=Slot:schedule&_include:iterate=Schedule:actor"
        "&start=ge2026-03-27T08:00:00.000%2B01:00&start=le2026-03-29T23:59:59.000%2B02:00"
        "&schedule.actor:Practitioner.identifier=urn:oid:1.2.250.1.71.4.2.1%7C899900000018&status=free"
    )


def test_a_search_for_cpts_has_the_two_more_includes():
    url = slot_search("https://a.example", flow="agg-cpts", ids=["8999"], start=START, end=END)
    pairs = parse_qsl(urlsplit(url).query)
    assert [value for name, value in pairs if name == "_include"] == [
        "Slot:schedule",
        "Slot:service-type-reference",
    ]
    assert [value for name, value in pairs if name == "_include:iterate"] == [
        "Schedule:actor",
        "HealthcareService:organization",
    ]


def test_a_search_of_associations_goes_through_schedules():
    url = slot_search(
        "https://a.example", flow="agg-sos", ids=["398765432100022", "398765432100030"], start=START, end=END
    )
    assert url.startswith(
        "https://a.example/Schedule?_revinclude=Slot:schedule&_include=Schedule:actor:Location&"
    )
    pairs = parse_qsl(urlsplit(url).query)
    assert dict(pairs)["actor:Location.organization.identifier"] == (
        "urn:oid:1.2.250.1.71.4.2.2|398765432100022,urn:oid:1.2.250.1.71.4.2.2|398765432100030"
    )
    assert [name for name, _ in pairs].count("_has:Slot:schedule:start") == 2


@pytest.mark.parametrize("flow", ["agg-ps", "agg-cpts", "agg-sos"])
def test_a_vendor_reads_what_we_write(flow):
    ids = ("398765432100022",) if flow == "agg-sos" else ("899900000018", "899900000026")
    url = slot_search("https://a.example", flow=flow, ids=ids, start=START, end=END)
    parts = urlsplit(url)
    asked = read(parts.path[1:], parts.query)
    assert (asked.flow, asked.ids, asked.start, asked.end) == (flow, ids, START, END)


@pytest.mark.parametrize(
    ("bent", "said"),
    [
        (("status=free", "status=busy"), "status=free"),
        (("start=le", "start=ge"), "start"),
        (("Slot:schedule", "Slot:schedules"), "_include"),
        (("71.4.2.1%7C", "71.4.2.2%7C"), "urn:oid"),
        (("%7C899900000018", ""), "identifier"),
    ],
)
def test_a_vendor_refuses_what_is_no_search_of_the_guide(bent, said):
    url = slot_search("https://a.example", flow="agg-ps", ids=["899900000018"], start=START, end=END)
    with pytest.raises(BadQuery, match=said):
        read("Slot", urlsplit(url).query.replace(*bent))


def test_a_vendor_mends_a_plus_read_as_a_space_and_finds_bare_numbers():
    url = slot_search("https://a.example", flow="agg-ps", ids=["99900000018"], start=START, end=END)
    asked = read("Slot", urlsplit(url).query.replace("%2B", "+"))
    assert asked.start == START
    assert asked.ids == ("899900000018",)
