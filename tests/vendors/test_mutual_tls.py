"""Mutual TLS for real: who is refused, on both sides, and how it is told."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.errors import SystemMissing
from slots.aggregate import Aggregator, Limits
from slots.answers import EditorAnswer
from slots.editors import Editor
from slots.sandbox.people import InventedPeople
from slots.sandbox.server import Sandbox, address, serve
from slots.tls import carries, client_context, server_context
from tests.vendors.authority import Authority
from tests.vendors.conftest import PATIENT, PEOPLE, brand, record, window

PLATFORM = "plateforme.sas.example"
VENDOR = "agenda.example"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "ca")


@pytest.fixture
async def call(authority: Authority) -> AsyncIterator[Any]:
    """Serves a vendor with these TLS options and asks it with this record; the answer."""
    async with AsyncExitStack() as stack:

        async def called(
            *, server: dict[str, Any] | None = None, serving: dict[str, Any] | None = None, **changes: Any
        ) -> EditorAnswer:
            pair = authority.issue("server", cn=VENDOR, ou="Agenda", **(server or {}))
            options: dict[str, Any] = {"authority": authority.path, "revocations": None} | (serving or {})
            context = server_context(pair.certificate, pair.key, **options)
            sandbox = Sandbox(
                people=InventedPeople(), brands=[brand("a")], expected_cn=PLATFORM, expected_ou="SAS"
            )
            runner = await serve(sandbox, host="127.0.0.1", port=0, tls=context)
            stack.push_async_callback(runner.cleanup)
            aggregator = Aggregator(Limits(breaker=PATIENT, cache_s=0))
            stack.push_async_callback(aggregator.close)
            await aggregator.use([replace(editor_at(runner, authority), **changes)])
            start, end = window()
            asked = aggregator.ask(practitioner_ids=PEOPLE, start=start, end=end)
            (answer,) = [answer async for answer in asked.answers(within_s=10)]
            return answer

        yield called


def editor_at(runner: Any, authority: Authority) -> Editor:
    host, port = address(runner)
    return replace(
        record(brand("a"), f"https://{host}:{port}"), authority=str(authority.path), expected_cn=VENDOR
    )


def presented(authority: Authority, **given: Any) -> dict[str, str]:
    pair = authority.issue("client", **{"cn": PLATFORM, "ou": "SAS", **given})
    return {"certificate": str(pair.certificate), "private_key": str(pair.key)}


async def test_both_sides_valid(call, authority):
    answer = await call(**presented(authority))
    assert answer.state == "ok"


@pytest.mark.parametrize(
    "bad", [{"expired": True}, {"cn": "autre.example"}, {"ou": "Autre"}], ids=["expired", "cn", "ou"]
)
async def test_a_vendor_refuses_a_platform_with_a_bad_certificate(call, authority, bad):
    answer = await call(**presented(authority, **bad))
    assert answer.state == "http-error"
    assert not answer.slots


async def test_a_vendor_refuses_a_platform_without_certificate(call):
    answer = await call()
    assert (answer.state, answer.reason) == ("http-error", "transport")


async def test_a_vendor_refuses_a_revoked_platform(call, authority):
    client = presented(authority)
    answer = await call(serving={"revocations": authority.revocations("client")}, **client)
    assert (answer.state, answer.reason) == ("http-error", "transport")


async def test_a_vendor_refuses_a_platform_of_another_authority(call, authority, tmp_path):
    stranger = Authority(tmp_path / "other", name="Autre autorité")
    answer = await call(**presented(stranger))
    assert (answer.state, answer.reason) == ("http-error", "transport")


async def test_the_platform_refuses_an_expired_vendor(call, authority):
    answer = await call(server={"expired": True}, **presented(authority))
    assert (answer.state, answer.reason) == ("http-error", "transport")


async def test_the_platform_refuses_a_vendor_of_another_authority(call, authority, tmp_path):
    stranger = Authority(tmp_path / "other", name="Autre autorité")
    answer = await call(authority=str(stranger.path), **presented(authority))
    assert (answer.state, answer.reason) == ("http-error", "transport")


@pytest.mark.parametrize("names", [{"expected_cn": "autre.example"}, {"expected_ou": "Autre"}])
async def test_the_platform_refuses_a_vendor_that_carries_another_name(call, authority, names):
    answer = await call(**presented(authority), **names)
    assert (answer.state, answer.reason) == ("http-error", "transport")


async def test_the_platform_refuses_a_revoked_vendor(authority):
    pair = authority.issue("server", cn=VENDOR, ou="Agenda")
    context = server_context(pair.certificate, pair.key, authority=None, revocations=None)
    sandbox = Sandbox(people=InventedPeople(), brands=[brand("a")])
    runner = await serve(sandbox, host="127.0.0.1", port=0, tls=context)
    aggregator = Aggregator(Limits(breaker=PATIENT, cache_s=0))
    try:
        for revoked, state in (((), "ok"), (("server",), "http-error")):
            crl = authority.revocations(*revoked)
            await aggregator.use([replace(editor_at(runner, authority), revocations=str(crl))])
            start, end = window()
            asked = aggregator.ask(practitioner_ids=PEOPLE, start=start, end=end)
            assert [answer.state async for answer in asked.answers(within_s=10)] == [state]
    finally:
        await aggregator.close()
        await runner.cleanup()


async def test_a_vendor_whose_certificate_is_lost_is_off_and_hides_nothing(authority):
    aggregator = Aggregator(Limits())
    lost = replace(
        record(brand("a"), "https://127.0.0.1:9"),
        certificate="env:SAS_TEST_NO_SUCH_VARIABLE",
        private_key="env:SAS_TEST_NO_SUCH_VARIABLE",
    )
    await aggregator.use([lost])
    start, end = window()
    asked = aggregator.ask(practitioner_ids=PEOPLE, start=start, end=end)
    answers = [answer async for answer in asked.answers(within_s=1)]
    assert [(answer.state, answer.reason) for answer in answers] == [("off", "certificate")]
    await aggregator.close()


def test_a_variable_of_the_environment_names_the_path_of_a_certificate(authority):
    pair = authority.issue("client", cn=PLATFORM)
    editor = replace(record(brand("a"), "https://127.0.0.1:9"), certificate="env:CERT", private_key="env:KEY")
    names = {"CERT": str(pair.certificate), "KEY": str(pair.key)}
    assert client_context(editor, names).minimum_version >= ssl.TLSVersion.TLSv1_2
    with pytest.raises(SystemMissing):
        client_context(editor, {"CERT": str(pair.certificate)})


def test_names_are_compared_whole():
    certificate = {"subject": ((("commonName", "agenda.example"),), (("organizationalUnitName", "Agenda"),))}
    assert carries(certificate, cn="agenda.example", ou="Agenda")
    assert not carries(certificate, cn="agenda", ou=None)
    assert not carries(None, cn="agenda.example", ou=None)
