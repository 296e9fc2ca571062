"""The policy of a territory: followed when signed and begun, refused loudly otherwise."""

from __future__ import annotations

from datetime import date
from importlib import resources
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from structlog.testing import capture_logs

from search.policy import DEFAULT_POLICY, policy
from search.territory_policy import Policies, load

DAY = date(2027, 1, 15)


def text(
    *, version: str = "paris-1", territory: str | None = "75", valid_from: str | None = "2027-01-01"
) -> str:
    national = resources.files("search.policies").joinpath(f"{DEFAULT_POLICY}.toml").read_text()
    made = national.replace(f'version = "{DEFAULT_POLICY}"', f'version = "{version}"')
    head = f'territory = "{territory}"\n' if territory is not None else ""
    head += f"valid_from = {valid_from}\n" if valid_from is not None else ""
    return head + made.replace("points_per_min = 1_500", "points_per_min = 1_400")


class Office:
    """A territory's office: its folder, its key, and what it signs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "policies"
        self.folder.mkdir()
        self.private = Ed25519PrivateKey.generate()
        self.key = folder / "office.pem"
        self.key.write_bytes(
            self.private.public_key().public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
        )

    def publish(self, name: str = "paris.toml", **changed: str | None) -> Path:
        path = self.folder / name
        path.write_text(text(**changed))  # pyright: ignore[reportArgumentType]
        path.with_name(f"{name}.sig").write_bytes(self.private.sign(path.read_bytes()))
        return path

    def loaded(self) -> Policies:
        return load(self.folder, [self.key])


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def refused(office: Office) -> str:
    """The one refusal: logged as an error, the default in force everywhere."""
    with capture_logs() as logged:
        found = office.loaded()
    assert [entry["event"] for entry in logged if entry["log_level"] == "error"] == ["policy-refused"]
    assert found.accepted == ()
    assert found.policy_for("75", DAY) is policy()
    return found.refused[0].reason


def test_without_a_folder_the_default_is_in_force_everywhere():
    assert load(None, []).policy_for("75", DAY) is policy()


def test_a_signed_policy_is_in_force_in_its_department_from_its_day_on(office: Office):
    office.publish()
    found = office.loaded()
    assert found.policy_for("75", date(2027, 1, 1)).version == "paris-1"
    assert found.policy_for("75", date(2027, 1, 1)).points_per_hundredth == 14
    assert found.policy_for("75", date(2026, 12, 31)) is policy()
    assert found.policy_for("93", DAY) is policy()
    assert found.policy_for(None, DAY) is policy()
    assert found.accepted[0].signer == "office.pem"


def test_a_newer_policy_takes_over_on_its_day(office: Office):
    office.publish()
    office.publish("paris2.toml", version="paris-2", valid_from="2027-06-01")
    found = office.loaded()
    assert found.policy_for("75", date(2027, 5, 31)).version == "paris-1"
    assert found.policy_for("75", date(2027, 6, 1)).version == "paris-2"


def test_a_policy_without_signature_is_refused(office: Office):
    office.publish().with_name("paris.toml.sig").unlink()
    assert "Aucune signature" in refused(office)


def test_a_policy_changed_by_one_byte_is_refused(office: Office):
    path = office.publish()
    path.write_text(path.read_text().replace("points_per_min = 1_400", "points_per_min = 1_300"))
    assert "modifié" in refused(office)


def test_the_signature_of_somebody_unknown_is_refused(office: Office):
    path = office.publish()
    path.with_name("paris.toml.sig").write_bytes(Ed25519PrivateKey.generate().sign(path.read_bytes()))
    assert "signataire inconnu" in refused(office)


@pytest.mark.parametrize("signature", [b"", b"x" * 64, b"x" * 1000])
def test_what_is_no_signature_is_refused(office: Office, signature: bytes):
    office.publish().with_name("paris.toml.sig").write_bytes(signature)
    assert "Aucune clé connue" in refused(office)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"territory": None}, "territory"),
        ({"territory": "Paris"}, "territory"),
        ({"valid_from": None}, "valid_from"),
        ({"valid_from": "2027-01-01T00:00:00Z"}, "valid_from"),
        ({"valid_from": "2020-01-01"}, "avant le jour de sa publication"),
        ({"version": DEFAULT_POLICY}, "nom d'une règle nationale"),
    ],
)
def test_a_signed_policy_that_does_not_say_what_it_must_is_refused(office: Office, changed, reason):
    office.publish(**changed)
    assert reason in refused(office)


def test_a_signed_policy_whose_numbers_break_the_rule_is_refused(office: Office):
    path = office.folder / "paris.toml"
    path.write_text(text().replace("declared = 15_000_000", "declared = 10"))
    path.with_name("paris.toml.sig").write_bytes(office.private.sign(path.read_bytes()))
    assert "se contredit" in refused(office)


def test_two_policies_that_begin_on_one_day_contradict_each_other(office: Office):
    office.publish()
    office.publish("other.toml", version="paris-2")
    found = office.loaded()
    assert len(found.refused) == 2
    assert found.policy_for("75", DAY) is policy()


def test_a_key_that_is_none_or_of_another_kind_is_refused_and_vouches_for_nothing(office: Office, tmp_path):
    office.publish()
    other = tmp_path / "other.pem"
    other.write_bytes(
        generate_private_key(SECP256R1())
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    found = load(office.folder, [other, tmp_path / "absent.pem"])
    assert [item.file for item in found.refused] == ["other.pem", "absent.pem", "paris.toml"]
    assert found.policy_for("75", DAY) is policy()


def test_a_folder_that_is_not_there_is_said(office: Office, tmp_path):
    found = load(tmp_path / "nowhere", [office.key])
    assert found.refused[0].file == "nowhere"
