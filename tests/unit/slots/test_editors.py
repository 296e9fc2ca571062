"""Records of vendors: what is refused, field by field; nothing secret inside."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import InvalidParameter
from slots.editors import Editor

GOOD: dict[str, Any] = {
    "slug": "exemple",
    "name": "Agenda Exemple",
    "base_url": "https://agenda.example/fhir",
}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("slug", "Exemple"),
        ("slug", "sas"),
        ("slug", ""),
        ("name", " "),
        ("name", "a\nb"),
        ("base_url", "http://agenda.example/fhir"),
        ("base_url", "ftp://agenda.example"),
        ("base_url", "https://agenda.example/fhir/"),
        ("base_url", "https://user:pass@agenda.example/fhir"),
        ("base_url", "https://agenda.example/fhir?x=1"),
        ("base_url", "https://127.0.0.1/fhir"),
        ("base_url", "https://10.0.0.3/fhir"),
        ("base_url", "https://169.254.169.254/latest"),
        ("base_url", "https://[::1]/fhir"),
        ("base_url", "https://agenda.example:99999/fhir"),
        ("base_url", "agenda"),
        ("flows", ()),
        ("flows", ("agg-xx",)),
        ("state", "paused"),
        ("max_concurrent", 0),
        ("rate_per_s", 0.0),
        ("rate_per_s", float("nan")),
        ("booking_hosts", ("https://agenda.example",)),
        ("authority", "relative/path.pem"),
        ("authority", "-----BEGIN CERTIFICATE-----"),
        ("certificate", "env:SAS_CERT"),
        ("revocations", "/etc/crl.pem"),
    ],
)
def test_a_wrong_field_is_named(field, value):
    with pytest.raises(InvalidParameter) as refused:
        Editor(**GOOD | {field: value})
    assert refused.value.details["parameter"] in {field, "private_key"}


def test_a_simulated_vendor_may_be_here_and_in_clear():
    assert Editor(**GOOD | {"base_url": "http://127.0.0.1:8090/lilas/fhir", "sandbox": True})


def test_certificates_are_named_by_path_or_by_variable():
    editor = Editor(**GOOD, certificate="env:SAS_CERT", private_key="/run/secrets/key.pem")
    assert editor.allowed_booking_hosts == {"agenda.example"}


@pytest.mark.parametrize(
    ("flows", "flow"),
    [(("agg-ps",), "agg-ps"), (("agg-ps", "agg-cpts"), "agg-cpts"), (("agg-sos",), None)],
)
def test_the_cpts_form_is_asked_of_those_who_have_it(flows, flow):
    assert Editor(**GOOD, flows=flows).practitioner_flow() == flow
